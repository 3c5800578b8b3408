package match

import (
	"math"
	"testing"
)

// Others that answer the same question take nothing from how sure one is of the best.
func TestVerdict(t *testing.T) {
	const section, part, sibling, twin, other = 0, 1, 2, 3, 4
	m, err := New(&FAQ{Entries: []string{"section", "part", "sibling", "twin", "other"},
		Interchangeable: [][]string{{"section", "twin"}}, Sections: map[string]string{"part": "section", "sibling": "section"}})
	if err != nil {
		t.Fatal(err)
	}
	lenient := Thresholds{Answer: 0.3, Offer: -2}
	none := doubt * math.Exp(-1) // beside an entry of one point
	for _, c := range []struct {
		entries  []int
		score    float64 // of each
		sureness float64
		verdict  Verdict
	}{
		{nil, 0, 0, Refuse},
		{[]int{other}, 1, 1 / (1 + none), Reply},
		{[]int{other}, -1, 1 / (1 + doubt*math.E), Offer},
		{[]int{other}, -3, math.Exp(-3) / (math.Exp(-3) + doubt), Refuse},
		{[]int{section, other}, 1, 1 / (2 + none), Reply},
		{[]int{section, other, sibling}, 1, 2 / (3 + none), Reply},
		{[]int{other, section, part}, 1, 1 / (3 + none), Offer},
		{[]int{section, twin}, 1, 2 / (2 + none), Reply},
		{[]int{section, part}, 1, 2 / (2 + none), Reply},
		{[]int{part, section}, 1, 2 / (2 + none), Reply},
		{[]int{part, twin}, 1, 2 / (2 + none), Reply},
		{[]int{part, sibling}, 1, 1 / (2 + none), Reply},
		{[]int{part, sibling}, sameScore, 0.5, Offer}, // a wording of both
		{[]int{part, section}, sameScore, 1, Reply},
	} {
		var list []Match
		for _, e := range c.entries {
			list = append(list, Match{Entry: e, Score: c.score})
		}
		if got := m.Sureness(list); math.Abs(got-c.sureness) > 1e-4 {
			t.Errorf("%v with %v each: sure by %.4f, want %.4f", c.entries, c.score, got, c.sureness)
		}
		if got := m.Verdict(lenient, list); got != c.verdict {
			t.Errorf("%v with %v each: verdict %d, want %d", c.entries, c.score, got, c.verdict)
		}
	}
}
