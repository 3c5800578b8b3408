package faq

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
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
	Signs []concept `yaml:"signs"`
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
	c.concepts("$.warnings.signs", w.Signs, []kind{warningOf, cause})
	for i, s := range w.Signs {
		if s.Beside != "" && s.Beside != "subject" {
			c.fault(fmt.Sprintf("$.warnings.signs[%d].beside", i), "sign %s counts beside %q: use subject, or leave it out", s.ID, s.Beside)
		}
		for _, id := range s.With {
			if !slices.ContainsFunc(w.Signs, func(o concept) bool { return o.ID == id && id != s.ID }) {
				c.fault(fmt.Sprintf("$.warnings.signs[%d].with", i), "sign %s counts with %q, which is no other sign: use the id of one", s.ID, id)
			}
		}
	}
}

// warn looks for warning signs among the terms found in a question.
func (b *Book) warn(q *query) Warning {
	if b.warnings == nil || len(b.warnings.Signs) == 0 {
		return Warning{}
	}
	w := Warning{Entry: b.WarningEntry()}
	f, first := &q.findings, b.root().concepts.warns
	subject := f.regime != unnamed || f.complaints(first, len(b.warnings.Signs)) > 1 && !f.away
	for i := range b.warnings.Signs {
		s := &b.warnings.Signs[i]
		level := f.level(first+i, s, subject)
		if level == NoWarning || level >= Sign && !f.partnered(first, b.warnings.Signs, s) {
			continue
		}
		switch {
		case level > Reminder && w.Level <= Reminder:
			w.Level, w.Signs = level, []string{s.ID} // those denied no longer matter
		case level < Sign && w.Level >= Sign:
		default:
			w.Level, w.Signs = max(w.Level, level), append(w.Signs, s.ID)
		}
	}
	switch w.Level {
	case NoWarning:
		return Warning{}
	case Reminder:
		w.Text = b.warnings.Reminder
	case Sign:
		w.Text = b.warnings.Sign
	case Emergency:
		w.Text = b.warnings.Emergency
	}
	return w
}

// complaints counts the signs that are named one after the other. Two stand in
// for the subject: "two months of this, ten out of ten".
func (f *findings) complaints(first, signs int) int {
	n, last, end := 0, int32(-1), int16(0)
	for _, x := range f.spans {
		if int(x.label) >= first && int(x.label) < first+signs && x.label != last && x.from >= end && !f.denies(x) {
			n, last, end = n+1, x.label, x.to
		}
	}
	return n
}

// partnered reports whether one of the signs that a sign needs beside it is there.
func (f *findings) partnered(first int, signs []concept, s *concept) bool {
	if len(s.With) == 0 {
		return true
	}
	return slices.ContainsFunc(f.spans, func(x span) bool {
		i := int(x.label) - first
		return i >= 0 && i < len(signs) && !f.denies(x) && slices.Contains(s.With, signs[i].ID)
	})
}

// level is how serious the terms found under a label are, given whether the
// question names the subject.
func (f *findings) level(label int, s *concept, subject bool) Level {
	level := NoWarning
	for _, x := range f.spans {
		if int(x.label) != label {
			continue
		}
		switch {
		case f.denies(x):
			if s.Kind == warningOf && s.Beside == "" {
				level = max(level, Reminder)
			}
		case s.Beside == "subject" && !subject:
		case s.Emergency:
			level = Emergency
		default:
			level = max(level, Sign)
		}
	}
	return level
}
