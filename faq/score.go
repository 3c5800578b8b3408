package faq

import (
	"cmp"
	"slices"
)

// The scale of scores: a score is the log of the odds that the entry is a right
// answer. At 0 it is as likely as not, one point more makes the odds 2.7 times
// better. All points of the FAQ file, and the numbers here, were fitted together
// on faq/testdata/tune.jsonl and rounded.
const baseScore = -2.7

// gate is what it costs that a question does not name the subject, and what
// words cost that nothing explains, by regime: the clearer the subject, the less.
type gate struct {
	bias    float64
	unknown float64 // per word that neither the FAQ nor plain English has
	loose   float64 // per word of the FAQ that is part of no term found
	slot    float64 // once, if an unknown word stands in the subject's place
}

var gates = [...]gate{
	unnamed: {bias: -4, unknown: 1.2, loose: 0.3, slot: 0.5},
	half:    {bias: -1.4, unknown: 0.5, loose: 0.1, slot: 0.5},
	named:   {bias: -0.1, unknown: 0.1, loose: 0, slot: 0.2},
}

const (
	mostUnknown = 3 // words past these cost no more
	mostLoose   = 4
	likePoints  = 1.5 // for a wording that shares all words, less for fewer

	// sameShare is from what share of words on a question counts as one of the
	// entry's own wordings, and sameScore what that is worth whatever else the
	// question holds.
	sameShare = 0.95
	sameScore = 4
)

// aloneShare is how much of a concept's alone points counts, by regime.
var aloneShare = [...]float64{unnamed: 1, half: 0.5, named: 0}

// scored is the score of an entry.
type scored struct {
	entry int32
	score float64
	like  likeness
}

// score gives every entry its score and sorts them, best first.
func (b *Book) score(q *query) []scored {
	root := b.root()
	q.scores = q.scores[:0]
	if root.concepts != nil {
		q.findings.find(root, q)
	}
	if !root.vocabulary() {
		for _, l := range q.search.best {
			q.search.cover(b.phrasings, &l)
			q.scores = append(q.scores, scored{entry: l.entry, score: likeScore(l), like: l})
		}
		return sorted(q.scores)
	}
	shared := root.shared(q)
	for e := range root.entries {
		q.scores = append(q.scores, scored{entry: int32(e), score: shared + root.points(q, int32(e))})
	}
	for _, l := range q.search.best {
		if int(l.entry) >= len(root.entries) {
			q.search.cover(b.phrasings, &l)
			q.scores = append(q.scores, scored{entry: l.entry, score: likeScore(l), like: l})
			continue
		}
		s := &q.scores[l.entry]
		s.like = l
		s.score += likePoints * float64(l.share)
		switch {
		case l.share >= sameShare:
			s.score = max(s.score, sameScore)
		case l.taught:
			s.score = max(s.score, likeScore(l))
		}
	}
	return sorted(q.scores)
}

// vocabulary reports whether the FAQ says what words speak for its entries.
func (b *Book) vocabulary() bool { return b.concepts != nil && b.concepts.warns > 0 }

func sorted(s []scored) []scored {
	slices.SortStableFunc(s, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	return s
}

// shared is the part of the score that all entries have in common: how sure it
// is that the question is about the subject at all.
func (b *Book) shared(q *query) float64 {
	f := &q.findings
	g := gates[f.regime]
	s := baseScore + g.bias - g.unknown*min(float64(f.unknown), mostUnknown) - g.loose*min(float64(f.loose), mostLoose)
	if f.slot {
		s -= g.slot
	}
	for _, n := range f.order {
		c := &b.concepts.list[n]
		s += float64(f.weight[n]) * (c.About + aloneShare[f.regime]*c.Alone)
	}
	return s
}

// points is what the concepts found speak for one entry.
func (b *Book) points(q *query, entry int32) float64 {
	s := 0.0
	for _, n := range q.findings.order {
		s += float64(q.findings.weight[n]) * b.concepts.points[n][entry]
	}
	return s
}

// likeScore is the score of an entry that is known by its wordings alone. It is
// as likely as not where evenLike of the question and of a wording agree.
func likeScore(l likeness) float64 {
	if l.share >= sameShare {
		return sameScore
	}
	like := shareWeight*float64(l.share) + (1-shareWeight)*float64(l.covered)
	if l.asked < telling {
		like -= vague
	}
	return likeSlope * (like - evenLike)
}

const (
	shareWeight = 0.5
	evenLike    = 0.6
	likeSlope   = 12

	// A question whose words together weigh less than one telling word says so
	// little ("what time is it") that it needs to agree the more.
	telling = 0.75
	vague   = 0.1
)
