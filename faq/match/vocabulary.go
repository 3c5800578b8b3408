package match

import (
	"fmt"
	"maps"
	"slices"

	"backfaq/faq/text"
)

// Concept is a group of terms that mean the same to a FAQ, and what finding one
// of them speaks for.
type Concept struct {
	ID   string `yaml:"id"`
	Kind Kind   `yaml:"kind"`
	// Words are the terms, in rows, separated by commas: see terms.
	Words []string `yaml:"words"`
	// Points are added to the score of an entry, by id.
	Points map[string]float64 `yaml:"points"`
	// About is added to the score of all entries: how much the concept shows
	// that the subject of the FAQ is meant. Alone is added where the subject is
	// not named, and half of it where it is named in part.
	About float64 `yaml:"about"`
	Alone float64 `yaml:"alone"`
}

// Kind is what a concept is for in a question.
type Kind string

// The kinds there are. Harmless is for terms that look like a warning sign and
// are none; no concept in a file has it.
const (
	Place     Kind = "place"     // names the subject's place beyond doubt
	Back      Kind = "back"      // may name it
	Part      Kind = "part"      // a part of it that other places have too
	Subject   Kind = "subject"   // the complaint that the FAQ is about
	Complaint Kind = "complaint" // what is wrong there
	Sign      Kind = "sign"      // a complaint that may be a warning sign
	Ask       Kind = "ask"       // what is asked
	Topic     Kind = "topic"     // something that brings it on, or is done about it
	OtherPart Kind = "other-part"
	OffTopic  Kind = "off-topic" // another illness, another subject
	Harmless  Kind = "harmless"
)

// Kinds that concepts may have, by the list of the file that they stand in.
var (
	SubjectKinds   = []Kind{Place, Back, Part, Subject, Complaint, Sign, Ask, Topic}
	ElsewhereKinds = []Kind{OtherPart, OffTopic}
	SignKinds      = []Kind{Sign, Topic}
)

// isComplaint reports whether the kind says that something is wrong.
func (k Kind) isComplaint() bool { return k == Subject || k == Complaint || k == Sign }

// isElsewhere reports whether the kind speaks of something else than the subject.
func (k Kind) isElsewhere() bool { return k == OtherPart || k == OffTopic }

// Definition is the vocabulary of a FAQ as its file has it.
type Definition struct {
	Groups             map[string]string // words that stand for one another in terms, by name
	Subject, Elsewhere []Concept
	Signs              []Concept
	Harmless           []string           // rows of terms
	Prior              map[string]float64 // points of an entry before anything is read, by id
	Entries            map[string]int     // number of each entry, from 0 on
	Interchangeable    [][]string         // ids of entries that answer each other's questions
}

// Vocabulary is a compiled Definition. It never changes.
type Vocabulary struct {
	concepts  []Concept // of the subject, elsewhere, warning signs, what is harmless
	firstSign int       // the concepts from here on are warning signs, the last is what is harmless
	terms     *terms
	points    [][]float64 // by concept and entry
	prior     []float64   // by entry
}

// compile files all terms. An error names the concept and the term.
func compile(src *Definition, l *text.Lexicon) (*Vocabulary, error) {
	v := &Vocabulary{terms: newTerms(l)}
	var err error
	if v.prior, err = byEntry(src.Prior, src.Entries); err != nil {
		return nil, fmt.Errorf("usual: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(src.Groups)) {
		if err := v.terms.group(name, src.Groups[name]); err != nil {
			return nil, err
		}
	}
	for _, list := range [][]Concept{src.Subject, src.Elsewhere, src.Signs, {{ID: "harmless", Kind: Harmless, Words: src.Harmless}}} {
		for _, c := range list {
			if err := v.add(c, src.Entries); err != nil {
				return nil, fmt.Errorf("%s: %w", c.ID, err)
			}
		}
	}
	v.firstSign = len(src.Subject) + len(src.Elsewhere)
	return v, nil
}

// add files the terms of a concept under its number.
func (v *Vocabulary) add(c Concept, entries map[string]int) error {
	for _, row := range c.Words {
		for t := range split(row) {
			if err := v.terms.add(t, int32(len(v.concepts))); err != nil {
				return err
			}
		}
	}
	points, err := byEntry(c.Points, entries)
	if err != nil {
		return err
	}
	c.Words = nil // compiled, and long
	v.points = append(v.points, points)
	v.concepts = append(v.concepts, c)
	return nil
}

// scores reports whether the vocabulary speaks for entries. One of warning signs
// alone does not.
func (v *Vocabulary) scores() bool { return v != nil && v.firstSign > 0 }

// isSign reports whether a concept is of the list of warning signs, or harmless.
func (v *Vocabulary) isSign(concept int32) bool { return int(concept) >= v.firstSign }

// byEntry puts points by id in the order of the entries.
func byEntry(points map[string]float64, entries map[string]int) ([]float64, error) {
	out := make([]float64, len(entries))
	for id, p := range points {
		n, ok := entries[id]
		if !ok {
			return nil, fmt.Errorf("points for %q, which is no entry", id)
		}
		out[n] = p
	}
	return out, nil
}
