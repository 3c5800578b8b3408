package bench

import (
	"math"
	"testing"
	"time"
)

func TestSlope(t *testing.T) {
	var series []sample
	for n := range 60 {
		series = append(series, sample{at: time.Unix(int64(60*n), 0), heap: 1000 + 5*float64(n)})
	}
	if got := slope(series, func(s sample) float64 { return s.heap }); math.Abs(got-300) > 1e-6 {
		t.Errorf("5 a minute is %v an hour", got)
	}
}

func TestBusiestSecond(t *testing.T) {
	var times []time.Time
	for _, ms := range []int64{2000, 0, 999, 1000, 1100, 1999} {
		times = append(times, time.UnixMilli(ms))
	}
	if got := busiestSecond(times); got != 3 { // from 1000 to before 2000
		t.Errorf("%d in the busiest second", got)
	}
}
