package fakediscord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Discord checks a form field by field and answers with every problem at once,
// nested as the form is nested. A rule checks one value; rules are put
// together to the tables in rules_*.go. What a table does not name is refused:
// Discord itself would ignore it, but a field it does not know is a bug of the
// bot that would go unnoticed otherwise.

// rule checks the value at a place of a form.
type rule func(c *check, at place, v any)

// place is where in the form a value is.
type place []string

func (p place) in(name string) place { return append(slices.Clip(p), name) }

func (p place) at(i int) place { return p.in(strconv.Itoa(i)) }

// check collects the problems of a form.
type check struct{ errs object }

// say adds a problem at a place.
func (c *check) say(at place, code, format string, args ...any) {
	if c.errs == nil {
		c.errs = object{}
	}
	node := c.errs
	for _, name := range at {
		next, ok := node[name].(object)
		if !ok {
			next = object{}
			node[name] = next
		}
		node = next
	}
	list, _ := node["_errors"].([]object)
	node["_errors"] = append(list, object{"code": code, "message": fmt.Sprintf(format, args...)})
}

func (c *check) err() error {
	if c.errs == nil {
		return nil
	}
	return &apiError{status: 400, code: 50035, msg: "Invalid Form Body", errs: c.errs}
}

// parseForm decodes JSON so that numbers keep their digits.
func parseForm(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, refuse(400, 50109, "The request body contains invalid JSON.")
	}
	return v, nil
}

// checkForm applies a rule to a form and decodes it into out.
func checkForm(raw json.RawMessage, r rule, out any) error {
	v, err := parseForm(raw)
	if err != nil {
		return err
	}
	var c check
	r(&c, nil, v)
	if err := c.err(); err != nil {
		return err
	}
	return decodeForm(raw, out)
}

func decodeForm(raw json.RawMessage, out any) error {
	if err := json.Unmarshal(raw, out); err != nil {
		return &apiError{status: 400, code: 50035, msg: "Invalid Form Body", errs: object{
			"_errors": []object{{"code": "BASE_TYPE_BAD_TYPE", "message": err.Error()}},
		}}
	}
	return nil
}

// all applies several rules to one value.
func all(rules ...rule) rule {
	return func(c *check, at place, v any) {
		for _, r := range rules {
			r(c, at, v)
		}
	}
}

// null allows null as well.
func null(r rule) rule {
	return func(c *check, at place, v any) {
		if v != nil {
			r(c, at, v)
		}
	}
}

// anything is not looked at.
func anything(*check, place, any) {}

