package faq

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"backfaq/config"
)

// readExport is the document of a file that was exported, or the first thing that
// is wrong with it.
func readExport(data []byte) (Document, error) {
	f, err := ReadImport("export.json", data)
	if err != nil {
		return Document{}, err
	}
	if len(f.refused) > 0 {
		return Document{}, f.refused[0]
	}
	if !f.whole {
		return Document{}, errors.New("no document")
	}
	return Document{Version: DocumentVersion, Settings: *f.settings, Entries: f.entries, Taught: f.taught}, nil
}

func TestDocumentComesBack(t *testing.T) {
	doc := NewDocument()
	doc.Settings.Note = "<b> & \u00e9 \U0001F600 \"quoted\" \\"
	doc.Settings.Channels, doc.Settings.Mode = []string{"18446744073709551615"}, config.AllBut
	doc.Entries = []Entry{{ID: "own-a2b3c4d5", Title: "When?", Answer: "Now.\n\nOr later.", Phrasings: []string{"what time"}}}
	doc.Taught = []Taught{{Wording: "my wings hurt", Entry: "own-a2b3c4d5"}}
	data, err := doc.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := readExport(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(doc, got); diff != "" {
		t.Errorf("came back (-want +got):\n%s", diff)
	}
	if _, refused := got.Over(Builtin()); len(refused) > 0 {
		t.Error(refused[0])
	}
}

// A setting that a file leaves out is at its default.
func TestDocumentDefaults(t *testing.T) {
	got, err := readExport([]byte(`{"version":1,"settings":{"note":"hi"}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := NewDocument()
	want.Settings.Note = "hi"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseDocumentRefuses(t *testing.T) {
	row := `{"wording":"w","entry":"faq-causes"}`
	for _, c := range []struct{ data, want string }{
		{"", "empty"},
		{" \n", "empty"},
		{"PNG", "none of the files"},
		{`{"version"`, "ends in the middle, in line 1"},
		{"{\n\n\"version\":x", "not JSON, in line 3"},
		{`{"version":1} x`, "not JSON"},
		{`{"version":1}{"version":1}`, "behind the document"},
		{`{"settings":{"version":1}}`, "version is 0"},
		{`{"settings":{},"entries":[{"title":"version"}],"taught":[]} "version"`, "behind the document"},
		{`{"version":2}`, "version is 2"},
		{`{"version":"1"}`, "version is a string"},
		{`{"version":1,"colour":"red"}`, `unknown field "colour"`},
		{`{"version":1,"Settings":{}}`, `"Settings" is unknown`},
		{`{"version":1,"\u017fettings":{"questions_per_10\u017f":1}}`, "is unknown"},
		{`{"version":1,"version":1}`, `"version" stands twice`},
		{"{\"version\":1,\n\"settings\":{\n\"note\":\"a\",\n\"note\":\"b\"}}", `"note" stands twice in one object, in line 4`},
		{`{"version":1,"settings":{"mentions":"yes"}}`, "mentions is a string"},
		{"{\"version\":1,\n\"settings\":{\"mood\":\"good\"}}", `line 2: unknown field "mood"`},
		{`{"version":1,"settings":{"cooldown_seconds":NaN}}`, "not JSON"},
		{`{"version":1,"settings":{"cooldown_seconds":1e999}}`, "not JSON"},
		{`{"version":1,"settings":{"cooldown_seconds":1.5}}`, "cooldown_seconds is a number"},
		{`{"version":1,"taught":{}}`, "taught is a object"},
		{"{\"version\":1,\"taught\":[\n" + row + ",\n{\"wording\":\"w\",\"entry\":\"e\",\"who\":\"1\"}]}", `line 3: unknown field "who"`},
		{`{"version":1,"taught":[` + row + `,7]}`, "line 1: taught[1] is a number"},
		{`{"version":1,"entries":[{"id":"own-1","title":1}]}`, "title is a number"},
		{`{"version":1,"entries":[{"id":"own-1","own":true}]}`, `unknown field "own"`},
		{`{"version":1,"taught":[[[[[[]]]]]]}`, "nested too deeply"},
		{`{"version":` + strings.Repeat("[", config.MaxExportBytes-20), "nested too deeply"},
		{`{"version":1,"x":` + strings.Repeat(`{"a":`, 10_000), "nested too deeply"},
		{"{\"version\":1,\n\"settings\":{\"note\":\"\xff\"}}", "line 2: letters that are not UTF-8"},
		{`{"version":1,"taught":[` + strings.Repeat(row+",", config.MaxExportRows) + row + `]}`, "501 rows"},
		{strings.Repeat(" ", config.MaxExportBytes+1), "262145 bytes"},
	} {
		_, err := readExport([]byte(c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: %v, want %q", c.data, err, c.want)
		}
	}
}

// many is a document of twenty own entries and twenty wordings of the fourth.
func many() Document {
	doc := NewDocument()
	for i := range 20 {
		doc.Entries = append(doc.Entries, Entry{ID: fmt.Sprintf("own-%d", i), Title: fmt.Sprintf("Question %d?", i), Answer: "Yes."})
		doc.Taught = append(doc.Taught, Taught{Wording: fmt.Sprintf("wording %d", i), Entry: "own-3"})
	}
	return doc
}

// A row that does not fit is left out, with its own wordings and nothing else,
// and a change that would bring it is refused with its name.
func TestRowsThatDoNotFit(t *testing.T) {
	good := many()
	if _, refused := good.Over(Builtin()); len(refused) > 0 {
		t.Fatal(refused[0])
	}
	long := strings.Repeat("x", 2000)
	for _, c := range []struct {
		row, why string
		spoil    func(*Document)
	}{
		{"entries[0]", "the question is missing: write it", func(d *Document) { d.Entries[0].Title = " " }},
		{"entries[7]", "the answer is missing: write it", func(d *Document) { d.Entries[7].Answer = "" }},
		{"entries[7]", `"faq-causes" is not the id of an own entry`, func(d *Document) { d.Entries[7].ID = "faq-causes" }},
		{"entries[7]", `id "own-6" is taken: choose another`, func(d *Document) { d.Entries[7].ID = "own-6" }},
		{"entries[7]", `there is an entry with the title "QUESTION 6?" already`, func(d *Document) { d.Entries[7].Title = "QUESTION 6?" }},
		{"entries[7]", "there is an entry with the title", func(d *Document) { d.Entries[7].Title = Builtin().Entries()[3].Title }},
		{"entries[7]", "has no parent", func(d *Document) { d.Entries[7].Parent = "own-6" }},
		{"entries[19]", "not UTF-8", func(d *Document) { d.Entries[19].Phrasings = []string{"\xff"} }},
		{"entries[19]", "answer has 2000 characters, 500 too many: shorten it to", func(d *Document) { d.Entries[19].Answer = long }},
		{"entries[19]", "the phrasings have", func(d *Document) {
			for i := range 30 {
				d.Entries[19].Phrasings = append(d.Entries[19].Phrasings, fmt.Sprint(i, long[:190]))
			}
		}},
		{"taught[0]", `"faq-gone" is no entry: choose one of the list`, func(d *Document) { d.Taught[0].Entry = "faq-gone" }},
		{"taught[13]", "the wording is empty: write it as a person would ask", func(d *Document) { d.Taught[13].Wording = "" }},
		{"taught[13]", "the same wording stands above already", func(d *Document) { d.Taught[13].Wording = d.Taught[12].Wording }},
		{"taught[13]", "not UTF-8", func(d *Document) { d.Taught[13].Wording = "\xff" }},
		{"taught[19]", "the wording has 2000 characters: shorten it to 200", func(d *Document) { d.Taught[19].Wording = long }},
	} {
		doc := many()
		c.spoil(&doc)
		over, refused := doc.Over(Builtin())
		if len(refused) != 1 || refused[0].Row != c.row || !strings.Contains(refused[0].Err.Error(), c.why) {
			t.Errorf("want %s: %s, got %v", c.row, c.why, refused)
			continue
		}
		if n := len(over.Entries()) - len(Builtin().Entries()); n < 19 {
			t.Errorf("%s takes others with it: %d of 20 entries are left", c.row, n)
		}
		row, ok := errors.AsType[*RowError](doc.CheckChange(good, Builtin()))
		if !ok || row.Row != c.row {
			t.Errorf("a change that brings %s: %v", c.row, row)
		}
		// Where it stands already, other changes go through.
		other := many()
		c.spoil(&other)
		other.Teach(Taught{Wording: "another", Entry: "faq-causes"})
		if err := other.CheckChange(doc, Builtin()); err != nil {
			t.Errorf("a change beside %s: %v", c.row, err)
		}
	}
}

func TestDocumentLimits(t *testing.T) {
	doc := NewDocument()
	for i := range config.MaxOwnEntries + 1 {
		doc.Entries = append(doc.Entries, Entry{ID: fmt.Sprintf("own-%d", i), Title: fmt.Sprintf("Question %d?", i), Answer: "Yes."})
	}
	for i := range config.MaxExportRows - config.MaxOwnEntries + 1 {
		doc.Taught = append(doc.Taught, Taught{Wording: fmt.Sprintf("wording %d", i), Entry: "faq-causes"})
	}
	_, refused := doc.Over(Builtin())
	if len(refused) != 2 || refused[0].Row != "entries[100]" || refused[1].Row != "taught[400]" {
		t.Errorf("too many of each: %v", refused)
	}
}

func TestDocumentVerbs(t *testing.T) {
	doc := NewDocument()
	doc.Teach(Taught{Wording: " zorbling the flimwhistle ", Entry: "faq-causes"})
	doc.Teach(Taught{Wording: "zorbling the flimwhistle", Entry: "faq-symptoms"})
	if want := []Taught{{Wording: "zorbling the flimwhistle", Entry: "faq-symptoms"}}; !slices.Equal(doc.Taught, want) {
		t.Errorf("taught twice: %v", doc.Taught)
	}
	if got, err := doc.Forget("zorbling the flimwhistle "); err != nil || got.Entry != "faq-symptoms" {
		t.Errorf("forgot %v, %v", got, err)
	}
	if _, err := doc.Forget("zorbling the flimwhistle"); err != ErrUnchanged {
		t.Errorf("forgotten already: %v", err)
	}

	e, err := doc.Put(Entry{Title: "When does the clinic open?", Answer: "At nine.", Own: true, Parent: "faq-causes"})
	if err != nil || !IsOwnID(e.ID) || e.Own || e.Parent != "" {
		t.Fatalf("put %+v, %v", e, err)
	}
	e.Answer = "At ten."
	if _, err := doc.Put(e); err != nil || len(doc.Entries) != 1 || doc.Entries[0].Answer != "At ten." {
		t.Errorf("put again: %+v, %v", doc.Entries, err)
	}
	if _, err := doc.Put(Entry{ID: "own-gone", Title: "T", Answer: "A"}); err == nil {
		t.Error("an entry that is gone was edited")
	}
	doc.Teach(Taught{Wording: "when can i come", Entry: e.ID})
	doc.Settings.Off, doc.Settings.Note = []string{e.ID, "faq-causes"}, "hello"
	if got, err := doc.Remove(e.ID); err != nil || got.Title != e.Title {
		t.Errorf("removed %+v, %v", got, err)
	}
	if _, err := doc.Remove(e.ID); err != ErrUnchanged {
		t.Errorf("removed already: %v", err)
	}
	if len(doc.Entries)+len(doc.Taught) > 0 || !slices.Equal(doc.Settings.Off, []string{"faq-causes"}) {
		t.Errorf("left of a removed entry: %+v", doc)
	}
	doc.Reset()
	if diff := cmp.Diff(NewDocument(), doc, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("reset (-want +got):\n%s", diff)
	}
}

func FuzzParseDocument(f *testing.F) {
	f.Add([]byte(`{"version":1,"settings":{"channels":"only","channel_ids":["1"]},"entries":[{"id":"own-1","title":"T","answer":"A"}],"taught":[{"wording":"w","entry":"own-1"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := readExport(data)
		if err != nil {
			return
		}
		again, err := doc.Encode()
		if err != nil {
			return // it grew past the limit by being written for people
		}
		got, err := readExport(again)
		if err != nil {
			t.Fatalf("written but not read: %v\n%s", err, again)
		}
		if diff := cmp.Diff(doc, got); diff != "" {
			t.Errorf("came back (-want +got):\n%s", diff)
		}
	})
}
