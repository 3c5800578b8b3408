package faq

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"sync"

	"backfaq/faq/text"
)

// Book is one FAQ, compiled for searching. It never changes once made and may
// be used by many goroutines.
type Book struct {
	hash       string
	base       *Book // what an overlay is laid over
	disclaimer string
	entries    []*Entry
	byID       map[string]int32
	sisters    [][]string
	lexicon    *text.Lexicon
	phrasings  *phrasings
	concepts   *concepts // nil where the file has no vocabulary
	warnings   *warnings
}

//go:embed content/upper-back-spasms.yaml
var builtin []byte

// Builtin is the FAQ that comes with the program.
func Builtin() *Book { return theBuiltin() }

var theBuiltin = sync.OnceValue(func() *Book {
	b, err := Load("upper-back-spasms.yaml", builtin)
	if err != nil {
		panic(err) // the tests load it: this program was never tested
	}
	return b
})

// Load reads a FAQ file. Name is how errors call it.
func Load(name string, data []byte) (*Book, error) {
	f, err := parse(name, data)
	if err != nil {
		return nil, err
	}
	b := &Book{hash: fmt.Sprintf("%x", sha256.Sum256(data))[:12], disclaimer: f.Disclaimer, byID: make(map[string]int32, len(f.Entries)), warnings: f.Warnings, sisters: f.Sisters}
	for i := range f.Entries {
		b.byID[f.Entries[i].ID] = int32(i)
		b.entries = append(b.entries, &f.Entries[i])
	}
	if err := b.compile(f, b.entries, nil); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}

// With lays a server's own entries and taught wordings over the book. The two
// share the compiled index of b. Rows are laid as they are: [Document.Over]
// leaves out those that do not fit.
func (b *Book) With(own []Entry, taught []Taught) (*Book, error) {
	if len(own) == 0 && len(taught) == 0 {
		return b, nil
	}
	o := &Book{base: b, disclaimer: b.disclaimer, warnings: b.warnings, sisters: b.sisters, byID: make(map[string]int32, len(own))}
	o.entries = append(make([]*Entry, 0, len(b.entries)+len(own)), b.entries...)
	for i := range own {
		e := own[i]
		e.Own = true
		o.byID[e.ID] = int32(len(o.entries))
		o.entries = append(o.entries, &e)
	}
	o.concepts = b.concepts
	return o, o.compile(nil, o.entries[len(b.entries):], taught)
}

// compile numbers the words of entries and files their wordings.
func (b *Book) compile(f *file, entries []*Entry, taught []Taught) error {
	var phr *phrasings
	b.lexicon = text.NewLexicon()
	if b.base != nil {
		b.lexicon, phr = b.base.lexicon.Extend(), b.base.phrasings
	}
	if f != nil && (len(f.Vocabulary) > 0 || f.Warnings != nil) {
		var err error
		if b.concepts, err = compileConcepts(f, b.lexicon, b.byID); err != nil {
			return err
		}
	}
	b.phrasings = &phrasings{base: phr, answers: map[int64]bool{}}
	c := compiler{book: b}
	for _, e := range entries {
		n, _ := b.find(e.ID)
		b.phrasings.add(n, c.words(e.Title), false)
		for _, p := range e.Phrasings {
			b.phrasings.add(n, c.words(p), false)
		}
		if b.root().concepts == nil || e.Own {
			b.phrasings.answer(n, c.words(e.Answer))
		}
	}
	for _, t := range taught {
		n, _ := b.find(t.Entry)
		b.phrasings.add(n, c.words(t.Wording), true)
	}
	b.phrasings.index(b.lexicon, len(b.entries))
	return nil
}

// compiler turns texts of the FAQ into word numbers.
type compiler struct {
	book  *Book
	stems []text.ID
}

// words returns the stems of a text, valid until the next call.
func (c *compiler) words(s string) []text.ID {
	c.stems = c.book.lexicon.Learn(c.stems[:0], s)
	return c.stems
}

// root is the book that an overlay is laid over, or the book itself.
func (b *Book) root() *Book {
	if b.base != nil {
		return b.base
	}
	return b
}

// find gives the number of an entry.
func (b *Book) find(id string) (int32, bool) {
	n, ok := b.byID[id]
	if !ok && b.base != nil {
		return b.base.find(id)
	}
	return n, ok
}

// Hash tells two versions of a FAQ file apart: the first 12 hex digits of its
// SHA-256. An overlay has that of the book below it.
func (b *Book) Hash() string { return b.root().hash }

// Disclaimer is the sentence that every message ends with.
func (b *Book) Disclaimer() string { return b.disclaimer }

// Entries lists all entries in the order of the file, own entries last.
func (b *Book) Entries() []*Entry { return b.entries }

// Entry finds an entry by id; nil if there is none.
func (b *Book) Entry(id string) *Entry {
	if n, ok := b.find(id); ok {
		return b.entries[n]
	}
	return nil
}

// WarningEntry is where warning signs lead; nil if the file names none.
func (b *Book) WarningEntry() *Entry {
	if b.warnings == nil {
		return nil
	}
	return b.Entry(b.warnings.Entry)
}
