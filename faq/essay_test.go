package faq

import (
	"os"
	"strings"
	"testing"
)

// The essay of package match holds for the built-in FAQ.
func TestEssay(t *testing.T) {
	lines, err := os.ReadFile("testdata/essay.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(lines)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 3 {
			continue
		}
		r := Builtin().Read(fields[2], Options{})
		if string(r.Outcome) != fields[0] || fields[1] != "-" && r.Matches[0].Entry.ID != fields[1] {
			t.Errorf("%q: %s by %s (%+.1f), want %s by %s", fields[2], r.Outcome, r.Matches[0].Entry.ID, r.Matches[0].Score, fields[0], fields[1])
		}
	}
}
