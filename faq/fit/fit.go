package main

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/optimize"

	"backfaq/faq/match"
)

// Points are drawn towards zero (L2), those that tell how likely an entry is before
// anything is read hardly at all.
const (
	shrink     = 4
	shrinkBase = 0.1
	steps      = 80

	// A feature whose points are all smaller than leastFeature is left out, and the
	// rest is learned again; then points smaller than leastPoint are left out.
	leastFeature = 0.2
	leastPoint   = 0.1
)

// problem is the loss of all questions under points. They stand in one vector: by
// feature, for all entries and then for each; last those of closeness.
type problem struct {
	*design
	width  int // entries and one
	shrink []float64
	free   []bool
}

// fit learns the points.
func (d *design) fit() (*match.Points, error) {
	d.keep(func(i int, f match.Feature) bool { return d.seen[f] >= max(1, seenLeast[f.Kind]) })
	x, err := d.minimize()
	if err != nil {
		return nil, err
	}
	width := len(d.entries) + 1
	d.keep(func(i int, f match.Feature) bool {
		return slices.ContainsFunc(x[i*width:][:width], func(v float64) bool { return math.Abs(v) >= leastFeature })
	})
	if x, err = d.minimize(); err != nil {
		return nil, err
	}
	return d.points(x), nil
}

// minimize finds the points with the least loss: the softmax loss that a right
// answer (or, where there is none, no answer) comes first, and, so that the score of
// each entry by itself is the log of its odds, the logistic loss of its being right.
func (d *design) minimize() ([]float64, error) {
	p := &problem{design: d, width: len(d.entries) + 1}
	size := (len(d.features) + 1) * p.width
	p.shrink, p.free = make([]float64, size), make([]bool, size)
	for i, f := range append(d.features, match.Feature{Kind: match.Closeness}) {
		for k := range p.width {
			at := i*p.width + k
			p.shrink[at] = shrink
			if f.Kind < match.Found || f.Kind == match.Closeness {
				p.shrink[at] = shrinkBase
			}
			p.free[at] = k == 0 && d.forAll(f) || k > 0 && d.forEach(f)
		}
	}
	result, err := optimize.Minimize(optimize.Problem{
		Func: func(x []float64) float64 { return p.loss(x, nil) },
		Grad: func(grad, x []float64) { p.loss(x, grad) },
	}, make([]float64, size), &optimize.Settings{MajorIterations: steps, GradientThreshold: 1e-3}, &optimize.LBFGS{Store: 8})
	if result == nil {
		return nil, fmt.Errorf("fitting: %w", err)
	}
	return result.X, nil
}

// points rounds what was learned to hundredths.
func (d *design) points(x []float64) *match.Points {
	points, width := match.NewPoints(d.entries), len(d.entries)+1
	for i, f := range append(d.features, match.Feature{Kind: match.Closeness}) {
		row, any := make([]float32, width), false
		for k := range row {
			if v := x[i*width+k]; math.Abs(v) >= leastPoint {
				row[k], any = float32(math.Round(v*100)/100), true
			}
		}
		switch {
		case any:
			points.Add(f, row)
		case f.Kind == match.Single:
			points.See(f.A)
		}
	}
	for w, n := range d.words {
		if n > 1 {
			points.See(w)
		}
	}
	return points
}

// shards of the questions are summed apart and then in order, so that the sum does
// not depend on how many processors there are.
const shards = 8

// loss is the loss under points, and its gradient where one is asked for.
func (p *problem) loss(x, grad []float64) float64 {
	var wait sync.WaitGroup
	losses, grads := [shards]float64{}, [shards][]float64{}
	for s := range shards {
		wait.Go(func() {
			if grad != nil {
				grads[s] = make([]float64, len(x))
			}
			scores, slopes := make([]float64, len(p.entries)), make([]float64, len(p.entries))
			for i := s * len(p.rows) / shards; i < (s+1)*len(p.rows)/shards; i++ {
				r := &p.rows[i]
				p.score(r, x, scores)
				losses[s] += r.loss(scores, slopes)
				if grad != nil {
					p.learn(r, slopes, grads[s])
				}
			}
		})
	}
	wait.Wait()
	sum := 0.0
	for _, l := range losses {
		sum += l
	}
	for i, v := range x {
		sum += p.shrink[i] * v * v / 2
		if grad == nil {
			continue
		}
		grad[i] = 0
		if p.free[i] {
			grad[i] = p.shrink[i] * v
			for s := range shards {
				grad[i] += grads[s][i]
			}
		}
	}
	return sum
}

// score is the score of each entry for a question.
func (p *problem) score(r *row, x, scores []float64) {
	clear(scores)
	shared := 0.0
	for _, f := range r.features {
		points := x[f.feature*p.width:][:p.width]
		shared += f.weight * points[0]
		for e, v := range points[1:] {
			scores[e] += f.weight * v
		}
	}
	closeness := x[len(p.features)*p.width:]
	for e := range scores {
		scores[e] += shared + r.closeness[e]*(closeness[0]+closeness[e+1])
	}
}

// learn adds what a question says of each point to a gradient.
func (p *problem) learn(r *row, slopes, grad []float64) {
	shared := 0.0
	for _, v := range slopes {
		shared += v
	}
	for _, f := range r.features {
		points := grad[f.feature*p.width:][:p.width]
		points[0] += f.weight * shared
		for e, v := range slopes {
			points[e+1] += f.weight * v
		}
	}
	closeness := grad[len(p.features)*p.width:]
	for e, v := range slopes {
		closeness[0] += v * r.closeness[e]
		closeness[e+1] += v * r.closeness[e]
	}
}

// Weights of the two losses.
const (
	first    = 3.0
	odds     = 0.5
	noAnswer = 0.0 // score of giving none
)

// loss is the loss of the scores of a question, and its slope by score.
func (r *row) loss(scores, slopes []float64) float64 {
	top := noAnswer
	for _, s := range scores {
		top = max(top, s)
	}
	all := math.Exp(noAnswer - top)
	right := 0.0
	if r.refused {
		right = all
	}
	for e, s := range scores {
		v := math.Exp(s - top)
		slopes[e] = v
		right += r.accepted[e] * v
		all += v
	}
	loss := first * (math.Log(all) - math.Log(right))
	for e, s := range scores {
		v, y := slopes[e], 0.0
		slopes[e] = first * v / all
		if r.accepted[e] > 0 {
			y = 1
			slopes[e] -= first * r.accepted[e] * v / right
		}
		loss += odds * (max(s, 0) - y*s + math.Log1p(math.Exp(-math.Abs(s))))
		slopes[e] += odds * (1/(1+math.Exp(-s)) - y)
		slopes[e] *= r.weight
	}
	return loss * r.weight
}
