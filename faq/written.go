package faq

import (
	"regexp"
	"strings"
)

// YAML gives a meaning to much of what people write in an answer: `1.20` is a
// number, `see #rules` ends before the #, `**bold**` is a reference, `Error: x`
// is an error. In a FAQ file a value on one line is the text as it is written,
// or it is refused with what to do. The written type sees to that before the
// YAML reader gets the file: it puts the values of entries into quotes, line
// for line, and leaves everything that is YAML's own as it is.
type written struct {
	lines []string
	at    int
	*faults

	column  int    // where the last key stands
	section string // the top-level key that the line belongs to
	list    string // the key whose list the line may belong to
	listCol int    // where that key stands
}

var (
	topLine  = regexp.MustCompile(`^([A-Za-z_]+)[ \t]*:`)
	keyLine  = regexp.MustCompile(`^( *)(- +)?([A-Za-z_]+)[ \t]*:(?:[ \t]+(.*))?$`)
	glued    = regexp.MustCompile(`^( *)(- +)?(id|title|answer|parent|disclaimer):([^ \t].*)$`)
	known    = regexp.MustCompile(`^(id|title|answer|parent|phrasings|related):( |$)`)
	itemLine = regexp.MustCompile(`^( *)-(?: +(.*))?$`)
	header   = regexp.MustCompile(`^[|>][-+0-9]{0,2}[ \t]*(#.*)?$`) // of a block of text
	marker   = regexp.MustCompile(`^([-*+•]|[0-9]+[.)]) `)          // of a list in an answer
	escape   = regexp.MustCompile(`\\(?:["\\/nt]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})`)
	drive    = regexp.MustCompile(`\b[A-Za-z]:\\[^\\]`)
)

// asWritten returns the text of a file with the values of its entries in
// quotes, each on its line.
func asWritten(text string, to *faults) string {
	w := &written{lines: strings.Split(text, "\n"), faults: to}
	begun := false
	for ; w.at < len(w.lines); w.at++ {
		line := strings.TrimRight(w.lines[w.at], " \t")
		blank := strings.TrimSpace(line)
		switch {
		case blank == "" || blank[0] == '#':
		case (line == "---" || strings.HasPrefix(line, "--- ")) && begun:
			w.wrong("a second document begins here and would be left out: remove the line, or indent it if it belongs to an answer")
			w.lines[w.at] = ""
		case line == "---":
		default:
			begun = true
			if top := topLine.FindStringSubmatch(line); top != nil {
				w.section = top[1]
			}
			if w.section == "disclaimer" || w.section == "entries" {
				w.line(line)
			}
		}
	}
	return strings.Join(w.lines, "\n")
}

func (w *written) wrong(format string, args ...any) { w.fault(w.at+1, format, args...) }

// line reads a line of an entry.
func (w *written) line(line string) {
	if margin := line[:len(line)-len(strings.TrimLeft(line, " \t"))]; strings.Contains(margin, "\t") {
		w.wrong("the line begins with a tab: indent it with spaces")
		line = strings.Repeat(" ", w.column) + line[len(margin):] // most likely
		w.lines[w.at] = line
	}
	if m := itemLine.FindStringSubmatch(line); m != nil && w.list != "" && len(m[1]) >= w.listCol {
		w.value(m[1]+"- ", m[2], len(m[1]), "item")
		return
	}
	if m := glued.FindStringSubmatch(line); m != nil { // title:When
		line = m[1] + m[2] + m[3] + ": " + m[4]
	}
	m := keyLine.FindStringSubmatch(line)
	if m == nil {
		if itemLine.MatchString(line) {
			w.list = "" // an entry in braces, or its key on the next line
			w.braces(line)
			return
		}
		w.wrong("this line is no field of an entry: indent it below its answer, and write `answer: |` there")
		w.lines[w.at] = ""
		return
	}
	column := len(m[1]) + len(m[2])
	w.column = column
	w.list = ""
	if m[3] == "phrasings" || m[3] == "related" {
		w.list, w.listCol = m[3], column
		if strings.HasPrefix(m[4], "#") {
			return
		}
	}
	if m[3] == "entries" {
		w.braces(line)
		return
	}
	w.value(line[:len(line)-len(m[4])], m[4], column, m[3])
}

