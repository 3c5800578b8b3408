package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"backfaq/faq"
)

// The same questions give the same points, and the points in the repository are
// those of the questions beside them.
func TestPointsAreThoseOfTheQuestions(t *testing.T) {
	if os.Getenv("TEST_FIT") == "" {
		t.Skip("learns for a minute: TEST_FIT=1 go test ./faq/fit runs it, as .ci/run does")
	}
	to := filepath.Join(t.TempDir(), "points.txt")
	if err := run("questions", to, ""); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, to), read(t, "../content/points.txt")) {
		t.Error("points.txt is not what the questions give: run go generate ./faq/...")
	}
}

// A few questions, learned twice, give the same bytes, and points that speak for
// the right entry.
func TestFit(t *testing.T) {
	list, err := readQuestions("questions/mixed-1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var files [2]bytes.Buffer
	for i := range files {
		points, err := learn(list[:150])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := points.WriteTo(&files[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("the same questions gave other points")
	}
	if files[0].Len() < 1000 {
		t.Errorf("%d bytes of points", files[0].Len())
	}
}

// Of a section and its part the part is the better answer; where several of its parts
// are right, or none, the section counts whole.
func TestAPartComesBeforeItsSection(t *testing.T) {
	book := faq.Builtin()
	var entries []string
	for _, e := range book.Entries() {
		entries = append(entries, e.ID)
	}
	d := newDesign(nil, entries)
	for _, c := range []struct {
		accept []string
		share  float64 // of faq-causes
	}{
		{[]string{"faq-causes"}, 1},
		{[]string{"faq-causes", "topic-poor-posture"}, generalShare},
		{[]string{"faq-causes", "topic-poor-posture", "topic-muscle-overuse"}, 1},
		{[]string{"faq-causes", "sub-pain"}, 1}, // part of another section
		{[]string{"topic-poor-posture"}, 0},
	} {
		got := d.accepted(c.accept)
		for i, id := range entries {
			want := 0.0
			switch {
			case id == "faq-causes":
				want = c.share
			case slices.Contains(c.accept, id):
				want = 1
			}
			if got[i] != want {
				t.Errorf("%v: %s is right by %v, want %v", c.accept, id, got[i], want)
			}
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
