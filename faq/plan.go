package faq

import (
	"backfaq/config"
	"reflect"
	"slices"
	"strings"
)

// Plan is what an import would do to a document.
type Plan struct {
	Document Document // afterwards; save it by assigning it in an edit

	Added, Replaced, Removed Rows
	Settings                 bool        // whether settings change
	Refused                  []*RowError // rows of the file that are left out, and why
}

// Rows are some rows of a document.
type Rows struct {
	Entries []Entry
	Taught  []Taught
}

// Empty reports whether the plan changes nothing.
func (p *Plan) Empty() bool {
	return p.Added.len()+p.Replaced.len()+p.Removed.len() == 0 && !p.Settings
}

func (r Rows) len() int { return len(r.Entries) + len(r.Taught) }

// Plan works out what importing a file would do, and does nothing. Merging adds
// the file's rows to those that there are, and replaces the ones that it has
// anew: an entry of the same id or title, a wording of the same words. Otherwise
// the file takes the place of all own entries and, if it was exported, of wordings
// and settings. A row that the book refuses is left out, and what the document
// has in its place stays.
func (d *Document) Plan(f *Import, merge bool, book *Book) Plan {
	next := Document{Version: d.Version, Settings: d.Settings.Clone(), Entries: slices.Clone(d.Entries), Taught: slices.Clone(d.Taught), Last: d.Last}
	p := Plan{Refused: slices.Clone(f.refused)}
	if !merge {
		next.Entries = nil
	}
	if !merge && f.whole {
		next.Taught = nil
		if f.settings != nil {
			if err := f.settings.Validate(); err == nil {
				next.Settings = f.settings.Clone()
			} else {
				p.Refused = append(p.Refused, &RowError{Row: "settings", Line: f.lines["settings"], Err: err})
			}
		}
	}
	ids := d.standFor(f.entries)
	lines := make(map[string]int) // by id and wording, as they are afterwards
	done := make(map[string]bool)
	for _, e := range f.entries {
		line := f.lines[e.ID]
		e.ID = ids[e.ID]
		lines[e.ID] = line
		if at := next.entry(e.ID); at >= 0 && !done[e.ID] {
			next.Entries[at] = e
		} else {
			next.Entries = append(next.Entries, e)
		}
		done[e.ID] = true
	}
	clear(done)
	for _, t := range f.taught {
		lines[t.Wording] = f.lines[t.Wording]
		if id, ok := ids[t.Entry]; ok {
			t.Entry = id
		}
		if at := next.taught(t.Wording); at >= 0 && !done[t.Wording] {
			next.Taught[at] = t
		} else {
			next.Taught = append(next.Taught, t)
		}
		done[t.Wording] = true
	}
	if !merge && !f.whole { // an entry goes with its wordings
		next.Taught = slices.DeleteFunc(next.Taught, func(t Taught) bool { return d.entry(t.Entry) >= 0 && next.entry(t.Entry) < 0 })
	}
	p.Refused = append(p.Refused, next.leaveOut(d, book, lines)...)
	slices.SortStableFunc(p.Refused, func(a, b *RowError) int { return a.Line - b.Line })
	p.Document = next
	p.compare(d)
	return p
}

// standFor gives each entry of a file the id that it will have: that of the entry
// which it stands for, by its id or else by its title, so that old buttons and
// wordings still lead there.
func (d *Document) standFor(entries []Entry) map[string]string {
	ids, taken := make(map[string]string, len(entries)), make(map[string]bool)
	for _, e := range entries {
		if ids[e.ID] = e.ID; d.entry(e.ID) >= 0 {
			taken[e.ID] = true
		}
	}
	for _, e := range entries {
		at := slices.IndexFunc(d.Entries, func(old Entry) bool { return strings.EqualFold(old.Title, e.Title) && !taken[old.ID] })
		if at >= 0 && d.entry(e.ID) < 0 {
			ids[e.ID] = d.Entries[at].ID
			taken[ids[e.ID]] = true
		}
	}
	return ids
}

// leaveOut takes the rows out of a document that a book refuses, but for those
// that it refused before, and puts back what the document before had there.
func (d *Document) leaveOut(before *Document, book *Book, lines map[string]int) (out []*RowError) {
	_, known := before.Over(book)
	for {
		_, refused := d.Over(book)
		refused = slices.DeleteFunc(refused, func(r *RowError) bool { return slices.ContainsFunc(known, r.same) })
		if len(refused) == 0 {
			return out
		}
		// Entries first: a wording may fit again when its entry is back.
		if slices.ContainsFunc(refused, func(r *RowError) bool { return r.Entry != nil }) {
			refused = slices.DeleteFunc(refused, func(r *RowError) bool { return r.Entry == nil })
		}
		for _, row := range refused { // copied, since the rows move
			if row.Entry != nil {
				e := *row.Entry
				row.Entry, row.Line = &e, lines[e.ID]
			} else {
				t := *row.Taught
				row.Taught, row.Line = &t, lines[t.Wording]
			}
		}
		for _, row := range refused {
			if row.Entry != nil {
				d.Entries = putBack(d.Entries, before.Entries, row.Entry, func(e Entry) bool { return e.ID == row.Entry.ID })
			} else {
				d.Taught = putBack(d.Taught, before.Taught, row.Taught, func(t Taught) bool { return t.Wording == row.Taught.Wording })
			}
		}
		out = append(out, refused...) // what was put back may be refused in its turn
	}
}

// putBack takes the last row like the one given out of a list, or puts in its
// place what stood there before, if that is another and not in the list.
func putBack[T any](list, before []T, row *T, named func(T) bool) []T {
	at := len(list) - 1
	for !reflect.DeepEqual(list[at], *row) {
		at--
	}
	list = slices.Delete(list, at, at+1)
	if old := slices.IndexFunc(before, named); old >= 0 && !slices.ContainsFunc(list, named) && !reflect.DeepEqual(before[old], *row) {
		list = slices.Insert(list, at, before[old])
	}
	return list
}

// compare fills in how the planned document differs from the one before.
func (p *Plan) compare(before *Document) {
	next := &p.Document
	for _, e := range next.Entries {
		switch at := before.entry(e.ID); {
		case at < 0:
			p.Added.Entries = append(p.Added.Entries, e)
		case !sameEntry(before.Entries[at], e):
			p.Replaced.Entries = append(p.Replaced.Entries, e)
		}
	}
	for _, e := range before.Entries {
		if next.entry(e.ID) < 0 {
			p.Removed.Entries = append(p.Removed.Entries, e)
		}
	}
	for _, t := range next.Taught {
		switch at := before.taught(t.Wording); {
		case at < 0:
			p.Added.Taught = append(p.Added.Taught, t)
		case before.Taught[at] != t:
			p.Replaced.Taught = append(p.Replaced.Taught, t)
		}
	}
	for _, t := range before.Taught {
		if next.taught(t.Wording) < 0 {
			p.Removed.Taught = append(p.Removed.Taught, t)
		}
	}
	p.Settings = !sameSettings(before.Settings, next.Settings)
}

func sameEntry(a, b Entry) bool {
	return a.ID == b.ID && a.Title == b.Title && a.Answer == b.Answer && slices.Equal(a.Phrasings, b.Phrasings)
}

func sameSettings(a, b config.Settings) bool {
	x, y := a, b
	x.Channels, x.Listen, x.Off, y.Channels, y.Listen, y.Off = nil, nil, nil, nil, nil, nil
	return reflect.DeepEqual(x, y) && slices.Equal(a.Channels, b.Channels) && slices.Equal(a.Listen, b.Listen) && slices.Equal(a.Off, b.Off)
}
