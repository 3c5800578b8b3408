package faq

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"sync"

	"backfaq/config"
	"backfaq/faq/match"
	"backfaq/faq/signs"
)

// Book is one FAQ, compiled for searching. It never changes once made and may
// be used by many goroutines.
type Book struct {
	hash       string
	notes      []Fault
	disclaimer string
	subject    string
	entries    []*Entry       // those of the file, then a server's own
	byID       map[string]int // number of each entry of the file
	ownID      map[string]int // number of each own entry
	matcher    *match.Matcher
	signs      *signs.Set
	talk       *phrasebook
	medicine   []string // ids of entries that speak of medicine
}

//go:embed content/answers.yaml
var builtin []byte

// Builtin is the FAQ that comes with the program.
func Builtin() *Book { return theBuiltin() }

var theBuiltin = sync.OnceValue(func() *Book {
	b, err := Load("answers.yaml", builtin)
	if err != nil {
		panic(fmt.Errorf("the built-in FAQ cannot be read: %w", err)) // every test loads it
	}
	return b
})

// Load reads a FAQ file. Name is how errors call it.
func Load(name string, data []byte) (*Book, error) {
	f, err := parse(name, data)
	if err != nil {
		return nil, err
	}
	b, err := compile(name, f)
	if err != nil {
		return nil, err
	}
	b.notes, b.hash = f.notes, fmt.Sprintf("%x", sha256.Sum256(data))[:12]
	return b, nil
}

// compile makes a book of a file that was read and checked.
func compile(name string, f *file) (_ *Book, err error) {
	b := &Book{disclaimer: f.Disclaimer, subject: f.Subject, byID: make(map[string]int, len(f.Entries)), signs: f.compiled}
	b.talk = programTalk()
	if f.SmallTalk != nil {
		b.talk = f.SmallTalk.compile()
	}
	if f.Signs != nil {
		b.medicine = f.Signs.Medicine
	}
	q := match.FAQ{Interchangeable: f.Interchangeable, Sections: map[string]string{}}
	if f.Vocabulary != "" {
		q.Vocabulary, q.Points = vocabulary()
	}
	for i := range f.Entries {
		e := &f.Entries[i]
		b.byID[e.ID] = i
		b.entries = append(b.entries, e)
		q.Entries = append(q.Entries, e.ID)
		if e.Parent != "" {
			q.Sections[e.ID] = e.Parent
		}
		q.Wordings = append(q.Wordings, wordingsOf(e, i)...)
		if f.Vocabulary == "" {
			q.Wordings = append(q.Wordings, match.Wording{Entry: i, Text: e.Answer, From: match.Answer})
		}
	}
	if b.matcher, err = match.New(&q); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}

// With lays a server's own entries and taught wordings over the book, whose
// compiled index it shares. Rows are laid as they are: [Document.Over] leaves out
// those that do not fit. A wording for an entry that does not exist is not laid.
func (b *Book) With(own []Entry, taught []Taught) *Book {
	if len(own) == 0 && len(taught) == 0 {
		return b
	}
	o := &Book{hash: b.hash, disclaimer: b.disclaimer, subject: b.subject, signs: b.signs, talk: b.talk, medicine: b.medicine, byID: b.byID, ownID: maps.Clone(b.ownID)}
	if o.ownID == nil {
		o.ownID = map[string]int{}
	}
	o.entries = append(make([]*Entry, 0, len(b.entries)+len(own)), b.entries...)
	var wordings []match.Wording
	for i := range own {
		e := own[i]
		e.Own = true
		n := len(o.entries)
		o.ownID[e.ID] = n
		o.entries = append(o.entries, &e)
		wordings = append(append(wordings, wordingsOf(&e, n)...), match.Wording{Entry: n, Text: e.Answer, From: match.Answer})
	}
	for _, t := range taught {
		if n, ok := o.find(t.Entry); ok {
			wordings = append(wordings, match.Wording{Entry: n, Text: t.Wording, From: match.Taught})
		}
	}
	o.matcher = b.matcher.Extend(len(own), wordings)
	return o
}

// wordingsOf are the ways to ask for an entry that it lists itself.
func wordingsOf(e *Entry, number int) []match.Wording {
	list := []match.Wording{{Entry: number, Text: e.Title, From: match.Title}}
	for _, p := range e.Phrasings {
		list = append(list, match.Wording{Entry: number, Text: p, From: match.Phrasing})
	}
	return list
}

