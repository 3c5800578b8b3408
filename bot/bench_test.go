package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestBenchMeasuresTheProgram(t *testing.T) {
	t.Setenv(asProgram, "1") // the program under test is this binary
	var out, progress bytes.Buffer
	code := start(deadline(t, time.Minute), []string{"bench", "--only", "L11"}, streams{strings.NewReader(""), &out, &progress})
	for _, want := range []string{"from the start to the first answer", "stop", "target", "measured"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in the table, code %d:\n%s%s", want, code, &out, &progress)
		}
	}
}
