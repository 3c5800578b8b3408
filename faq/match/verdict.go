package match

import (
	"math"
	"slices"

	"backfaq/faq/text"
)

// TieMargin is how much less than the best an interchangeable entry may have to be
// level with it. The order of level ones is that of the file: either answers the
// question, and so a typo or a word more does not change the answer.
const TieMargin = 2

// breakTie puts first, of the best entry and those level with it, the one that
// stands first in the file.
func (m *Matcher) breakTie(list []Match) {
	if len(list) == 0 || list[0].Score >= sameScore {
		return
	}
	first := 0
	for i, x := range list {
		if list[0].Score-x.Score < TieMargin && x.Entry < list[first].Entry && m.Interchangeable(list[0].Entry, x.Entry) {
			first = i
		}
	}
	lead(list, first)
}

// An entry that is asked for beside another is an answer from a score of likely on. Two
// are level that differ by less than levelMargin.
const (
	likely      = 0.5
	levelMargin = 0.3
)

// Second finds, of matches, the other entry that a question asks for which asks two
// things: "what causes it and how do i get rid of it". It is a likely entry that is
// not interchangeable with the first, and each of the two is asked for in a clause of
// its own. The first must be likelier right than not, the other likely enough to be
// offered. If they are level, the one that is asked for first is made to lead. The
// number of the other is returned, 0 if there is none.
func (r *Reading) Second(list []Match, t Thresholds) int {
	if len(list) == 0 || list[0].Score >= sameScore || list[0].Score < likely {
		return 0
	}
	first, at := r.askedWith(list[0])
	for i, m := range list[1:] {
		if m.Score < t.Offer {
			break // so have those after it
		}
		ask, where := r.askedWith(m)
		switch {
		case first < 0, ask < 0, ask == first, !r.apart(where, at), r.matcher.Interchangeable(list[0].Entry, m.Entry):
			continue
		case list[0].Score-m.Score < levelMargin && where < at:
			lead(list[:i+2], i+1)
			return 1
		}
		return i + 1
	}
	return 0
}

// apart reports whether two words stand in different clauses, or an "and" between
// them.
func (r *Reading) apart(a, b int) bool {
	between := r.Words[min(a, b):max(a, b)]
	return r.Words[a].Clause != r.Words[b].Clause || slices.ContainsFunc(between, func(w text.Word) bool { return w.Is(text.Conjunction) })
}

// lead moves a match to the front, and makes up what it lacks.
func lead(list []Match, at int) {
	chosen := list[at]
	chosen.tie += list[0].Score - chosen.Score
	chosen.Score = list[0].Score
	copy(list[1:at+1], list[:at])
	list[0] = chosen
}

// askedWith is the concept by which the question asks for an entry, the one that
// speaks most for it, and its first word; -1 if there is none.
func (r *Reading) askedWith(m Match) (concept int32, word int) {
	p, column := r.matcher.points, r.matcher.column(m.Entry)
	concept, word = -1, -1
	if p == nil || column == 0 {
		return concept, word
	}
	most := float32(0)
	for _, h := range r.Evidence.Hits {
		c := &r.matcher.vocabulary.concepts[h.Concept]
		if c.Kind != Ask {
			continue
		}
		if row, ok := p.find(Feature{Kind: Found, A: c.ID}); ok && p.row(row)[column] > most {
			most, concept, word = p.row(row)[column], h.Concept, h.From
		}
	}
	return concept, word
}

// Verdict is what to do with matches.
type Verdict int

// The verdicts: none is likely enough, the best are worth offering, the first is
// the answer.
const (
	Refuse Verdict = iota
	Offer
	Reply
)

// Thresholds are how sure one must be of the best entry to answer with it, from 0 to
// 1, and the score from which on the best are offered.
type Thresholds struct{ Answer, Offer float64 }

// Required is how sure one must be of the best of matches to answer with it. Of two that
// have the very same wording neither is the answer, however lenient one is.
func (t Thresholds) Required(list []Match) float64 {
	if len(list) > 0 && list[0].Score >= sameScore {
		return max(t.Answer, 0.5)
	}
	return t.Answer
}

// doubt is what the chance weighs that no entry is right: life has more questions
// about other things than the labelled ones have.
const doubt = 2

// Sureness is the chance, from 0 to 1, that the best of matches is the answer, rather
// than another or none: the softmax of their scores. Entries that answer the same
// question with it take nothing from it, be they interchangeable or a part of it.
func (m *Matcher) Sureness(list []Match) float64 {
	if len(list) == 0 {
		return 0
	}
	top := max(0, list[0].Score)
	all, best := doubt*math.Exp(-top), 0.0
	for _, x := range list {
		odds := math.Exp(x.Score - top)
		if all += odds; !m.rivals(list[0].Entry, x.Entry) {
			best += odds
		}
	}
	return best / all
}

// rivals reports whether of two entries only one can be right: neither are they the
// same or interchangeable, nor is one a part of the other.
func (m *Matcher) rivals(x, y int) bool {
	same := func(x, y int) bool { return x == y || m.Interchangeable(x, y) }
	partOf := func(x, y int) bool { s, ok := m.sections[x]; return ok && same(s, y) }
	return !same(x, y) && !partOf(x, y) && !partOf(y, x)
}

// Verdict judges matches, best first.
func (m *Matcher) Verdict(t Thresholds, list []Match) Verdict {
	switch {
	case len(list) == 0 || list[0].Score < t.Offer:
		return Refuse
	case m.Sureness(list) < t.Required(list):
		return Offer
	}
	return Reply
}
