package faq

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is one word of a text, folded: small plain letters and digits, and the
// few signs that are part of words ("w/o", "10/10", "p@in").
type token struct {
	start, end int32 // where its letters lie in text.folded
	// sentence and clause number the parts of the text that the token is in. A
	// comma, bracket or colon ends a clause; a full stop ends both.
	sentence, clause uint8
	asked            bool // its sentence ends with a question mark
}

// text is a text folded and cut into words. It is reused from question to
// question.
type text struct {
	folded []byte
	tokens []token
}

func (t *text) word(i int) []byte { return t.folded[t.tokens[i].start:t.tokens[i].end] }

// normalise folds a text and cuts it into words. Entries, terms and questions
// all pass through here, so that what looks or reads alike is alike:
//
//   - compatibility forms, accents and case are folded (NFKD, marks dropped)
//   - letters of other scripts that look like plain ones become plain
//   - invisible characters and apostrophes vanish, so "don't" is "dont"
//   - whatever is neither letter nor digit separates words
//
// At most MaxQuestion code points are looked at, and at most as many result: one
// code point can unfold into eighteen.
func (t *text) normalise(s string) {
	t.folded, t.tokens = t.folded[:0], t.tokens[:0]
	c := cutter{text: t, start: -1}
	for in := 0; s != "" && in < MaxQuestion && c.out < MaxQuestion; in++ {
		r, n := rune(s[0]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s)
		}
		c.next = 0
		if len(s) > n {
			c.next = s[n]
		}
		switch {
		case r < utf8.RuneSelf:
			c.ascii(byte(r))
		case n == 1: // not UTF-8
			c.gap()
		default:
			c.unfold(s[:n], r)
		}
		s = s[n:]
	}
	c.end()
	c.close(false)
}

// cutter cuts folded letters into words, one at a time.
type cutter struct {
	*text
	start            int // of the word being read, -1 between words
	out              int // code points written
	next             byte
	sentence, clause uint8
	first            int // the first token of the sentence
}

func (c *cutter) letter(b byte) {
	if c.start < 0 {
		c.start = len(c.folded)
	}
	c.folded = append(c.folded, b)
	c.out++
}

// unfold writes the plain letters of a code point outside ASCII.
func (c *cutter) unfold(s string, r rune) {
	switch r {
	case '’', '‘', 'ʼ', '´', '＇', 'ʹ', '′', '‛':
		return
	case '…', '。', '．':
		c.stop(false)
		return
	case '？', '؟':
		c.stop(true)
		return
	}
	if p := norm.NFKD.PropertiesString(s); len(p.Decomposition()) > 0 {
		for _, d := range string(p.Decomposition()) {
			c.plain(d)
		}
		return
	}
	c.plain(r)
}

// plain writes one decomposed code point as a plain letter, where there is one.
func (c *cutter) plain(r rune) {
	if c.out >= MaxQuestion {
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
		return // marks and what cannot be seen
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		r = unicode.ToLower(r)
		if b, ok := plainLetter()[r]; ok {
			c.letter(b)
			return
		}
		if c.start < 0 {
			c.start = len(c.folded)
		}
		c.folded = utf8.AppendRune(c.folded, r)
		c.out++
	default:
		c.gap()
	}
}

// ascii handles the plain half of the world, where nearly all text lies.
func (c *cutter) ascii(b byte) {
	switch {
	case 'a' <= b && b <= 'z', '0' <= b && b <= '9':
		c.letter(b)
	case 'A' <= b && b <= 'Z':
		c.letter(b | 0x20)
	case b == '\'' || b == '`':
		// "don't" is "dont"
	case c.inside(b):
		c.letter(b)
	case b == '.' || b == '!' || b == ';' || b == '\n':
		c.stop(false)
	case b == '?':
		c.stop(true)
	case b == ',' || b == ':' || b == '(' || b == ')':
		c.gap()
		c.clause++
	default:
		c.gap()
	}
}

// inside reports whether a sign belongs to the word it stands in: a slash
// between digits ("10/10") or after a lone w ("w/o"), an ampersand after one
// letter ("a&e"), a point between digits, and the signs that stand for letters.
func (c *cutter) inside(b byte) bool {
	if c.start < 0 || !alnum(c.next) {
		return (b == '@' || b == '$') && isLetter(c.next) && c.start < 0
	}
	before := c.folded[len(c.folded)-1]
	lone := len(c.folded)-c.start == 1
	switch b {
	case '/':
		return isDigit(before) && isDigit(c.next) || lone && before == 'w'
	case '&':
		return lone && isLetter(before)
	case '.':
		return isDigit(before) && isDigit(c.next)
	case '@', '$', '!', '|':
		return isLetter(before) && isLetter(c.next)
	}
	return false
}

// gap ends the word being read, if any.
func (c *cutter) gap() { c.end() }

func (c *cutter) end() {
	if c.start < 0 {
		return
	}
	c.tokens = append(c.tokens, token{
		start: int32(c.start), end: int32(len(c.folded)), sentence: c.sentence, clause: c.clause,
	})
	c.start = -1
}

// stop ends a sentence. A point inside a word ("e.g.") does so too, which does
// no harm.
func (c *cutter) stop(asked bool) {
	c.end()
	c.close(asked)
}

func (c *cutter) close(asked bool) {
	if c.first == len(c.tokens) {
		if asked && c.first > 0 { // "why ?!?"
			c.mark()
		}
		return
	}
	if asked {
		for i := c.first; i < len(c.tokens); i++ {
			c.tokens[i].asked = true
		}
	}
	c.first = len(c.tokens)
	c.sentence++
	c.clause++
}

// mark makes the sentence just closed a question.
func (c *cutter) mark() {
	for i := len(c.tokens) - 1; i >= 0 && c.tokens[i].sentence == c.sentence-1; i-- {
		c.tokens[i].asked = true
	}
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }
func isDigit(b byte) bool  { return '0' <= b && b <= '9' }
func alnum(b byte) bool    { return isLetter(b) || isDigit(b) }
