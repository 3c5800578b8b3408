package faq

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"backfaq/config"
)

// DocumentVersion is the version of the document that this program writes, and
// the only one it reads.
const DocumentVersion = 1

// Document is all that the moderators of one server made: its settings, its own
// entries, its taught wordings. Moderators can carry it away as a file and
// bring it back; the store keeps it. What [Document.Encode] accepts,
// [ParseDocument] reads back as it was.
type Document struct {
	Version  int             `json:"version"`
	Settings config.Settings `json:"settings"`
	Entries  []Entry         `json:"entries,omitempty"`
	Taught   []Taught        `json:"taught,omitempty"`
}

// NewDocument is a server that nobody has configured.
func NewDocument() Document {
	return Document{Version: DocumentVersion, Settings: config.DefaultSettings()}
}

// Encode writes the document for people to read, and refuses one that could
// not be brought back because it is too large.
func (e Document) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(e); err != nil {
		return nil, fmt.Errorf("write settings as JSON: %w", err)
	}
	if b.Len() > config.MaxExportBytes {
		return nil, fmt.Errorf("settings, own entries and wordings take %d bytes together: at most %d; shorten or remove some", b.Len(), config.MaxExportBytes)
	}
	return b.Bytes(), nil
}

// ParseDocument reads a document strictly: unknown or repeated keys, a wrong
// version, deep nesting or anything behind the document are refused, and the
// first row that cannot be read is named. It does not know the book, so it does
// not say whether the rows hold together: see [Document.Over].
func ParseDocument(data []byte) (Document, error) {
	if len(data) > config.MaxExportBytes {
		return Document{}, fmt.Errorf("the file has %d bytes: at most %d", len(data), config.MaxExportBytes)
	}
	if !utf8.Valid(data) {
		return Document{}, errors.New("the file is not UTF-8 text")
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return Document{}, errors.New("the file is empty")
	}
	if err := checkKeys(data); err != nil {
		return Document{}, err
	}
	var raw struct {
		Version  int               `json:"version"`
		Settings json.RawMessage   `json:"settings"`
		Entries  []json.RawMessage `json:"entries"`
		Taught   []json.RawMessage `json:"taught"`
	}
	if err := decodeStrict("the file", data, &raw); err != nil {
		return Document{}, err
	}
	switch {
	case raw.Version != DocumentVersion:
		return Document{}, fmt.Errorf("version is %d: this program reads version %d", raw.Version, DocumentVersion)
	case len(raw.Entries)+len(raw.Taught) > config.MaxExportRows:
		return Document{}, fmt.Errorf("the file has %d rows: at most %d", len(raw.Entries)+len(raw.Taught), config.MaxExportRows)
	}
	e := NewDocument()
	if raw.Settings != nil {
		if err := decodeStrict("settings", raw.Settings, &e.Settings); err != nil {
			return Document{}, err
		}
	}
	for i, row := range raw.Entries {
		var entry Entry
		if err := decodeStrict(fmt.Sprintf("entries[%d]", i), row, &entry); err != nil {
			return Document{}, err
		}
		e.Entries = append(e.Entries, entry)
	}
	for i, row := range raw.Taught {
		var taught Taught
		if err := decodeStrict(fmt.Sprintf("taught[%d]", i), row, &taught); err != nil {
			return Document{}, err
		}
		e.Taught = append(e.Taught, taught)
	}
	return e, nil
}

// RowError says which row of an export does not fit, and why. For a row that a
// moderator just typed, Err alone is the sentence to show.
type RowError struct {
	Row string // as in "taught[3]"
	Err error
}

func (e *RowError) Error() string { return e.Row + ": " + e.Err.Error() }

func (e *RowError) Unwrap() error { return e.Err }

// Over lays the own entries and taught wordings over a book, under the limits
// of config. The error is a [*RowError] for the first row that does not fit.
func (e Document) Over(book *Book) (*Book, error) {
	switch rows := len(e.Entries) + len(e.Taught); {
	case len(e.Entries) > config.MaxOwnEntries:
		return nil, fmt.Errorf("there are %d own entries: at most %d; remove some first", len(e.Entries), config.MaxOwnEntries)
	case len(e.Taught) > config.MaxTaught:
		return nil, fmt.Errorf("there are %d taught wordings: at most %d; remove some first", len(e.Taught), config.MaxTaught)
	case rows > config.MaxExportRows:
		return nil, fmt.Errorf("there are %d own entries and taught wordings: at most %d together; remove some first", rows, config.MaxExportRows)
	}
	for i, entry := range e.Entries {
		switch {
		case !IsOwnID(entry.ID):
			return nil, rowError("entries", i, fmt.Errorf("%q is not the id of an own entry, such as own-a2b3c4d5", entry.ID))
		case entry.Parent != "" || len(entry.Related) > 0:
			return nil, rowError("entries", i, errors.New("an own entry has no parent and no related entries"))
		case slices.ContainsFunc(entry.Phrasings, notText):
			return nil, rowError("entries", i, errors.New("a phrasing is not UTF-8 text"))
		}
	}
	wordings := make(map[string]bool, len(e.Taught))
	for i, taught := range e.Taught {
		switch {
		case notText(taught.Wording):
			return nil, rowError("taught", i, errors.New("the wording is not UTF-8 text"))
		case wordings[taught.Wording]:
			return nil, rowError("taught", i, errors.New("the same wording stands above already"))
		}
		wordings[taught.Wording] = true
	}
	over, err := book.With(e.Entries, e.Taught)
	if err == nil {
		return over, nil
	}
	if _, err := book.With(e.Entries, nil); err != nil {
		return nil, firstRefused("entries", len(e.Entries), err, func(n int) error {
			_, err := book.With(e.Entries[:n], nil)
			return err
		})
	}
	return nil, firstRefused("taught", len(e.Taught), err, func(n int) error {
		_, err := book.With(e.Entries, e.Taught[:n])
		return err
	})
}

// firstRefused finds the row at which a list of n rows begins to be refused.
// Few tries tell, because a list does not get better by growing.
func firstRefused(list string, n int, whole error, try func(n int) error) error {
	i := sort.Search(n, func(i int) bool { return try(i+1) != nil })
	if i == n {
		return whole
	}
	return rowError(list, i, try(i+1))
}

func notText(s string) bool { return !utf8.ValidString(s) }

func rowError(list string, i int, err error) error {
	return &RowError{Row: fmt.Sprintf("%s[%d]", list, i), Err: err}
}

// ownID sets the entries of a server apart from those of the FAQ file.
const ownID = "own-"

// IsOwnID reports whether an id is one that a server's own entry can have.
func IsOwnID(id string) bool {
	name, ok := strings.CutPrefix(id, ownID)
	return ok && name != "" && len(name) <= 16 && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

// NewOwnID makes up an id for an own entry. It is never given to another entry
// later, as a counter's would be, so an old button cannot open the wrong one.
func NewOwnID() string {
	return ownID + strings.ToLower(rand.Text()[:8])
}
