//go:build !race

package main

const (
	raceDetector = false
	raceExit     = 0
	parallel     = "4" // tests at once: they wait more than they compute
)
