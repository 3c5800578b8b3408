package match

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"backfaq/faq/text"
)

// Wording is a text that leads to an entry.
type Wording struct {
	Entry int // its number
	Text  string
	From  Origin
}

// Origin is where a wording comes from.
type Origin uint8

// The origins, from the weakest on: of entries that are asked for word for word, one
// with such a title comes before one with such a phrasing. The words of an answer are
// weak evidence, and are not compared with a question as a whole.
const (
	Answer Origin = iota
	Phrasing
	Title
	Taught // by a moderator
)

// Weights of words that say little. A question of nothing else still finds an
// entry that is worded like it ("what is this"), but is no match for a word that
// the FAQ alone has.
const (
	functionWeight = 0.15
	commonWeight   = 0.45
)

func classWeight(c text.Class) float32 {
	switch c {
	case text.Function:
		return functionWeight
	case text.Common:
		return commonWeight
	}
	return 1
}

// index is an inverted index over wordings: those of a FAQ, or those that a
// server adds. It finds the entries whose wordings share telling words with a
// question, so that only they are looked at.
type index struct {
	wordings []wording // by entry
	words    []text.ID // of all wordings, one after the other
	weights  []float32 // of those words
	postings map[text.ID][]int32
	idf      map[text.ID]float32 // of the words that no index below has weighed
	answers  map[entryWord]bool
	exact    map[string][]exact // by what appendAsWritten makes of the wording
	letters  *letters           // of the entries that no points were learned for
}

// exact is an entry that has a wording word for word.
type exact struct {
	entry int32
	from  Origin
}

// longestExact is the longest text, in bytes, that is looked up word for word.
const longestExact = 1000

// appendAsWritten appends what of a text must be the same for it to be the same
// wording: all but case, blanks and marks at its end. It tells "C#" from "C++", which
// have the same words. To is empty.
func appendAsWritten(to []byte, s string) []byte {
	if len(s) > longestExact {
		return to
	}
	for field := range strings.FieldsSeq(s) {
		if len(to) > 0 {
			to = append(to, ' ')
		}
		for _, r := range field {
			to = utf8.AppendRune(to, unicode.ToLower(r))
		}
	}
	if short := bytes.TrimRight(to, "?!. "); len(short) > 0 {
		return short
	}
	return to
}

// wording is one way to ask for an entry.
type wording struct {
	entry    int32
	from, to int32   // its words
	weight   float32 // of all words
	taught   bool
}

type entryWord struct {
	entry int32
	word  text.ID
}

// indexes are searched together: those of a FAQ and what a server lays over it.
type indexes []*index

// add appends an index of more wordings to a copy of the list. The FAQ has so many
// entries with them. Learned reports whether an entry has points.
func (list indexes) add(l *text.Lexicon, wordings []Wording, entries int, learned func(entry int) bool) indexes {
	x := &index{postings: map[text.ID][]int32{}, idf: map[text.ID]float32{}, answers: map[entryWord]bool{}, exact: map[string][]exact{}}
	var learnt []text.ID
	for _, w := range wordings {
		learnt = l.Learn(learnt[:0], w.Text)
		if key := string(appendAsWritten(nil, w.Text)); key != "" && w.From != Answer {
			x.exact[key] = append(x.exact[key], exact{int32(w.Entry), w.From})
		}
		switch {
		case w.From == Answer:
			for _, id := range learnt {
				x.answers[entryWord{int32(w.Entry), id}] = true
			}
		case len(learnt) > 0:
			from := int32(len(x.words))
			x.words = append(x.words, learnt...)
			x.wordings = append(x.wordings, wording{entry: int32(w.Entry), from: from, to: int32(len(x.words)), taught: w.From == Taught})
		}
	}
	slices.SortStableFunc(x.wordings, func(a, b wording) int { return cmp.Compare(a.entry, b.entry) })
	for i := range x.wordings {
		for _, id := range x.of(i) {
			if p := x.postings[id]; len(p) == 0 || p[len(p)-1] != int32(i) {
				x.postings[id] = append(p, int32(i))
			}
		}
	}
	for id := l.First(); id < l.Size(); id++ {
		x.idf[id] = classWeight(l.Class(id)) * x.rarity(id, entries)
	}
	var spellings []wordingSpelling
	for i := range x.wordings {
		if entry := x.wordings[i].entry; !learned(int(entry)) {
			w := wordingSpelling{entry: entry}
			for _, id := range x.of(i) {
				w.spelling = w.spelling.word(l.Name(id))
			}
			spellings = append(spellings, w)
		}
	}
	x.letters = newLetters(spellings, entries)
	list = append(slices.Clip(list), x)
	x.weights = make([]float32, len(x.words))
	for i := range x.wordings {
		w := &x.wordings[i]
		for k := w.from; k < w.to; k++ {
			x.weights[k] = list.weight(x.words[k])
			w.weight += x.weights[k]
		}
	}
	return list
}

// rarity is the inverse document frequency of a word, as a share of the highest:
// the fewer of the entries have it, the more it tells.
func (x *index) rarity(id text.ID, entries int) float32 {
	having, last := 0, int32(-1)
	for _, i := range x.postings[id] {
		if e := x.wordings[i].entry; e != last {
			having, last = having+1, e
		}
	}
	return float32(math.Log(1+float64(entries)/float64(max(having, 1))) / math.Log(1+float64(entries)))
}

// of gives the words of a wording.
func (x *index) of(i int) []text.ID { return x.words[x.wordings[i].from:x.wordings[i].to] }

// weight is how telling a word is, from 0 to 1.
func (list indexes) weight(id text.ID) float32 {
	for _, x := range list {
		if w, ok := x.idf[id]; ok {
			return w
		}
	}
	return 0
}

// inWording reports whether a wording of an entry has a word.
func (list indexes) inWording(entry int32, id text.ID) bool {
	return slices.ContainsFunc(list, func(x *index) bool {
		_, ok := slices.BinarySearchFunc(x.postings[id], entry, func(i, entry int32) int {
			return cmp.Compare(x.wordings[i].entry, entry)
		})
		return ok
	})
}

// inAnswer reports whether the answer of an entry has a word.
func (list indexes) inAnswer(entry int32, id text.ID) bool {
	return slices.ContainsFunc(list, func(x *index) bool { return x.answers[entryWord{entry, id}] })
}
