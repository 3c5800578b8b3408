package gateway

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
	data, from, depth := c.data, c.at, 0
	for at := from; at < len(data); at++ {
		switch data[at] {
		case '"':
			for at++; at < len(data) && data[at] != '"'; at++ {
				if data[at] == '\\' {
					at++
				}
			}
			if at >= len(data) {
				return nil, false
			}
		case '{', '[':
			depth++
			continue
		case '}', ']':
			if depth--; depth < 0 { // the end of what the value is in
				c.at = at
				return data[from:at], at > from
			}
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				c.at = at
				return data[from:at], at > from
			}
			continue
		default:
			continue
		}
		if depth == 0 { // the end of a string, an object or an array
			c.at = at + 1
			return data[from:c.at], true
		}
	}
	c.at = len(data)
	return data[from:], depth == 0 && c.at > from
}
