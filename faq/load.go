package faq

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"backfaq/faq/signs"
)

// Limits of a FAQ file, in code points where they count characters. An answer of
// MaxAnswer characters is always accepted, a longer one if it fits into one
// message of Discord's with its title, the disclaimer and a warning.
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
	Disclaimer string
	Subject    string // all entries are about it; what a follow-up leaves out
	Entries    []Entry

	Interchangeable [][]string // ids of entries that answer each other's questions
	Vocabulary      string     // what the program knows of how people speak of the entries
	Signs           *signs.File
	SmallTalk       *smallTalkFile
	compiled        *signs.Set

	notes []Fault
	lines map[string]int // where values stand, by YAML path
}

// parse reads a FAQ file and refuses what is wrong with it: all of it at once,
// as a [*FileError]. Name is how errors call the file.
func parse(name string, data []byte) (*file, error) {
	c := &check{lines: map[string]int{}, odd: map[string]bool{}}
	text, ok := plainText(data, &c.faults)
	if !ok && text == "" {
		return nil, c.err(name)
	}
	f := new(file)
	if root := c.tree(asWritten(text, &c.faults)); root != nil {
		c.read(f, root)
		if f.Signs == nil && f.Vocabulary == programVocabulary {
			f.Signs = programSigns()
		}
		c.file(f)
	} else if len(c.wrong) == 0 {
		c.faults.fault(1, "the file is empty: write `disclaimer: ...` and `entries:`")
	}
	sortFaults(c.noted)
	f.notes, f.lines = c.noted, c.lines
	return f, c.err(name)
}

// check looks for what is wrong in a FAQ file, or in one entry of a server.
type check struct {
	faults
	lines  map[string]int  // where values stand, by YAML path
	odd    map[string]bool // paths of mappings with unknown fields
	broken bool            // a part could not be read: what it would name is missing
}

// fault notes what is wrong with the value at a YAML path. For what is missing,
// the line is that of what should hold it.
func (c *check) fault(path, format string, args ...any) {
	c.faults.fault(c.line(path), format, args...)
}

// missing notes that a key is not there, unless it may be there under another
// spelling, which is named already.
func (c *check) missing(path, format string, args ...any) {
	if parent := path[:max(0, strings.LastIndexByte(path, '.'))]; !c.odd[parent] && !(c.broken && parent == "$") {
		c.fault(path, format, args...)
	}
}

func (c *check) line(path string) int {
	for path != "" {
		if line := c.lines[path]; line > 0 {
			return line
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return 1
}

// tree parses the file. Where that fails, the entries are tried one by one, so
// that each mistake is named and the rest is checked.
func (c *check) tree(text string) ast.Node {
	root, err := parseYAML(text)
	if err == nil {
		return root
	}
	lines := strings.Split(text, "\n")
	begin := slices.Index(lines, "entries:") + 1
	column, from, found := -1, -1, false
	try := func(to int) {
		if from < 0 {
			return
		}
		if _, err := parseYAML(strings.Repeat("\n", from) + strings.Join(lines[from:to], "\n")); err != nil {
			found = true
			c.syntax(err)
			clear(lines[from:to])
		}
	}
	for n := begin; begin > 0 && n < len(lines); n++ {
		line := strings.TrimLeft(lines[n], " ")
		at := len(lines[n]) - len(line)
		if topLine.MatchString(lines[n]) {
			try(n)
			from = -1
			break
		}
		if strings.HasPrefix(line, "- ") && (column < 0 || at == column) {
			try(n)
			column, from = at, n
		}
	}
	try(len(lines))
	if c.broken = true; found {
		if root, err := parseYAML(strings.Join(lines, "\n")); err == nil {
			return root
		}
		return nil
	}
	c.syntax(err)
	return nil
}

// parseYAML reads one document. The parser panics on some texts that are no
// YAML, such as a tag with nothing behind it.
func parseYAML(text string) (root ast.Node, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the file cannot be read: look at what was changed last")
		}
	}()
	tree, err := parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
	if err != nil || len(tree.Docs) == 0 {
		return nil, err
	}
	return tree.Docs[0].Body, nil
}

// syntax puts what the YAML reader says into words of our own.
func (c *check) syntax(err error) {
	var y yaml.Error
	if !errors.As(err, &y) || y.GetToken() == nil {
		c.faults.fault(1, "%s", err)
		return
	}
	line, said := y.GetToken().Position.Line, y.GetMessage()
	hint := said + ": check spelling, indentation and quotes"
	switch {
	case strings.Contains(said, "mapping value is not allowed"), strings.Contains(said, "mapping value"):
		hint = "a colon stands where YAML expects none: put the text in quotes, or check the indentation"
	case strings.Contains(said, "non-map value"), strings.Contains(said, "value is not allowed"), strings.Contains(said, "unexpected key name"), strings.Contains(said, "could not find end"):
		hint = "this line does not fit the one above: check its indentation, and close quotes and brackets"
	}
	c.faults.fault(line, "%s", hint)
}

// read takes the values of a file from its tree.
func (c *check) read(f *file, root ast.Node) {
	c.fields("the file", "$", root, map[string]func(string, ast.Node){
		"disclaimer": func(_ string, n ast.Node) { f.Disclaimer = c.text(n) },
		"subject":    func(_ string, n ast.Node) { f.Subject = c.text(n) },
		"entries": func(path string, n ast.Node) {
			for i, n := range c.list(n) {
				f.Entries = append(f.Entries, c.readEntry(fmt.Sprintf("%s[%d]", path, i), n))
			}
		},
		"interchangeable": c.into(&f.Interchangeable),
		"vocabulary":      func(_ string, n ast.Node) { f.Vocabulary = c.text(n) },
		"smalltalk": func(path string, n ast.Node) {
			before := len(c.wrong)
			f.SmallTalk = new(smallTalkFile)
			if c.into(f.SmallTalk)(path, n); len(c.wrong) > before {
				f.SmallTalk = nil // what could not be read is not missing
			}
		},
		"signs": func(path string, n ast.Node) {
			f.Signs = new(signs.File)
			c.into(f.Signs)(path, n)
		},
	})
}

func (c *check) readEntry(path string, n ast.Node) (e Entry) {
	c.fields("an entry", path, n, map[string]func(string, ast.Node){
		"id":     func(_ string, n ast.Node) { e.ID = c.text(n) },
		"title":  func(_ string, n ast.Node) { e.Title = c.text(n) },
		"answer": func(_ string, n ast.Node) { e.Answer = c.text(n) },
		"parent": func(_ string, n ast.Node) { e.Parent = c.text(n) },
		"phrasings": func(path string, n ast.Node) {
			e.Phrasings = c.texts(path, n)
		},
		"related": func(path string, n ast.Node) { e.Related = c.texts(path, n) },
	})
	return e
}
