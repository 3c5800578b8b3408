package faq

import (
	"cmp"
	"slices"

	"backfaq/faq/text"
)

// mostCompared is how many wordings a question is compared with. Those that hold
// its rarest words come first; words so frequent that they would lead past the
// limit are only compared and find nothing by themselves. It keeps the work for a
// question from growing with the FAQ.
const mostCompared = 600

// likeness is how like a wording a question is.
type likeness struct {
	entry   int32
	wording int32
	share   float32 // of all words of both that they have in common, 0 to 1
	covered float32 // of the question's words that the entry has anywhere, 0 to 1
	asked   float32 // weight of the question's words
	taught  bool
}

// search is the working memory of one search through the wordings.
type search struct {
	stems  []text.ID // of the question, each once
	weight float32   // of all its words, unknown ones included
	asked  marks     // words of the question
	seen   marks     // wordings found
	found  []int32
	best   []likeness // the best of each entry
	entry  []int32    // by entry: its place in best, and
	had    marks      // whether it has one
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

// begin takes the words of a question to a FAQ of so many entries.
func (s *search) begin(q *query, p *phrasings, entries int) {
	s.stems, s.weight, s.best = s.stems[:0], 0, s.best[:0]
	s.asked.empty(int(p.lexicon.Size()))
	s.had.empty(entries)
	if len(s.entry) < len(s.had.mark) {
		s.entry = make([]int32, len(s.had.mark))
	}
	for i := range q.words {
		w := &q.words[i]
		switch {
		case w.Synonym == 0:
			s.weight += scale(w.Class)
		case !s.asked.has(int32(w.Synonym)):
			s.asked.add(int32(w.Synonym))
			s.stems = append(s.stems, w.Synonym)
			s.weight += p.weight(w.Synonym)
		}
	}
}

// run finds the wordings that share words with the question.
func (s *search) run(p *phrasings) {
	if p == nil {
		return
	}
	s.run(p.base)
	s.seen.empty(len(p.wordings))
	s.found = s.found[:0]
	slices.SortFunc(s.stems, func(a, b text.ID) int { return cmp.Compare(len(p.with(a)), len(p.with(b))) })
	for _, w := range s.stems {
		list := p.with(w)
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
		s.compare(p, n)
	}
}

// compare measures one wording against the question and keeps it if it is the
// best of its entry.
func (s *search) compare(p *phrasings, n int32) {
	w := &p.wordings[n]
	l := likeness{entry: w.entry, wording: n, taught: w.taught}
	common := float32(0)
	for k := w.from; k < w.to; k++ {
		if s.asked.has(int32(p.words[k])) {
			common += p.weights[k]
		}
	}
	l.share = 2 * common / (w.weight + s.weight)
	if !s.had.has(w.entry) {
		s.had.add(w.entry)
		s.entry[w.entry] = int32(len(s.best))
		s.best = append(s.best, l)
	} else if b := &s.best[s.entry[w.entry]]; l.share > b.share {
		*b = l
	}
}

// cover measures how much of the question an entry has in any of its wordings,
// or, for answerShare of it, in its answer.
func (s *search) cover(p *phrasings, l *likeness) {
	sum := float32(0)
	for _, w := range s.stems {
		switch {
		case p.inWording(l.entry, w):
			sum += p.weight(w)
		case p.says(l.entry, w):
			sum += answerShare * p.weight(w)
		}
	}
	l.covered, l.asked = sum/s.weight, s.weight
}

const answerShare = 0.5

// mostCovered is how many entries are looked at as a whole: those with the wordings
// most like the question.
const mostCovered = 32

// likest are the entries with the wordings most like the question, best first.
func (s *search) likest() []likeness {
	slices.SortFunc(s.best, func(a, b likeness) int {
		return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.entry, b.entry))
	})
	return s.best[:min(len(s.best), mostCovered)]
}
