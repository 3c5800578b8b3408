package faq

import (
	"os"
	"strings"
	"testing"
)

// A title or phrasing word for word leads to its entry, whatever else has the same
// words; two entries that have it are both offered.
func TestExactWordings(t *testing.T) {
	file, err := os.ReadFile("testdata/exact.yaml")
	if err != nil {
		t.Fatal(err)
	}
	book, err := Load("exact.yaml", file)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := os.ReadFile("testdata/exact.txt")
	if err != nil {
		t.Fatal(err)
	}
	d := &Desk{Book: book}
	for line := range strings.Lines(string(lines)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 3 {
			t.Fatalf("%q is not outcome, tab, ids, tab, question", line)
		}
		for _, way := range []Source{FromMention, FromDM, FromSlash, FromMessage, FromTerminal} {
			a := d.Ask(t.Context(), Question{Text: fields[2], Source: way, Explain: true})
			shown := a.Suggestions
			if a.Entry != nil {
				shown = []*Entry{a.Entry}
			}
			var ids []string
			for _, e := range shown {
				ids = append(ids, e.ID)
			}
			if got := strings.Join(ids, " "); string(a.Outcome) != fields[0] || got != fields[1] {
				t.Errorf("%s %q: %s by %s, want %s by %s\n%s", way, fields[2], a.Outcome, got, fields[0], fields[1], a.Why)
			}
		}
	}
}

// A taught wording comes before a title of the file, word for word.
func TestTaughtComesBeforeATitle(t *testing.T) {
	book := Builtin().With(nil, []Taught{{Wording: "Poor posture", Entry: "faq-causes"}})
	if r := book.Read("poor posture", Options{}); r.Outcome != Answered || r.Matches[0].Entry.ID != "faq-causes" {
		t.Errorf("%s by %s", r.Outcome, r.Matches[0].Entry.ID)
	}
}
