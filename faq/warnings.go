package faq

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"backfaq/faq/match"
)

// warnings is the part of a FAQ file that says which words of a person are a
// reason to be seen by a professional, and what to show for them.
type warnings struct {
	// Entry is the id of the entry that warning signs lead to.
	Entry string `yaml:"entry"`
	// The texts for the three levels.
	Emergency string `yaml:"emergency"`
	Sign      string `yaml:"sign"`
	Reminder  string `yaml:"reminder"`

	// Signs are concepts, so what they speak for counts in the search too.
	Signs []match.Concept `yaml:"signs"`
	// Harmless are terms that look like a sign and are none: a sign does not
	// count where one of these at least as long covers it.
	Harmless []string `yaml:"harmless"`
}

// maxWarning leaves room for an answer below the warning.
const maxWarning = 250

func (c *check) warnings(w *warnings, ids map[string]bool) {
	if !ids[w.Entry] {
		c.fault("$.warnings.entry", "warnings lead to %q, which is no entry: use the id of one", w.Entry)
	}
	for _, x := range []struct {
		key  string
		text *string
	}{{"emergency", &w.Emergency}, {"sign", &w.Sign}, {"reminder", &w.Reminder}} {
		*x.text = strings.TrimSpace(*x.text)
		switch n := utf8.RuneCountInString(*x.text); {
		case n == 0:
			c.fault("$.warnings", "warnings have no text for %s: add `%s: ...`", x.key, x.key)
		case n > maxWarning:
			c.fault("$.warnings."+x.key, "the text for %s has %d characters: shorten it to %d", x.key, n, maxWarning)
		}
	}
	c.concepts("$.warnings.signs", w.Signs, match.SignKinds)
	for i, s := range w.Signs {
		if s.Beside != "" && s.Beside != "subject" {
			c.fault(fmt.Sprintf("$.warnings.signs[%d].beside", i), "sign %s counts beside %q: use subject, or leave it out", s.ID, s.Beside)
		}
		for _, id := range s.With {
			if !slices.ContainsFunc(w.Signs, func(o match.Concept) bool { return o.ID == id && id != s.ID }) {
				c.fault(fmt.Sprintf("$.warnings.signs[%d].with", i), "sign %s counts with %q, which is no other sign: use the id of one", s.ID, id)
			}
		}
	}
}

// concepts checks a list of concepts that may be of these kinds.
func (c *check) concepts(path string, list []match.Concept, kinds []match.Kind) {
	ids := map[string]bool{}
	for i, x := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case !conceptForm.MatchString(x.ID):
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
