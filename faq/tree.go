package faq

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// fields reads the keys of one mapping, each with its reader. Keys that are not
// known, or stand there twice, are faults.
func (c *check) fields(what, path string, n ast.Node, known map[string]func(path string, value ast.Node)) {
	if n == nil {
		return
	}
	c.mark(path, n)
	pairs, ok := n.(*ast.MappingNode)
	if !ok {
		c.odd[path] = true
		c.fault(path, "%s is made of lines such as `%s: ...`, and this is none", what, slices.Sorted(maps.Keys(known))[0])
		return
	}
	seen := map[string]int{}
	for _, pair := range pairs.Values {
		key := pair.Key.GetToken().Value
		line := pair.Key.GetToken().Position.Line
		read, ok := known[key]
		switch {
		case !ok:
			c.odd[path] = true
			c.faults.fault(line, "unknown field %q: correct its spelling or remove it; %s can have %s", key, what, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		case seen[key] > 0:
			c.faults.fault(line, "%s stands there twice, here and in line %d: keep one of the two", key, seen[key])
		default:
			c.lines[path+"."+key] = line
			read(path+"."+key, pair.Value)
		}
		seen[key] = line
	}
}

// mark remembers where a value stands.
func (c *check) mark(path string, n ast.Node) {
	if t := n.GetToken(); t != nil {
		c.lines[path] = t.Position.Line
		for m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0; ok = false {
			c.lines[path] = m.Values[0].Key.GetToken().Position.Line
		}
	}
}

// text is a value as it is written, whatever YAML takes it for.
func (c *check) text(n ast.Node) string {
	switch n := n.(type) {
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.StringNode:
		return n.Value
	case *ast.NullNode: // nothing stands behind the key
		return ""
	case *ast.AliasNode, *ast.AnchorNode, *ast.TagNode: // refused below
	case ast.ScalarNode:
		return n.GetToken().Value
	}
	c.faults.fault(n.GetToken().Position.Line, "here YAML sees something else than text: put the text in quotes")
	return n.String()
}

// texts is a list of texts; one text is a list of one.
func (c *check) texts(path string, n ast.Node) []string {
	if _, ok := n.(*ast.NullNode); ok {
		return nil
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return []string{c.text(n)}
	}
	texts := make([]string, 0, len(list.Values))
	for i, n := range list.Values {
		c.mark(fmt.Sprintf("%s[%d]", path, i), n)
		texts = append(texts, c.text(n))
	}
	return texts
}

// list is the values of a list.
func (c *check) list(n ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.SequenceNode:
		return n.Values
	case *ast.NullNode:
	default:
		c.faults.fault(n.GetToken().Position.Line, "this is no list: begin each entry with `- id: ...`")
	}
	return nil
}

// into reads the parts of a file that are written for the matcher, strictly.
func (c *check) into(v any) func(string, ast.Node) {
	return func(path string, n ast.Node) {
		ast.Walk(lineFinder(c.lines), n)
		err := decodeNode(n, v)
		if err == nil {
			return
		}
		var y yaml.Error
		if errors.As(err, &y) && y.GetToken() != nil {
			c.faults.fault(y.GetToken().Position.Line, "%s: correct its spelling or remove it", y.GetMessage())
			return
		}
		c.fault(path, "%s", err)
	}
}

func decodeNode(n ast.Node, v any) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("this part cannot be read: look at what was changed last")
		}
	}()
	return yaml.NodeToValue(n, v, yaml.Strict())
}

// lineFinder remembers the lines of all nodes by their path.
type lineFinder map[string]int

// Visit implements [ast.Visitor].
func (l lineFinder) Visit(n ast.Node) ast.Visitor {
	if t := n.GetToken(); t != nil && l[n.GetPath()] == 0 {
		l[n.GetPath()] = t.Position.Line
	}
	return l
}
