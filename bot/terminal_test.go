package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The program as people use it in a terminal. A new case is a line in a script.
func TestTerminal(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}
