package store

// childEnv tells the test binary to be another process of the program.
const childEnv = "BACKFAQ_STORE_TEST_CHILD"

var children = map[string]func(){}
