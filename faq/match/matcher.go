package match

import (
	"cmp"
	"iter"
	"slices"
	"sync"

	"backfaq/faq/text"
)

// Matcher finds the entries of one FAQ that answer a question. It never changes
// and may be used by many goroutines.
type Matcher struct {
	lexicon    *text.Lexicon
	vocabulary *Vocabulary // nil where nothing is known of the subject
	points     *Points     // nil with it
	concepts   []int32     // by concept of the vocabulary: its number in points
	columns    []int       // by entry: its column in points, 0 for none; entries past these have none
	learned    int         // how many entries have a column
	indexes    indexes
	entries    int // their number

	interchangeable [][]int
	sections        map[int]int // by entry: the one that it is a part of
}

// FAQ is what a Matcher is made of. Only Entries is required.
type FAQ struct {
	Entries         []string          // ids
	Interchangeable [][]string        // ids of entries that answer each other's questions
	Sections        map[string]string // by id of an entry: that of the one that it is a part of
	Wordings        []Wording
	Vocabulary      *Definition // how people speak of the subject
	Points          *Points     // what that says of the entries
}

// New compiles a FAQ. An error names the concept and the term that cannot be read.
func New(f *FAQ) (*Matcher, error) {
	m := &Matcher{lexicon: text.NewLexicon(), entries: len(f.Entries), sections: map[int]int{}}
	if f.Vocabulary != nil {
		var err error
		if m.vocabulary, err = NewVocabulary(f.Vocabulary, m.lexicon); err != nil {
			return nil, err
		}
		m = m.WithPoints(f.Entries, cmp.Or(f.Points, NewPoints(nil)))
	}
	for _, ids := range f.Interchangeable {
		var group []int
		for _, id := range ids {
			group = append(group, slices.Index(f.Entries, id))
		}
		m.interchangeable = append(m.interchangeable, group)
	}
	for part, section := range f.Sections {
		m.sections[slices.Index(f.Entries, part)] = slices.Index(f.Entries, section)
	}
	m.indexes = m.indexes.add(m.lexicon, f.Wordings, m.entries, m.isLearned)
	return m, nil
}

// Extend lays wordings over those of m, for its entries and for more, which are
// numbered from there on. The two share what m has compiled.
func (m *Matcher) Extend(more int, wordings []Wording) *Matcher {
	x := *m
	x.entries += more
	x.lexicon = m.lexicon.Extend()
	x.indexes = m.indexes.add(x.lexicon, wordings, x.entries, m.isLearned)
	return &x
}

// WithPoints is m with other points. Entries are the ids of all its entries.
func (m *Matcher) WithPoints(entries []string, p *Points) *Matcher {
	x := *m
	x.points, x.learned, x.columns = p, 0, make([]int, len(entries))
	x.concepts = make([]int32, len(m.vocabulary.concepts))
	for i, c := range m.vocabulary.concepts {
		x.concepts[i] = p.parts[c.ID]
	}
	for i, id := range entries {
		if x.columns[i] = slices.Index(p.Entries, id) + 1; x.columns[i] > 0 {
			x.learned++
		}
	}
	return &x
}

// UsesPoints reports whether points were learned for the FAQ.
func (m *Matcher) UsesPoints() bool { return m.points != nil }

// column is the column of an entry in the points, 0 where none were learned.
func (m *Matcher) column(entry int) int {
	if entry < len(m.columns) {
		return m.columns[entry]
	}
	return 0
}

// isLearned reports whether points were learned for an entry.
func (m *Matcher) isLearned(entry int) bool { return m.column(entry) > 0 }

// Reading is a question as a matcher understands it. Release gives its memory
// back for the next question.
type Reading struct {
	Words    []text.Word
	Evidence Evidence // empty where the FAQ has no vocabulary

	matcher  *Matcher
	search   search
	features []weighed
	listed   marks     // rows of features
	place    []int32   // by row: its place in features, where it has one
	sums     []float32 // by column of the points
	scores   []Match
}

var readings = sync.Pool{New: func() any { return new(Reading) }}

// Read reads a question and scores the entries.
func (m *Matcher) Read(question string) *Reading {
	r := readings.Get().(*Reading)
	r.matcher = m
	r.Words = m.lexicon.Read(r.Words[:0], question, text.Most)
	r.search.run(m.indexes, question, r.Words, m.lexicon, m.entries)
	r.Evidence.reset()
	if m.vocabulary != nil {
		m.vocabulary.find(&r.Evidence, r.Words)
	}
	r.score()
	return r
}

// Release ends the use of a reading and of all that it holds.
func (r *Reading) Release() { readings.Put(r) }

// Matches appends the best entries, at most so many, best first, without those
// that skip names. Of the best entry and its interchangeable ones that are level
// with it the one that stands first in the file leads.
func (r *Reading) Matches(to []Match, most int, skip func(entry int) bool) []Match {
	from := len(to)
	for _, m := range r.scores {
		if len(to)-from == most {
			break
		}
		if !skip(m.Entry) {
			to = append(to, m)
		}
	}
	r.matcher.breakTie(to[from:])
	return to
}

// Mentions are the terms of these kinds that the question holds.
func (r *Reading) Mentions(kinds ...Kind) []Hit {
	var list []Hit
	for _, h := range r.Evidence.Hits {
		if slices.Contains(kinds, r.matcher.vocabulary.concepts[h.Concept].Kind) {
			list = append(list, h)
		}
	}
	return list
}

// Closeness is how like one of their wordings the question is, by entry: the weight
// of the feature of that name.
func (r *Reading) Closeness() iter.Seq2[int, float32] {
	return func(yield func(int, float32) bool) {
		for _, o := range r.search.best {
			if !yield(o.Entry, o.Dice) {
				return
			}
		}
	}
}

// Names are the words of the question that the FAQ itself has, as it has them:
// what comes from the file and not from a person.
func (r *Reading) Names() []string {
	var names []string
	for i := range r.Words {
		w := &r.Words[i]
		if w.Known && w.Class == text.Content {
			if n := r.matcher.lexicon.Name(w.Stem); !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	return names
}

// Interchangeable reports whether two entries answer each other's questions.
func (m *Matcher) Interchangeable(x, y int) bool {
	return slices.ContainsFunc(m.interchangeable, func(group []int) bool {
		return slices.Contains(group, x) && slices.Contains(group, y)
	})
}
