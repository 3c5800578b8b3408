package faq

import (
	"slices"

	"backfaq/config"
)

// matchesShown is how many matches a reading holds.
const matchesShown = 5

// sureAt and unsureAt are the shares of words in common from which a question is
// answered and from which entries are offered.
var (
	sureAt   = map[config.Strictness]float64{config.Strict: 0.8, config.Balanced: 0.68, config.Lenient: 0.55}
	unsureAt = map[config.Strictness]float64{config.Strict: 0.6, config.Balanced: 0.45, config.Lenient: 0.35}
)

// Read looks a text up: warning signs, search, verdict.
func (b *Book) Read(text string, o Options) Reading {
	q := queries.Get().(*query)
	defer queries.Put(q)
	q.read(b, text)

	var r Reading
	r.Warning = b.warn(q)
	q.search.begin(q, b.phrasings)
	q.search.run(b.phrasings)
	for _, l := range q.search.ranked() {
		e := b.entries[l.entry]
		if slices.Contains(o.Off, e.ID) && e != b.WarningEntry() {
			continue
		}
		r.Matches = append(r.Matches, Match{Entry: e, Score: float64(l.share)})
		if len(r.Matches) == matchesShown {
			break
		}
	}
	strictness := o.Strictness
	if strictness == "" {
		strictness = config.Balanced
	}
	switch {
	case len(r.Matches) == 0 || r.Matches[0].Score < unsureAt[strictness]:
		r.Outcome = Unknown
	case r.Matches[0].Score < sureAt[strictness]:
		r.Outcome = Suggested
	default:
		r.Outcome = Answered
	}
	if r.Outcome != Answered {
		r.Words = b.vocabulary(q)
	}
	if o.Explain {
		r.Why = b.explain(q, &r)
	}
	return r
}

// vocabulary lists the words of the question that the FAQ itself has: the only
// ones that may be counted, as they come from the file and not from a person.
func (b *Book) vocabulary(q *query) []string {
	var words []string
	for i := range q.words {
		w := &q.words[i]
		if w.known && w.strength == content && !slices.Contains(words, b.lexicon.spelling(w.stem)) {
			words = append(words, b.lexicon.spelling(w.stem))
		}
	}
	return words
}
