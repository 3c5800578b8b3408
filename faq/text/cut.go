package text

import (
	"sync"
	"unicode/utf8"
)

// token is one word of a text, folded: small plain letters and digits, and the
// few signs that are part of words ("w/o", "10/10", "p@in").
type token struct {
	start, end       int // its letters in cutter.folded
	from, to         int // its bytes in the text
	sentence, clause int
	asked            bool
	glued            bool // parted from the token before by U+200B alone
}

// cutter folds a text and cuts it into words. It is reused from text to text.
type cutter struct {
	folded []byte
	tokens []token

	strict           bool // read as Spellings.Read says
	glue             bool // U+200B was read
	max, written     int  // code points that may be, and that are, written
	at, size         int  // bytes of the text that the code point being read takes
	next             byte // after it; 0 at the end
	open             bool // a word is being read
	word             token
	sentence, clause int
	first            int // the first token of the sentence
}

var cutters = sync.Pool{New: func() any { return new(cutter) }}

// Words are the folded words of a text, letters drawn out cut to one ("hellooo").
func Words(s string) []string {
	c := cutters.Get().(*cutter)
	defer cutters.Put(c)
	c.cut(s, Most)
	var words []string
	for _, t := range c.tokens {
		words = append(words, single(c.text(t)))
	}
	return words
}

// cut reads the first max code points of a text. At most as many result: one
// code point can unfold into eighteen.
func (c *cutter) cut(s string, max int) {
	*c = cutter{folded: c.folded[:0], tokens: c.tokens[:0], max: max, strict: c.strict}
	for in := 0; c.at < len(s) && in < max && c.written < max; in++ {
		rest := s[c.at:]
		r, n := rune(rest[0]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(rest)
		}
		c.size, c.next = n, 0
		if len(rest) > n {
			c.next = rest[n]
		}
		switch {
		case r < utf8.RuneSelf:
			c.ascii(byte(r))
		case n == 1: // not UTF-8
			c.endWord()
		default:
			c.rune(rest[:n], r)
		}
		c.at += n
	}
	c.endSentence(false)
}

func (c *cutter) text(t token) string { return string(c.folded[t.start:t.end]) }

// begin opens a word, unless one is open, and counts a code point of it.
func (c *cutter) begin() {
	if !c.open {
		c.open = true
		c.word = token{start: len(c.folded), from: c.at, glued: c.glue}
		c.glue = false
	}
	c.word.to = c.at + c.size
	c.written++
}

func (c *cutter) letter(b byte) {
	c.begin()
	c.folded = append(c.folded, b)
}

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
		c.endSentence(false)
	case b == '?':
		c.endSentence(true)
	case b == ',' || b == ':' || b == '(' || b == ')':
		c.endWord()
		c.clause++
	default:
		c.endWord()
	}
}

// inside reports whether a sign belongs to the word it stands in: a slash
// between digits ("10/10") or after a lone w ("w/o"), an ampersand after one
// letter ("a&e"), a point between digits, and the signs that stand for letters.
func (c *cutter) inside(b byte) bool {
	if !c.open || !alnum(c.next) {
		return (b == '@' || b == '$') && isLetter(c.next) && !c.open
	}
	before := c.folded[len(c.folded)-1]
	lone := len(c.folded)-c.word.start == 1
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

// endWord closes the word being read, if any.
func (c *cutter) endWord() {
	if !c.open {
		c.glue = false
		return
	}
	c.word.end, c.word.sentence, c.word.clause = len(c.folded), c.sentence, c.clause
	c.tokens = append(c.tokens, c.word)
	c.open = false
}

// endSentence closes a sentence. A point inside a word ("e.g.") does so too,
// which does no harm. A question mark after the end ("why ?!?") makes a question
// of the sentence before.
func (c *cutter) endSentence(asked bool) {
	c.endWord()
	if c.first < len(c.tokens) {
		c.first = len(c.tokens)
		c.sentence++
		c.clause++
	}
	if asked {
		for i := len(c.tokens) - 1; i >= 0 && c.tokens[i].sentence == c.sentence-1; i-- {
			c.tokens[i].asked = true
		}
	}
}
