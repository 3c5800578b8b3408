package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Folding makes equal what looks or reads alike:
//
//   - compatibility forms, accents and case are folded (NFKD, marks dropped)
//   - letters of other scripts that look like plain ones become plain
//   - invisible characters and apostrophes vanish, so "don't" is "dont"

// rune folds one code point, written as s, and passes its letters on.
func (c *cutter) rune(s string, r rune) {
	switch r {
	case '’', '‘', 'ʼ', '´', '＇', 'ʹ', '′', '‛':
		return
	case '\u200b':
		if c.strict && c.open {
			c.endWord()
			c.glue = true
		}
		return
	case '😂', '🤣', '😹', '😆', '💀':
		if c.strict {
			c.endWord()
			for _, b := range []byte("lol") {
				c.letter(b)
			}
		}
		c.endWord()
		return
	case '🎵', '🎶':
		if c.strict {
			c.endWord()
			for _, b := range []byte("lyrics") {
				c.letter(b)
			}
		}
		c.endWord()
		return
	case '…', '。', '．':
		c.endSentence(false)
		return
	case '？', '؟':
		c.endSentence(true)
		return
	}
	if p := norm.NFKD.PropertiesString(s); len(p.Decomposition()) > 0 {
		for _, d := range string(p.Decomposition()) {
			c.decomposed(d)
		}
		return
	}
	c.decomposed(r)
}

// decomposed writes one decomposed code point as a plain letter, where there is one.
func (c *cutter) decomposed(r rune) {
	if c.written >= c.max {
		return
	}
	if r < utf8.RuneSelf {
		c.ascii(byte(r))
		return
	}
	if b, ok := plainLetter()[r]; ok {
		c.letter(b)
		return
	}
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Variation_Selector):
		return // combining marks and invisible characters
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		r = unicode.ToLower(r)
		if b, ok := plainLetter()[r]; ok {
			c.letter(b)
			return
		}
		c.begin()
		c.folded = utf8.AppendRune(c.folded, r)
	default:
		c.endWord()
	}
}

// shorten cuts letters drawn out three times and more to two ("paaaain").
func shorten(s string) string { return squeeze(s, 2) }

// single cuts them to one.
func single(s string) string { return squeeze(s, 1) }

// squeeze leaves at most n of the letters in a run of three and more.
func squeeze(s string, n int) string {
	drawn := false
	for i := 2; i < len(s); i++ {
		drawn = drawn || s[i] == s[i-1] && s[i] == s[i-2] && !isDigit(s[i])
	}
	if !drawn {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); {
		run := i
		for run < len(s) && s[run] == s[i] {
			run++
		}
		keep := run - i
		if keep > 2 {
			keep = n
		}
		out.WriteString(s[i : i+keep])
		i = run
	}
	return out.String()
}

// leet are the digits and signs that stand for letters.
var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i", "|", "l")

// unleet reads digits and signs as letters in a word that has letters too.
func unleet(s string) string {
	if !strings.ContainsAny(s, "013457@$!|") || !strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' }) {
		return s
	}
	return leet.Replace(s)
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }
func isDigit(b byte) bool  { return '0' <= b && b <= '9' }
func alnum(b byte) bool    { return isLetter(b) || isDigit(b) }
