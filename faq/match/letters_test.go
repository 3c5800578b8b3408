package match

import (
	"math"
	"strings"
	"testing"
)

// spelledAs is the spelling of words with a blank between.
func spelledAs(words string) (s spelling) {
	for w := range strings.FieldsSeq(words) {
		s = s.word(w)
	}
	return s
}

// A word of two letters has two grams, "_ab" and "ab_", and each entry here has words
// of its own: the cosine is that of the rarities of the words.
func TestLettersAreComparedByCosine(t *testing.T) {
	known, novel := math.Log(3/1.5), math.Log(3/0.5) // of two entries one has a word, or none
	twice := known * (1 + math.Ln2)
	l := newLetters([]wordingSpelling{{0, spelledAs("ab")}, {0, spelledAs("ab")}, {1, spelledAs("cd ef")}}, 2)
	for question, want := range map[string][2]float64{
		"ab":       {1, 0},
		"ef cd":    {0, 1},
		"cd":       {0, math.Sqrt(0.5)},
		"ab cd":    {math.Sqrt(0.5), 0.5},
		"ab xy":    {known / math.Hypot(known, novel), 0},
		"ab ab xy": {twice / math.Hypot(twice, novel), 0},
		"xy":       {0, 0},
		"":         {0, 0},
	} {
		got := make([]float32, 2)
		l.compare(spelledAs(question), got)
		for entry := range got {
			if math.Abs(float64(got[entry])-want[entry]) > 1e-6 {
				t.Errorf("%q is %f like entry %d, want %f", question, got[entry], entry, want[entry])
			}
		}
	}
}

// A gram that too many entries have finds none of them.
func TestLettersThatAllHaveFindNone(t *testing.T) {
	var wordings []wordingSpelling
	for entry := range int32(mostShared) {
		wordings = append(wordings, wordingSpelling{entry, spelledAs("ab")})
	}
	for _, more := range []bool{false, true} {
		if more {
			wordings = append(wordings, wordingSpelling{mostShared, spelledAs("ab")})
		}
		likeness := make([]float32, len(wordings))
		newLetters(wordings, len(wordings)).compare(spelledAs("ab"), likeness)
		if found := likeness[0] > 0; found == more {
			t.Errorf("of %d entries with the same letters the first is found: %v", len(wordings), found)
		}
	}
}

// Wordings that a server lays over those of an entry make it no more like a question
// than they are, or the others.
func TestLettersOfAnOverlay(t *testing.T) {
	m, err := New(&FAQ{Entries: []string{"a", "b"}, Wordings: []Wording{{Entry: 0, Text: "parking garage", From: Title}, {Entry: 1, Text: "lunch", From: Title}}})
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range []*Matcher{m, m.Extend(1, []Wording{{Entry: 0, Text: "parking garage", From: Taught}, {Entry: 2, Text: "zebra", From: Title}})} {
		r := m.Read("parking garage")
		if best := r.scores[0]; best.Entry != 0 || math.Abs(float64(best.overlap.Letters)-1) > 1e-6 {
			t.Errorf("with %d overlays entry %d leads, %f like the question", i, best.Entry, best.overlap.Letters)
		}
		r.Release()
	}
}
