package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzCut(f *testing.F) {
	for _, s := range []string{"why does my uper back cramp?", "ice, or haet (for this)??", strings.Repeat("\ufdfa", 400), "w/o a&e 10/10 p@in", "\xff\x00 \u202e?!"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var x cutter
		x.cut(s, Most)
		if !utf8.Valid(x.folded) || utf8.RuneCount(x.folded) > Most {
			t.Fatalf("%q", x.folded)
		}
		end, at := 0, 0
		for i, w := range x.tokens {
			if w.start < end || w.end <= w.start || strings.ContainsAny(x.text(w), " \n") {
				t.Fatalf("word %d of %q is %q", i, s, x.text(w))
			}
			if w.from < at || w.to <= w.from || w.to > len(s) {
				t.Fatalf("word %d of %q stands at %d to %d", i, s, w.from, w.to)
			}
			end, at = w.end, w.from // one letter may unfold into several words
		}
		// A folded text stays as it is.
		var again cutter
		again.cut(string(x.folded), Most)
		if string(again.folded) != string(x.folded) && utf8.RuneCountInString(s) < Most/20 && !strings.ContainsAny(s, "/&.@$!|'`") {
			t.Fatalf("%q is folded again to %q", x.folded, again.folded)
		}
	})
}
