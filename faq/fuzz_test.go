package faq

import (
	"context"
	"testing"
)

func seeds(f *testing.F) {
	for _, q := range explained {
		f.Add(q)
	}
	for _, q := range worstTexts() {
		f.Add(q)
	}
	f.Add("\xff\x00 \u202e?!")
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte("disclaimer: d\nentries:\n  - {id: a, title: t, answer: a}\n"))
	f.Add([]byte("disclaimer: d\nentries:\n  - id: a\n    title: t\n    answer: |\n      a\nvocabulary:\n  - {id: v, kind: ask, words: [a ~ b/c]}\n"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Load("fuzz.yaml", data)
		if err != nil {
			return
		}
		if b.Disclaimer() == "" || len(b.Entries()) == 0 {
			t.Fatal("loaded without disclaimer or entries")
		}
		b.Read("what is a b c", Options{Explain: true})
	})
}

func FuzzAsk(f *testing.F) {
	seeds(f)
	base := Builtin().With(ownEntries, taughtWordings)
	d := &Desk{Book: base}
	f.Fuzz(func(t *testing.T, s string) {
		a := d.Ask(context.Background(), Question{Text: s, Source: FromTerminal, Explain: true})
		switch {
		case a.Outcome == Answered && (a.Entry == nil || a.Entry != base.Entry(a.Entry.ID)),
			a.Outcome == Suggested && (len(a.Suggestions) == 0 || len(a.Suggestions) > MaxSuggestions),
			a.Outcome == Silent, a.Why == nil, len(a.Matches) > matchesShown,
			(a.Outcome == Warned) != (a.Warning.Level >= Poison),
			a.Warning.Level > NoWarning && (len(a.Warning.Texts) == 0 || a.Warning.Entry == nil):
			t.Fatalf("%q: %+v", s, a)
		}
		for i := 1; i < len(a.Matches); i++ {
			if a.Matches[i].Score > a.Matches[i-1].Score {
				t.Fatalf("%q: matches out of order: %v", s, a.Matches)
			}
		}
	})
}
