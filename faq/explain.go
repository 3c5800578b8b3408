package faq

import (
	"fmt"
	"strings"

	"backfaq/faq/match"
)

// Explanation is why a reading came out as it did, in words. It holds words of
// the person who asked: show it to whoever asked for it, and to nobody else.
type Explanation struct{ lines []string }

// String is the explanation as text for people: plain lines, Discord Markdown.
func (e *Explanation) String() string { return strings.Join(e.lines, "\n") }

// explainedMatches is how many matches an explanation shows.
const explainedMatches = 3

// explain writes down how the question was read and what the verdict rests on.
func (b *Book) explain(read *match.Reading, r *Reading, found []match.Match, limits match.Thresholds) *Explanation {
	e := &Explanation{}
	e.lines = append(e.lines, b.sentence(read, r, found))
	e.lines = append(e.lines, read.Explain(found[:min(explainedMatches, len(found))], func(entry int) string { return b.entries[entry].Title })...)
	add := func(format string, args ...any) { e.lines = append(e.lines, fmt.Sprintf(format, args...)) }
	add("**Sure of the first**: %.0f %%; answered from %.0f %% on, offered from %+.1f points on", 100*b.matcher.Sureness(found), 100*limits.Required(found), limits.Offer)
	if r.Warning.Level == NoWarning {
		add("**Warning signs**: none")
	} else {
		add("**Warning signs**: %s (%s)", strings.Join(r.Warning.Signs, ", "), r.Warning.Level)
	}
	add("**Verdict**: %s", r.Outcome)
	return e
}

// sentence says in one plain sentence how a question was read and what came of it.
func (b *Book) sentence(read *match.Reading, r *Reading, found []match.Match) string {
	s := ""
	if as := read.ReadAs(); as != "" {
		s = "Read as: " + as + "; "
	}
	switch r.Outcome {
	case Unknown:
		s += "no entry is likely enough"
	case Suggested:
		s += "not sure enough to answer"
	case Answered:
		s += "answered with **" + r.Matches[0].Entry.Title + "**"
		if because := read.Because(found[0]); because != "" {
			s += " because of " + because
		}
		if r.Second != nil {
			s += ", and **" + r.Second.Title + "** was asked too"
		}
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
