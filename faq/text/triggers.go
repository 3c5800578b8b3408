package text

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// rule is a section of status.txt whose phrases trigger a status.
type rule string

const (
	notADenial        rule = "not a denial"
	deniesThing       rule = "denied after, a thing"
	deniesState       rule = "denied after, a state"
	deniesAlone       rule = "denied before, alone"
	deniesAll         rule = "denied before"
	cancelsAny        rule = "cancels any denial"
	cancels           rule = "cancels a denial"
	cancelsFigurative rule = "cancels figurative"
	longAgo           rule = "past"
	isOver            rule = "over"
	unrelated         rule = "unrelated"
	laughing          rule = "laughing"
	figurative        rule = "figurative"
)

//go:embed status.txt
var statusFile string

// triggerTable holds the phrases by their first words, the longest first.
type triggerTable struct {
	phrases                             map[string][]trigger
	carries, ends, goesOn, still, vague map[string]bool
	cancels                             map[string][]trigger
}

type trigger struct {
	words []string
	rule  rule
}

var triggers = sync.OnceValue(func() *triggerTable {
	t := &triggerTable{phrases: map[string][]trigger{}, carries: map[string]bool{}, ends: map[string]bool{}, goesOn: map[string]bool{},
		still: map[string]bool{}, vague: map[string]bool{}, cancels: map[string][]trigger{}}
	sets := map[string]map[string]bool{"carries a denial": t.carries, "ends a denial": t.ends, "goes on": t.goesOn, "goes on still": t.still, "cancels nothing": t.vague}
	section := ""
	for line := range strings.Lines(statusFile) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
			continue
		case line[0] == '[':
			section = strings.Trim(line, "[]")
			continue
		}
		if set := sets[section]; set != nil {
			for w := range strings.FieldsSeq(line) {
				set[w] = true
			}
			continue
		}
		table := t.phrases
		if strings.HasPrefix(section, "cancels") {
			table = t.cancels
		}
		for phrase := range strings.SplitSeq(line, ",") {
			if w := strings.Fields(phrase); len(w) > 0 {
				table[w[0]] = append(table[w[0]], trigger{w, rule(section)})
			}
		}
	}
	for _, table := range []map[string][]trigger{t.phrases, t.cancels} {
		for _, list := range table {
			slices.SortStableFunc(list, func(a, b trigger) int { return len(b.words) - len(a.words) })
		}
	}
	return t
})

// at is the longest trigger that begins at a word, and its length. A
// trigger alone in its clause is tried first.
func (t *triggerTable) at(words []Word, i int) (rule, int) {
	for _, p := range t.phrases[words[i].Read] {
		n := len(p.words)
		if !begins(words[i:], p.words) || words[i+n-1].Sentence != words[i].Sentence {
			continue
		}
		if p.rule == deniesAlone && !alone(words, i, i+n) {
			continue
		}
		if p.rule != deniesAlone && n == 1 && alone(words, i, i+1) && t.isAnswer(words[i].Read) {
			return deniesAlone, 1
		}
		return p.rule, n
	}
	return "", 0
}

// starts reports whether a trigger begins at a word.
func (t *triggerTable) starts(words []Word, i int) bool {
	_, n := t.at(words, i)
	return n > 0
}

func (t *triggerTable) isAnswer(w string) bool {
	return slices.ContainsFunc(t.phrases[w], func(p trigger) bool { return p.rule == deniesAlone && len(p.words) == 1 })
}

func begins(words []Word, phrase []string) bool {
	if len(words) < len(phrase) {
		return false
	}
	for i, w := range phrase {
		read := words[i].Read
		if read != w && !(w == "<year>" && isPastYear(read)) && w != "<n>" {
			return false
		}
	}
	return true
}

// isPastYear reports whether a number can be a year that is long over.
func isPastYear(w string) bool {
	return len(w) == 4 && (w[:2] == "19" || w >= "2000" && w < "2025") && isDigit(w[2]) && isDigit(w[3])
}

// alone reports whether words[from:to] are all of their clause.
func alone(words []Word, from, to int) bool {
	return (from == 0 || words[from-1].Clause != words[from].Clause) && (to == len(words) || words[to].Clause != words[to-1].Clause)
}
