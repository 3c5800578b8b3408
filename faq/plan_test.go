package faq

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// served is a server's document as the plans of testdata/imports find it.
func served() Document {
	doc := NewDocument()
	doc.Settings.Note = "Ask at the desk."
	doc.Entries = []Entry{
		{ID: "own-hours", Title: "When is it open?", Answer: "At nine.", Phrasings: []string{"opening hours"}},
		{ID: "own-place", Title: "Where is it?", Answer: "Upstairs."},
	}
	doc.Taught = []Taught{
		{Wording: "when can i come", Entry: "own-hours"},
		{Wording: "how do i get there", Entry: "own-place"},
		{Wording: "my wings hurt", Entry: "faq-causes"},
	}
	return doc
}

// told is a plan in lines.
func told(p Plan) string {
	var b strings.Builder
	for _, list := range []struct {
		name string
		Rows
	}{{"added", p.Added}, {"replaced", p.Replaced}, {"removed", p.Removed}} {
		for _, e := range list.Entries {
			fmt.Fprintf(&b, "%s entry %s (%s)\n", list.name, e.Title, strings.Join(e.Phrasings, " | "))
		}
		for _, t := range list.Taught {
			fmt.Fprintf(&b, "%s wording %s\n", list.name, t.Wording)
		}
	}
	if p.Settings {
		b.WriteString("settings change\n")
	}
	for _, r := range p.Refused {
		fmt.Fprintf(&b, "refused %v\n", r)
	}
	if p.Empty() {
		b.WriteString("nothing changes\n")
	}
	return b.String()
}

// Each archive in testdata/imports is a file, named as it is brought, and what
// merging and replacing would do.
func TestPlans(t *testing.T) {
	archives, err := filepath.Glob("testdata/imports/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal(archives, err)
	}
	for _, archive := range archives {
		t.Run(filepath.Base(archive), func(t *testing.T) {
			data, err := os.ReadFile(archive)
			if err != nil {
				t.Fatal(err)
			}
			a := txtar.Parse(data)
			for n, merge := range []bool{true, false} {
				doc := served()
				got := ""
				if f, err := ReadImport(a.Files[0].Name, a.Files[0].Data); err != nil {
					got = "error " + err.Error() + "\n"
				} else {
					p := doc.Plan(f, merge, Builtin())
					got = told(p)
					if err := p.Document.CheckChange(doc, Builtin()); err != nil {
						t.Errorf("merge %v: what was planned would be refused: %v", merge, err)
					}
				}
				if *update {
					a.Files[n+1].Data = []byte(got)
				} else if diff := cmp.Diff(string(a.Files[n+1].Data), got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", a.Files[n+1].Name, diff)
				}
				if diff := cmp.Diff(served(), doc); diff != "" {
					t.Errorf("planning changed the document (-want +got):\n%s", diff)
				}
			}
			if *update {
				if err := os.WriteFile(archive, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// An entry that stands for one that is there keeps its id, so that its wordings
// and old buttons lead to it.
func TestPlanKeepsIDs(t *testing.T) {
	doc := served()
	f, err := ReadImport("faq.csv", []byte("question,answer\nwhen is it OPEN?,At ten.\nWhat now?,Rest.\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, merge := range []bool{true, false} {
		after := doc.Plan(f, merge, Builtin()).Document
		if at := after.entry("own-hours"); at < 0 || after.Entries[at].Answer != "At ten." {
			t.Errorf("merge %v: %+v", merge, after.Entries)
		}
		if after.taught("when can i come") < 0 || after.taught("my wings hurt") < 0 {
			t.Errorf("merge %v: %+v", merge, after.Taught)
		}
		if gone := after.taught("how do i get there") < 0; gone == merge {
			t.Errorf("merge %v: the wording of the other entry is gone: %v", merge, gone)
		}
	}
}

// Importing what was exported changes nothing, also where the FAQ of today does
// not take a row; a file of nothing but bad rows costs no seconds.
func TestPlanOfTheSame(t *testing.T) {
	doc := served()
	doc.Taught = append(doc.Taught, Taught{Wording: "an entry that the FAQ had", Entry: "faq-gone"})
	data, err := doc.Encode()
	if err != nil {
		t.Fatal(err)
	}
	f, err := ReadImport("backfaq-1.json", data)
	if err != nil {
		t.Fatal(err)
	}
	for _, merge := range []bool{true, false} {
		if p := doc.Plan(f, merge, Builtin()); !p.Empty() || len(p.Refused) > 0 {
			t.Errorf("merge %v:\n%s", merge, told(p))
		}
	}
	bad := many()
	for i := range bad.Entries {
		bad.Entries[i].Title = "The same?"
	}
	if data, err = bad.Encode(); err != nil {
		t.Fatal(err)
	}
	if f, err = ReadImport("backfaq-2.json", data); err != nil {
		t.Fatal(err)
	}
	if p := doc.Plan(f, true, Builtin()); len(p.Refused) != 39 || len(p.Added.Entries) != 1 {
		t.Errorf("one of twenty entries and no wording should fit:\n%s", told(p))
	}
}
