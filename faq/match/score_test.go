package match

import (
	"math"
	"testing"
)

// tiny is a FAQ small enough to work its scores out by hand.
var tiny = Definition{
	Entries: map[string]int{"why": 0, "cure": 1},
	Subject: []Concept{
		{ID: "where", Kind: Place, About: 1, Words: []string{"upper back"}},
		{ID: "ache", Kind: Subject, About: 0.5, Words: []string{"cramp, cramps"}},
		{ID: "cause", Kind: Ask, About: 0.2, Alone: 0.4, Points: map[string]float64{"why": 3, "cure": -1}, Words: []string{"why, how come"}},
		{ID: "ice", Kind: Topic, Alone: 4, Points: map[string]float64{"cure": 5}, Words: []string{"ice or heat"}},
		{ID: "tingle", Kind: Sign, Points: map[string]float64{"cure": 2}, Words: []string{"tingling"}},
	},
	Elsewhere: []Concept{{ID: "lower", Kind: OtherPart, About: -4, Alone: -2, Words: []string{"lower back, lower back cramps"}}},
}

// The scores are those that the essay in doc.go says, no more and no less.
func TestScores(t *testing.T) {
	m, err := New(&tiny, []Wording{{Entry: 0, Text: "Xylophone"}, {Entry: 1, Text: "Zeppelin"}})
	if err != nil {
		t.Fatal(err)
	}
	in := func(f Focus) float64 { return baseScore + gates[f].bias }
	for _, c := range []struct {
		question  string
		why, cure float64
	}{
		{"hello", in(None), in(None)},
		{"upper back cramps", in(Full) + 1 + 0.5, in(Full) + 1 + 0.5},
		{"why upper back cramps", in(Full) + 1.7 + 3, in(Full) + 1.7 - 1},
		{"upper back", in(Partial) + 1, in(Partial) + 1},
		{"why", in(None) + 0.2 + 0.4 + 3, in(None) + 0.2 + 0.4 - 1},
		{"why cramps", in(Partial) + 0.5 + 0.2 + gates[Partial].alone*0.4 + 3, in(Partial) + 0.5 + 0.2 + gates[Partial].alone*0.4 - 1},
		{"ice or heat", in(None) + 4, in(None) + 4 + 5},
		{"why upper back cramps quuxing", in(Full) + 1.7 + 3 - gates[Full].unknown, in(Full) + 1.7 - 1 - gates[Full].unknown},
		{"why is quuxing", in(None) + 0.6 + 3 - gates[None].unknown - gates[None].subjectSlot,
			in(None) + 0.6 - 1 - gates[None].unknown - gates[None].subjectSlot},
		{"lower back cramps", in(None) - 6, in(None) - 6},
		{"upper back cramps, tingling", in(Full) + 1.5, in(Full) + 1.5 + 2},
		{"upper back cramps, no tingling", in(Full) + 1.5, in(Full) + 1.5},
		{"Upper back. Why cramps?", in(Full) + storyWeight*1 + 0.7 + 3, in(Full) + storyWeight*1 + 0.7 - 1},
		{"Xylophone", sameScore, math.NaN()},
	} {
		r := m.Read(c.question)
		got := map[string]float64{}
		for _, m := range r.Matches(nil, 2, func(int) bool { return false }) {
			got[[]string{"why", "cure"}[m.Entry]] = m.Score
		}
		r.Release()
		for id, want := range map[string]float64{"why": c.why, "cure": c.cure} {
			if math.Abs(got[id]-want) > 1e-6 {
				t.Errorf("%q: %s has %.3f, want %.3f", c.question, id, got[id], want)
			}
		}
	}
}
