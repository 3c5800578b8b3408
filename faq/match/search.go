package match

import (
	"cmp"
	"slices"

	"backfaq/faq/text"
)

// Overlap is how much a question and the wordings of an entry have in common.
type Overlap struct {
	Entry   int
	Dice    float32 // share of all words of both that they have in common, with the closest wording, 0 to 1
	Recall  float32 // share of the question's words that the entry has anywhere, 0 to 1; once measured
	Query   float32 // weight of the question's words; once measured
	Letters float32 // how like all its wordings in an index together the question is spelled, 0 to 1; once measured
	Taught  bool    // the closest wording was taught
	Exact   Origin  // of the wording that the question is word for word; Answer for none
}

// Bounds that keep the work for a question from growing with the FAQ. Wordings
// with the rarest words of the question are found first; a word so frequent that
// it would lead past mostCompared finds none. Recall is measured for the entries
// with the closest wordings.
const (
	mostCompared = 600
	mostRecalled = 32
)

// answerShare is what a word in the answer counts of one in a wording.
const answerShare = 0.5

// search looks for the wordings that are like a question. It is used again.
type search struct {
	indexes indexes
	words   []text.ID // of the question, each once
	weight  float32   // of all its words, those included that no wording has
	best    []Overlap // the best of each entry

	spelling spelling
	likeness []float32 // in letters: by index, and in each by entry
	written  []byte    // the question as it is looked up word for word
	asked    marks     // words of the question
	seen     marks     // wordings found
	found    []int32
	listed   marks   // entries in best
	place    []int32 // by entry: its place in best, where it has one
}

// marks is a set of small numbers that is emptied at no cost.
type marks struct {
	round uint32
	mark  []uint32
}

func (m *marks) empty(size int) {
	if m.round++; len(m.mark) < size || m.round == 0 {
		m.mark, m.round = make([]uint32, size+size/4), 1
	}
}
func (m *marks) has(i int32) bool { return m.mark[i] == m.round }
func (m *marks) add(i int32)      { m.mark[i] = m.round }

// run finds the best wording of each entry that shares words with the question, or is
// the question.
func (s *search) run(list indexes, question string, words []text.Word, lexicon *text.Lexicon, entries int) {
	size := lexicon.Size()
	s.indexes = list
	s.words, s.weight, s.best = s.words[:0], 0, s.best[:0]
	s.asked.empty(int(size))
	s.listed.empty(entries)
	if len(s.place) < entries {
		s.place = make([]int32, len(s.listed.mark))
	}
	for i := range words {
		switch id := words[i].Synonym; {
		case id == 0:
			s.weight += classWeight(words[i].Class)
		case !s.asked.has(int32(id)):
			s.asked.add(int32(id))
			s.words = append(s.words, id)
			s.weight += list.weight(id)
		}
	}
	s.likeness = zeroed(s.likeness, len(list)*entries)
	for i, x := range list {
		if len(x.letters.shares) > 0 {
			s.spelling = s.spelling[:0].spell(words, lexicon)
			x.letters.compare(s.spelling, s.likeness[i*entries:])
		}
	}
	s.written = appendAsWritten(s.written[:0], question)
	for _, x := range list {
		s.in(x)
		for _, e := range x.exact[string(s.written)] {
			o := s.of(e.entry)
			o.Exact = max(o.Exact, e.from)
		}
	}
}

// of is the overlap with an entry, of nothing at first.
func (s *search) of(entry int32) *Overlap {
	if !s.listed.has(entry) {
		s.listed.add(entry)
		s.place[entry] = int32(len(s.best))
		s.best = append(s.best, Overlap{Entry: int(entry)})
	}
	return &s.best[s.place[entry]]
}

// in searches one index.
func (s *search) in(x *index) {
	s.seen.empty(len(x.wordings))
	s.found = s.found[:0]
	slices.SortStableFunc(s.words, func(a, b text.ID) int { return cmp.Compare(len(x.postings[a]), len(x.postings[b])) })
	for _, id := range s.words {
		list := x.postings[id]
		if len(s.found) > 0 && len(s.found)+len(list) > mostCompared {
			break
		}
		for _, n := range list {
			if !s.seen.has(n) {
				s.seen.add(n)
				s.found = append(s.found, n)
			}
		}
	}
	for _, n := range s.found {
		s.compare(x, n)
	}
}

// compare measures one wording against the question and keeps it if it is the
// best of its entry.
func (s *search) compare(x *index, n int32) {
	w := &x.wordings[n]
	common := float32(0)
	for k := w.from; k < w.to; k++ {
		if s.asked.has(int32(x.words[k])) {
			common += x.weights[k]
		}
	}
	if o, dice := s.of(w.entry), 2*common/(w.weight+s.weight); dice > o.Dice {
		o.Dice, o.Taught = dice, w.taught
	}
}

// measure fills in how much of the question the entry has in any of its wordings
// or in its answer.
func (s *search) measure(o *Overlap) {
	sum := float32(0)
	for _, id := range s.words {
		switch entry := int32(o.Entry); {
		case s.indexes.inWording(entry, id):
			sum += s.indexes.weight(id)
		case s.indexes.inAnswer(entry, id):
			sum += answerShare * s.indexes.weight(id)
		}
	}
	entries := len(s.likeness) / len(s.indexes)
	for i := o.Entry; i < len(s.likeness); i += entries { // the entry in each index
		o.Letters = max(o.Letters, s.likeness[i])
	}
	if o.Query = s.weight; s.weight > 0 { // a title of symbols has no words
		o.Recall = sum / s.weight
	}
}

// top are the entries with the closest wordings, best first.
func (s *search) top() []Overlap {
	slices.SortFunc(s.best, func(a, b Overlap) int {
		return cmp.Or(cmp.Compare(b.Exact, a.Exact), cmp.Compare(b.Dice, a.Dice), cmp.Compare(a.Entry, b.Entry))
	})
	return s.best[:min(len(s.best), mostRecalled)]
}
