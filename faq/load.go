package faq

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"

	"backfaq/faq/match"
)

// Limits of a FAQ file, in code points where they count characters. An entry
// that uses them up together with a long disclaimer and a warning above it is
// shortened to what fits into one Discord message.
const (
	MaxAnswer     = 1500
	MaxTitle      = 200
	MaxDisclaimer = 300
	MaxPhrasing   = 200

	// MaxOwnPhrasings bounds the phrasings of a server's own entry together, a
	// line each: they are edited in one text field of Discord's.
	MaxOwnPhrasings = 4000
	MaxID           = 50 // an id travels in a custom_id, which Discord cuts at 100
)

// file is a FAQ file as it stands on disk. Only Disclaimer and Entries are
// required; a file without the rest works on any subject.
type file struct {
	Disclaimer string  `yaml:"disclaimer"`
	Entries    []Entry `yaml:"entries"`

	Sisters    [][]string         `yaml:"sisters"`
	Usual      map[string]float64 `yaml:"usual"`
	Groups     map[string]string  `yaml:"groups"`
	Vocabulary []match.Concept    `yaml:"vocabulary"`
	Elsewhere  []match.Concept    `yaml:"elsewhere"`
	Warnings   *warnings          `yaml:"warnings"`
}

var idForm = regexp.MustCompile(`^[a-z0-9]+([-_][a-z0-9]+)*$`)

// parse reads a FAQ file and refuses whatever is wrong with it, with the line
// and what to do. Name is how errors call the file.
func parse(name string, data []byte) (*file, error) {
	var f file
	if err := decode(data, &f); err != nil {
		return nil, yamlError(name, err)
	}
	c := &check{name: name, data: data}
	c.file(&f)
	return &f, c.err
}

// decode reads strictly. The reader panics on some texts that are no YAML, such
// as a tag with nothing behind it.
func decode(data []byte, f *file) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("this is no YAML that can be read: check what was changed last")
		}
	}()
	return yaml.UnmarshalWithOptions(data, f, yaml.Strict())
}

// yamlError puts what the YAML reader says into the form of our own errors: the
// line first, the lines around it with a caret last.
func yamlError(name string, err error) error {
	var y yaml.Error
	if !errors.As(err, &y) || y.GetToken() == nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	hint := "check spelling, indentation and quotes"
	switch msg := y.GetMessage(); {
	case strings.HasPrefix(msg, "unknown field"):
		hint = "remove it or correct its spelling"
	case strings.Contains(msg, "already defined"):
		hint = "keep one of the two"
	}
	return fmt.Errorf("%s:%d: %s: %s\n%s", name, y.GetToken().Position.Line, y.GetMessage(), hint,
		yaml.FormatError(err, false, true))
}

// check looks for what is wrong in a file that is well-formed YAML. It keeps the
// first fault.
type check struct {
	name string
	data []byte // empty for entries that come from a database
	err  error
}

// fault notes what is wrong with the value at a YAML path, and its line.
func (c *check) fault(path, format string, args ...any) {
	if c.err != nil {
		return
	}
	msg := fmt.Sprintf(format, args...)
	if len(c.data) == 0 {
		c.err = errors.New(msg)
		return
	}
	c.err = fmt.Errorf("%s:%d: %s", c.name, c.line(path), msg)
}

