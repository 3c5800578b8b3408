package faq

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNormalise(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Why does my BACK cramp?", "why does my back cramp"},
		{"I don’t know, it isn't", "i dont know it isnt"},
		{"ｕｐｐｅｒ　ｂａｃｋ", "upper back"},
		{"uрpеr bасk", "upper back"}, // Cyrillic letters among plain ones
		{"ûppér bäck spåsm naïve", "upper back spasm naive"},
		{"up\u200bper b\u00adack", "upper back"},
		{"sp\u0336a\u0336sm\u0336", "spasm"},
		{"upper-back/neck", "upper back neck"},
		{"10/10 pain, w/o tingling", "10/10 pain w/o tingling"},
		{"a&e at 3.5 km", "a&e at 3.5 km"},
		{"p@in mu$cle $10", "p@in mu$cle 10"},
		{"😀 ouch!!! ...", "ouch"},
		{"", ""},
		{"\x00\xff\xfe", ""},
	} {
		var x text
		x.normalise(c.text)
		var words []string
		for i := range x.tokens {
			words = append(words, string(x.word(i)))
		}
		if got := strings.Join(words, " "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestSentences(t *testing.T) {
	var x text
	x.normalise("It hurts. Why is that, e.g. now?! I ran")
	var got []string
	for i, w := range x.tokens {
		got = append(got, fmt.Sprintf("%s%d%v", x.word(i), w.sentence, w.asked))
	}
	want := "it0false hurts0false why1false is1false that1false e1false g2true now2true i3false ran3false"
	// "e.g." ends a sentence, which does no harm.
	if s := strings.Join(got, " "); s != strings.ReplaceAll(want, "g2true now2true i3false ran3false", "g2false now3true i4false ran4false") {
		t.Errorf("got %s", s)
	}
}

// However a text unfolds, what is looked at is bounded.
func TestNormaliseIsBounded(t *testing.T) {
	for _, s := range []string{strings.Repeat("\ufdfa", 6000), strings.Repeat("a ", 6000), strings.Repeat("\u0344", 6000), strings.Repeat("spasm", 6000)} {
		var x text
		x.normalise(s)
		if n := utf8.RuneCount(x.folded); n > MaxQuestion || len(x.tokens) > MaxQuestion {
			t.Errorf("%.9q...: %d code points, %d words", s, n, len(x.tokens))
		}
	}
}

// disguises spell a question in ways that a reader does not notice or mind.
var disguises = map[string]func(r *rand.Rand, w string) string{
	"look-alike letters": func(r *rand.Rand, w string) string {
		i := r.IntN(len(w))
		if others := []rune(lookalikes[w[i]]); len(others) > 0 {
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
		if !isLetter(w[i]) {
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
	b := Builtin()
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
			text := strings.Join(words, " ")
			want, got := b.Read(p, Options{}), b.Read(text, Options{})
			all++
			if want.Outcome == got.Outcome && want.Matches[0].Entry == got.Matches[0].Entry && want.Warning.Level == got.Warning.Level {
				same++
			}
		}
		if percent(same, all) < 95 {
			t.Errorf("%s: %d of %d give the plain answer", name, same, all)
		}
	}
}

func TestTypos(t *testing.T) {
	b := Builtin()
	for _, c := range []struct{ typed, want string }{
		{"spassm", "spasm"},
		{"spsam", ""}, // a tie: spasm or spam
		{"docotr", "doctor"},
		{"shouledr", "shoulder"},
		{"physiotherpist", "physiotherapist"},
		{"acetominophin", "acetaminophen"},
		{"bakc", "back"}, // of four letters, neighbours that changed places
		{"bsck", ""},     // and nothing else
		{"het", ""},      // under four letters nothing
		{"pushing", ""},  // a word already
		{"xqzzk", ""},    // near nothing
		{"twinkies", ""}, // near, but English enough
		{"sspasmm", ""},  // two edits where one is allowed
		{"paaaaain", "pain"},
		{"sp4sm", "spasm"},
		{"p@in", "pain"},
	} {
		w := b.understand(c.typed)
		if w.fixed != c.want {
			t.Errorf("%q was read as %q, want %q", c.typed, w.fixed, c.want)
		}
	}
}

// Two words equally near are a tie, and a tie is no answer.
func TestTiesRefuseToGuess(t *testing.T) {
	var x typos
	for _, w := range []string{"stretch", "scratch"} {
		x.add(w)
	}
	different := func(a, b string) bool { return a == b }
	if c := near("strutch", false, different, &x); c.n != 1 || c.words[0] != "stretch" {
		t.Errorf("strutch: %v", c.words[:c.n])
	}
	if c := near("stratch", false, different, &x); c.n != 2 {
		t.Errorf("stratch: %v, want both", c.words[:c.n])
	}
}

// The index finds whatever comparing with every word finds.
func TestTyposFindsAllThatScanningFinds(t *testing.T) {
	words := []string{"spasm", "spasms", "stretch", "stretching", "shoulder", "shoulders", "physiotherapy", "acetaminophen", "relaxant", "ibuprofen"}
	var x typos
	for _, w := range words {
		x.add(w)
	}
	r := rand.New(rand.NewPCG(3, 4))
	same := func(a, b string) bool { return a == b }
	for range 3000 {
		w := []byte(words[r.IntN(len(words))])
		for range 1 + r.IntN(2) {
			i := r.IntN(len(w))
			switch r.IntN(3) {
			case 0:
				w[i] = byte('a' + r.IntN(26))
			case 1:
				w = slices.Delete(w, i, i+1)
			default:
				w = slices.Insert(w, i, byte('a'+r.IntN(26)))
			}
		}
		got := near(string(w), false, same, &x)
		want := candidates{edits: got.edits}
		scan := candidates{edits: 2}
		if len(w) >= twoEditsFrom {
			scan.edits = 3
		}
		if len(w) < shortestTypo {
			continue
		}
		for _, c := range words {
			scan.consider(string(w), c, false, same)
		}
		want = scan
		slices.Sort(got.words[:got.n])
		slices.Sort(want.words[:want.n])
		if got != want {
			t.Fatalf("%s: the index finds %v, scanning %v", w, got, want)
		}
	}
}
