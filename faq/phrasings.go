package faq

import (
	"cmp"
	"math"
	"slices"

	"backfaq/faq/text"
)

// phrasings is the inverted index over the ways to ask for each entry: its
// title, its phrasings and what moderators taught. It finds the entries whose
// wordings share telling words with a question, and looks at those only.
type phrasings struct {
	base     *phrasings // an overlay searches its base too
	wordings []wording
	words    []text.ID // of all wordings, one after the other
	weights  []float32 // of those words

	at       []int32 // by word: where its postings start; one more at the end
	postings []int32 // the wordings that hold the word
	telling  map[text.ID]float32
	lexicon  *text.Lexicon

	answers map[int64]bool // entry<<32|word: words that only the answer has
}

// wording is one way to ask for an entry.
type wording struct {
	entry    int32
	from, to int32   // its words
	weight   float32 // of all words
	taught   bool    // by a moderator
}

// Weights of words that say little. A question of nothing else still finds an
// entry that is worded like that ("what is this"), but is no match for a word
// that the FAQ alone has.
const (
	functionWeight = 0.15
	commonWeight   = 0.45
)

func scale(s text.Class) float32 {
	switch s {
	case text.Function:
		return functionWeight
	case text.Common:
		return commonWeight
	}
	return 1
}

func (p *phrasings) add(entry int32, words []text.ID, taught bool) {
	if len(words) == 0 {
		return
	}
	from := int32(len(p.words))
	p.words = append(p.words, words...)
	p.wordings = append(p.wordings, wording{entry: entry, from: from, to: int32(len(p.words)), taught: taught})
}

// answer takes note of the words of an answer, which are weaker evidence than
// those of a wording.
func (p *phrasings) answer(entry int32, words []text.ID) {
	for _, w := range words {
		p.answers[int64(entry)<<32|int64(w)] = true
	}
}

// inWording reports whether a wording of an entry has a word. The wordings of an
// entry lie side by side, so those that hold the word are searched for it.
func (p *phrasings) inWording(entry int32, w text.ID) bool {
	if p == nil {
		return false
	}
	list := p.with(w)
	_, ok := slices.BinarySearchFunc(list, entry, func(x, e int32) int { return cmp.Compare(p.wordings[x].entry, e) })
	return ok || p.base.inWording(entry, w)
}

// says reports whether the answer of an entry has a word.
func (p *phrasings) says(entry int32, w text.ID) bool {
	return p != nil && (p.answers[int64(entry)<<32|int64(w)] || p.base.says(entry, w))
}

// index files all wordings under their words, once they are added, in the order
// of their entries, and weighs
// each word: the fewer of the n entries have it, the more it tells (IDF).
func (p *phrasings) index(l *text.Lexicon, n int) {
	p.lexicon = l
	slices.SortStableFunc(p.wordings, func(a, b wording) int { return cmp.Compare(a.entry, b.entry) })
	size := int(l.Size())
	p.at = make([]int32, size+1)
	last := make([]int32, size) // the last wording or entry that was counted for a word, from one
	for i := range p.wordings {
		for _, w := range p.of(i) {
			if last[w] != int32(i)+1 {
				last[w] = int32(i) + 1
				p.at[w+1]++
			}
		}
	}
	for w := range size {
		p.at[w+1] += p.at[w]
	}
	p.postings = make([]int32, p.at[size])
	next := make([]int32, size)
	copy(next, p.at)
	clear(last)
	for i := range p.wordings {
		for _, w := range p.of(i) {
			if last[w] != int32(i)+1 {
				last[w] = int32(i) + 1
				p.postings[next[w]] = int32(i)
				next[w]++
			}
		}
	}
	p.telling = map[text.ID]float32{}
	for w := range l.Size() {
		if p.base.knows(w) {
			continue
		}
		seen, entry := 0, int32(-1)
		for _, x := range p.with(w) {
			if e := p.wordings[x].entry; e != entry {
				seen, entry = seen+1, e
			}
		}
		p.telling[w] = scale(l.Class(w)) * float32(math.Log(1+float64(n)/float64(max(seen, 1)))/math.Log(1+float64(n)))
	}
	p.weights = make([]float32, len(p.words))
	for i := range p.wordings {
		x := &p.wordings[i]
		for k := x.from; k < x.to; k++ {
			p.weights[k] = p.weight(p.words[k])
			x.weight += p.weights[k]
		}
	}
}

// of gives the words of a wording.
func (p *phrasings) of(i int) []text.ID { return p.words[p.wordings[i].from:p.wordings[i].to] }

// with gives the wordings that hold a word.
func (p *phrasings) with(w text.ID) []int32 {
	if int(w)+1 >= len(p.at) {
		return nil
	}
	return p.postings[p.at[w]:p.at[w+1]]
}

// knows reports whether a word is of the lexicon of these wordings.
func (p *phrasings) knows(w text.ID) bool { return p != nil && w < p.lexicon.Size() }

// weight is how telling a word of the lexicon is.
func (p *phrasings) weight(w text.ID) float32 {
	if p.base.knows(w) {
		return p.base.weight(w)
	}
	return p.telling[w]
}