// text is a string of so many code points.
func text(least, most int) rule {
	return func(c *check, at place, v any) {
		s, ok := v.(string)
		if !ok {
			c.say(at, "BASE_TYPE_BAD_STRING", "Must be a string.")
			return
		}
		if n := utf8.RuneCountInString(s); least > 0 && n == 0 {
			c.say(at, "BASE_TYPE_REQUIRED", "This field is required")
		} else if n < least || n > most {
			c.say(at, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
		}
	}
}

// trimmed is text whose outer white space does not count.
func trimmed(least, most int) rule {
	r := text(least, most)
	return func(c *check, at place, v any) {
		if s, ok := v.(string); ok {
			v = strings.TrimSpace(s)
		}
		r(c, at, v)
	}
}

// upTo is text with a greatest length only.
func upTo(most int) rule {
	return func(c *check, at place, v any) {
		s, ok := v.(string)
		if !ok {
			c.say(at, "BASE_TYPE_BAD_STRING", "Must be a string.")
		} else if utf8.RuneCountInString(s) > most {
			c.say(at, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", most)
		}
	}
}

// matching is text of a pattern.
func matching(p *regexp.Regexp) rule {
	return func(c *check, at place, v any) {
		if s, ok := v.(string); ok && !p.MatchString(s) {
			c.say(at, "STRING_TYPE_REGEX", "String value did not match validation regex.")
		}
	}
}

// integer is a whole number in a range.
func integer(least, most int64) rule {
	return func(c *check, at place, v any) {
		n, ok := v.(json.Number)
		i, err := n.Int64()
		switch {
		case !ok || err != nil:
			c.say(at, "NUMBER_TYPE_COERCE", "Value %q is not int.", fmt.Sprint(v))
		case i < least:
			c.say(at, "NUMBER_TYPE_MIN", "int value should be greater than or equal to %d.", least)
		case i > most:
			c.say(at, "NUMBER_TYPE_MAX", "int value should be less than or equal to %d.", most)
		}
	}
}

// numeric is any number.
func numeric(c *check, at place, v any) {
	if _, ok := v.(json.Number); !ok {
		c.say(at, "NUMBER_TYPE_COERCE", "Value %q is not a number.", fmt.Sprint(v))
	}
}

// digits is a number written as a string or as a number, as permissions are.
func digits(c *check, at place, v any) {
	s := fmt.Sprint(v)
	if _, err := strconv.ParseUint(s, 10, 64); err != nil {
		c.say(at, "NUMBER_TYPE_COERCE", "Value %q is not int.", s)
	}
}

// snowflake is an id.
func snowflake(c *check, at place, v any) {
	s := fmt.Sprint(v)
	if _, err := strconv.ParseUint(s, 10, 64); err != nil {
		c.say(at, "NUMBER_TYPE_COERCE", "Value %q is not snowflake.", s)
	}
}

// yesNo is true or false.
func yesNo(c *check, at place, v any) {
	if _, ok := v.(bool); !ok {
		c.say(at, "BOOLEAN_TYPE_PARSE", "Must be either true or false.")
	}
}

// oneOf is one of these numbers.
func oneOf(allowed ...int) rule {
	return func(c *check, at place, v any) {
		n, ok := v.(json.Number)
		i, err := n.Int64()
		if !ok || err != nil || !slices.Contains(allowed, int(i)) {
			c.say(at, "BASE_TYPE_CHOICES", "Value must be one of {%s}.", strings.Trim(strings.Join(strings.Fields(fmt.Sprint(allowed)), ", "), "[]"))
		}
	}
}

// word is one of these strings.
func word(allowed ...string) rule {
	return func(c *check, at place, v any) {
		if s, ok := v.(string); !ok || !slices.Contains(allowed, s) {
			c.say(at, "BASE_TYPE_CHOICES", "Value must be one of {'%s'}.", strings.Join(allowed, "', '"))
		}
	}
}

// listOf is a list of so many values.
func listOf(least, most int, each rule) rule {
	return func(c *check, at place, v any) {
		l, ok := v.([]any)
		switch {
		case !ok:
			c.say(at, "BASE_TYPE_BAD_TYPE", "Only iterables may be used in a ListType")
			return
		case len(l) < least || len(l) > most:
			c.say(at, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
			return
		}
		for i, x := range l {
			each(c, at.at(i), x)
		}
	}
}

// unique refuses a list with a value twice.
func unique(c *check, at place, v any) {
	seen := map[string]bool{}
	l, _ := v.([]any)
	for _, x := range l {
		if k := fmt.Sprint(x); seen[k] {
			c.say(at, "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
		} else {
			seen[k] = true
		}
	}
}

// fields are the fields a form may have.
type fields map[string]rule

// with returns the fields and more of them.
func (f fields) with(more fields) fields {
	both := maps.Clone(f)
	maps.Copy(both, more)
	return both
}

// form is an object with these fields, of which some are required.
func form(f fields, required ...string) rule {
	return func(c *check, at place, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			c.say(at, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
			return
		}
		for _, name := range required {
			if o[name] == nil {
				c.say(at.in(name), "BASE_TYPE_REQUIRED", "This field is required")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(o)) {
			r, known := f[name]
			switch {
			case !known:
				c.say(at.in(name), "UNKNOWN_FIELD", "Discord does not know this field")
			case o[name] == nil && slices.Contains(required, name):
			default:
				r(c, at.in(name), o[name])
			}
		}
	}
}

// mapOf is an object with any of these names, each with a value of one kind.
func mapOf(names []string, each rule) rule {
	return func(c *check, at place, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			c.say(at, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
			return
		}
		for _, name := range slices.Sorted(maps.Keys(o)) {
			if !slices.Contains(names, name) {
				c.say(at.in(name), "BASE_TYPE_CHOICES", "Unknown locale %q.", name)
				continue
			}
			each(c, at.in(name), o[name])
		}
	}
}

// intOf reads a number of a form, 0 when there is none.
func intOf(v any) int {
	n, _ := v.(json.Number)
	i, _ := n.Int64()
	return int(i)
}
