package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"

	"backfaq/faq/match"
	"backfaq/faq/text"
)

// question is a labelled question: a line of a file of questions.
type question struct {
	Text   string   `json:"text"`
	Accept []string `json:"accept"` // ids of all right answers; none: it must not be answered
	Split  string   `json:"split"`  // far_oos is far from the subject

	file   string
	weight float64
}

// A question far from the subject counts double, since there are more of them in
// life than in the files; what was made of another question counts less.
const (
	farWeight    = 2
	hiddenWeight = 1
	madeWeight   = 0.3
)

func readQuestions(path string) ([]question, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []question
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		q := question{file: filepath.Base(path), weight: 1}
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		if q.Split == "far_oos" {
			q.weight = farWeight
		}
		list = append(list, q)
	}
	return list, lines.Err()
}

// withVariants adds to each question one with some words hidden, so that the points
// hold for wordings that nobody has listed; and to some that have an answer one
// about something else, which must be refused in the very same words.
func withVariants(m *match.Matcher, questions []question) []question {
	all := slices.Clone(questions)
	for _, q := range questions {
		r := m.Read(q.Text)
		if hidden := hide(r, q.Text); hidden != q.Text {
			v := q
			v.Text, v.weight = hidden, q.weight*hiddenWeight
			all = append(all, v)
		}
		if elsewhere, ok := moveElsewhere(m, r, q.Text); ok && len(q.Accept) > 0 {
			v := q
			v.Text, v.Accept, v.weight = elsewhere, nil, madeWeight
			all = append(all, v)
		}
		r.Release()
	}
	return all
}

// chance is a number from 0 to n-1 that depends on a text and a place in it alone.
func chance(s string, at, n int) int {
	h := fnv.New32a()
	fmt.Fprint(h, at, s)
	return int(h.Sum32()>>8) % n
}

// nobody is a word that nobody knows.
const nobody = "qzxvwkq"

// hide replaces one content word in five.
func hide(r *match.Reading, s string) string {
	out, at := "", 0
	for i, w := range r.Words {
		if w.Class == text.Content && chance(s, i, 5) == 0 {
			out, at = out+s[at:w.From]+nobody, w.To
		}
	}
	return out + s[at:]
}

// moveElsewhere replaces the place that a question names by another part of the
// body, or its complaint by another illness; every second time by one that nobody
// knows. It fails where the question names neither.
func moveElsewhere(m *match.Matcher, r *match.Reading, s string) (string, bool) {
	places, complaints := r.Mentions(match.Place, match.Back), r.Mentions(match.Subject)
	var hits []match.Hit
	var names []string
	switch {
	case len(places) > 0:
		hits, names = places, otherParts
	case len(complaints) > 0:
		hits, names = complaints, illnesses
	default:
		return "", false
	}
	name := nobody
	if chance(s, -1, 2) == 0 {
		name = names[chance(s, -2, len(names))]
	}
	out, at := "", 0
	slices.SortFunc(hits, func(a, b match.Hit) int { return a.From - b.From })
	for _, h := range hits {
		from, to := r.Words[h.From].From, r.Words[h.To-1].To
		if from >= at {
			out, at = out+s[at:from]+name, to
		}
	}
	return out + s[at:], true
}
