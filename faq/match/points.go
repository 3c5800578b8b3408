package match

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Points are what was learned from labelled questions: for each feature, what it
// speaks for or against all entries at once, and each entry by itself. They never
// change once read, and are made by package fit.
//
// A file of points is lines of text. The first names the entries, and the letter
// that stands for each. Then each feature has a line: its kind, what it is made
// of, a colon, and its points in hundredths, `*` for all entries:
//
//	entries a=faq-causes b=faq-symptoms
//	concept sleep: *-12 a+31 b-7
//
// Lines that begin with `seen` list words that carry no points but stood in the
// questions, so that they are not taken for something new.
type Points struct {
	Entries   []string         // ids, in the order of the columns
	parts     map[string]int32 // what features are made of, numbered from 1
	rows      map[numbered]int32
	list      []Feature
	points    []float32 // by row: of all entries, then of each
	closeness int32     // the row of that feature, or -1
	seen      map[string]bool
}

// numbered is a feature by the numbers of its parts, 0 where it has none: its kind in
// the highest bits, then A, then B. It is looked up faster than its text.
type numbered uint64

func number(k FeatureKind, a, b int32) numbered {
	return numbered(k)<<56 | numbered(a)<<28 | numbered(b)
}

// find gives the row of a feature.
func (p *Points) find(f Feature) (row int32, ok bool) {
	row, ok = p.rows[number(f.Kind, p.parts[f.A], p.parts[f.B])]
	return row, ok
}

// number gives a part its number.
func (p *Points) number(part string) int32 {
	n, ok := p.parts[part]
	if !ok && part != "" {
		n = int32(len(p.parts)) + 1
		p.parts[part] = n
	}
	return n
}

// asNumbers names parts by their numbers in the points; those that no feature has are 0.
type asNumbers struct {
	*Points
	concepts []int32
}

func (n asNumbers) name(s string) int32   { return n.parts[s] }
func (n asNumbers) concept(c int32) int32 { return n.concepts[c] }

// NewPoints are points for entries, none for any feature yet.
func NewPoints(entries []string) *Points {
	return &Points{Entries: entries, parts: map[string]int32{}, rows: map[numbered]int32{}, seen: map[string]bool{}, closeness: -1}
}

// Add gives a feature its points: first those of all entries, then of each.
func (p *Points) Add(f Feature, points []float32) {
	row := int32(len(p.list))
	p.rows[number(f.Kind, p.number(f.A), p.number(f.B))] = row
	p.list = append(p.list, f)
	p.points = append(p.points, points...)
	switch f.Kind {
	case Single:
		p.seen[f.A] = true
	case Closeness:
		p.closeness = row
	}
}

// See notes a word that stood in the questions.
func (p *Points) See(word string) { p.seen[word] = true }

// Seen reports whether the questions had a word.
func (p *Points) Seen(word string) bool { return p.seen[word] }

// row gives the points of a feature.
func (p *Points) row(n int32) []float32 {
	width := len(p.Entries) + 1
	return p.points[int(n)*width:][:width]
}

// columnLetters stand for the entries in a file of points.
const columnLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// WriteTo writes the points as a file.
func (p *Points) WriteTo(to io.Writer) (int64, error) {
	var b bytes.Buffer
	b.WriteString("entries")
	for i, id := range p.Entries {
		fmt.Fprintf(&b, " %c=%s", columnLetters[i], id)
	}
	b.WriteByte('\n')
	order := make([]int32, len(p.list))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int {
		a, b := p.list[x], p.list[y]
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	for _, n := range order {
		f := p.list[n]
		b.WriteString(featureNames[f.Kind])
		for _, part := range []string{f.A, f.B} {
			if part != "" {
				b.WriteString(" " + part)
			}
		}
		b.WriteByte(':')
		for i, x := range p.row(n) {
			if x == 0 {
				continue
			}
			column := byte('*')
			if i > 0 {
				column = columnLetters[i-1]
			}
			fmt.Fprintf(&b, " %c%+d", column, int(x*100+0.5*sign(x)))
		}
		b.WriteByte('\n')
	}
	var alone []string
	for w := range p.seen {
		if _, ok := p.find(Feature{Kind: Single, A: w}); !ok {
			alone = append(alone, w)
		}
	}
	slices.Sort(alone)
	for line := range slices.Chunk(alone, 20) {
		fmt.Fprintln(&b, "seen "+strings.Join(line, " "))
	}
	return b.WriteTo(to)
}

func sign(x float32) float32 {
	if x < 0 {
		return -1
	}
	return 1
}

// ReadPoints reads a file of points.
func ReadPoints(file string) (*Points, error) {
	p := NewPoints(nil)
	row := []float32(nil)
	n := 0
	for line := range strings.Lines(file) {
		n++
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "entries "); ok {
			for column := range strings.FieldsSeq(rest) {
				_, id, _ := strings.Cut(column, "=")
				p.Entries = append(p.Entries, id)
			}
			row = make([]float32, len(p.Entries)+1)
			continue
		}
		if rest, ok := strings.CutPrefix(line, "seen "); ok {
			for w := range strings.FieldsSeq(rest) {
				p.See(w)
			}
			continue
		}
		f, points, err := readFeature(line)
		if err == nil {
			err = readRow(row, points)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		p.Add(f, row)
	}
	p.list, p.points = slices.Clone(p.list), slices.Clone(p.points) // no larger than they are
	return p, nil
}

// readFeature reads the front of a line, and gives the rest.
func readFeature(line string) (f Feature, points string, err error) {
	name, points, ok := strings.Cut(line, ": ")
	parts := strings.Split(name, " ")
	kind := slices.Index(featureNames[:], parts[0])
	if !ok || kind < 0 || len(parts) > 3 {
		return f, "", fmt.Errorf("%q is no feature", name)
	}
	f.Kind = FeatureKind(kind)
	if len(parts) > 1 {
		f.A = parts[1]
	}
	if len(parts) > 2 {
		f.B = parts[2]
	}
	return f, points, nil
}

func readRow(row []float32, points string) error {
	clear(row)
	for cell := range strings.FieldsSeq(points) {
		column := 1 + strings.IndexByte(columnLetters, cell[0])
		hundredths, err := strconv.Atoi(cell[1:])
		if err != nil || column == 0 && cell[0] != '*' || column >= len(row) {
			return fmt.Errorf("%q are no points", cell)
		}
		row[column] = float32(hundredths) / 100
	}
	return nil
}
