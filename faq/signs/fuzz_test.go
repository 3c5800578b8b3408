package signs_test

import (
	"testing"

	"backfaq/faq/signs"
)

// Whatever is written, what is found is whole: a level with its texts and signs.
func FuzzIn(f *testing.F) {
	for _, l := range lines(f) {
		f.Add(l.text)
	}
	for _, s := range []string{"", "!|@$!|@$", "a!b|c@d$e", "\u200b\u200b", "chest\u200b\u200bpain", "\xff\xfe", "no, no, no", "9/10", "10+", "😂😂", "5000000000000000000000000 pills"} {
		f.Add(s)
	}
	set := builtin(f)
	f.Fuzz(func(t *testing.T, s string) {
		r := set.In(s)
		if (r.Level == signs.None) != (len(r.Texts) == 0) || (r.Level == signs.None) != (len(r.Signs) == 0) {
			t.Errorf("%q: %+v", s, r)
		}
		if again := set.In(s); again.Level != r.Level {
			t.Errorf("%q: %s, and %s when asked again", s, r.Level, again.Level)
		}
	})
}
