package faq

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

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
				case key != strings.ToLower(key):
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
