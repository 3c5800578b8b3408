package faq

import (
	"math"
	"testing"
)

// A FAQ small enough to work its scores out by hand.
const tiny = `
disclaimer: d
entries:
  - {id: why, title: Xylophone, answer: a}
  - {id: cure, title: Zeppelin, answer: b}
vocabulary:
  - {id: where, kind: place, about: 1, words: [upper back]}
  - {id: ache, kind: subject, about: 0.5, words: [cramp, cramps]}
  - {id: cause, kind: ask, about: 0.2, alone: 0.4, points: {why: 3, cure: -1}, words: [why, how come]}
  - {id: ice, kind: remedy, alone: 4, points: {cure: 5}, words: [ice or heat]}
  - {id: tingle, kind: sign, points: {cure: 2}, words: [tingling]}
elsewhere:
  - {id: lower, kind: other-part, about: -4, alone: -2, words: [lower back, lower back cramps]}
`

// The scores are those that the essay in score.go says, no more and no less.
func TestScores(t *testing.T) {
	b, err := Load("tiny.yaml", []byte(tiny))
	if err != nil {
		t.Fatal(err)
	}
	in := func(r regime) float64 { return baseScore + gates[r].bias }
	for _, c := range []struct {
		question  string
		why, cure float64
	}{
		{"hello", in(unnamed), in(unnamed)},
		{"upper back cramps", in(named) + 1 + 0.5, in(named) + 1 + 0.5},
		{"why upper back cramps", in(named) + 1.7 + 3, in(named) + 1.7 - 1},
		{"upper back", in(half) + 1, in(half) + 1},
		{"why", in(unnamed) + 0.2 + 0.4 + 3, in(unnamed) + 0.2 + 0.4 - 1},
		{"why cramps", in(half) + 0.5 + 0.2 + aloneShare[half]*0.4 + 3, in(half) + 0.5 + 0.2 + aloneShare[half]*0.4 - 1},
		{"ice or heat", in(unnamed) + 4, in(unnamed) + 4 + 5},
		{"why upper back cramps quuxing", in(named) + 1.7 + 3 - gates[named].unknown, in(named) + 1.7 - 1 - gates[named].unknown},
		{"why is quuxing", in(unnamed) + 0.6 + 3 - gates[unnamed].unknown - gates[unnamed].slot,
			in(unnamed) + 0.6 - 1 - gates[unnamed].unknown - gates[unnamed].slot},
		{"lower back cramps", in(unnamed) - 6, in(unnamed) - 6},
		{"upper back cramps, tingling", in(named) + 1.5, in(named) + 1.5 + 2},
		{"upper back cramps, no tingling", in(named) + 1.5, in(named) + 1.5},
		{"Upper back. Why cramps?", in(named) + storyWeight*1 + 0.7 + 3, in(named) + storyWeight*1 + 0.7 - 1},
		{"Xylophone", sameScore, math.NaN()},
	} {
		got := map[string]float64{}
		for _, m := range b.Read(c.question, Options{}).Matches {
			got[m.Entry.ID] = m.Score
		}
		for id, want := range map[string]float64{"why": c.why, "cure": c.cure} {
			if math.Abs(got[id]-want) > 1e-6 {
				t.Errorf("%q: %s has %.3f, want %.3f", c.question, id, got[id], want)
			}
		}
	}
}
