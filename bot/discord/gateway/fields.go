package gateway

import "bytes"

// EachField calls yield with the name and the value of each field of a JSON
// object, in order. It finds the ends of values and looks no further into them,
// so that of the megabytes of a large server's GUILD_CREATE only the parts that
// are used are decoded. Both are slices of data; escapes in names stay as they
// are. It reports whether data has the form of an object.
func EachField(data []byte, yield func(name, value []byte)) bool {
	c := cursor{data: data}
	if !c.take('{') {
		return false
	}
	if c.take('}') {
		return true
	}
	for {
		name, ok := c.value()
		if !ok || name[0] != '"' || !c.take(':') {
			return false
		}
		value, ok := c.value()
		if !ok {
			return false
		}
		yield(name[1:len(name)-1], value)
		if !c.take(',') {
			return c.take('}')
		}
	}
}

// cursor is a place in a JSON text.
type cursor struct {
	data []byte
	at   int
}

// take goes past white space and one byte, if it is there.
func (c *cursor) take(b byte) bool {
	for ; c.at < len(c.data); c.at++ {
		switch c.data[c.at] {
		case ' ', '\t', '\r', '\n':
			continue
		case b:
			c.at++
			return true
		}
		return false
	}
	return false
}

// value goes past one value, which is never empty.
func (c *cursor) value() (value []byte, ok bool) {
	c.take(0) // no value begins so: goes past white space alone
	from, depth := c.at, 0
	for ; c.at < len(c.data); c.at++ {
		switch c.data[c.at] {
		case '"':
			if !c.quoted() {
				return nil, false
			}
			if depth == 0 {
				c.at++
				return c.data[from:c.at], true
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				c.at++
				return c.data[from:c.at], true
			}
			if depth < 0 { // the end of what the value is in
				return c.data[from:c.at], c.at > from
			}
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return c.data[from:c.at], c.at > from
			}
		}
	}
	return c.data[from:c.at], depth == 0 && c.at > from
}

// quoted goes from the opening quote of a string to its closing one.
func (c *cursor) quoted() bool {
	for {
		next := bytes.IndexByte(c.data[c.at+1:], '"')
		if next < 0 {
			return false
		}
		c.at += 1 + next
		escapes := 0
		for c.data[c.at-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return true
		}
	}
}