// value reads what stands behind a key or the hyphen of a list. Column is
// where that key or hyphen stands: lines further in belong to the value.
func (w *written) value(before, value string, column int, key string) {
	first := w.at
	if header.MatchString(value) {
		w.skip(column)
		return
	}
	switch {
	case value == "":
		return
	case (value[0] == '[' || value[0] == '{') && (key == "phrasings" || key == "related"):
		w.braces(value)
		return
	case value[0] == '"' || value[0] == '\'':
		if w.inQuotes(value, column) {
			return
		}
	case key == "id" && !strings.HasPrefix(value, "#"):
		value, _, _ = strings.Cut(value, " #") // an id holds no blanks, so this is a comment
	}
	text := []string{strings.TrimSpace(value)}
	for w.further(column) {
		w.at++
		line := strings.TrimSpace(w.lines[w.at])
		if known.MatchString(line) {
			w.wrong("this field is indented further than the one above it: begin both in the same column")
		}
		if line == "" || marker.MatchString(line) {
			w.wrong("these lines would be joined into one: write `%s: |` above them", key)
		}
		text = append(text, line)
		w.lines[w.at] = ""
	}
	joined := strings.Join(text, " ")
	if len(text) > 1 && key == "answer" {
		w.note(first+1, "the lines of this answer are joined into one: write `answer: |` to keep them apart")
	}
	if strings.HasPrefix(joined, "#") || strings.Contains(joined, " #") {
		w.fault(first+1, "YAML takes what follows # for a comment: put the whole text in quotes, or the comment on a line of its own")
	}
	w.lines[first] = before + quote(joined)
	if before[len(before)-1] == ':' {
		w.lines[first] = before + " " + quote(joined)
	}
}

// inQuotes reads a value that begins with a quotation mark, and reports false
// if the marks are a part of the text.
func (w *written) inQuotes(value string, column int) bool {
	mark, first := value[:1], w.at
	end := closing(value[1:], mark)
	for end < 0 && w.further(column) {
		w.at++
		value += "\n" + w.lines[w.at]
		end = closing(value[1:], mark)
	}
	if end < 0 {
		w.fault(first+1, "the quotation mark that begins the text is not closed: close it, or take it away")
		w.at = first
		return false
	}
	if rest := strings.TrimSpace(value[end+2:]); rest != "" && rest[0] != '#' {
		w.at = first
		return false // "Yes" is the answer
	}
	text := value[1 : end+1]
	if mark == `"` && (strings.Contains(escape.ReplaceAllString(text, ""), `\`) || drive.MatchString(text)) {
		w.fault(first+1, `in double quotes a backslash has a meaning of its own: put the text in single quotes, '...'`)
		w.lines[first] = strings.Replace(w.lines[first], value, quote(strings.ReplaceAll(text, "\n", " ")), 1)
	}
	return true
}

// closing finds the quotation mark that ends a text, -1 if there is none.
func closing(text, mark string) int {
	for i := 0; i < len(text); i++ {
		switch {
		case mark == `"` && text[i] == '\\':
			i++
		case mark == "'" && strings.HasPrefix(text[i:], "''"):
			i++
		case text[i] == mark[0]:
			return i
		}
	}
	return -1
}

// braces passes over a list or an entry in brackets, which may take several
// lines.
func (w *written) braces(line string) {
	depth := func(s string) int {
		return strings.Count(s, "[") + strings.Count(s, "{") - strings.Count(s, "]") - strings.Count(s, "}")
	}
	for open := depth(line); open > 0 && w.at+1 < len(w.lines); open += depth(w.lines[w.at]) {
		w.at++
	}
}

// further reports whether the next line belongs to a value at column. Blank
// lines do if one further in follows.
func (w *written) further(column int) bool {
	for _, line := range w.lines[w.at+1:] {
		if text := strings.TrimLeft(line, " "); text != "" {
			return len(line)-len(text) > column
		}
	}
	return false
}

// skip passes over a block of text.
func (w *written) skip(column int) {
	for w.further(column) {
		w.at++
	}
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
