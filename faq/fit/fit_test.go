package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
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

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
