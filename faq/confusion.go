package faq

import (
	"fmt"
	"slices"
)

// Confusion is a phrasing that the rest of a FAQ file speaks against: without
// it, the question would be answered with another entry.
type Confusion struct {
	Fault           // the line of the phrasing, and what to say of it
	Phrasing string // as the file has it
	Entry    string // the entry that it stands in
	Answer   string // the entry that would be the answer
}

// mostVerified bounds how many phrasings are left out each by itself.
const mostVerified = 200

// Confusions leaves each phrasing of a FAQ file out once, asks it, and returns
// those that would be answered with an entry that the file does not call
// interchangeable with its own. An error is that of [Load].
//
// Phrasings are left out in rounds, one of every entry at a time; a phrasing
// that seems confused then is left out once more by itself.
func Confusions(name string, data []byte) ([]Confusion, error) {
	f, err := parse(name, data)
	if err != nil {
		return nil, err
	}
	interchangeable := func(a, b string) bool {
		return slices.ContainsFunc(f.Interchangeable, func(group []string) bool { return slices.Contains(group, a) && slices.Contains(group, b) })
	}
	whole := slices.Clone(f.Entries)
	// confused asks a phrasing of a book that is made without some.
	confused := func(book *Book, entry, phrasing int) (answer string, ok bool) {
		e := whole[entry]
		r := book.Read(e.Phrasings[phrasing], Options{})
		if r.Outcome != Answered || r.Matches[0].Entry.ID == e.ID || interchangeable(e.ID, r.Matches[0].Entry.ID) {
			return "", false
		}
		return r.Matches[0].Entry.ID, true
	}
	// without compiles the file without a phrasing of one entry, or of all.
	without := func(entry, phrasing int) (*Book, error) {
		f.Entries = slices.Clone(whole)
		for i := range f.Entries {
			if e := &f.Entries[i]; (entry < 0 || entry == i) && phrasing < len(e.Phrasings) {
				e.Phrasings = slices.Delete(slices.Clone(e.Phrasings), phrasing, phrasing+1)
			}
		}
		return compile(name, f)
	}
	var found []Confusion
	verified := 0
	for round, more := 0, true; more; round++ {
		more = false
		var book *Book
		for i, e := range whole {
			if round >= len(e.Phrasings) {
				continue
			}
			if more = true; book == nil {
				if book, err = without(-1, round); err != nil {
					return nil, err
				}
			}
			answer, ok := confused(book, i, round)
			if ok && verified < mostVerified {
				verified++
				alone, err := without(i, round)
				if err != nil {
					return nil, err
				}
				answer, ok = confused(alone, i, round)
			}
			if ok {
				found = append(found, Confusion{
					Fault:    Fault{f.lines[fmt.Sprintf("$.entries[%d].phrasings[%d]", i, round)], fmt.Sprintf("`%s` of `%s` would be answered with `%s`", e.Phrasings[round], e.ID, answer)},
					Phrasing: e.Phrasings[round], Entry: e.ID, Answer: answer,
				})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Confusion) int { return a.Line - b.Line })
	return found, nil
}
