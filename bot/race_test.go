//go:build race

package main

import "time"

// The race detector takes several times the memory and the processor, and sleeps a
// second before a program ends (atexit_sleep_ms).
const (
	raceDetector = true
	raceExit     = time.Second
	parallel     = "1"
)
