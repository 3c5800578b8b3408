package faq

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"backfaq/config"
)

// Import is what was read from a file that a moderator brings: a document that
// was exported, a FAQ file, or whatever else [Convert] reads. [Document.Plan] tells
// what it would do to a server's document.
type Import struct {
	entries  []Entry
	taught   []Taught
	settings *config.Settings // nil if the file has none that can be read
	whole    bool             // it is a document: settings and wordings, too
	lines    map[string]int   // where rows stand, by id or wording
	refused  []*RowError      // rows that cannot be read
}

// ReadImport reads a file; its name tells the kind, or else how it begins. The
// error says what is wrong with the file as a whole. A row that cannot be read is
// told by the plan, with its line, and takes no other row with it.
func ReadImport(name string, data []byte) (*Import, error) {
	if len(data) > config.MaxExportBytes {
		return nil, fmt.Errorf("the file has %d bytes: at most %d", len(data), config.MaxExportBytes)
	}
	var wrong faults
	text, ok := plainText(data, &wrong)
	if !ok {
		return nil, fmt.Errorf("line %d: %s", wrong.wrong[0].Line, wrong.wrong[0].Text)
	}
	begin := strings.TrimSpace(text)
	if begin == "" {
		return nil, config.Refuse("the file is empty")
	}
	f := &Import{lines: make(map[string]int)}
	var list []source
	var err error
	switch kind := strings.ToLower(filepath.Ext(name)); {
	case begin[0] == '{' && (strings.Contains(begin, `"version"`) || kind != ".json"):
		f.whole = true
		err = f.readDocument([]byte(text))
	case begin[0] == '{', begin[0] == '[':
		list, err = fromJSON([]byte(text))
	case kind == ".yaml", kind == ".yml", strings.HasPrefix(begin, "entries:"), strings.HasPrefix(begin, "disclaimer:"):
		f.readYAML(text)
	case kind == ".md", begin[0] == '#':
		list = fromMarkdown(text)
	case kind == ".csv", kind == ".tsv", kind == ".txt", kind == "":
		list, err = fromCSV(text)
	default:
		err = config.Refuse("this is none of the files that can be imported: an exported file, or questions and answers as CSV, YAML, JSON or Markdown")
	}
	for _, s := range list {
		f.add(Entry{ID: s.id, Title: s.questions[0], Answer: s.answer, Phrasings: slices.Clone(s.questions[1:])}, s.line)
	}
	if err == nil && len(f.entries)+len(f.refused) == 0 && !f.whole {
		err = config.Refuse("no questions were found: write each with its answer as a row of a CSV file with the columns question and answer")
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// readYAML reads the entries of a FAQ file. The rest of it is the
// operator's.
func (f *Import) readYAML(text string) {
	c := &check{lines: map[string]int{}, odd: map[string]bool{}}
	var from file
	if root := c.tree(asWritten(text, &c.faults)); root != nil {
		c.read(&from, root)
	}
	for _, fault := range c.wrong {
		f.refused = append(f.refused, &RowError{Line: fault.Line, Err: errors.New(fault.Text)})
	}
	for i, e := range from.Entries {
		if c.odd[fmt.Sprintf("$.entries[%d]", i)] {
			continue // its fault is told above
		}
		e.Parent, e.Related = "", nil // own entries have neither
		f.add(e, c.line(fmt.Sprintf("$.entries[%d]", i)))
	}
}

// add adds an entry that was not exported. The ids of other programs are not
// those of own entries.
func (f *Import) add(e Entry, line int) {
	if !IsOwnID(e.ID) {
		e.ID = newOwnID()
	}
	e.Title, e.Answer = strings.Join(strings.Fields(e.Title), " "), strings.TrimSpace(e.Answer)
	for i, p := range e.Phrasings {
		e.Phrasings[i] = strings.Join(strings.Fields(p), " ")
	}
	e.Phrasings = slices.DeleteFunc(e.Phrasings, func(p string) bool { return p == "" || p == e.Title })
	switch {
	case e.Title == "":
		f.refused = append(f.refused, &RowError{Line: line, Err: errNoTitle})
	case e.Answer == "":
		f.refused = append(f.refused, &RowError{Line: line, Entry: &e, Err: errNoAnswer})
	default:
		f.lines[e.ID] = line
		f.entries = append(f.entries, e)
	}
}
