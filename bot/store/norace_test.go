//go:build !race

package store

const killTrials = 500
