package faq

import (
	"cmp"
	"slices"
)

// frequent is how many wordings may hold a word before it is no longer used to
// find wordings, only to compare those that rarer words have found. It keeps
// the work for a question from growing with the FAQ.
const frequent = 256

// likeness is how like a wording a question is.
type likeness struct {
	entry   int32
	wording int32
	common  float32 // weight of the words they share
	share   float32 // 0 to 1: one is all words of both
	taught  bool
}

// search is the working memory of one search through the wordings.
type search struct {
	stems   []int32 // of the question, each once
	weight  float32 // of all its words, unknown ones included
	mark    []uint32
	round   uint32
	found   []int32
	best    []likeness // per entry, best first
	byEntry map[int32]int
}

// begin takes the words of a question.
func (s *search) begin(q *query, p *phrasings) {
	s.stems, s.weight = s.stems[:0], 0
	for i := range q.words {
		w := &q.words[i]
		switch {
		case w.stem != 0 && slices.Contains(s.stems, w.stem):
		case w.stem != 0:
			s.stems = append(s.stems, w.stem)
			s.weight += p.weight(w.stem)
		default:
			s.weight += scale(w.strength)
		}
	}
	s.best = s.best[:0]
	if s.byEntry == nil {
		s.byEntry = map[int32]int{}
	}
	clear(s.byEntry)
}

// run finds the wordings that share words with the question.
func (s *search) run(p *phrasings) {
	if p == nil {
		return
	}
	s.run(p.base)
	if len(s.mark) < len(p.wordings) {
		s.mark = make([]uint32, len(p.wordings)*2)
		s.round = 0
	}
	s.round++
	s.found = s.found[:0]
	slices.SortFunc(s.stems, func(a, b int32) int { return cmp.Compare(len(p.postings[a]), len(p.postings[b])) })
	for _, w := range s.stems {
		list := p.postings[w]
		if len(list) > frequent && len(s.found) > 0 {
			break
		}
		for _, n := range list {
			if s.mark[n] != s.round {
				s.mark[n] = s.round
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
	var mine float32
	for _, x := range w.words {
		weight := p.weight(x)
		mine += weight
		if slices.Contains(s.stems, x) {
			l.common += weight
		}
	}
	l.share = 2 * l.common / (mine + s.weight)
	if i, ok := s.byEntry[w.entry]; !ok {
		s.byEntry[w.entry] = len(s.best)
		s.best = append(s.best, l)
	} else if l.share > s.best[i].share {
		s.best[i] = l
	}
}

// ranked sorts what was found, best first, equal ones in the order of the file.
func (s *search) ranked() []likeness {
	slices.SortFunc(s.best, func(a, b likeness) int {
		return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.entry, b.entry))
	})
	return s.best
}
