package faq

import (
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"backfaq/config"
)

// DocumentVersion is the version of the document that this program writes, and
// the only one it reads.
const DocumentVersion = 1

// Document is all that the moderators of one server made: its settings, its own
// entries, its taught wordings. Its methods are everything that moderators can
// do to it; the store keeps it, and shows it to one of them at a time.
// Moderators can carry it away as a file and bring it back: [ReadImport]
// reads what [Document.Encode] wrote.
type Document struct {
	Version  int             `json:"version"`
	Settings config.Settings `json:"settings"`
	Entries  []Entry         `json:"entries,omitempty"`
	Taught   []Taught        `json:"taught,omitempty"`

	// Last is the change before, while it can be taken back; nil otherwise. Who
	// edits a document finds it set, and cannot change it.
	Last *Undoable `json:"-"`
}

// Undoable is a change that can be taken back, for config.UndoFor.
type Undoable struct {
	Change int64    // its number
	Before Document // what was there before it
}

// NewDocument is a server that nobody has configured.
func NewDocument() Document {
	return Document{Version: DocumentVersion, Settings: config.DefaultSettings()}
}

// ErrUnchanged is returned by a method that found nothing to do.
var ErrUnchanged = errors.New("nothing to change")

// Reasons that several methods have. Another moderator may have removed an entry
// meanwhile.
var (
	errNoEntry  = config.Refuse("there is no such entry on this server any more")
	errNoTitle  = config.Refuse("the question is missing: write it")
	errNoAnswer = config.Refuse("the answer is missing: write it")
)

// Teach ties a wording to an entry. A wording that was taught before leads to
// the new entry from then on.
func (d *Document) Teach(t Taught) {
	t.Wording = strings.TrimSpace(t.Wording)
	if i := d.taught(t.Wording); i >= 0 {
		d.Taught[i] = t
	} else {
		d.Taught = append(d.Taught, t)
	}
}

// Forget removes a taught wording and returns what it was, or [ErrUnchanged].
func (d *Document) Forget(wording string) (Taught, error) {
	i := d.taught(strings.TrimSpace(wording))
	if i < 0 {
		return Taught{}, ErrUnchanged
	}
	t := d.Taught[i]
	d.Taught = slices.Delete(d.Taught, i, i+1)
	return t, nil
}

// Put saves an entry of the server's own: a new one if it has no id, else the
// one with that id anew. The entry comes back with its id.
func (d *Document) Put(e Entry) (Entry, error) {
	e = Entry{ID: e.ID, Title: e.Title, Answer: e.Answer, Phrasings: slices.Clone(e.Phrasings)}
	if e.ID == "" {
		for e.ID == "" || d.entry(e.ID) >= 0 {
			e.ID = newOwnID()
		}
		d.Entries = append(d.Entries, e)
		return e, nil
	}
	i := d.entry(e.ID)
	if i < 0 {
		return Entry{}, errNoEntry
	}
	d.Entries[i] = e
	return e, nil
}

// Remove removes an entry of the server's own with the wordings taught for it,
// and returns what it was, or [ErrUnchanged].
func (d *Document) Remove(id string) (Entry, error) {
	i := d.entry(id)
	if i < 0 {
		return Entry{}, ErrUnchanged
	}
	e := d.Entries[i]
	d.Entries = slices.Delete(d.Entries, i, i+1)
	d.Taught = slices.DeleteFunc(d.Taught, func(t Taught) bool { return t.Entry == id })
	d.Settings.Off = slices.DeleteFunc(d.Settings.Off, func(off string) bool { return off == id })
	return e, nil
}

// Reset sets the settings back to the defaults. Entries and wordings stay.
func (d *Document) Reset() { d.Settings = config.DefaultSettings() }

