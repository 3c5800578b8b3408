//go:build race

package store

// The race detector slows a killed process down and looks at nothing of it.
const killTrials = 20
