package text

import (
	"cmp"
	"math/bits"
	"slices"
	"sync"

	"github.com/agnivade/levenshtein"
)

// How much may be wrong with a word before it is no longer taken for another.
// In short words one edit makes another word too easily: of four letters only
// two neighbours may have changed places.
const (
	shortestTypo = 4 // letters
	oneEditFrom  = 5
	twoEditsFrom = 9
	longestTypo  = 20 // longer ones are no words, and would cost much
)

// deletionIndex finds the known words near a misspelt one without looking at all
// words. It is the symmetric delete algorithm, known as SymSpell: two words that
// are one edit apart become equal when a letter is left out of one or of both. So
// each known word is filed under itself and under what is left when one letter is
// missing, long ones also with two missing. A swap of neighbours is found the
// same way. It is filled, and then only read, by any number of goroutines.
type deletionIndex struct {
	words   []string
	filings []filing
	sort    sync.Once
	first   []int32 // once sorted: by the highest bits of a hash, the place of its first filing
	shift   int     // of the bits of a hash that are not in first
}

// filing is a word filed under the hash of the letters that are left.
type filing struct {
	hash uint32
	word int32
}

func (x *deletionIndex) add(w string) {
	if len(w) < shortestTypo || len(w) > longestTypo {
		return
	}
	n := int32(len(x.words))
	x.words = append(x.words, w)
	missing := 1
	if len(w) >= twoEditsFrom-1 {
		missing = 2
	}
	deletes(w, missing, func(hash uint32) { x.filings = append(x.filings, filing{hash, n}) })
}

// under gives the filings with a hash among few others, in the order of words.
// Sorted filings take a third of the memory of a map.
func (x *deletionIndex) under(hash uint32) []filing {
	x.sort.Do(func() {
		slices.SortFunc(x.filings, func(a, b filing) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.word, b.word)) })
		x.filings = slices.Clone(slices.Compact(x.filings)) // "letter" without one t or the other
		width := bits.Len(uint(len(x.filings) / 4))         // hashes are spread evenly
		x.shift, x.first = 32-width, make([]int32, 1<<width+1)
		for _, f := range x.filings {
			x.first[f.hash>>x.shift+1]++
		}
		for i := range 1 << width {
			x.first[i+1] += x.first[i]
		}
	})
	return x.filings[x.first[hash>>x.shift]:x.first[hash>>x.shift+1]]
}

// deletes calls yield with the hash of w and of what is left of it when up to n
// letters are left out.
func deletes(w string, n int, yield func(hash uint32)) {
	yield(hashWithout(w, -1, -1))
	for i := range len(w) {
		yield(hashWithout(w, i, -1))
		if n > 1 {
			for j := i + 1; j < len(w); j++ {
				yield(hashWithout(w, i, j))
			}
		}
	}
}

// hashWithout is FNV-1a over the letters of w other than those at i and j.
func hashWithout(w string, i, j int) uint32 {
	h := uint32(2166136261)
	for k := range len(w) {
		if k != i && k != j {
			h = (h ^ uint32(w[k])) * 16777619
		}
	}
	return h
}

// candidates are the known words nearest to a misspelt one.
type candidates struct {
	words [4]string // spellings of different words
	n     int
	edits int
}

// near finds the nearest words in the indexes. Same decides whether two spellings
// are one word. With loose, words of three letters and all edits of short words
// are allowed too: for a caller that checks the guess against the words around it.
func near(w string, loose bool, same func(a, b string) bool, indexes ...*deletionIndex) candidates {
	best := candidates{edits: 2}
	switch n := len(w); {
	case n > longestTypo:
		return best
	case n < shortestTypo && !(loose && n == shortestTypo-1):
		return best
	case n >= twoEditsFrom:
		best.edits = 3
	}
	for _, x := range indexes {
		deletes(w, best.edits-1, func(hash uint32) {
			for _, f := range x.under(hash) {
				if f.hash == hash {
					best.consider(w, x.words[f.word], loose, same)
				}
			}
		})
	}
	return best
}

func (b *candidates) consider(w, c string, loose bool, same func(a, b string) bool) {
	if w[0] != c[0] && w[len(w)-1] != c[len(c)-1] || slices.Contains(b.words[:b.n], c) {
		return
	}
	edits := levenshtein.ComputeDistance(w, c)
	swap := edits == 2 && swapped(w, c)
	if swap {
		edits = 1
	}
	if len(w) < oneEditFrom && !swap && !loose || edits > b.edits || edits == b.edits && b.n == 0 {
		return
	}
	if edits < b.edits {
		b.edits, b.n = edits, 0
	}
	for _, known := range b.words[:b.n] {
		if same(known, c) {
			return
		}
	}
	if b.n < len(b.words) {
		b.words[b.n] = c
		b.n++
	}
}

// swapped reports whether a and b differ in that two neighbours have changed
// places and in nothing else.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
