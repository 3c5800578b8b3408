package faq

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxFaults is how many faults of a file are listed; the rest is counted.
const maxFaults = 50

// Fault is one thing that is wrong in a FAQ file, or was changed while reading
// it, in words of people who have never seen YAML.
type Fault struct {
	Line int
	Text string
}

// FileError is all that is wrong with a FAQ file, in the order of its lines.
type FileError struct {
	Name   string
	Faults []Fault
}

// Error lists the first faults, one a line, each with file and line.
func (e *FileError) Error() string {
	var b strings.Builder
	for i, f := range e.Faults {
		if i == maxFaults {
			fmt.Fprintf(&b, "and %d more: correct these first", len(e.Faults)-maxFaults)
			break
		}
		fmt.Fprintf(&b, "%s:%d: %s\n", e.Name, f.Line, f.Text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// faults gathers what is wrong, and what was changed silently otherwise.
type faults struct {
	wrong, noted []Fault
}

func (f *faults) fault(line int, format string, args ...any) {
	f.wrong = append(f.wrong, Fault{line, fmt.Sprintf(format, args...)})
}

func (f *faults) note(line int, format string, args ...any) {
	f.noted = append(f.noted, Fault{line, fmt.Sprintf(format, args...)})
}

// err is the faults as an error, nil if there are none.
func (f *faults) err(name string) error {
	if len(f.wrong) == 0 {
		return nil
	}
	sortFaults(f.wrong)
	return &FileError{Name: name, Faults: slices.Compact(f.wrong)}
}

func sortFaults(list []Fault) {
	slices.SortStableFunc(list, func(a, b Fault) int { return a.Line - b.Line })
}

// otherFiles is how files begin that people take for text, since the program they
// write in shows them as such: Word, Excel and LibreOffice (ZIP), PDF, RTF.
var otherFiles = []string{"PK\x03\x04", "%PDF-", `{\rtf`}

// plainText turns the bytes of a file into text. One byte order mark is
// dropped and line ends become newlines; any other encoding than UTF-8 is
// refused, since its letters would be lost. The text of a file that is refused is
// there to find its other mistakes in, if it is text.
func plainText(data []byte, to *faults) (string, bool) {
	begins := func(mark string) bool { return bytes.HasPrefix(data, []byte(mark)) }
	switch {
	case begins("\xff\xfe"), begins("\xfe\xff"), len(data) > 3 && (data[0] == 0) != (data[1] == 0):
		to.fault(1, "the file is UTF-16: save it as UTF-8")
		return "", false
	case slices.ContainsFunc(otherFiles, begins), bytes.IndexByte(data, 0) >= 0:
		to.fault(1, "the file is no text, but a document, table or picture of another program: save it there as plain text, as UTF-8")
		return "", false
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var foreign []int // lines
	for n, line := range bytes.Split(data, []byte("\n")) {
		switch {
		case !utf8.Valid(line):
			foreign = append(foreign, n+1)
		case bytes.ContainsFunc(line, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' || r == 0x7f }):
			to.fault(n+1, "a control character stands here: remove it")
		}
	}
	if len(foreign) > 0 {
		to.fault(foreign[0], "letters that are not UTF-8 stand in %d of the lines, first here: save the file as UTF-8, it looks like Latin-1 or Windows-1252", len(foreign))
	}
	text := strings.ReplaceAll(strings.ToValidUTF8(string(data), "\ufffd"), "\r\n", "\n")
	return strings.ReplaceAll(text, "\r", "\n"), len(to.wrong) == 0
}
