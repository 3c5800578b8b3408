package faq

import (
	"cmp"
	"slices"
)

// How a question finds its answer
//
// A question is folded and cut into words (normalise.go), each word is looked up,
// corrected if need be (query.go, typos.go), and the terms of the FAQ file are
// looked for in what results (terms.go). A term found stands for its concept: "my
// shoulder blade" for the place, "cramps" for the subject, "how come" for asking
// why. What is found is untangled (judge.go), and then every entry gets a score:
//
//	score = base + regime                   the same for all entries
//	      + how usual the entry is
//	      + what each concept says of the subject being meant at all
//	      - what words cost that nothing explains
//	      + what each concept speaks for or against this entry
//	      + how like one of its wordings the question is
//
// It is a sum, so it can be read out, and [Explanation] does. A score is the log
// of the odds that the entry is a right answer. From 0 on, that is when it is more
// likely right than not, the best entry is the answer; below, down to one in twelve,
// the best three are offered; below that the bot says that it does not know.
//
// What to expect, without reading on:
//
//	"why does my upper back cramp"      is answered, since place and complaint are
//	                                    there: the subject is named
//	"ice or heat for this??"            is answered: nothing names the subject, but
//	                                    every word is explained, and the terms are
//	                                    worth much alone
//	"what causes scoliosis"             is not: an unknown word stands in the
//	                                    subject's place, and that costs most
//	"upper back spasm from grumbling"   is answered: where the subject is named, an
//	                                    unknown word hardly matters
//	"lower back pain relief"            is not: "lower back" is elsewhere and takes
//	                                    "back pain" with it, as the longer term
//	"upper back tattoo"                 is not: some words are elsewhere whatever
//	                                    else is named
//	"no numbness, just a knot, massage?" is about massage: what is denied counts for
//	                                    nothing
//	a story with one question in it     is ranked by the question; the sentences
//	                                    around it count half, other parts of the body
//	                                    and other subjects in them next to nothing
//	"ice or haet"                       a word that may have been meant to be several
//	                                    counts as the one that completes a term
//	"Poor posture"                      the very words of a title or phrasing find
//	                                    their entry, whatever the rest says
//
// Two entries that answer each other's questions are sisters (the file says so).
// When two that are not are nearly level, both are offered; of two that are, the one
// that stands first in the file goes first.
//
// An entry without a vocabulary, be it of another FAQ or a server's own, is known
// by its wordings alone. The question is compared with each (search.go): words that
// few entries have weigh more, those that any question may hold weigh little, and
// everyday synonyms are one word. Nearly half of the score is how much question and
// wording agree, the rest how much of the question the entry has anywhere.
//
// The points in the file and the numbers below were fitted together: one logistic
// regression per entry over the concepts, all sharing what concepts say of the
// subject, drawn towards zero so that few points remain, on faq/testdata/tune.jsonl
// and stress.jsonl. One content word in five was hidden at random in copies of each
// question, so that the numbers hold for wordings nobody has listed. Then they were
// rounded to a tenth, and what a question costs that does not name the subject was
// raised by 1.1: far-off questions are more frequent in life than in the file. Points
// that a maintainer changes by hand work the same.

// baseScore is the score of an entry before anything is known: one point more makes
// the odds 2.7 times better.
const baseScore = -3

// gate is what it costs that a question does not name the subject, and what
// words cost that nothing explains, by regime: the clearer the subject, the less.
type gate struct {
	bias    float64
	unknown float64 // per word that neither the FAQ nor plain English has
	loose   float64 // per word of the FAQ that is part of no term found
	slot    float64 // once, if an unknown word stands in the subject's place
}

var gates = [...]gate{
	unnamed: {bias: -4.7, unknown: 1.2, loose: 0.3, slot: 0.5},
	half:    {bias: -1.7, unknown: 0.5, loose: 0.1, slot: 0.5},
	named:   {bias: -1, unknown: 0.1, loose: 0, slot: 0.2},
}

const (
	mostUnknown = 3 // words past these cost no more
	mostLoose   = 4
	likePoints  = 0.7 // for a wording that shares all words, less for fewer

	// sameShare is from what share of words on a question counts as one of the
	// entry's own wordings, and sameScore what that is worth whatever else the
	// question holds.
	sameShare = 0.95
	sameScore = 12
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
	q.findings.covered = q.findings.covered[:0]
	if root.concepts != nil {
		q.findings.find(root, q)
	}
	if !root.vocabulary() {
		for _, l := range q.search.likest() {
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
	s := b.concepts.usual[entry]
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
	shareWeight = 0.45
	evenLike    = 0.58
	likeSlope   = 20

	// A question whose words together weigh less than one telling word says so
	// little ("what time is it") that it needs to agree the more.
	telling = 0.75
	vague   = 0.1
)
