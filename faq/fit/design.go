package main

import (
	"cmp"
	"slices"

	"backfaq/faq/match"
)

// How often a feature must stand in questions as they were asked, so that points
// are learned for it. A rarer one says more of who wrote it.
var seenLeast = map[match.FeatureKind]int{match.Single: 3, match.Double: 4, match.Together: 12}

// design is the questions as features, and what is to be learned of them.
type design struct {
	matcher *match.Matcher
	entries []string
	rows    []row

	number   map[match.Feature]int
	features []match.Feature
	seen     map[match.Feature]int // by how many questions
	inTerms  map[string]int        // by word: how often it was part of a term
	words    map[string]int        // by word: how often it was met
}

// row is one question.
type row struct {
	features  []weighed
	closeness []float64 // by entry
	accepted  []float64 // by entry: 1 for a right answer, generalShare where another says more
	refused   bool
	weight    float64
}

type weighed struct {
	feature int
	weight  float64
}

func newDesign(m *match.Matcher, entries []string) *design {
	return &design{matcher: m, entries: entries, number: map[match.Feature]int{}, seen: map[match.Feature]int{}, inTerms: map[string]int{}, words: map[string]int{}}
}

// add takes a question in.
func (d *design) add(q question) {
	r := d.matcher.Read(q.Text)
	defer r.Release()
	x := row{closeness: make([]float64, len(d.entries)), accepted: d.accepted(q.Accept), refused: len(q.Accept) == 0, weight: q.weight}
	for entry, dice := range r.Closeness() {
		x.closeness[entry] = float64(dice)
	}
	x.features = d.weigh(r)
	if q.weight >= 1 {
		for _, f := range x.features {
			d.seen[d.features[f.feature]]++
		}
		for i := range r.Words {
			root := match.Root(&r.Words[i])
			if d.words[root]++; r.Evidence.InTerm[i] {
				d.inTerms[root]++
			}
		}
	}
	d.rows = append(d.rows, x)
}

// sections are the entries that say a little of everything, with those that say more
// of a part of it.
var sections = []struct{ general, parts []string }{
	{[]string{"faq-causes", "topic-causes"}, []string{"topic-poor-posture", "topic-muscle-overuse", "topic-injury-trauma",
		"sub-muscle-tension", "sub-overexertion", "sub-lifestyle-factors"}},
	{[]string{"faq-symptoms", "topic-symptoms"}, []string{"sub-pain", "sub-stiffness", "sub-tightness", "sub-weakness",
		"sub-restricted-movement", "sub-relief-with-rest", "sub-other-symptoms"}},
}

// generalShare is what a general entry counts where one of its parts is the right
// answer too: people who ask of smoking want to read of smoking. Where several parts
// are, the question is general.
const generalShare = 0.9

// accepted is how right each entry is.
func (d *design) accepted(ids []string) []float64 {
	list := make([]float64, len(d.entries))
	for i, id := range d.entries {
		if slices.Contains(ids, id) {
			list[i] = 1
		}
	}
	for _, s := range sections {
		parts := 0
		for _, id := range s.parts {
			if slices.Contains(ids, id) {
				parts++
			}
		}
		for _, id := range s.general {
			if parts == 1 {
				list[slices.Index(d.entries, id)] *= generalShare
			}
		}
	}
	return list
}

// weigh lists the features of a question, each once, in the order of their numbers.
func (d *design) weigh(r *match.Reading) []weighed {
	weights := map[int]float64{}
	r.Features(func(f match.Feature, weight float32) {
		n, ok := d.number[f]
		if !ok {
			n = len(d.features)
			d.number[f] = n
			d.features = append(d.features, f)
		}
		weights[n] = max(weights[n], float64(weight))
	})
	var list []weighed
	for n, w := range weights {
		if w > 0 {
			list = append(list, weighed{n, w})
		}
	}
	slices.SortFunc(list, func(a, b weighed) int { return cmp.Compare(a.feature, b.feature) })
	return list
}

// keep leaves out the other features, and numbers the rest anew.
func (d *design) keep(keep func(i int, f match.Feature) bool) {
	number := make([]int, len(d.features))
	var kept []match.Feature
	for i, f := range d.features {
		if number[i] = -1; keep(i, f) {
			number[i] = len(kept)
			kept = append(kept, f)
		}
	}
	d.features = kept
	for i := range d.rows {
		list := d.rows[i].features[:0]
		for _, f := range d.rows[i].features {
			if f.feature = number[f.feature]; f.feature >= 0 {
				list = append(list, f)
			}
		}
		d.rows[i].features = list
	}
}

// mostlyInTerms reports whether a word is part of a term more often than not: then
// the concept says what it says of the subject, and the word must not take it back.
func (d *design) mostlyInTerms(word string) bool { return 2*d.inTerms[word] > d.words[word] }

// forAll reports whether a feature has points for all entries together.
func (d *design) forAll(f match.Feature) bool {
	switch f.Kind {
	case match.Single:
		return !d.mostlyInTerms(f.A)
	case match.Double:
		return !d.mostlyInTerms(f.B) || f.A != "^" && !d.mostlyInTerms(f.A)
	}
	return true
}

// forEach reports whether a feature has points for each entry. Where the subject is
// not named, no entry is more likely before anything is read.
func (d *design) forEach(f match.Feature) bool {
	switch f.Kind {
	case match.Unknown, match.Unmatched, match.SubjectSlot, match.Unseen:
		return false
	case match.Base:
		return f.A != "none"
	}
	return true
}
