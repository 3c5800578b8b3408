package faq

import (
	"math"
	"slices"

	"backfaq/config"
	"backfaq/faq/text"
)

// matchesShown is how many matches a reading holds.
const matchesShown = 5

// sureness is what scores the verdict asks for: from answer on, the best entry
// is the answer; from offer on, the best three are offered.
type sureness struct{ answer, offer float64 }

var surenesses = map[config.Strictness]sureness{
	config.Strict:   {answer: 1, offer: -1.5},
	config.Balanced: {answer: 0, offer: -2.5},
	config.Lenient:  {answer: -0.7, offer: -3.2},
}

// Read looks a question up: warning signs, search, verdict.
func (b *Book) Read(question string, o Options) Reading {
	q := queries.Get().(*query)
	defer queries.Put(q)
	q.words = b.lexicon.Read(q.words[:0], question, MaxQuestion)
	q.search.begin(q, b.phrasings, len(b.entries))
	q.search.run(b.phrasings)
	scores := b.score(q)

	var r Reading
	r.Warning = b.warn(q)
	for _, s := range scores {
		e := b.entries[s.entry]
		if slices.Contains(o.Off, e.ID) && e != b.WarningEntry() {
			continue
		}
		r.Matches = append(r.Matches, Match{Entry: e, Score: s.score})
		if len(r.Matches) == matchesShown {
			break
		}
	}
	best := math.Inf(-1)
	if len(r.Matches) > 0 {
		best = r.Matches[0].Score
		b.settle(r.Matches)
	}
	sure, ok := surenesses[o.Strictness]
	if !ok {
		sure = surenesses[config.Balanced]
	}
	r.Outcome = b.verdict(sure, best, r.Matches)
	if r.Outcome != Answered {
		r.Words = b.ownWords(q)
	}
	if o.Explain {
		r.Why = b.explain(q, &r, sure)
	}
	return r
}

// closeCall is how much better the best entry must be than the best one that is
// no sister of it: less than 1.3 times the odds is a close call, and offered.
const closeCall = 0.3

// settle puts first, of the best entry and its sisters that are less than a close
// call behind, the one that stands first in the file. Either answers the question,
// and so a typo or a word more does not change the answer.
func (b *Book) settle(m []Match) {
	first, at := 0, int32(math.MaxInt32)
	for i := range m {
		if m[0].Score >= sameScore || m[0].Score-m[i].Score >= closeCall {
			break
		}
		if n, _ := b.find(m[i].Entry.ID); n < at && (i == 0 || b.areSisters(m[0].Entry, m[i].Entry)) {
			first, at = i, n
		}
	}
	if first > 0 {
		chosen := m[first]
		copy(m[1:first+1], m[:first])
		m[0] = chosen
	}
}

func (b *Book) verdict(s sureness, best float64, m []Match) Outcome {
	switch {
	case len(m) == 0 || best < s.offer:
		return Unknown
	case best < s.answer, b.close(m):
		return Suggested
	}
	return Answered
}

// close reports whether another entry is nearly as good as the best.
func (b *Book) close(m []Match) bool {
	if m[0].Score >= sameScore {
		return false
	}
	for _, other := range m[1:] {
		if m[0].Score-other.Score >= closeCall {
			return false
		}
		if !b.areSisters(m[0].Entry, other.Entry) {
			return true
		}
	}
	return false
}

func (b *Book) areSisters(x, y *Entry) bool {
	for _, group := range b.sisters {
		if slices.Contains(group, x.ID) && slices.Contains(group, y.ID) {
			return true
		}
	}
	return false
}

// ownWords lists the words of the question that the FAQ itself has: the only
// ones that may be counted, as they come from the file and not from a person.
func (b *Book) ownWords(q *query) []string {
	var words []string
	for i := range q.words {
		w := &q.words[i]
		if w.Known && w.Class == text.Content && !slices.Contains(words, b.lexicon.Name(w.Stem)) {
			words = append(words, b.lexicon.Name(w.Stem))
		}
	}
	return words
}
