package faq

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backfaq/config"
)

func TestExportComesBack(t *testing.T) {
	doc := NewDocument()
	doc.Settings.Note = "<b> & \u00e9 \U0001F600 \"quoted\" \\"
	doc.Settings.Channels, doc.Settings.Mode = []string{"18446744073709551615"}, config.AllBut
	doc.Entries = []Entry{{ID: "own-a2b3c4d5", Title: "When?", Answer: "Now.\n\nOr later.", Phrasings: []string{"what time"}}}
	doc.Taught = []Taught{{Wording: "my wings hurt", Entry: "own-a2b3c4d5"}}
	data, err := doc.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseDocument(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(doc, got); diff != "" {
		t.Errorf("came back (-want +got):\n%s", diff)
	}
	if _, err := got.Over(Builtin()); err != nil {
		t.Error(err)
	}
}

// What a file leaves out is at its default.
func TestExportDefaults(t *testing.T) {
	got, err := ParseDocument([]byte(`{"version":1,"settings":{"note":"hi"}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := NewDocument()
	want.Settings.Note = "hi"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseExportRefuses(t *testing.T) {
	row := `{"wording":"w","entry":"faq-causes"}`
	for _, c := range []struct{ data, want string }{
		{"", "empty"},
		{" \n", "empty"},
		{"PNG", "not JSON"},
		{"[]", "is a array"},
		{"{", "unexpected EOF"},
		{`{"version":1} x`, "not JSON"},
		{`{"version":1}{"version":1}`, "behind the document"},
		{`{}`, "version is 0"},
		{`{"version":2}`, "version is 2"},
		{`{"version":"1"}`, "the file.version is a string"},
		{`{"version":1,"colour":"red"}`, `unknown field "colour"`},
		{`{"version":1,"Settings":{}}`, `"Settings" is unknown`},
		{`{"version":1,"version":1}`, `"version" stands twice`},
		{`{"version":1,"settings":{"note":"a","note":"b"}}`, `"note" stands twice`},
		{`{"version":1,"settings":{"mentions":"yes"}}`, "settings.mentions is a string"},
		{`{"version":1,"settings":{"mood":"good"}}`, `settings: unknown field "mood"`},
		{`{"version":1,"settings":{"cooldown_seconds":NaN}}`, "not JSON"},
		{`{"version":1,"settings":{"cooldown_seconds":1e999}}`, "not JSON"},
		{`{"version":1,"settings":{"cooldown_seconds":1.5}}`, "settings.cooldown_seconds is a number"},
		{`{"version":1,"taught":{}}`, "the file.taught is a object"},
		{`{"version":1,"taught":[` + row + `,{"wording":"w","entry":"e","who":"1"}]}`, `taught[1]: unknown field "who"`},
		{`{"version":1,"taught":[` + row + `,7]}`, "taught[1] is a number"},
		{`{"version":1,"entries":[{"id":"own-1","title":1}]}`, "entries[0].title is a number"},
		{`{"version":1,"entries":[{"id":"own-1","own":true}]}`, `entries[0]: unknown field "own"`},
		{`{"version":1,"taught":[[[[[[]]]]]]}`, "nested too deeply"},
		{strings.Repeat("[", config.MaxExportBytes), "nested too deeply"},
		{strings.Repeat(`{"a":`, 10_000), "nested too deeply"},
		{"{\"version\":1,\"settings\":{\"note\":\"\xff\"}}", "not UTF-8"},
		{`{"version":1,"taught":[` + strings.Repeat(row+",", config.MaxExportRows) + row + `]}`, "501 rows"},
		{strings.Repeat(" ", config.MaxExportBytes+1), "262145 bytes"},
	} {
		_, err := ParseDocument([]byte(c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: %v, want %q", c.data, err, c.want)
		}
	}
}

func TestOverNamesTheRow(t *testing.T) {
	good := func() Document {
		doc := NewDocument()
		for i := range 20 {
			doc.Entries = append(doc.Entries, Entry{ID: fmt.Sprintf("own-%d", i), Title: fmt.Sprintf("Question %d?", i), Answer: "Yes."})
			doc.Taught = append(doc.Taught, Taught{Wording: fmt.Sprintf("wording %d", i), Entry: "own-3"})
		}
		return doc
	}
	if _, err := good().Over(Builtin()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		row   string
		spoil func(*Document)
	}{
		{"entries[0]", func(e *Document) { e.Entries[0].Title = " " }},
		{"entries[7]", func(e *Document) { e.Entries[7].Answer = "" }},
		{"entries[7]", func(e *Document) { e.Entries[7].ID = "faq-causes" }},
		{"entries[7]", func(e *Document) { e.Entries[7].ID = "own-6" }},
		{"entries[7]", func(e *Document) { e.Entries[7].Parent = "own-6" }},
		{"entries[19]", func(e *Document) { e.Entries[19].Phrasings = []string{"\xff"} }},
		{"entries[19]", func(e *Document) { e.Entries[19].Answer = strings.Repeat("x", MaxAnswer+1) }},
		{"taught[0]", func(e *Document) { e.Taught[0].Entry = "faq-gone" }},
		{"taught[13]", func(e *Document) { e.Taught[13].Wording = "" }},
		{"taught[13]", func(e *Document) { e.Taught[13].Wording = e.Taught[12].Wording }},
		{"taught[19]", func(e *Document) { e.Taught[19].Wording = strings.Repeat("x", config.MaxWording+1) }},
	} {
		doc := good()
		c.spoil(&doc)
		_, err := doc.Over(Builtin())
		row, ok := errors.AsType[*RowError](err)
		if !ok || row.Row != c.row {
			t.Errorf("want %s, got %v", c.row, err)
		}
	}
}

func FuzzParseExport(f *testing.F) {
	f.Add([]byte(`{"version":1,"settings":{"channels":"only","channel_ids":["1"]},"entries":[{"id":"own-1","title":"T","answer":"A"}],"taught":[{"wording":"w","entry":"own-1"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := ParseDocument(data)
		if err != nil {
			return
		}
		again, err := doc.Encode()
		if err != nil {
			return // it grew past the limit by being written for people
		}
		got, err := ParseDocument(again)
		if err != nil {
			t.Fatalf("written but not read: %v\n%s", err, again)
		}
		if diff := cmp.Diff(doc, got); diff != "" {
			t.Errorf("came back (-want +got):\n%s", diff)
		}
	})
}
