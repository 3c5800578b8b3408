package signs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"backfaq/faq/text"
)

// Set is the warning signs of a FAQ, compiled. It never changes and may be used
// by many goroutines.
type Set struct {
	entry     string
	texts     [levels]Text
	languages map[string][levels]Text
	rows      []row
	never     [][]int32 // by file: parts that mean something else, in whichever of its rows

	spellings *text.Spellings
	symbols   [][]int32       // by number of a spelling: symbols it stands for
	small     map[string]bool // words of other languages that may stand inside a phrase
	ranges    []symbol        // numbers; the symbol of ranges[i] is -1-i
	trie      map[edge]int32  // node 0 is the root
	nodes     int32
	ends      [][]int32 // by node: parts that end there
	parts     int32
	complaint int32              // the part of that name, -1 if there is none
	doses     [doseParts]int32   // the parts that numbers are read by
	most      map[string]float64 // mg in a day, by medicine
	ways      []way
	first     [][]int32 // by part: ways that it is the first part of
}

type row struct {
	id       string
	level    Level
	language string
	past     bool
	file     int
	never    []int32 // parts
	beside   []int32 // parts of which one must be there
	unless   []int32 // parts of which none may be there
}

// Limits of a file, in code points.
const (
	maxHeading = 80
	maxText    = 300
)

// Problem is something wrong with a file: where, as a YAML path below the file's
// own place, and what to do.
type Problem struct{ Path, Message string }

// Compile makes a set of a FAQ's own signs and the program's. The program's signs
// of a level that is [Level.Own] are left out only where the FAQ has signs of that
// level. Either may be nil. All problems of the FAQ's file are reported; the
// program's has none.
func Compile(own, program *File) (*Set, []Problem) {
	c := compiler{
		set:     &Set{complaint: -1, languages: map[string][levels]Text{}, spellings: text.NewSpellings(), small: map[string]bool{}, most: map[string]float64{}, trie: map[edge]int32{}, ends: [][]int32{nil}},
		symbols: map[symbol]int32{}, ids: map[string]bool{},
	}
	for w := range numberWords {
		c.set.spellings.Add(w, true, true)
	}
	has := map[Level]bool{}
	if own != nil {
		c.set.entry = own.Entry
		c.file(own, func(l Level) bool { has[l] = true; return true })
	}
	if program != nil {
		c.file(program, func(l Level) bool { return l.Own() && !has[l] })
	}
	return c.set, c.problems
}

type compiler struct {
	set      *Set
	symbols  map[symbol]int32
	ids      map[string]bool
	lists    map[string][]string // parts of the file as written
	names    map[string]int32    // and their numbers
	phrases  map[string]int32    // parts that are one phrase
	language string              // of the words; empty for English
	problems []Problem
}

func (c *compiler) fault(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{path, fmt.Sprintf(format, args...)})
}

// file compiles a file and then the languages in it, which see its lists.
func (c *compiler) file(f *File, keep func(Level) bool) {
	for language, other := range f.Languages {
		if other == nil {
			c.fault("languages."+language, "the language %s is empty: write its signs, or leave it out", language)
			return
		}
	}
	c.lists, c.names, c.phrases, c.language = map[string][]string{}, map[string]int32{}, map[string]int32{}, ""
	c.set.never = append(c.set.never, nil)
	for i, name := range dosePartNames {
		if len(c.set.never) == 1 {
			c.set.doses[i] = c.part()
		}
		c.names[name] = c.set.doses[i]
	}
	lists, names, kept := c.words(f, "", keep)
	c.texts(f, kept)
	for _, language := range slices.Sorted(maps.Keys(f.Languages)) {
		c.language, c.phrases = language, map[string]int32{}
		c.lists, c.names = maps.Clone(lists), maps.Clone(names)
		c.words(f.Languages[language], "languages."+language+".", keep)
	}
}

// words compiles the lists and signs of a file or of a language in it.
func (c *compiler) words(f *File, path string, keep func(Level) bool) (lists map[string][]string, names map[string]int32, kept map[Level]bool) {
	maps.Copy(c.lists, f.Parts)
	maps.Copy(c.set.most, f.Most)
	for _, w := range f.Small {
		c.set.small[w] = true
		c.set.spellings.Add(w, len(w) > 3, true) // the longer ones are near many words of English
	}
	for _, name := range slices.Sorted(maps.Keys(f.Parts)) {
		if part, ok := c.names[name]; ok && (name == "complaint" || slices.Contains(dosePartNames[:], name)) {
			c.lines(path+"parts."+name, f.Parts[name], part)
			continue
		}
		c.names[name] = c.list(path+"parts."+name, f.Parts[name])
	}
	if len(f.Never) > 0 {
		never := &c.set.never[len(c.set.never)-1]
		*never = append(*never, c.list(path+"never", f.Never))
	}
	if n, ok := c.names["complaint"]; ok && c.set.complaint < 0 {
		c.set.complaint = n
	}
	kept = map[Level]bool{}
	for i := range f.Signs {
		r := &f.Signs[i]
		path := fmt.Sprintf("%ssigns[%d]", path, i)
		level, ok := ParseLevel(r.Level)
		switch {
		case !ok || level <= Reminder:
			c.fault(path+".level", "sign %s has the level %q: use reason, caution, sign, emergency, poison or crisis", r.ID, r.Level)
			continue
		case r.ID == "":
			c.fault(path, "a sign has no id: add `id:` with a short name such as breathing")
			continue
		case !keep(level):
			continue
		case c.ids[r.ID]:
			c.fault(path+".id", "sign %s stands there twice: give each its own id", r.ID)
			continue
		case len(r.Ways) == 0:
			c.fault(path, "sign %s has no ways: add `ways:` with what people say", r.ID)
			continue
		}
		c.ids[r.ID], kept[level] = true, true
		c.row(path, r, level)
	}
	return c.lists, c.names, kept
}

