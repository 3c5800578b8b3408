package faq

import (
	"fmt"
	"strings"
)

// Explanation is why a reading came out as it did, in words. It holds words of
// the person who asked: show it to whoever asked for it, and to nobody else.
type Explanation struct{ lines []string }

// String is the explanation as text for people: plain lines, Discord Markdown.
func (e *Explanation) String() string { return strings.Join(e.lines, "\n") }

func (e *Explanation) add(format string, args ...any) {
	e.lines = append(e.lines, fmt.Sprintf(format, args...))
}

// explain writes down how the question was read.
func (b *Book) explain(q *query, r *Reading) *Explanation {
	e := new(Explanation)
	for _, w := range q.words {
		if w.fixed != "" {
			e.add("read `%s` as `%s`", w.text, w.fixed)
		}
	}
	for i, m := range r.Matches[:min(3, len(r.Matches))] {
		e.add("%d. **%s** %.2f", i+1, m.Entry.Title, m.Score)
	}
	e.add("verdict: %s", r.Outcome)
	return e
}