// Undo takes back the change with a number and puts back exactly what was there
// before. That cannot be done once another change was made, which would be taken
// back with it, or after config.UndoFor.
func (d *Document) Undo(change int64) error {
	switch {
	case d.Last == nil || d.Last.Change < change:
		return config.Refuse("a change can be taken back for %d minutes, and that time is over", config.UndoFor/time.Minute)
	case d.Last.Change > change:
		return config.Refuse("something else was changed since, so that this cannot be taken back by itself")
	}
	*d = d.Last.Before
	return nil
}

func (d *Document) taught(wording string) int {
	return slices.IndexFunc(d.Taught, func(t Taught) bool { return t.Wording == wording })
}

func (d *Document) entry(id string) int {
	return slices.IndexFunc(d.Entries, func(e Entry) bool { return e.ID == id })
}

// RowError says which row of a document does not fit, and why. For a row that a
// moderator just typed, Err alone is the sentence to show.
type RowError struct {
	Row    string  // as in "taught[3]"
	Line   int     // where it stands in the file that was imported; 0 if in none
	Entry  *Entry  // the row, if it is an own entry
	Taught *Taught // the row, if it is a taught wording
	Err    error
}

func (e *RowError) Error() string {
	where := e.Row
	if e.Entry != nil && e.Entry.Title != "" {
		where = fmt.Sprintf("%.60q", e.Entry.Title)
	}
	switch {
	case e.Line > 0 && where != e.Row:
		where = fmt.Sprintf("line %d, %s", e.Line, where)
	case e.Line > 0:
		where = fmt.Sprintf("line %d", e.Line)
	}
	return where + ": " + e.Err.Error()
}

func (e *RowError) Unwrap() error { return e.Err }

// same reports whether two refused rows are the same row, wherever it stands.
func (e *RowError) same(other *RowError) bool {
	return reflect.DeepEqual(e.Entry, other.Entry) && reflect.DeepEqual(e.Taught, other.Taught)
}

// Over lays the own entries and taught wordings over a book. A row that breaks a
// limit, or that the book has no room for, is left out and reported; it takes
// no other row with it, but the wordings of an entry that is left out.
func (d *Document) Over(book *Book) (*Book, []*RowError) {
	var refused []*RowError
	var own []Entry
	for i := range d.Entries {
		e := d.Entries[i]
		if err := checkOwn(book, own, &e); err != nil {
			refused = append(refused, &RowError{Row: fmt.Sprintf("entries[%d]", i), Entry: &d.Entries[i], Err: err})
			continue
		}
		own = append(own, e)
	}
	var taught []Taught
	wordings := make(map[string]bool, len(d.Taught))
	for i, t := range d.Taught {
		err := checkTaught(book, own, t)
		switch {
		case err != nil:
		case wordings[t.Wording]:
			err = config.Refuse("the same wording stands above already")
		case len(taught) >= config.MaxTaught:
			err = config.Refuse("there are %d taught wordings already: remove some first", len(taught))
		case len(own)+len(taught) >= config.MaxExportRows:
			err = config.Refuse("there are %d own entries and taught wordings already: remove some first", config.MaxExportRows)
		}
		if err != nil {
			refused = append(refused, &RowError{Row: fmt.Sprintf("taught[%d]", i), Taught: &d.Taught[i], Err: err})
			continue
		}
		wordings[t.Wording] = true
		taught = append(taught, t)
	}
	return book.With(own, taught), refused
}