// line finds where a value stands; for what is missing, where its parent does.
func (c *check) line(path string) (line int) {
	defer func() {
		if recover() != nil {
			line = 1
		}
	}()
	tree, err := parser.ParseBytes(c.data, 0)
	if err != nil {
		return 1
	}
	for {
		if p, err := yaml.PathString(path); err == nil {
			if node, err := p.FilterFile(tree); err == nil && node != nil {
				return node.GetToken().Position.Line
			}
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut <= 0 {
			return 1
		}
		path = path[:cut]
	}
}

func (c *check) file(f *file) {
	f.Disclaimer = strings.TrimSpace(f.Disclaimer)
	switch n := utf8.RuneCountInString(f.Disclaimer); {
	case n == 0:
		c.fault("$", "disclaimer is missing: add a line `disclaimer: ...`, every message ends with it")
	case n > MaxDisclaimer:
		c.fault("$.disclaimer", "disclaimer has %d characters: shorten it to %d", n, MaxDisclaimer)
	case strings.ContainsAny(f.Disclaimer, "\n\r"):
		c.fault("$.disclaimer", "disclaimer has several lines: write it as one")
	}
	if len(f.Entries) == 0 {
		c.fault("$", "no entries: add at least one under `entries:` with id, title and answer")
	}
	at := func(i int, key string) string { return fmt.Sprintf("$.entries[%d].%s", i, key) }
	ids := map[string]bool{}
	for i := range f.Entries {
		e := &f.Entries[i]
		c.entry(e, func(key string) string { return at(i, key) })
		if ids[e.ID] {
			c.fault(at(i, "id"), "id %q is used twice: give each entry its own", e.ID)
		}
		ids[e.ID] = true
	}
	c.circles(f.Entries, at)
	for i, e := range f.Entries {
		if e.Parent != "" && (!ids[e.Parent] || e.Parent == e.ID) {
			c.fault(at(i, "parent"), "entry %s: parent %q is no other entry: use the id of one", e.ID, e.Parent)
		}
		for j, r := range e.Related {
			if !ids[r] || r == e.ID {
				c.fault(fmt.Sprintf("$.entries[%d].related[%d]", i, j), "entry %s: related %q is no other entry: use the id of one", e.ID, r)
			}
		}
	}
	c.concepts("$.vocabulary", f.Vocabulary, match.SubjectKinds)
	c.concepts("$.elsewhere", f.Elsewhere, match.ElsewhereKinds)
	for i, group := range f.Sisters {
		for j, id := range group {
			if !ids[id] {
				c.fault(fmt.Sprintf("$.sisters[%d][%d]", i, j), "sister %q is no entry: use the id of one", id)
			}
		}
	}
	if f.Warnings != nil {
		c.warnings(f.Warnings, ids)
	}
}

// circles refuses entries that are their own parent's parent: nothing would lead
// to them.
func (c *check) circles(entries []Entry, at func(i int, key string) string) {
	parent := map[string]string{}
	for _, e := range entries {
		parent[e.ID] = e.Parent
	}
	for i, e := range entries {
		up := e.Parent
		for n := 0; up != "" && n < len(entries); n++ {
			up = parent[up]
		}
		if up != "" {
			c.fault(at(i, "parent"), "entry %s: its parents lead in a circle: leave one of them out", e.ID)
		}
	}
}

// entry checks one entry by itself and trims what YAML leaves at its ends. At
// gives the YAML path of one of its keys.
func (c *check) entry(e *Entry, at func(key string) string) {
	e.Title, e.Answer = strings.TrimSpace(e.Title), strings.TrimSpace(e.Answer)
	title, answer := utf8.RuneCountInString(e.Title), utf8.RuneCountInString(e.Answer)
	switch {
	case e.ID == "":
		c.fault(at("id"), "an entry has no id: add `id:` with a short name such as opening-hours")
	case len(e.ID) > MaxID || !idForm.MatchString(e.ID):
		c.fault(at("id"), "id %q: use at most %d small letters, digits and single hyphens", e.ID, MaxID)
	case title == 0:
		c.fault(at("title"), "entry %s has no title: add `title:` with the question it answers", e.ID)
	case title > MaxTitle:
		c.fault(at("title"), "entry %s: title has %d characters: shorten it to %d", e.ID, title, MaxTitle)
	case strings.ContainsAny(e.Title, "\n\r"):
		c.fault(at("title"), "entry %s: title has several lines: write it as one", e.ID)
	case answer == 0:
		c.fault(at("answer"), "entry %s has no answer: add `answer:` with what to say", e.ID)
	case answer > MaxAnswer:
		c.fault(at("answer"), "entry %s: answer has %d characters: shorten it to %d or split the entry", e.ID, answer, MaxAnswer)
	case !utf8.ValidString(e.Title) || !utf8.ValidString(e.Answer):
		c.fault(at("answer"), "entry %s is not valid UTF-8: save the file as UTF-8", e.ID)
	}
	for i, p := range e.Phrasings {
		path := fmt.Sprintf("%s[%d]", at("phrasings"), i)
		if n := utf8.RuneCountInString(p); n > MaxPhrasing {
			c.fault(path, "entry %s: a phrasing has %d characters: shorten it to %d", e.ID, n, MaxPhrasing)
		}
		if strings.TrimSpace(p) == "" {
			c.fault(path, "entry %s: a phrasing is empty: remove it", e.ID)
		}
		if slices.Contains(e.Phrasings[:i], p) {
			c.fault(path, "entry %s: phrasing %q stands there twice: remove one", e.ID, p)
		}
	}
}
