package match

import (
	"cmp"
	"iter"
	"slices"
)

// Reason is a part of a score.
type Reason struct {
	Name   string
	Points float64
	Shared bool // all entries have it in common
}

// baseScore is the score of an entry before anything is known: one point more
// makes the odds 2.7 times better.
const baseScore = -3

// gate is what it costs that a question does not name the subject, and what
// words cost that nothing explains: the clearer the subject, the less.
type gate struct {
	bias        float64
	unknown     float64 // per word that neither the FAQ nor plain English has
	unmatched   float64 // per word of the FAQ that is part of no term found
	subjectSlot float64 // once, if an unknown word stands in the subject's place
	alone       float64 // share of a concept's alone points that counts
}

var gates = [...]gate{
	None:    {bias: -4.7, unknown: 1.2, unmatched: 0.3, subjectSlot: 0.5, alone: 1},
	Partial: {bias: -1.7, unknown: 0.5, unmatched: 0.1, subjectSlot: 0.5, alone: 0.5},
	Full:    {bias: -1, unknown: 0.1, unmatched: 0, subjectSlot: 0.2, alone: 0},
}

const (
	mostUnknown   = 3 // words past these cost no more
	mostUnmatched = 4
	dicePoints    = 0.7 // for a wording that shares all words, less for fewer

	// sameDice is from where on a question counts as one of the entry's own
	// wordings, and sameScore what that is worth whatever else the question holds.
	sameDice  = 0.95
	sameScore = 12
)

// An entry that is known by its wordings alone is as likely right as not where
// half of overlapSlope's measure, overlapMidpoint, is reached.
const (
	overlapSlope    = 20
	overlapMidpoint = 0.58
	diceShare       = 0.45 // the rest is recall

	// A question whose words together weigh less than minQueryWeight says so
	// little ("what time is it") that it needs to agree the more.
	minQueryWeight = 0.75
	vaguePenalty   = 0.1
)

// Match is an entry that answers a question, by its number, with its score: the
// log of the odds that it is a right answer.
type Match struct {
	Entry   int
	Score   float64
	overlap Overlap
	tie     float64 // what made it level with a better one that is interchangeable
}

// Reasons are the parts that the score of a match is the sum of.
func (r *Reading) Reasons(m Match) iter.Seq[Reason] {
	return func(yield func(Reason) bool) {
		sum, ok := 0.0, true
		add := func(name string, points float64, shared bool) {
			if ok && points != 0 {
				sum += points
				ok = yield(Reason{name, points, shared})
			}
		}
		if r.matcher.scoredByConcepts(m.Entry) {
			r.conceptReasons(m, add)
		} else {
			overlapReasons(m.overlap, add)
		}
		if m.overlap.Dice >= sameDice && sum < sameScore {
			name := "one of its own wordings"
			if m.overlap.Taught {
				name = "a taught wording"
			}
			add(name, sameScore-sum, false)
		}
		add("first in the file of nearly level ones", m.tie, false)
	}
}

// conceptReasons are those of an entry that a vocabulary speaks for.
func (r *Reading) conceptReasons(m Match, add func(string, float64, bool)) {
	v, e, g := r.matcher.vocabulary, &r.Evidence, gates[r.Evidence.Focus]
	add("base", baseScore+g.bias, true)
	add("unknown words", -g.unknown*min(float64(e.Unknown), mostUnknown), true)
	add("words in no term", -g.unmatched*min(float64(e.Unmatched), mostUnmatched), true)
	if e.SubjectSlot {
		add("unknown word in the subject's place", -g.subjectSlot, true)
	}
	for _, n := range e.Found {
		c := &v.concepts[n]
		add(c.ID, float64(e.Weight[n])*(c.About+g.alone*c.Alone), true)
	}
	for _, n := range e.Found {
		add(v.concepts[n].ID, float64(e.Weight[n])*v.points[n][m.Entry], false)
	}
	add("asked for often", max(0, v.prior[m.Entry]), false)
	add("seldom asked for", min(0, v.prior[m.Entry]), false)
	add("like one of its wordings", dicePoints*float64(m.overlap.Dice), false)
}

// overlapReasons are those of an entry that is known by its wordings alone.
func overlapReasons(o Overlap, add func(string, float64, bool)) {
	add("base", -overlapSlope*overlapMidpoint, false)
	add("words shared with a wording", overlapSlope*diceShare*float64(o.Dice), false)
	add("words that it has anywhere", overlapSlope*(1-diceShare)*float64(o.Recall), false)
	if o.Query < minQueryWeight {
		add("a question that says little", -overlapSlope*vaguePenalty, false)
	}
}

// score gives every entry its score, best first.
func (r *Reading) score() {
	m := r.matcher
	r.scores = r.scores[:0]
	if m.vocabulary.scores() {
		for entry := range m.curated {
			r.scores = append(r.scores, Match{Entry: entry})
		}
		for _, o := range r.search.best {
			if m.scoredByConcepts(o.Entry) {
				r.scores[o.Entry].overlap = o
				continue
			}
			r.search.measure(&o)
			r.scores = append(r.scores, Match{Entry: o.Entry, overlap: o})
		}
	} else {
		for _, o := range r.search.top() {
			r.search.measure(&o)
			r.scores = append(r.scores, Match{Entry: o.Entry, overlap: o})
		}
	}
	for i := range r.scores {
		for reason := range r.Reasons(r.scores[i]) {
			r.scores[i].Score += reason.Points
		}
	}
	slices.SortStableFunc(r.scores, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
}