// texts takes the texts of the levels that have signs, and of the reminder.
func (c *compiler) texts(f *File, kept map[Level]bool) {
	for name := range f.Levels {
		if _, ok := ParseLevel(name); !ok {
			c.fault("levels."+name, "level %q: use %s", name, strings.Join(levelNames[1:], ", "))
		}
	}
	for l := Reason; !l.Own(); l++ {
		kept[Reminder] = kept[Reminder] || kept[l]
	}
	for l := Reminder; l < levels; l++ {
		if !kept[l] {
			continue
		}
		t, path := f.Levels[l.String()], "levels."+l.String()
		t.Heading, t.Text = strings.TrimSpace(t.Heading), strings.TrimSpace(t.Text)
		c.text(path, t)
		if t.Text == "" && l != Reminder {
			c.fault("levels", "the level %s has no text: add `%s: {text: ...}` under `levels`", l, l)
		}
		if (t.Heading != "") != (l >= Emergency) {
			c.fault(path, "the level %s: give emergency, poison and crisis a heading, and no other level", l)
		}
		c.set.texts[l] = t
		for lang, other := range f.Languages {
			if t, ok := other.Levels[l.String()]; ok {
				c.text("languages."+lang+".levels."+l.String(), t)
				all := c.set.languages[lang]
				all[l] = Text{Heading: strings.TrimSpace(t.Heading), Text: strings.TrimSpace(t.Text)}
				c.set.languages[lang] = all
			}
		}
	}
}

func (c *compiler) text(path string, t Text) {
	for _, x := range []struct {
		what, text string
		most       int
	}{{"heading", t.Heading, maxHeading}, {"text", t.Text, maxText}, {"text for a denial", t.Denied, maxText}} {
		if n := utf8.RuneCountInString(x.text); n > x.most {
			c.fault(path, "the %s has %d characters: shorten it to %d", x.what, n, x.most)
		}
	}
}

func (c *compiler) row(path string, r *Row, level Level) {
	n := int32(len(c.set.rows))
	out := row{id: r.ID, level: level, language: c.language, past: r.Past, file: len(c.set.never) - 1}
	if len(r.Never) > 0 {
		out.never = append(out.never, c.list(path+".never", r.Never))
	}
	out.beside = c.named(path+".beside", r.Beside)
	out.unless = c.named(path+".unless", r.Unless)
	c.set.rows = append(c.set.rows, out)
	for i, line := range r.Ways {
		at := fmt.Sprintf("%s.ways[%d]", path, i)
		for s := range strings.SplitSeq(line, ",") {
			c.way(at, s, n)
		}
	}
}

// named finds parts by their names.
func (c *compiler) named(path string, names []string) (parts []int32) {
	for i, name := range names {
		p, ok := c.names[name]
		if !ok {
			c.fault(fmt.Sprintf("%s[%d]", path, i), "%q is no list: use a name under `parts`", name)
			continue
		}
		parts = append(parts, p)
	}
	return parts
}

func (c *compiler) way(path, s string, row int32) {
	if strings.TrimSpace(s) == "" {
		return // a comma at the end of a line
	}
	parts, between, err := parseWay(s)
	if err != nil {
		c.fault(path, "%v", err)
		return
	}
	w := way{joints: between, row: row}
	for _, p := range parts {
		name, isName := listName(p)
		if !isName {
			n, ok := c.phrases[p]
			if !ok {
				n = c.part()
				c.phrases[p] = n
				c.phrase(path, p, n)
			}
			w.parts = append(w.parts, n)
			continue
		}
		n, ok := c.names[name]
		if !ok {
			c.fault(path, "%s is no list: use a name under `parts`", p)
			return
		}
		w.parts = append(w.parts, n)
	}
	n := int32(len(c.set.ways))
	c.set.ways = append(c.set.ways, w)
	c.set.first[w.parts[0]] = append(c.set.first[w.parts[0]], n)
}
