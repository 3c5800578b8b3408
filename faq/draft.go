package faq

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"backfaq/faq/text"
)

// draft is a FAQ file that is being written from another kind of file.
type draft struct {
	from    string
	entries []draftEntry
	left    []string // what was left out, as comments
	checks  int
}

type draftEntry struct {
	Entry
	checks []string // what it was not sure about
}

func (e *draftEntry) check(format string, args ...any) {
	e.checks = append(e.checks, fmt.Sprintf(format, args...))
}

// longAnswer is the length in bytes from which two questions with the same answer
// ask the same. Many different ones are answered with "Yes.".
const longAnswer = 40

var (
	htmlTag = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)
	picture = regexp.MustCompile(`!\[[^\]]*\]\([^)]*\)`)
	table   = regexp.MustCompile(`(?m)^\|.*\|$`)
)

// add makes an entry of a question and answer, or a phrasing of one that has
// the same answer.
func (d *draft) add(s source) {
	var questions []string
	for _, q := range s.questions {
		q = strings.Join(strings.Fields(q), " ")
		if q != "" && !slices.Contains(questions, q) {
			questions = append(questions, q)
		}
	}
	answer := strings.TrimSpace(s.answer)
	if len(questions) == 0 || answer == "" {
		said := strings.Join(strings.Fields(strings.Join(questions, " ")+" "+answer), " ")
		d.left = append(d.left, fmt.Sprintf("left out%s, since it has no %s: %s", where(s), missing(questions), said))
		return
	}
	for i := range d.entries {
		if e := &d.entries[i]; e.Answer == answer && len(answer) >= longAnswer {
			for _, q := range questions {
				if q != e.Title && !slices.Contains(e.Phrasings, q) {
					e.check("%q%s had the same answer, and became a phrasing", q, where(s))
					e.Phrasings = append(e.Phrasings, q)
				}
			}
			return
		}
	}
	e := draftEntry{Entry: Entry{Title: questions[0], Answer: answer}}
	for _, q := range questions[1:] {
		if utf8.RuneCountInString(q) > MaxPhrasing {
			e.check("a phrasing had more than %d characters and was left out: %.60s…", MaxPhrasing, q)
			continue
		}
		e.Phrasings = append(e.Phrasings, q)
	}
	e.ID = d.id(s, &e)
	if n := utf8.RuneCountInString(e.Title); n > MaxTitle {
		e.check("the title has %d characters: shorten it to %d", n, MaxTitle)
	}
	if n := utf8.RuneCountInString(answer); n > MaxAnswer {
		e.check("the answer has %d characters: up to %d always fit into one message", n, MaxAnswer)
	}
	for _, x := range []struct {
		form *regexp.Regexp
		what string
	}{{htmlTag, "HTML"}, {picture, "a picture"}, {table, "a table"}} {
		if x.form.MatchString(answer) {
			e.check("the answer holds %s, which Discord shows as plain text", x.what)
		}
	}
	for i := range d.entries {
		if strings.EqualFold(d.entries[i].Title, e.Title) {
			e.check("entry %s asks the same and answers something else: keep one, or make the titles differ", d.entries[i].ID)
		}
	}
	d.entries = append(d.entries, e)
}

func where(s source) string {
	if s.line == 0 {
		return ""
	}
	return fmt.Sprintf(" (line %d)", s.line)
}

func missing(questions []string) string {
	if len(questions) == 0 {
		return "question"
	}
	return "answer"
}

// id is the entry's id, or one made of its title, that no other entry has.
func (d *draft) id(s source, e *draftEntry) string {
	id := strings.TrimSpace(s.id)
	if id == "" || len(id) > MaxID || !idForm.MatchString(id) {
		if id != "" {
			e.check("the id %q cannot be used, and was made anew", id)
		}
		id = slug(e.Title)
	}
	taken := func(id string) bool {
		return slices.ContainsFunc(d.entries, func(o draftEntry) bool { return o.ID == id })
	}
	if !taken(id) {
		return id
	}
	if s.id != "" {
		e.check("the id %q stands above already, and got a number", id)
	}
	for n := 2; ; n++ {
		if numbered := fmt.Sprintf("%.*s-%d", MaxID-5, id, n); !taken(numbered) {
			return numbered
		}
	}
}

// slug makes an id of a title: its words without accents, joined by hyphens.
func slug(title string) string {
	id := ""
	for _, w := range text.NewLexicon().Read(nil, title, MaxTitle) {
		word := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, w.Typed)
		if word != "" && len(id)+len(word) < MaxID-6 {
			id = strings.TrimPrefix(id+"-"+word, "-")
		}
	}
	if id == "" {
		return "entry"
	}
	return id
}

// yaml writes the FAQ file.
func (d *draft) yaml() []byte {
	var b strings.Builder
	note := func(margin, format string, args ...any) {
		d.checks++
		fmt.Fprintf(&b, "%s# Check: %s\n", margin, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(&b, "# Made of %s. Lines that begin with \"# Check:\" say what to look at.\n\n", d.from)
	note("", "write the sentence that every message is to end with")
	b.WriteString("disclaimer: This is general information only. Please ask a professional.\n\nentries:\n")
	for _, e := range d.entries {
		b.WriteByte('\n')
		for _, c := range e.checks {
			note("  ", "%s", c)
		}
		fmt.Fprintf(&b, "  - id: %s\n    title: %s\n    answer: |\n", quote(e.ID), quote(e.Title))
		for line := range strings.Lines(e.Answer) {
			if line = strings.TrimRight(line, "\n"); strings.TrimSpace(line) != "" {
				b.WriteString("      " + line)
			}
			b.WriteByte('\n')
		}
		if len(e.Phrasings) > 0 {
			b.WriteString("    phrasings:\n")
		}
		for _, p := range e.Phrasings {
			fmt.Fprintf(&b, "      - %s\n", quote(p))
		}
	}
	for _, left := range d.left {
		b.WriteByte('\n')
		note("", "%s", left)
	}
	return []byte(b.String())
}
