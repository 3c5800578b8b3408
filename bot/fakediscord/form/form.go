// Package form holds the forms of Discord's REST API that a bot sends
// (messages, modals, commands, responses to interactions) against the rules
// that Discord documents, and refuses what Discord refuses, with its codes.
//
// Discord checks a form field by field and answers with every problem at once,
// nested as the form is nested. A [Rule] checks one value; rules are put
// together to the forms in the other files. The package is stricter than
// Discord in one point: a field that a form does not name is refused. Discord
// would ignore it, and the bot's mistake would go unnoticed.
package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// An Error is Discord's answer with status 400 to a form.
type Error struct {
	Code    int
	Message string
	Fields  map[string]any // by field, nested; every leaf has a list _errors
}

// Codes of errors that concern a whole form.
const (
	InvalidForm  = 50035
	InvalidJSON  = 50109
	EmptyMessage = 50006
)

func (e *Error) Error() string { return fmt.Sprintf("%s (%d)", e.Message, e.Code) }

// Problem is an error with one problem, at a field of the form's top.
func Problem(field, code, message string) error {
	var c problems
	c.add(path{field}, code, "%s", message)
	return c.err()
}

// Nest moves the problems of a part of a form to their place in the whole.
// Other errors stay as they are.
func Nest(name string, err error) error {
	e, ok := err.(*Error)
	if !ok || e.Fields == nil || e.Fields[name] != nil {
		return err
	}
	return &Error{e.Code, e.Message, map[string]any{name: e.Fields}}
}

// A Rule checks the value at a place of a form.
type Rule func(c *problems, at path, v any)

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
	return &Error{InvalidForm, "Invalid Form Body", c.fields}
}

// parse decodes JSON so that numbers keep their digits.
func parse(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, &Error{Code: InvalidJSON, Message: "The request body contains invalid JSON."}
	}
	return v, nil
}

// Check applies a rule to a form and decodes the form into out.
func Check(raw json.RawMessage, r Rule, out any) error {
	v, err := parse(raw)
	if err != nil {
		return err
	}
	var c problems
	r(&c, nil, v)
	if err := c.err(); err != nil {
		return err
	}
	return Decode(raw, out)
}

// Decode decodes a form that was checked. Numbers keep their digits.
func Decode(raw json.RawMessage, out any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(out); err != nil {
		return &Error{InvalidForm, "Invalid Form Body", map[string]any{
			"_errors": []any{map[string]any{"code": "BASE_TYPE_BAD_TYPE", "message": err.Error()}},
		}}
	}
	return nil
}
