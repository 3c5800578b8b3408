package faq

import (
	"math"
	"slices"
)

// phrasings is the inverted index over the ways to ask for each entry: its
// title, its phrasings and what moderators taught. It finds the entries whose
// wordings share telling words with a question, and looks at those only.
type phrasings struct {
	base     *phrasings // an overlay searches its base too
	wordings []wording
	postings map[int32][]int32 // word -> wordings that hold it
	answers  map[int32][]int32 // word -> entries that say it in their answer
	weights  map[int32]float32 // how telling a word is in this FAQ
	entries  int
}

// wording is one way to ask for an entry.
type wording struct {
	entry  int32
	words  []int32 // stems, in order
	weight float32 // of all words
	taught bool    // by a moderator
}

// Weights of words that say little. A question of nothing else still finds an
// entry that is worded like that ("what is this"), but is no match for a word
// that the FAQ alone has.
const (
	functionWeight = 0.15
	commonWeight   = 0.45
)

// weigh fixes how telling each word is: the rarer among entries, the more (IDF).
func (p *phrasings) weigh(l *lexicon, n int) {
	p.weights = make(map[int32]float32, len(p.postings))
	for w, list := range p.postings {
		seen, last := 0, int32(-1)
		for _, i := range list {
			if e := p.wordings[i].entry; e != last {
				seen, last = seen+1, e
			}
		}
		idf := math.Log(1+float64(n)/float64(seen)) / math.Log(1+float64(n))
		p.weights[w] = float32(idf) * scale(theLanguage().strength(l.spelling(w), l.spelling(w)))
	}
	for i := range p.wordings {
		p.wordings[i].weight = p.sum(p.wordings[i].words)
	}
}

func scale(s strength) float32 {
	switch s {
	case function:
		return functionWeight
	case common:
		return commonWeight
	}
	return 1
}

// weight is how telling a word is; a word that no wording has is as telling as
// one that a single entry has.
func (p *phrasings) weight(w int32) float32 {
	if x, ok := p.weights[w]; ok {
		return x
	}
	if p.base != nil {
		return p.base.weight(w)
	}
	return 1
}

func (p *phrasings) sum(words []int32) (sum float32) {
	for _, w := range words {
		sum += p.weight(w)
	}
	return sum
}

func (p *phrasings) add(entry int32, words []int32, taught bool) {
	if len(words) == 0 {
		return
	}
	n := int32(len(p.wordings))
	p.wordings = append(p.wordings, wording{entry: entry, words: slices.Clone(words), taught: taught})
	for i, w := range words {
		if !slices.Contains(words[:i], w) {
			p.postings[w] = append(p.postings[w], n)
		}
	}
}
