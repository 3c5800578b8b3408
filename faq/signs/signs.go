// Package signs finds warning signs: what a person must hear first, whatever the
// search makes of their question. It knows no medicine; all words and texts stand
// in a [File], in rows that a clinician can review.
//
// A row lists ways in which people tell of a sign. A way is made of parts that
// must meet in one clause or its neighbour (way.go). Whether a sign that is told
// of is so, and of whom, is a matter of the words around it ([text.Statuses]):
// "no numbness" is a reminder, "numb years ago, all gone" is nothing, and in doubt
// the sign counts. The search may be unsure, this may not: every word of the text
// is read, however it is spelt.
package signs

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// Result is what a text holds of warning signs.
type Result struct {
	Level Level
	Signs []string // ids of the rows that raise the level or a lower one, in the order of the file
	Texts []Text   // to show, first to last: in the person's language, then in English
	Entry string   // id of the entry that signs lead to; empty if the FAQ names none
}

// result sums the rows up. Signs that are denied matter only where no other is.
func (r *reading) result() Result {
	var out Result
	var highest, refused Level
	for i, st := range r.rowState {
		row := &r.set.rows[i]
		switch st {
		case present:
			highest = max(highest, row.level)
		case denied:
			refused = max(refused, row.level)
		}
	}
	want := present
	if highest < Reason && refused > None {
		want = denied
	}
	language := ""
	for i, st := range r.rowState {
		row := &r.set.rows[i]
		if st != want {
			continue
		}
		if row.level == highest && language == "" {
			language = row.language
		}
		if !slices.Contains(out.Signs, row.id) {
			out.Signs = append(out.Signs, row.id)
		}
	}
	switch {
	case highest > None:
		out.Level = highest
		if t := r.set.languages[language][highest]; t.Text != "" {
			out.Texts = append(out.Texts, t)
		}
		out.Texts = append(out.Texts, r.set.texts[highest])
	case refused > None:
		text := cmp.Or(r.set.texts[refused].Denied, r.set.texts[Reminder].Text)
		if text == "" || text == "-" {
			return Result{}
		}
		out.Level, out.Texts = Reminder, []Text{{Text: text}}
	default:
		return Result{}
	}
	out.Entry = r.set.entry
	return out
}

// Longest is how many code points the longest text takes that may stand above an
// answer.
func (s *Set) Longest() int {
	longest := 0
	size := func(t Text) int { return utf8.RuneCountInString(t.Heading) + utf8.RuneCountInString(t.Text) }
	for l := Caution; l < Poison; l++ {
		others := 0
		for _, texts := range s.languages {
			others = max(others, size(texts[l]))
		}
		longest = max(longest, others+size(s.texts[l]))
	}
	return longest
}

// Entry is the id of the entry that signs lead to; empty if the FAQ names none.
func (s *Set) Entry() string { return s.entry }
