package faq

import (
	"cmp"
	"testing"
)

// Misspelt words are read as words of the FAQ where there is one way only.
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
		r := b.matcher.Read(c.typed)
		w := r.Words[0]
		r.Release()
		if want := cmp.Or(c.want, c.typed); w.Read != want {
			t.Errorf("%q was read as %q, want %q", c.typed, w.Read, want)
		}
	}
}
