package match

import (
	"math"
	"testing"
)

// tiny is a FAQ small enough to work its scores out by hand.
var tiny = Definition{
	Concepts: []Concept{
		{ID: "where", Kind: Place, Words: []string{"upper back"}},
		{ID: "ache", Kind: Subject, Words: []string{"cramp, cramps"}},
		{ID: "cause", Kind: Ask, Words: []string{"why, how come"}},
		{ID: "tingle", Kind: Complaint, Words: []string{"tingling"}},
		{ID: "lower", Kind: OtherPart, Words: []string{"lower back, lower back cramps"}},
	},
}

const tinyPoints = `entries a=why b=cure
base none: *-800
base partial: *-400 a+10
base full: *-300 a+20
unknown full: *-30
unknown none: *-300
slot none: *-50
unseen: *-20
report: a-25
concept cause: *+50 a+300 b-100
concept lower: *-200
concept tingle: b+200
concept where: *+100
unfocused cause none: *+150
together ache cause: a+40
word ice: b+500
words ice #: b+60
closeness: *+100
seen come how why back upper lower cramp is or tingl ache no now
`

// The scores are those that the essay in doc.go says, no more and no less.
func TestScores(t *testing.T) {
	points, err := ReadPoints(tinyPoints)
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(&FAQ{Entries: []string{"why", "cure"}, Vocabulary: &tiny, Points: points,
		Wordings: []Wording{{Entry: 0, Text: "Xylophone", From: Phrasing}, {Entry: 1, Text: "Zeppelin", From: Phrasing}}})
	if err != nil {
		t.Fatal(err)
	}
	const full, partial, none = -3, -4, -8
	third := 1.0 / mostUnknown
	for _, c := range []struct {
		question  string
		why, cure float64
	}{
		{"upper back cramps", full + 0.2 + 1 - 0.25, full + 1}, // a report
		{"why upper back cramps", full + 0.2 + 1 + 0.5 + 3 + 0.4, full + 1 + 0.5 - 1},
		{"upper back?", partial + 0.1 + 1, partial + 1},
		{"why?", none + 0.5 + 1.5 + 3, none + 0.5 + 1.5 - 1},
		{"why cramps", partial + 0.1 + 0.5 + 3 + 0.4, partial + 0.5 - 1},
		{"ice 20?", none - 3*third - 0.2*1.0/2, none + 5 + 0.6 - 3*third - 0.2*1.0/2},
		{"why upper back cramps quuxing", full + 0.2 + 1 + 0.5 + 3 + 0.4 - 0.3*third - 0.2*1.0/3, full + 1 + 0.5 - 1 - 0.3*third - 0.2*1.0/3},
		{"why is quuxing", none + 0.5 + 1.5 + 3 - 3*third - 0.5 - 0.2, none + 0.5 + 1.5 - 1 - 3*third - 0.5 - 0.2},
		{"lower back cramps?", none - 2, none - 2},
		{"upper back cramps, tingling?", full + 0.2 + 1, full + 1 + 2},
		{"upper back cramps, no tingling?", full + 0.2 + 1, full + 1},
		{"Upper back. Why cramps?", full + 0.2 + around*1 + 0.5 + 3 + 0.4, full + around*1 + 0.5 - 1},
		{"Xylophone, xylophone", sameScore, math.NaN()},
		{"Xylophone", sameScore + float64(Phrasing), math.NaN()},
	} {
		r := m.Read(c.question)
		got := map[string]float64{}
		for _, m := range r.Matches(nil, 2, func(int) bool { return false }) {
			got[[]string{"why", "cure"}[m.Entry]] = m.Score
			sum := 0.0
			for reason := range r.Reasons(m) {
				sum += reason.Points
			}
			if math.Abs(sum-m.Score) > 1e-5 {
				t.Errorf("%q: the reasons for %s make %.3f, its score is %.3f", c.question, []string{"why", "cure"}[m.Entry], sum, m.Score)
			}
		}
		r.Release()
		for id, want := range map[string]float64{"why": c.why, "cure": c.cure} {
			if math.Abs(got[id]-want) > 1e-5 {
				t.Errorf("%q: %s has %.3f, want %.3f", c.question, id, got[id], want)
			}
		}
	}
}

// A term that a vocabulary cannot hold is named by its concept.
func TestVocabularyRefuses(t *testing.T) {
	for want, c := range map[string]Concept{
		`v has kind "verb": use one of [place back part subject complaint ask topic other-part off-topic]`: {ID: "v", Kind: "verb", Words: []string{"run"}},
		`v: term "run ~": a term starts and ends with a word`:                                              {ID: "v", Kind: Ask, Words: []string{"run ~"}},
	} {
		if _, err := New(&FAQ{Vocabulary: &Definition{Concepts: []Concept{c}}}); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
