package faq

import (
	"strings"
	"sync"
)

// word is one word of a question as a book understands it.
type word struct {
	form
	text    string     // as typed, folded
	fixed   string     // what it was taken for, when that is not what was typed
	known   bool       // the FAQ has the word or its stem
	small   bool       // may stand between the words of a term
	maybe   candidates // what it may have been meant to be, if that makes a term
	foreign bool       // neither the FAQ nor plain English has it
}

// spelling is the word as it was understood.
func (w *word) spelling() string {
	if w.fixed != "" {
		return w.fixed
	}
	return w.text
}

// number reports whether the word is a number in digits.
func (w *word) number() bool {
	return w.text != "" && isDigit(w.text[0]) && isDigit(w.text[len(w.text)-1])
}

// query is a question being read. It holds all that a reading needs to write
// to, and is used again for the next question.
type query struct {
	text
	folded string
	words  []word

	search   search
	spotter  spotter
	findings findings
	scores   []scored
}

var queries = sync.Pool{New: func() any { return new(query) }}

// read cuts a question into words and finds out what the book knows of each.
func (q *query) read(b *Book, s string) {
	q.normalise(s)
	q.folded = string(q.text.folded)
	q.words = q.words[:0]
	for _, t := range q.tokens {
		text := q.folded[t.start:t.end]
		w := b.understand(text)
		if n := len(q.words); text == "not" && n > 0 && (q.words[n-1].text == "can" || q.words[n-1].text == "could") {
			w = b.understand("cannot") // it denies the ability, not what follows
			w.text, w.fixed = text, "cannot"
		}
		w.small = theLanguage().small[w.spelling()]
		q.words = append(q.words, w)
	}
}

// understand looks a word up, undoing what people do to words: first as it
// stands, then by its stem, then with drawn-out letters shortened, then with
// digits and signs read as letters, and last as a typing mistake.
func (b *Book) understand(text string) word {
	if w, ok := b.lookup(text); ok {
		w.text = text
		return w
	}
	for _, undo := range []func(string) string{shorten, single, unleet} {
		if plain := undo(text); plain != text {
			if w, ok := b.lookup(plain); ok {
				w.text, w.fixed = text, plain
				return w
			}
		}
	}
	w := word{text: text, foreign: true}
	plain := unleet(shorten(text))
	if !theLanguage().isEnglish(text) {
		if c := b.near(plain, false); c.n == 1 {
			w, _ = b.lookup(c.words[0])
			w.text, w.fixed = text, c.words[0]
			return w
		}
	}
	w.maybe = b.near(plain, true)
	return w
}

// near finds the words of the FAQ that a misspelt one may have been meant to be,
// and where there is no room for doubt the plain words too.
func (b *Book) near(s string, loose bool) candidates {
	same := func(x, y string) bool { return stem(x) == stem(y) }
	indexes := make([]*typos, 0, 3)
	indexes = append(indexes, &b.lexicon.typos)
	if b.base != nil {
		indexes = append(indexes, &b.base.lexicon.typos)
	}
	if !loose {
		indexes = append(indexes, &theLanguage().typos)
	}
	return near(s, loose, same, indexes...)
}

// lookup finds a word of the FAQ or a plain word.
func (b *Book) lookup(s string) (word, bool) {
	if f, ok := b.lexicon.find(s); ok {
		return word{form: f, known: true}, true
	}
	l := theLanguage()
	k, plain := l.words[s]
	st := s
	if !plain {
		st = stem(s)
		k = l.strength(s, st)
	}
	f := form{same: b.lexicon.findStem(l.standIn(st)), strength: k}
	if !plain {
		if f.stem = b.lexicon.findStem(st); f.stem != 0 {
			return word{form: f, known: true}, true
		}
	}
	if f.same != 0 {
		return word{form: f}, true
	}
	if plain {
		return word{form: f}, true
	}
	if _, ok := l.stems[st]; ok {
		return word{form: f}, true
	}
	return word{}, false
}

// shorten cuts letters drawn out three times and more to two ("paaaain").
func shorten(s string) string { return squeeze(s, 2) }

// single cuts them to one.
func single(s string) string {
	if squeeze(s, 2) == s {
		return s
	}
	return squeeze(s, 1)
}

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