// find gives the number of an entry.
func (b *Book) find(id string) (int, bool) {
	n, ok := b.byID[id]
	if !ok {
		n, ok = b.ownID[id]
	}
	return n, ok
}

// Hash tells two versions of a FAQ file apart: the first 12 hex digits of its
// SHA-256. An overlay has that of the book below it.
func (b *Book) Hash() string { return b.hash }

// Notes are what was harmless in the file and changed while reading it, or what
// it may be worth looking at, in the order of its lines.
func (b *Book) Notes() []Fault { return b.notes }

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
	return b.Entry(b.signs.Entry())
}

// hides reports whether an entry is one of those switched off. The entry that
// warning signs lead to cannot be.
func (b *Book) hides(e *Entry, off []string) bool {
	return slices.Contains(off, e.ID) && e != b.WarningEntry()
}

// Interchangeable reports whether two entries are the same or answer each other's
// questions.
func (b *Book) Interchangeable(x, y *Entry) bool {
	m, _ := b.find(x.ID)
	n, _ := b.find(y.ID)
	return m == n || b.matcher.Interchangeable(m, n)
}

// Matcher is what searches the entries, which it numbers in their order.
func (b *Book) Matcher() *match.Matcher { return b.matcher }

// Signs are the warning signs that the book looks for.
func (b *Book) Signs() *signs.Set { return b.signs }

// matchesShown is how many matches a reading holds.
const matchesShown = 5

// thresholds by strictness; the essay of package match says what they mean.
var thresholds = map[config.Strictness]match.Thresholds{
	config.Strict:   {Answer: 0.7, Offer: -1.5},
	config.Balanced: {Answer: 0.42, Offer: -2.8},
	config.Lenient:  {Answer: 0.3, Offer: -3.5},
}

// outcomes by verdict.
var outcomes = [...]Outcome{match.Refuse: Unknown, match.Offer: Suggested, match.Reply: Answered}

// Read looks a question up: warning signs, search, verdict. A follow-up that says
// too little by itself ("for how long?") is read with the subject of the FAQ, and
// answered only if that leaves little doubt: anything may be said in a reply.
func (b *Book) Read(question string, o Options) Reading {
	r := b.read(question, o)
	about := b.Entry(o.About)
	if r.Outcome == Answered || b.subject == "" || about == nil {
		return r
	}
	o.Whole = cmp.Or(o.Whole, question) // the subject is no sign of anything
	o.Strictness = config.Strict
	again := b.read(question+" "+b.subject, o)
	if again.Outcome == Suggested {
		near := again.Matches
		if r.Outcome == Unknown {
			near = b.beside(about, r, again)
		}
		near = slices.DeleteFunc(near, func(m Match) bool { return m.Entry == about || b.hides(m.Entry, o.Off) })
		if len(near) > 0 {
			again.Matches = near
		}
	}
	return again
}

// beside is what is offered below an answer for words that mean next to nothing by
// themselves: the nearest by those words, then the entries that the answer names as
// related, then the nearest by the subject, which are much the same for all words.
func (b *Book) beside(about *Entry, alone, again Reading) []Match {
	near := slices.Clone(alone.Matches[:min(1, len(alone.Matches))])
	for _, id := range about.Related {
		near = append(near, Match{Entry: b.Entry(id)})
	}
	return append(near, again.Matches...)
}

func (b *Book) read(question string, o Options) Reading {
	read := b.matcher.Read(question)
	defer read.Release()
	r := Reading{Warning: b.warn(cmp.Or(o.Whole, question))}
	var buffer [matchesShown]match.Match
	found := read.Matches(buffer[:0], matchesShown, func(entry int) bool { return b.hides(b.entries[entry], o.Off) })
	limits, ok := thresholds[o.Strictness]
	if !ok {
		limits = thresholds[config.Balanced]
	}
	r.Outcome = outcomes[b.matcher.Verdict(limits, found)]
	if second := read.Second(found, limits); second > 0 {
		r.Outcome, r.Second = Answered, b.entries[found[second].Entry]
	}
	for _, m := range found {
		r.Matches = append(r.Matches, Match{Entry: b.entries[m.Entry], Score: m.Score})
	}
	if r.Outcome != Answered {
		r.Words = read.Names()
	}
	if o.Explain {
		r.Why = b.explain(read, &r, found, limits)
	}
	return r
}