// checkOwn refuses an own entry that breaks the limits of a FAQ file, or that
// the book and the own entries before it leave no room for. It trims the entry
// as reading a FAQ file does.
func checkOwn(book *Book, before []Entry, e *Entry) error {
	for _, p := range e.Phrasings {
		if n := utf8.RuneCountInString(p); n > MaxPhrasing {
			return config.Refuse("a phrasing has %d characters: shorten it to %d", n, MaxPhrasing)
		}
	}
	var c check
	c.entry(e, MaxAnswer, func(key string) string { return key })
	taken := func(other Entry) bool { return other.ID == e.ID }
	titled := func(other *Entry) bool { return strings.EqualFold(other.Title, e.Title) }
	title, answer := utf8.RuneCountInString(e.Title), utf8.RuneCountInString(e.Answer)
	switch {
	case title == 0:
		return errNoTitle
	case answer == 0:
		return errNoAnswer
	case title > MaxTitle:
		return config.Refuse("the title has %d characters: shorten it to %d", title, MaxTitle)
	case answer > MaxAnswer:
		return config.Refuse("the answer has %d characters, %d too many: shorten it to %d", answer, answer-MaxAnswer, MaxAnswer)
	case len(c.wrong) > 0:
		return errors.New(strings.Replace(c.wrong[0].Text, e.name(), "the entry", 1)) // its id tells moderators nothing
	case !IsOwnID(e.ID):
		return fmt.Errorf("%q is not the id of an own entry, such as own-a2b3c4d5", e.ID)
	case e.Parent != "" || len(e.Related) > 0:
		return errors.New("an own entry has no parent and no related entries")
	case slices.ContainsFunc(e.Phrasings, notText):
		return errors.New("a phrasing is not UTF-8 text")
	case len(before) >= config.MaxOwnEntries:
		return config.Refuse("there are %d own entries already: remove one first", len(before))
	case book.Entry(e.ID) != nil || slices.ContainsFunc(before, taken):
		return fmt.Errorf("id %q is taken: choose another", e.ID)
	case slices.ContainsFunc(book.Entries(), titled) || slices.ContainsFunc(before, func(other Entry) bool { return titled(&other) }):
		return config.Refuse("there is an entry with the title %q already: choose another title", e.Title)
	}
	if n := utf8.RuneCountInString(strings.Join(e.Phrasings, "\n")); n > MaxOwnPhrasings {
		return config.Refuse("the phrasings have %d characters together: shorten them to %d", n, MaxOwnPhrasings)
	}
	return nil
}

// checkTaught refuses a taught wording that leads nowhere or says nothing.
func checkTaught(book *Book, own []Entry, t Taught) error {
	n := utf8.RuneCountInString(t.Wording)
	switch {
	case book.Entry(t.Entry) == nil && !slices.ContainsFunc(own, func(e Entry) bool { return e.ID == t.Entry }):
		return fmt.Errorf("%q is no entry: choose one of the list", t.Entry)
	case strings.TrimSpace(t.Wording) == "":
		return config.Refuse("the wording is empty: write it as a person would ask")
	case notText(t.Wording):
		return errors.New("the wording is not UTF-8 text")
	case n > config.MaxWording:
		return config.Refuse("the wording has %d characters: shorten it to %d", n, config.MaxWording)
	}
	return nil
}

func notText(s string) bool { return !utf8.ValidString(s) }

// CheckChange reports why a document may not take the place of the one before
// it: a setting out of its limits, or a row that the book refuses, as a
// [*RowError]. Rows that were refused before stay where they are, so that a FAQ
// which no longer takes one of them does not keep moderators from the others, or
// from taking back a change.
func (d *Document) CheckChange(before Document, book *Book) error {
	if !reflect.DeepEqual(d.Settings, before.Settings) {
		if err := d.Settings.Validate(); err != nil {
			return err
		}
	}
	_, refused := d.Over(book)
	if len(refused) == 0 {
		return nil
	}
	_, known := before.Over(book)
	if before.Last != nil { // which an undo puts back
		_, more := before.Last.Before.Over(book)
		known = append(known, more...)
	}
	for _, row := range refused {
		if !slices.ContainsFunc(known, row.same) {
			return row
		}
	}
	return nil
}

// ownID sets the entries of a server apart from those of the FAQ file.
const ownID = "own-"

// IsOwnID reports whether an id is one that a server's own entry can have.
func IsOwnID(id string) bool {
	name, ok := strings.CutPrefix(id, ownID)
	return ok && name != "" && len(name) <= 16 && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

// newOwnID makes up an id for an own entry. It is never given to another entry
// later, as a counter's would be, so an old button cannot open the wrong one.
func newOwnID() string {
	return ownID + strings.ToLower(rand.Text()[:8])
}
