package signs

import (
	"fmt"
	"slices"
	"strings"

	"backfaq/faq/text"
)

// The phrases of a file are filed in a trie of symbols, so that one walk along the
// words of a text finds all that begin there.

// edge leads from a node of the trie to the next.
type edge struct{ node, symbol int32 }

// part numbers a new part.
func (c *compiler) part() int32 {
	c.set.parts++
	c.set.first = append(c.set.first, nil)
	return c.set.parts - 1
}

// list makes a part of lines of phrases, which commas part.
func (c *compiler) list(path string, lines []string) int32 {
	part := c.part()
	c.lines(path, lines, part)
	return part
}

// lines adds lines of phrases to a part.
func (c *compiler) lines(path string, lines []string, part int32) {
	for i, line := range lines {
		at := fmt.Sprintf("%s[%d]", path, i)
		for phrase := range strings.SplitSeq(line, ",") {
			c.phrase(at, phrase, part)
		}
	}
}

// phrase files a phrase, in all of its alternatives, as one that is a part.
func (c *compiler) phrase(path, phrase string, part int32) {
	nodes, err := c.walk([]int32{0}, phrase, 0)
	if err != nil {
		c.fault(path, "%q cannot be read: %v", strings.TrimSpace(phrase), err)
		return
	}
	for _, n := range nodes {
		if n != 0 && !slices.Contains(c.set.ends[n], part) {
			c.set.ends[n] = append(c.set.ends[n], part)
		}
	}
}

// walk follows a phrase from nodes of the trie, making it longer where it must be.
// A list in it stands for each of its phrases.
func (c *compiler) walk(nodes []int32, phrase string, depth int) ([]int32, error) {
	for w := range strings.FieldsSeq(phrase) {
		var next []int32
		for _, alternative := range alternatives(w) {
			to, err := c.word(nodes, alternative, depth)
			if err != nil {
				return nil, err
			}
			next = append(next, to...)
		}
		nodes = next
	}
	return nodes, nil
}

// word follows a word of a phrase, or a list.
func (c *compiler) word(nodes []int32, w string, depth int) (next []int32, err error) {
	if name, ok := strings.CutPrefix(w, "<"); ok {
		lines, ok := c.lists[strings.TrimSuffix(name, ">")]
		if !ok || depth > 2 {
			return nil, fmt.Errorf("%s is no list: use a name under parts, and no list that holds itself", w)
		}
		for _, line := range lines {
			for alternative := range strings.SplitSeq(line, ",") {
				to, err := c.walk(nodes, alternative, depth+1)
				if err != nil {
					return nil, err
				}
				next = append(next, to...)
			}
		}
		return next, nil
	}
	s, err := parseSymbol(w, c.language)
	if err != nil {
		return nil, err
	}
	sym := c.symbol(s)
	var verbs []int32 // before "not", where the word is a negation
	for _, form := range s.forms() {
		if verb := text.Uncontracted(form); verb != "" {
			verbs = append(verbs, c.symbol(symbol{word: verb, exact: true}))
		}
	}
	for _, n := range nodes {
		next = append(next, c.child(n, sym))
		for _, verb := range verbs {
			next = append(next, c.child(c.child(n, verb), c.symbol(symbol{word: "not", exact: true})))
		}
	}
	return next, nil
}

func (c *compiler) child(node, sym int32) int32 {
	next, ok := c.set.trie[edge{node, sym}]
	if !ok {
		c.set.nodes++
		next = c.set.nodes
		c.set.ends = append(c.set.ends, nil)
		c.set.trie[edge{node, sym}] = next
	}
	return next
}

// symbol numbers a word of the file and makes its forms known.
func (c *compiler) symbol(s symbol) int32 {
	if n, ok := c.symbols[s]; ok {
		return n
	}
	n := int32(len(c.symbols)) + 1
	if s.word == "" {
		c.set.ranges = append(c.set.ranges, s)
		n = -int32(len(c.set.ranges))
	}
	c.symbols[s] = n
	if s.word == "" {
		return n
	}
	alone := []int32{n} // shared by the many forms that stand for nothing else
	for i, form := range s.forms() {
		at := c.set.spellings.Add(form, i > 0, c.language != "")
		if more := at + 1 - len(c.set.symbols); more > 0 {
			c.set.symbols = append(c.set.symbols, make([][]int32, more)...)
		}
		if others := c.set.symbols[at]; others == nil {
			c.set.symbols[at] = alone
		} else {
			c.set.symbols[at] = append(others, n)
		}
	}
	return n
}
