package bench

import (
	"math"
	"time"
)

// sample is a look at the program. Its heap is what lived after the last garbage
// collection, so that garbage does not count.
type sample struct {
	at                         time.Time
	heap, rss, goroutines, fds float64
}

// slope is how fast a value grows per hour, by the straight line that fits
// best.
func slope(series []sample, value func(sample) float64) float64 {
	var n, sx, sy, sxx, sxy float64
	for _, s := range series {
		x, y := s.at.Sub(series[0].at).Hours(), value(s)
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	if d := n*sxx - sx*sx; d > 0 {
		return (n*sxy - sx*sy) / d
	}
	return math.NaN()
}

func mean(series []sample, value func(sample) float64) float64 {
	sum := 0.0
	for _, s := range series {
		sum += value(s)
	}
	return sum / float64(max(1, len(series)))
}
