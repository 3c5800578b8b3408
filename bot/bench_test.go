package main

import (
	"bytes"
	"math"
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

func TestSlope(t *testing.T) {
	var series []sample
	for n := range 60 {
		series = append(series, sample{at: time.Unix(int64(60*n), 0), heap: 1000 + 5*float64(n)})
	}
	if got := slope(series, func(s sample) float64 { return s.heap }); math.Abs(got-300) > 1e-6 {
		t.Errorf("5 a minute is %v an hour", got)
	}
}
