package faq

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"backfaq/faq/text"
)

var idForm = regexp.MustCompile(`^[A-Za-z0-9]+([-_.]+[A-Za-z0-9]+)*$`)

// maxMessage is what Discord takes in one message (resources/message#create-message),
// and markup what the bot writes between the parts of one.
const maxMessage, markup = 2000, 20

// room is how many characters an answer may have, so that it fits with its
// title, the longest warning and the disclaimer.
func room(f *file, e *Entry) int {
	return max(MaxAnswer, maxMessage-markup-f.compiled.Longest()-utf8.RuneCountInString(e.Title)-utf8.RuneCountInString(f.Disclaimer))
}

func (c *check) file(f *file) {
	f.Disclaimer = strings.TrimSpace(f.Disclaimer)
	switch n := utf8.RuneCountInString(f.Disclaimer); {
	case n == 0:
		c.missing("$.disclaimer", "disclaimer is missing: add a line `disclaimer: ...`, every message ends with it")
	case n > MaxDisclaimer:
		c.fault("$.disclaimer", "disclaimer has %d characters: shorten it to %d", n, MaxDisclaimer)
	case strings.ContainsAny(f.Disclaimer, "\n\r"):
		c.fault("$.disclaimer", "disclaimer has several lines: write it as one")
	}
	if len(f.Entries) == 0 {
		c.missing("$.entries", "no entries: add at least one under `entries:` with id, title and answer")
	}
	f.compiled = c.signs(f.Signs)
	c.smallTalk(f.SmallTalk)
	at := func(i int, key string) string { return fmt.Sprintf("$.entries[%d].%s", i, key) }
	ids := map[string]bool{}
	for i := range f.Entries {
		e := &f.Entries[i]
		c.entry(e, room(f, e), func(key string) string { return at(i, key) })
		if ids[e.ID] && e.ID != "" {
			c.fault(at(i, "id"), "id %q is used twice: give each entry its own", e.ID)
		}
		ids[e.ID] = true
	}
	if c.broken {
		return // what an entry that cannot be read would name is missing
	}
	c.circles(f.Entries, at)
	for i, e := range f.Entries {
		if e.Parent != "" && (!ids[e.Parent] || e.Parent == e.ID) {
			c.fault(at(i, "parent"), "%s: parent %q is no other entry: use the id of one", e.name(), e.Parent)
		}
		for j, r := range e.Related {
			if !ids[r] || r == e.ID {
				c.fault(fmt.Sprintf("$.entries[%d].related[%d]", i, j), "%s: related %q is no other entry: use the id of one", e.name(), r)
			}
		}
	}
	for i, group := range f.Interchangeable {
		for j, id := range group {
			if !ids[id] {
				c.fault(fmt.Sprintf("$.interchangeable[%d][%d]", i, j), "interchangeable %q is no entry: use the id of one", id)
			}
		}
	}
	if f.Vocabulary != "" && f.Vocabulary != programVocabulary {
		c.fault("$.vocabulary", "vocabulary %q is not known: write %s, or leave it out", f.Vocabulary, programVocabulary)
	}
	c.leads(f.Signs, ids)
	c.twins(f.Entries, at)
}

// circles refuses entries that are their own parent's parent: nothing would lead
// to them.
func (c *check) circles(entries []Entry, at func(i int, key string) string) {
	parent := map[string]string{}
	for _, e := range entries {
		parent[e.ID] = e.Parent
	}
	for i, e := range entries {
		up := e.Parent
		for n := 0; up != "" && n < len(entries); n++ {
			up = parent[up]
		}
		if up != "" {
			c.fault(at(i, "parent"), "%s: its parents lead in a circle: leave one of them out", e.name())
		}
	}
}

// name is how faults call an entry.
func (e *Entry) name() string {
	if e.ID == "" {
		return "an entry"
	}
	return "entry " + e.ID
}

// entry checks one entry by itself, trims what YAML leaves at its ends, and
// drops phrasings that say nothing new. Room is how long the answer may be; at
// gives the YAML path of one of its keys.
func (c *check) entry(e *Entry, room int, at func(key string) string) {
	e.Title, e.Answer = strings.TrimSpace(e.Title), strings.TrimSpace(e.Answer)
	name := e.name()
	switch {
	case e.ID == "":
		c.missing(at("id"), "an entry has no id: add `id:` with a short name such as opening-hours")
	case len(e.ID) > MaxID || !idForm.MatchString(e.ID):
		c.fault(at("id"), "id %q: use at most %d letters from a to z, digits, hyphens, underscores and dots, and no blanks", e.ID, MaxID)
	}
	switch n := utf8.RuneCountInString(e.Title); {
	case n == 0:
		c.missing(at("title"), "%s has no title: add `title:` with the question it answers", name)
	case n > MaxTitle:
		c.fault(at("title"), "%s: title has %d characters: shorten it to %d", name, n, MaxTitle)
	case strings.ContainsAny(e.Title, "\n\r"):
		c.fault(at("title"), "%s: title has several lines: write it as one", name)
	}
	switch n := utf8.RuneCountInString(e.Answer); {
	case n == 0:
		c.missing(at("answer"), "%s has no answer: add `answer:` with what to say", name)
	case n > room:
		c.fault(at("answer"), "%s: answer has %d characters, %d too many: shorten it to %d or split the entry", name, n, n-room, room)
	}
	if !utf8.ValidString(e.Title) || !utf8.ValidString(e.Answer) {
		c.fault(at("answer"), "%s is not valid UTF-8: save the file as UTF-8", name)
	}
	var kept []string
	for i, p := range e.Phrasings {
		path := fmt.Sprintf("%s[%d]", at("phrasings"), i)
		line := c.line(path)
		switch n := utf8.RuneCountInString(p); {
		case n > MaxPhrasing:
			c.fault(path, "%s: a phrasing has %d characters: shorten it to %d", name, n, MaxPhrasing)
		case strings.TrimSpace(p) == "":
			c.note(line, "%s: an empty phrasing is left out", name)
		case slices.Contains(kept, p):
			c.note(line, "%s: phrasing %q stands there twice; one is left out", name, p)
		case p == e.Title:
			c.note(line, "%s: phrasing %q is the title, and left out", name, p)
		default:
			if c.lines != nil {
				c.lines[fmt.Sprintf("%s[%d]", at("phrasings"), len(kept))] = line
			}
			kept = append(kept, p)
		}
	}
	e.Phrasings = kept
}

// twins notes wordings of different entries that hold the same words: who asks
// with one of them is offered both entries.
func (c *check) twins(entries []Entry, at func(i int, key string) string) {
	type place struct{ entry, line int }
	words, seen := text.NewLexicon(), map[string]place{}
	look := func(i, line int, what, wording string) {
		key := fmt.Sprint(words.Learn(nil, wording))
		if key == "[]" {
			key = strings.ToLower(wording)
		}
		first, ok := seen[key]
		if !ok {
			seen[key] = place{i, line}
		} else if first.entry != i {
			c.note(line, "%s %q has the same words as line %d, of entry %s: both may be offered to people who ask so; make them differ", what, wording, first.line, entries[first.entry].ID)
		}
	}
	for i, e := range entries {
		look(i, c.line(at(i, "title")), "title", e.Title)
	}
	for i, e := range entries {
		for j, p := range e.Phrasings {
			look(i, c.line(fmt.Sprintf("%s[%d]", at(i, "phrasings"), j)), "phrasing", p)
		}
	}
}
