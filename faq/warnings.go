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

	Signs []sign `yaml:"signs"`
}

// sign is one warning sign and the words that name it.
type sign struct {
	ID        string `yaml:"id"`
	Emergency bool   `yaml:"emergency"`
	Words     string `yaml:"words"` // separated by commas
}

// maxWarning leaves room for an answer below the warning.
const maxWarning = 250

func (c *check) warnings(w *warnings, ids map[string]bool) {
	if !ids[w.Entry] {
		c.fault("$.warnings.entry", "warnings lead to %q, which is no entry: use the id of one", w.Entry)
	}
	for key, text := range map[string]*string{"emergency": &w.Emergency, "sign": &w.Sign, "reminder": &w.Reminder} {
		*text = strings.TrimSpace(*text)
		switch n := utf8.RuneCountInString(*text); {
		case n == 0:
			c.fault("$.warnings", "warnings have no text for %s: add `%s: ...`", key, key)
		case n > maxWarning:
			c.fault("$.warnings."+key, "the text for %s has %d characters: shorten it to %d", key, n, maxWarning)
		}
	}
	for i, s := range w.Signs {
		path := fmt.Sprintf("$.warnings.signs[%d]", i)
		if s.ID == "" || strings.TrimSpace(s.Words) == "" {
			c.fault(path, "a warning sign needs an id and words")
		}
	}
}

// warn looks for warning signs in a question.
func (b *Book) warn(q *query) Warning {
	if b.warnings == nil {
		return Warning{}
	}
	w := Warning{Entry: b.WarningEntry()}
	for _, s := range b.warnings.Signs {
		for term := range strings.SplitSeq(s.Words, ",") {
			if !strings.Contains(" "+q.spaced()+" ", " "+strings.TrimSpace(term)+" ") {
				continue
			}
			w.Signs = append(w.Signs, s.ID)
			level := Sign
			if s.Emergency {
				level = Emergency
			}
			w.Level = max(w.Level, level)
			break
		}
	}
	switch w.Level {
	case NoWarning:
		return Warning{}
	case Emergency:
		w.Text = b.warnings.Emergency
	default:
		w.Text = b.warnings.Sign
	}
	return w
}

// spaced is the question as its words with single spaces, as corrected.
func (q *query) spaced() string {
	words := make([]string, len(q.words))
	for i, w := range q.words {
		words[i] = w.text
		if w.fixed != "" {
			words[i] = w.fixed
		}
	}
	return strings.Join(words, " ")
}
