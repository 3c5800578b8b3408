package faq

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

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
		return nil, config.Refuse("settings, own entries and wordings take %d bytes together: at most %d; shorten or remove some", b.Len(), config.MaxExportBytes)
	}
	return b.Bytes(), nil
}

// readDocument reads a document that was exported, strictly: unknown or repeated
// keys, a wrong version, deep nesting or anything behind the document are
// errors. A row that cannot be read is refused by itself.
func (f *Import) readDocument(data []byte) error {
	lines, err := checkKeys(data)
	if err != nil {
		return err
	}
	var raw struct {
		Version  int               `json:"version"`
		Settings json.RawMessage   `json:"settings"`
		Entries  []json.RawMessage `json:"entries"`
		Taught   []json.RawMessage `json:"taught"`
	}
	if err := decodeStrict("the file", data, &raw); err != nil {
		return err
	}
	switch {
	case raw.Version != DocumentVersion:
		return fmt.Errorf("version is %d: this program reads version %d", raw.Version, DocumentVersion)
	case len(raw.Entries)+len(raw.Taught) > config.MaxExportRows:
		return fmt.Errorf("the file has %d rows: at most %d", len(raw.Entries)+len(raw.Taught), config.MaxExportRows)
	}
	f.whole, f.lines["settings"] = true, lines["settings"]
	settings := config.DefaultSettings() // which is what a file leaves out
	if f.read("settings", lines, raw.Settings, &settings) {
		f.settings = &settings
	}
	for i, row := range raw.Entries {
		var e Entry
		if name := fmt.Sprintf("entries[%d]", i); f.read(name, lines, row, &e) {
			if e.ID == "" {
				e.ID = newOwnID()
			}
			f.lines[e.ID] = lines[name]
			f.entries = append(f.entries, e)
		}
	}
	for i, row := range raw.Taught {
		var t Taught
		if name := fmt.Sprintf("taught[%d]", i); f.read(name, lines, row, &t) {
			f.lines[t.Wording] = lines[name]
			f.taught = append(f.taught, t)
		}
	}
	return nil
}

// read reads one row into v, or refuses it. A row that is not there is fine.
func (f *Import) read(name string, lines map[string]int, row json.RawMessage, v any) bool {
	if row == nil {
		return true
	}
	err := decodeStrict(name, row, v)
	if err != nil {
		f.refused = append(f.refused, &RowError{Row: name, Line: lines[name], Err: err})
	}
	return err == nil
}

// maxDepth is more than the document needs: object, list, row, list.
const maxDepth = 5

// checkKeys refuses what encoding/json lets pass: a key that stands twice in
// one object, a key in other letters, and nesting that only costs memory. It
// returns the lines in which the settings and the rows of lists begin.
func checkKeys(data []byte) (lines map[string]int, err error) {
	type object struct {
		keys  map[string]bool // nil for a list
		value bool            // the next token is a value, not a key
		rows  int             // values of a list
	}
	var open []object
	lines = make(map[string]int)
	list := "" // the key of the first object that is being read
	line, counted := 1, 0
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		at := int(dec.InputOffset())
		for at < len(data) && strings.IndexByte(" \t\r\n,:", data[at]) >= 0 {
			at++
		}
		line += bytes.Count(data[counted:at], []byte("\n"))
		counted = at
		token, err := dec.Token()
		switch {
		case err == io.EOF && len(open) > 0:
			return nil, fmt.Errorf("the file ends in the middle, in line %d: it may not have been downloaded whole", line)
		case err == io.EOF:
			return lines, nil
		case err != nil:
			return nil, fmt.Errorf("the file is not JSON, in line %d: %w", line, err)
		}
		delim, isDelim := token.(json.Delim)
		if isDelim && (delim == '}' || delim == ']') {
			open = open[:len(open)-1]
			continue
		}
		if n := len(open); n > 0 {
			top := &open[n-1]
			if top.keys == nil {
				if n == 2 {
					lines[fmt.Sprintf("%s[%d]", list, top.rows)] = line
				}
				top.rows++
			} else if top.value = !top.value; top.value {
				key := token.(string)
				switch {
				case top.keys[key]:
					return nil, fmt.Errorf("the key %q stands twice in one object, in line %d", key, line)
				case strings.ContainsFunc(key, notKey):
					return nil, fmt.Errorf("the key %q is unknown, in line %d", key, line)
				}
				if top.keys[key] = true; n == 1 {
					list = key
					lines[key] = line
				}
				continue
			}
		}
		if isDelim {
			if len(open) == maxDepth {
				return nil, fmt.Errorf("the file is nested too deeply in line %d", line)
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
			name = wrong.Field
		}
		return fmt.Errorf("%s is a %s, which does not belong there", name, wrong.Value)
	}
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("%s: something stands behind the document", name)
	}
	return nil
}
