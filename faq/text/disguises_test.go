package text_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"backfaq/faq"
	"backfaq/faq/text"
)

// disguises spell a question in ways that a reader does not notice or mind.
var disguises = map[string]func(r *rand.Rand, w string) string{
	"look-alike letters": func(r *rand.Rand, w string) string {
		i := r.IntN(len(w))
		if others := []rune(text.Lookalikes[w[i]]); len(others) > 0 {
			return w[:i] + string(others[r.IntN(len(others))]) + w[i+1:]
		}
		return w
	},
	"zero-width": func(r *rand.Rand, w string) string {
		i := r.IntN(len(w) + 1)
		return w[:i] + []string{"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"}[r.IntN(6)] + w[i:]
	},
	"full-width": func(_ *rand.Rand, w string) string {
		return strings.Map(func(c rune) rune { return c - '!' + '！' }, w)
	},
	"accents": func(r *rand.Rand, w string) string {
		i := r.IntN(len(w)) + 1
		return w[:i] + []string{"\u0301", "\u0308", "\u0303", "\u0327"}[r.IntN(4)] + w[i:]
	},
	"drawn out": func(r *rand.Rand, w string) string {
		i := r.IntN(len(w))
		if w[i] < 'a' || w[i] > 'z' {
			return w
		}
		return w[:i] + strings.Repeat(w[i:i+1], 3+r.IntN(4)) + w[i+1:]
	},
	"digits for letters": func(_ *rand.Rand, w string) string {
		if len(w) < 4 {
			return w
		}
		return strings.NewReplacer("a", "4", "e", "3", "o", "0", "s", "5").Replace(w)
	},
	"capitals": func(_ *rand.Rand, w string) string { return strings.ToUpper(w) },
}

// Look-alike spellings give the answer of the plain words: at least 95 of 100, in
// every kind of disguise.
func TestDisguises(t *testing.T) {
	b := faq.Builtin()
	var plain []string
	for _, e := range b.Entries() {
		plain = append(plain, e.Phrasings...)
	}
	for name, disguise := range disguises {
		r := rand.New(rand.NewPCG(1, 2))
		same, all := 0, 0
		for _, p := range plain {
			words := strings.Fields(p)
			for i, w := range words {
				if r.IntN(2) == 0 {
					words[i] = disguise(r, w)
				}
			}
			question := strings.Join(words, " ")
			want, got := b.Read(p, faq.Options{}), b.Read(question, faq.Options{})
			all++
			if want.Outcome == got.Outcome && want.Matches[0].Entry == got.Matches[0].Entry && want.Warning.Level == got.Warning.Level {
				same++
			}
		}
		if 100*same < 95*all {
			t.Errorf("%s: %d of %d give the plain answer", name, same, all)
		}
	}
}
