package match

import (
	"fmt"
	"maps"
	"slices"

	"backfaq/faq/text"
)

// Concept is a group of terms that mean the same to a FAQ.
type Concept struct {
	ID   string `yaml:"id"`
	Kind Kind   `yaml:"kind"`
	// Words are the terms, in rows, separated by commas: see terms.
	Words []string `yaml:"words"`
}

// Kind is what a concept is for in a question.
type Kind string

// The kinds there are.
const (
	Place     Kind = "place"      // names the subject's place beyond doubt
	Back      Kind = "back"       // may name it
	Part      Kind = "part"       // a part of it that other places have too
	Subject   Kind = "subject"    // the complaint that the FAQ is about
	Complaint Kind = "complaint"  // another that may come with it
	Ask       Kind = "ask"        // what is asked
	Topic     Kind = "topic"      // something that brings it on, or is done about it
	OtherPart Kind = "other-part" // another part of the body
	OffTopic  Kind = "off-topic"  // another illness, another subject
)

var kinds = []Kind{Place, Back, Part, Subject, Complaint, Ask, Topic, OtherPart, OffTopic}

// isComplaint reports whether the kind says that something is wrong.
func (k Kind) isComplaint() bool { return k == Subject || k == Complaint }

// isElsewhere reports whether the kind speaks of something else than the subject.
func (k Kind) isElsewhere() bool { return k == OtherPart || k == OffTopic }

// Definition is what a FAQ knows of how people speak of its subject.
type Definition struct {
	Groups   map[string]string `yaml:"groups"` // words that stand for one another in terms, by name
	Concepts []Concept         `yaml:"vocabulary"`
}

// Vocabulary is a compiled Definition. It never changes.
type Vocabulary struct {
	concepts []Concept
	terms    *terms
}

// NewVocabulary files all terms, and makes their words known to the lexicon. An
// error names the concept and the term.
func NewVocabulary(src *Definition, l *text.Lexicon) (*Vocabulary, error) {
	v := &Vocabulary{terms: newTerms(l)}
	for _, name := range slices.Sorted(maps.Keys(src.Groups)) {
		if err := v.terms.group(name, src.Groups[name]); err != nil {
			return nil, err
		}
	}
	for _, c := range src.Concepts {
		if !slices.Contains(kinds, c.Kind) {
			return nil, fmt.Errorf("%s has kind %q: use one of %v", c.ID, c.Kind, kinds)
		}
		for _, row := range c.Words {
			for t := range split(row) {
				if err := v.terms.add(t, int32(len(v.concepts))); err != nil {
					return nil, fmt.Errorf("%s: %w", c.ID, err)
				}
			}
		}
		c.Words = nil // compiled, and long
		v.concepts = append(v.concepts, c)
	}
	return v, nil
}
