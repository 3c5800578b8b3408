package faq

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a text with a file, or writes the file with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs; if the change is meant, run: go test ./faq -update\n%s", name, diff)
	}
}

// Questions that between them show every part of an explanation.
var explained = []string{
	"why does my uper back cramp after a day at work",
	"lower back pain relief",
	"company posture on AI tools?",
	"ice or haet for this??",
	"no numbness or tingling, just a knot by my shoulder blade, massage ok?",
	"my chest hurts and my upper back is in spasm",
	"What are the symptoms of upper back spasms?",
	"hello",
}

func TestExplanations(t *testing.T) {
	var out strings.Builder
	for _, q := range explained {
		r := Builtin().Read(q, Options{Explain: true})
		out.WriteString("# " + q + "\n\n" + r.Why.String() + "\n\n")
	}
	golden(t, "explanations.txt", out.String())
}

// An explanation fits into a message whatever was asked, and is made only for
// who wants it.
func TestExplanationFits(t *testing.T) {
	for name, text := range worstTexts() {
		r := Builtin().Read(text, Options{Explain: true})
		if n := utf8.RuneCountInString(r.Why.String()); n > 1900 {
			t.Errorf("%s: explanation has %d characters", name, n)
		}
	}
	if r := Builtin().Read("hello", Options{}); r.Why != nil {
		t.Error("explained without being asked")
	}
}
