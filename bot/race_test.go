//go:build race

package main

import "time"

// The race detector takes several times the memory, and sleeps a second before a
// program ends (atexit_sleep_ms).
const (
	raceDetector = true
	raceExit     = time.Second
)
