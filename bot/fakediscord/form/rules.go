package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// all applies several rules to one value.
func all(rules ...Rule) Rule {
	return func(c *problems, at path, v any) {
		for _, r := range rules {
			r(c, at, v)
		}
	}
}

// null allows null as well.
func null(r Rule) Rule {
	return func(c *problems, at path, v any) {
		if v != nil {
			r(c, at, v)
		}
	}
}

// anything is not looked at.
func anything(*problems, path, any) {}

// text is a string of so many code points.
func text(least, most int) Rule {
	return func(c *problems, at path, v any) {
		s, ok := v.(string)
		if !ok {
			c.add(at, "BASE_TYPE_BAD_STRING", "Must be a string.")
			return
		}
		if n := utf8.RuneCountInString(s); least > 0 && n == 0 {
			c.add(at, "BASE_TYPE_REQUIRED", "This field is required")
		} else if n < least || n > most {
			c.add(at, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
		}
	}
}

// trimmed is text whose outer white space does not count.
func trimmed(least, most int) Rule {
	r := text(least, most)
	return func(c *problems, at path, v any) {
		if s, ok := v.(string); ok {
			v = strings.TrimSpace(s)
		}
		r(c, at, v)
	}
}

// upTo is text with a greatest length only.
func upTo(most int) Rule {
	return func(c *problems, at path, v any) {
		s, ok := v.(string)
		if !ok {
			c.add(at, "BASE_TYPE_BAD_STRING", "Must be a string.")
		} else if utf8.RuneCountInString(s) > most {
			c.add(at, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", most)
		}
	}
}

// matching is text of a pattern.
func matching(p *regexp.Regexp) Rule {
	return func(c *problems, at path, v any) {
		if s, ok := v.(string); ok && !p.MatchString(s) {
			c.add(at, "STRING_TYPE_REGEX", "String value did not match validation regex.")
		}
	}
}

// integer is a whole number in a range.
func integer(least, most int64) Rule {
	return func(c *problems, at path, v any) {
		n, ok := v.(json.Number)
		i, err := n.Int64()
		switch {
		case !ok || err != nil:
			c.add(at, "NUMBER_TYPE_COERCE", "Value %q is not int.", fmt.Sprint(v))
		case i < least:
			c.add(at, "NUMBER_TYPE_MIN", "int value should be greater than or equal to %d.", least)
		case i > most:
			c.add(at, "NUMBER_TYPE_MAX", "int value should be less than or equal to %d.", most)
		}
	}
}

// digits is a number written as a string or as a number, as permissions are.
func digits(c *problems, at path, v any) {
	s := fmt.Sprint(v)
	if _, err := strconv.ParseUint(s, 10, 64); err != nil {
		c.add(at, "NUMBER_TYPE_COERCE", "Value %q is not int.", s)
	}
}

// snowflake is an id.
func snowflake(c *problems, at path, v any) {
	s := fmt.Sprint(v)
	if _, err := strconv.ParseUint(s, 10, 64); err != nil {
		c.add(at, "NUMBER_TYPE_COERCE", "Value %q is not snowflake.", s)
	}
}

// yesNo is true or false.
func yesNo(c *problems, at path, v any) {
	if _, ok := v.(bool); !ok {
		c.add(at, "BOOLEAN_TYPE_PARSE", "Must be either true or false.")
	}
}

// oneOf is one of these numbers.
func oneOf(allowed ...int) Rule {
	return func(c *problems, at path, v any) {
		n, ok := v.(json.Number)
		i, err := n.Int64()
		if !ok || err != nil || !slices.Contains(allowed, int(i)) {
			c.add(at, "BASE_TYPE_CHOICES", "Value must be one of {%s}.", strings.Trim(strings.Join(strings.Fields(fmt.Sprint(allowed)), ", "), "[]"))
		}
	}
}

// word is one of these strings.
func word(allowed ...string) Rule {
	return func(c *problems, at path, v any) {
		if s, ok := v.(string); !ok || !slices.Contains(allowed, s) {
			c.add(at, "BASE_TYPE_CHOICES", "Value must be one of {'%s'}.", strings.Join(allowed, "', '"))
		}
	}
}

// listOf is a list of so many values.
func listOf(least, most int, each Rule) Rule {
	return func(c *problems, at path, v any) {
		l, ok := v.([]any)
		switch {
		case !ok:
			c.add(at, "BASE_TYPE_BAD_TYPE", "Only iterables may be used in a ListType")
			return
		case len(l) < least || len(l) > most:
			c.add(at, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
			return
		}
		for i, x := range l {
			each(c, at.at(i), x)
		}
	}
}

// unique refuses a list with a value twice.
func unique(c *problems, at path, v any) {
	seen := map[string]bool{}
	l, _ := v.([]any)
	for _, x := range l {
		if k := fmt.Sprint(x); seen[k] {
			c.add(at, "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
		} else {
			seen[k] = true
		}
	}
}

// fields are the fields a form may have.
type fields map[string]Rule

// with returns the fields and more of them.
func (f fields) with(more fields) fields {
	both := maps.Clone(f)
	maps.Copy(both, more)
	return both
}

// object is an object with these fields, of which some are required.
func object(f fields, required ...string) Rule {
	return func(c *problems, at path, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			c.add(at, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
			return
		}
		for _, name := range required {
			if o[name] == nil {
				c.add(at.in(name), "BASE_TYPE_REQUIRED", "This field is required")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(o)) {
			r, known := f[name]
			switch {
			case !known:
				c.add(at.in(name), "UNKNOWN_FIELD", "Discord does not know this field")
			case o[name] == nil && slices.Contains(required, name):
			default:
				r(c, at.in(name), o[name])
			}
		}
	}
}

// intOf reads a number of a form, 0 when there is none.
func intOf(v any) int {
	n, _ := v.(json.Number)
	i, _ := n.Int64()
	return int(i)
}
