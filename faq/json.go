package faq

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"backfaq/config"
)

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
// not say whether the rows hold together: see [Document.CheckChange].
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

// maxDepth is more than the document needs: object, list, row, list.
const maxDepth = 5

// checkKeys refuses what encoding/json lets pass: a key that stands twice in
// one object, a key in other letter case, and nesting that only costs memory.
func checkKeys(data []byte) error {
	type object struct {
		keys  map[string]bool // nil for a list
		value bool            // the next token is a value, not a key
	}
	var open []object
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		at := dec.InputOffset()
		token, err := dec.Token()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("the file is not JSON at byte %d: %w", at, err)
		}
		if delim, ok := token.(json.Delim); ok && (delim == '}' || delim == ']') {
			open = open[:len(open)-1]
			continue
		}
		if n := len(open); n > 0 && open[n-1].keys != nil {
			top := &open[n-1]
			if top.value = !top.value; top.value {
				key := token.(string)
				switch {
				case top.keys[key]:
					return fmt.Errorf("the key %q stands twice in one object, at byte %d", key, at)
				case strings.ContainsFunc(key, notKey):
					return fmt.Errorf("the key %q is unknown, at byte %d", key, at)
				}
				top.keys[key] = true
				continue
			}
		}
		if delim, ok := token.(json.Delim); ok {
			if len(open) == maxDepth {
				return fmt.Errorf("the file is nested too deeply at byte %d", at)
			}
			var o object
			if delim == '{' {
				o.keys = make(map[string]bool)
			}
			open = append(open, o)
		}
	}
}

// notKey reports what no key of ours holds. encoding/json takes a key in any
// letter case, by Unicode's rules, for which "ſettings" is "settings".
func notKey(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' }

// decodeStrict reads one JSON value into v. The value of a wrong type is named
// as the file calls it.
func decodeStrict(name string, data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field != "" {
			name += "." + wrong.Field
		}
		return fmt.Errorf("%s is a %s, which does not belong there", name, wrong.Value)
	}
	if err != nil {
		return fmt.Errorf("%s: %s", name, strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("%s: something stands behind the document", name)
	}
	return nil
}
