package faq

import (
	"fmt"
	"maps"
	"slices"

	"backfaq/faq/text"
)

// concept is a group of terms that mean the same to this FAQ, and what finding
// one of them speaks for.
type concept struct {
	ID   string `yaml:"id"`
	Kind kind   `yaml:"kind"`
	// Words are the terms, in rows, separated by commas.
	Words []string `yaml:"words"`
	// Points are added to the score of an entry, by id.
	Points map[string]float64 `yaml:"points"`
	// About is added to the score of all entries: how much the concept shows
	// that the subject of the FAQ is meant. Alone counts in its place where
	// the subject is not named.
	About float64 `yaml:"about"`
	Alone float64 `yaml:"alone"`

	// Of warning signs only. Beside says what else a question must name for the
	// sign to count: nothing, or "subject". With lists other signs, one of which
	// must be there too: pain that is severe and lasts is a sign, either is not.
	Emergency bool     `yaml:"emergency"`
	Beside    string   `yaml:"beside"`
	With      []string `yaml:"with"`
}

// kind is what a concept is for in a question.
type kind string

const (
	place     kind = "place"     // names the subject's place beyond doubt
	back      kind = "back"      // may name it
	partOf    kind = "part"      // a part of it that other places have too
	subject   kind = "subject"   // the complaint that the FAQ is about
	complaint kind = "complaint" // what is wrong there
	warningOf kind = "sign"      // a complaint that may be a warning sign
	ask       kind = "ask"       // what is asked
	remedy    kind = "remedy"    // something done about it
	cause     kind = "cause"     // something that brings it on

	otherPart kind = "other-part" // elsewhere: another part of the body
	illness   kind = "illness"    // elsewhere: another illness
	hard      kind = "hard"       // elsewhere, whatever else is named
	off       kind = "off"        // elsewhere: another subject

	harmless kind = "harmless" // looks like a warning sign and is none
)

// ails reports whether the kind says that something is wrong.
func (k kind) ails() bool { return k == subject || k == complaint || k == warningOf }

// locates reports whether the kind names the subject's place.
func (k kind) locates() bool { return k == place || k == back }

func (k kind) elsewhere() bool { return k == otherPart || k == illness || k == hard || k == off }

var (
	vocabularyKinds = []kind{place, back, partOf, subject, complaint, warningOf, ask, remedy, cause}
	elsewhereKinds  = []kind{otherPart, illness, hard, off}
)

// concepts checks a list of concepts that may be of these kinds.
func (c *check) concepts(path string, list []concept, kinds []kind) {
	ids := map[string]bool{}
	for i, x := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case !idForm.MatchString(x.ID):
			c.fault(at, "id %q: use small letters, digits and single hyphens", x.ID)
		case ids[x.ID]:
			c.fault(at+".id", "id %q is used twice: give each its own", x.ID)
		case !slices.Contains(kinds, x.Kind):
			c.fault(at+".kind", "%s has kind %q: use one of %v", x.ID, x.Kind, kinds)
		case len(x.Words) == 0:
			c.fault(at, "%s has no words: add `words:` with at least one row", x.ID)
		case path != "$.warnings.signs" && (x.Emergency || x.Beside != "" || len(x.With) > 0):
			c.fault(at, "%s is no warning sign: remove emergency, beside and with", x.ID)
		}
		ids[x.ID] = true
	}
}

// concepts is the compiled vocabulary of a FAQ file.
type concepts struct {
	list   []concept // of the vocabulary, elsewhere, warning signs, what is harmless
	terms  *terms
	points [][]float64 // by concept and entry
	usual  []float64   // by entry
	warns  int         // how many labels are concepts; those from here on are warning signs
}

// compileConcepts files all terms. An error names the concept and the term.
func compileConcepts(f *file, l *text.Lexicon, entry map[string]int32) (*concepts, error) {
	c := &concepts{terms: newTerms(l)}
	var err error
	if c.usual, err = byEntry(f.Usual, len(f.Entries), entry); err != nil {
		return nil, fmt.Errorf("usual: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Groups)) {
		if err := c.terms.group(name, f.Groups[name]); err != nil {
			return nil, err
		}
	}
	for _, x := range append(f.Vocabulary, f.Elsewhere...) {
		if err := c.add(&x, len(f.Entries), entry); err != nil {
			return nil, err
		}
	}
	c.warns = len(c.list)
	if f.Warnings != nil {
		for i := range f.Warnings.Signs {
			if err := c.add(&f.Warnings.Signs[i], len(f.Entries), entry); err != nil {
				return nil, err
			}
		}
		if err := c.add(&concept{ID: "harmless", Kind: harmless, Words: f.Warnings.Harmless}, len(f.Entries), entry); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// add files the terms of a concept under its number.
func (c *concepts) add(x *concept, entries int, entry map[string]int32) error {
	for _, row := range x.Words {
		for t := range split(row) {
			if err := c.terms.add(t, int32(len(c.list))); err != nil {
				return fmt.Errorf("%s: %w", x.ID, err)
			}
		}
	}
	points, err := byEntry(x.Points, entries, entry)
	if err != nil {
		return fmt.Errorf("%s: %w", x.ID, err)
	}
	x.Words = nil // compiled, and long
	c.points = append(c.points, points)
	c.list = append(c.list, *x)
	return nil
}

// byEntry puts points by id in the order of the entries.
func byEntry(points map[string]float64, entries int, entry map[string]int32) ([]float64, error) {
	out := make([]float64, entries)
	for id, p := range points {
		n, ok := entry[id]
		if !ok {
			return nil, fmt.Errorf("points for %q, which is no entry", id)
		}
		out[n] = p
	}
	return out, nil
}
