// Package form holds the forms of Discord's REST API that a bot sends
// (messages, modals, commands, responses to interactions) against the rules
// that Discord documents, and refuses what Discord refuses, with its codes.
//
// Discord checks a form field by field and answers with every problem at once,
// nested as the form is nested. The package is stricter than Discord in one
// point: a field that a form does not name is refused. Discord would ignore
// it, and the bot's mistake would go unnoticed.
package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An Error is Discord's refusal of a request, as it writes it. Code is one of
// topics/opcodes-and-status-codes#json.
type Error struct {
	Status  int            `json:"-"`
	Code    int            `json:"code"`
	Message string         `json:"message"`
	Fields  map[string]any `json:"errors,omitempty"` // of a form, nested; every leaf has a list _errors
}

func (e *Error) Error() string {
	return fmt.Sprintf("HTTP %d, %s (%d)", e.Status, e.Message, e.Code)
}

// path is where in the form a value is.
type path []string

func (p path) in(name string) path { return append(slices.Clip(p), name) }

func (p path) at(i int) path { return p.in(strconv.Itoa(i)) }

// problems of a form, nested as in the answer.
type problems struct{ fields map[string]any }

// add adds a problem at a place.
func (c *problems) add(at path, code, format string, args ...any) {
	if c.fields == nil {
		c.fields = map[string]any{}
	}
	node := c.fields
	for _, name := range at {
		next, ok := node[name].(map[string]any)
		if !ok {
			next = map[string]any{}
			node[name] = next
		}
		node = next
	}
	list, _ := node["_errors"].([]any)
	node["_errors"] = append(list, map[string]any{"code": code, "message": fmt.Sprintf(format, args...)})
}

func (c *problems) err() error {
	if c.fields == nil {
		return nil
	}
	return &Error{400, 50035, "Invalid Form Body", c.fields}
}

// decode decodes a form, or a part of one.
func decode(at path, raw json.RawMessage, out any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(out)
	if err == nil {
		return nil
	}
	var c problems
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		c.add(at.in(strings.Trim(name, `"`)), "UNKNOWN_FIELD", "Discord does not know this field")
		return c.err()
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		at = append(slices.Clip(at), strings.Split(wrong.Field, ".")...)
	}
	c.add(at, "BASE_TYPE_BAD_TYPE", "%s", err)
	return c.err()
}

// length refuses a text outside of a range of code points.
func (c *problems) length(at path, s string, least, most int) {
	switch n := utf8.RuneCountInString(s); {
	case least > 0 && n == 0:
		c.required(at)
	case least == 0 && n > most:
		c.add(at, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", most)
	case n < least || n > most:
		c.add(at, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
	}
}

func (c *problems) required(at path) {
	c.add(at, "BASE_TYPE_REQUIRED", "This field is required")
}

// count refuses a list with too few or too many values.
func (c *problems) count(at path, n, least, most int) {
	if n < least || n > most {
		c.add(at, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
	}
}

// oneOf refuses any other value.
func oneOf[T comparable](c *problems, at path, v T, allowed ...T) {
	if !slices.Contains(allowed, v) {
		c.add(at, "BASE_TYPE_CHOICES", "Value must be one of %v.", allowed)
	}
}

// unique makes a check that refuses a value which it has seen before.
func unique[T comparable](c *problems, code, message string) func(at path, v T) {
	seen := map[T]bool{}
	return func(at path, v T) {
		if seen[v] {
			c.add(at, code, "%s", message)
		}
		seen[v] = true
	}
}

// value is what a field that may be left out holds.
func value[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
