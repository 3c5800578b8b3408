package faq

import (
	"fmt"
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
	}
}

// warn looks for warning signs among the terms found in a question.
func (b *Book) warn(q *query) Warning {
	if b.warnings == nil || len(b.warnings.Signs) == 0 {
		return Warning{}
	}
	w := Warning{Entry: b.WarningEntry()}
	f, first := &q.findings, b.root().concepts.warns
	// Two signs stand in for the subject: "two months of this, ten out of ten".
	signs := 0
	for i := range b.warnings.Signs {
		if f.level(first+i, &b.warnings.Signs[i], true) >= Sign {
			signs++
		}
	}
	subject := f.regime != unnamed || signs > 1 && !f.away
	for i := range b.warnings.Signs {
		s := &b.warnings.Signs[i]
		switch level := f.level(first+i, s, subject); {
		case level > Reminder && w.Level <= Reminder:
			w.Level, w.Signs = level, []string{s.ID} // those denied no longer matter
		case level == NoWarning || level < Sign && w.Level >= Sign:
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

// level is how serious the terms found under a label are, given whether the
// question names the subject.
func (f *findings) level(label int, s *concept, subject bool) Level {
	level := NoWarning
	for _, x := range f.spans {
		if int(x.label) != label {
			continue
		}
		switch {
		case f.negated[x.from]:
			if s.Beside == "" {
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
