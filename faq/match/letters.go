package match

import (
	"cmp"
	"math"
	"slices"

	"backfaq/faq/text"
)

// gram is three letters in a row; the ends of a word are letters too.
type gram uint64

// letters tells how like all wordings of an entry together a question is spelled:
// the cosine of their trigrams (TF-IDF). It favours the entry whose wordings say a
// word again and again over one that says it once, and finds words of one family that
// have no stem in common ("recognise", "recognition").
type letters struct {
	shares map[gram][]share
	rarity map[gram]float32
	novel  float32 // rarity of a gram that no entry has
}

// share is how much of the spelling of an entry a gram is.
type share struct {
	entry  int32
	weight float32
}

// spelling is the grams of a text, each with its weight.
type spelling []spelled

type spelled struct {
	gram   gram
	weight float32
}

// wordingSpelling is a wording of an entry.
type wordingSpelling struct {
	entry    int32
	spelling spelling
}

// mostShared bounds the work for a question: a gram that more entries have tells
// little of any.
const mostShared = 100

// newLetters compiles wordings, which are sorted by entry. The FAQ has so many entries.
func newLetters(wordings []wordingSpelling, entries int) *letters {
	rarity := func(having int) float32 {
		return max(0.05, float32(math.Log(float64(entries+1)/(float64(having)+0.5))))
	}
	l := &letters{shares: map[gram][]share{}, rarity: map[gram]float32{}, novel: rarity(0)}
	for _, w := range wordings {
		for _, x := range w.spelling {
			if of := l.shares[x.gram]; len(of) == 0 || of[len(of)-1].entry != w.entry {
				l.shares[x.gram] = append(of, share{entry: w.entry})
			}
		}
	}
	for g, of := range l.shares {
		if l.rarity[g] = rarity(len(of)); len(of) > mostShared {
			delete(l.shares, g)
		}
	}
	for from, to := 0, 0; from < len(wordings); from = to {
		entry, all := wordings[from].entry, spelling(nil)
		for to = from; to < len(wordings) && wordings[to].entry == entry; to++ {
			all = append(all, l.weigh(wordings[to].spelling)...)
		}
		for _, x := range all.sum().normal() {
			of := l.shares[x.gram]
			if i, ok := slices.BinarySearchFunc(of, entry, func(s share, entry int32) int { return cmp.Compare(s.entry, entry) }); ok {
				of[i].weight = x.weight
			}
		}
	}
	return l
}

// word appends the grams of a word.
func (s spelling) word(w string) spelling {
	const end, bits = '_', 21
	window, n := gram(end), 1
	add := func(r rune) {
		window = (window<<bits | gram(r)) & (1<<(3*bits) - 1)
		if n++; n >= 3 {
			s = append(s, spelled{window, 1})
		}
	}
	for _, r := range w {
		add(r)
	}
	add(end)
	return s
}

// sum adds up the weights of each gram, in place.
func (s spelling) sum() spelling {
	slices.SortFunc(s, func(a, b spelled) int { return cmp.Compare(a.gram, b.gram) })
	out := s[:0]
	for _, x := range s {
		if n := len(out); n > 0 && out[n-1].gram == x.gram {
			out[n-1].weight += x.weight
		} else {
			out = append(out, x)
		}
	}
	return out
}

// normal gives a spelling the length 1, in place.
func (s spelling) normal() spelling {
	length := float32(0)
	for _, x := range s {
		length += x.weight * x.weight
	}
	length = float32(math.Sqrt(float64(length)))
	for i := range s {
		s[i].weight /= length
	}
	return s
}

// weigh counts the grams of a spelling, in place. What is said twice does not count
// double, and what few entries have counts more.
func (l *letters) weigh(s spelling) spelling {
	s = s.sum()
	for i := range s {
		rarity, ok := l.rarity[s[i].gram]
		if !ok {
			rarity = l.novel
		}
		s[i].weight = rarity * float32(1+math.Log(float64(s[i].weight)))
	}
	return s.normal()
}

// compare adds to each entry how like its wordings a question is spelled, from 0 to 1.
// It uses up the spelling.
func (l *letters) compare(question spelling, likeness []float32) {
	for _, x := range l.weigh(question) {
		for _, s := range l.shares[x.gram] {
			likeness[s.entry] += x.weight * s.weight
		}
	}
}

// spell appends the grams of a question. A word that the lexicon has is spelled as it
// has it.
func (s spelling) spell(words []text.Word, l *text.Lexicon) spelling {
	for i := range words {
		if id := words[i].Synonym; id != 0 {
			s = s.word(l.Name(id))
		} else {
			s = s.word(words[i].Root)
		}
	}
	return s
}
