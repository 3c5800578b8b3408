package faq

import (
	"fmt"
	"strings"
	"testing"
)

// pairs are preferences of the matcher: two questions, and two entries. The first of
// each is preferred: the entry over the other, or for one entry the question over
// the other.
var pairs = []struct{ question, other, entry, beside string }{
	{"why does my upper back cramp", "", "faq-causes", "faq-symptoms"},                                                    // what is asked
	{"I slouch all day and my upper back seizes up. What helps at home?", "", "faq-home-treatment", "topic-poor-posture"}, // beats what is told
	{"what does a spasm between my shoulder blades feel like", "", "faq-symptoms", "faq-causes"},
	{"do i need a doctor for this upper back spasm", "", "faq-see-doctor", "faq-home-treatment"},
	{"will they give me an injection for my upper back spasms", "", "faq-medical-treatment", "faq-home-treatment"},
	{"ice or heat for this??", "", "faq-home-treatment", "faq-causes"}, // some asks need no subject
	{"upper back pain relief", "lower back pain relief", "faq-home-treatment", ""},
	{"what causes upper back spasms", "what causes scoliosis", "faq-causes", ""},
	{"what causes upper back spasms", "what causes", "faq-causes", ""},
	{"how to treat upper back spasms", "how to treat an upper back tattoo", "faq-home-treatment", ""},
	{"is weakness part of upper back spasms", "no weakness, why upper back spasms", "sub-weakness", ""},
}

// The essay of package match is held to its word: the preferred of each pair wins,
// and by as much as the golden file says.
func TestPairs(t *testing.T) {
	scores := func(question string) map[string]float64 {
		r := Builtin().matcher.Read(question)
		defer r.Release()
		by := map[string]float64{}
		for _, m := range r.Matches(nil, len(Builtin().entries), func(int) bool { return false }) {
			by[Builtin().entries[m.Entry].ID] = m.Score
		}
		return by
	}
	var out strings.Builder
	for _, p := range pairs {
		won, over := scores(p.question)[p.entry], p.beside
		if p.other == "" {
			won -= scores(p.question)[p.beside]
		} else {
			won -= scores(p.other)[p.entry]
			over = fmt.Sprintf("%q", p.other)
		}
		if won <= 0 {
			t.Errorf("%q: %s does not win over %s: %+.1f", p.question, p.entry, over, won)
		}
		fmt.Fprintf(&out, "%+5.1f  %q: %s over %s\n", won, p.question, p.entry, over)
	}
	golden(t, "pairs.txt", out.String())
}
