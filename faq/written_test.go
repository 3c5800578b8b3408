package faq

import (
	"strings"
	"testing"
	"unicode"
)

// An answer on one line is the text as it was written, or it is refused.
func FuzzAnswerAsWritten(f *testing.F) {
	for _, text := range []string{
		"1.20", "0123", "yes", "~", "null", "see #rules before", "#rules", "a#b", "!rank shows", "**bold**", "*bold* text", "&here", "Error: x", "a:b", "key:",
		`"Yes" is it`, `"quoted"`, `"C:\Users\new"`, `'tis`, `'it''s'`, `it's`, "[a](b)", "{a: b}", "> quote", "| table | row |", "|", ">-", "- item", "? what", "%TAG",
		"@here", "`code`", "a, b", "---", "...", "\u00e9", "a\tb", "trailing  ", "=", "<<", "2026-01-01", "0x1f", "1e3", ".inf", "- - a", "\"a\\nb\"", "a \"b", "x # y",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) && r != '\t' }) || strings.TrimSpace(text) == "" {
			t.Skip("not one line of text")
		}
		c, read := &check{lines: map[string]int{}, odd: map[string]bool{}}, new(file)
		yaml := "disclaimer: D\nentries:\n  - id: a\n    title: T\n    answer: " + text + "\n    phrasings:\n      - " + text + "\n  - id: b\n"
		if root := c.tree(asWritten(yaml, &c.faults)); root != nil {
			c.read(read, root)
		}
		if len(c.wrong) > 0 {
			return
		}
		want := strings.TrimSpace(text)
		if mark := want[:1]; strings.ContainsAny(mark, `"'`) && closing(want[1:], mark) >= 0 {
			return // in quotes, escapes and a comment behind have their meaning
		}
		if header.MatchString(want) {
			return // a block of text begins
		}
		if len(read.Entries) != 2 {
			t.Fatalf("%q makes %d entries of two", text, len(read.Entries))
		}
		if e := read.Entries[0]; e.Answer != want || len(e.Phrasings) != 1 || e.Phrasings[0] != want {
			t.Errorf("%q became %q and %q", text, e.Answer, e.Phrasings)
		}
	})
}
