package text

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Spellings are words that must be recognised whatever is done to their letters,
// and that no other word may be mistaken for: those of the warning signs. Unlike
// a [Lexicon] they know no stems and no synonyms. They are filled once and then
// only read, by any number of goroutines.
type Spellings struct {
	forms  map[string]form
	likely []string // what a misspelt word may have been meant to be
	typos  func() *deletionIndex
}

// form is about one spelling.
type form struct {
	number  int32
	foreign bool // a word of other languages alone
	bent    bool // and a derived one: no joined word is made of it
}

// NewSpellings is a set without words.
func NewSpellings() *Spellings {
	s := &Spellings{forms: map[string]form{}}
	s.typos = sync.OnceValue(func() *deletionIndex { // by the first misspelt word: not every start has one
		x := new(deletionIndex)
		for _, w := range s.likely {
			x.add(w)
		}
		return x
	})
	return s
}

// Add makes a folded spelling known and returns its number. Of derived ones
// ("numbed") only those that are English are looked for among misspellings. Foreign
// is for words that are of another language.
func (s *Spellings) Add(w string, derived, foreign bool) int {
	f, known := s.forms[w]
	if !known {
		f.number = int32(len(s.forms)) + 1
	}
	if !known && (!derived || IsEnglish(w)) {
		s.likely = append(s.likely, w)
	}
	f.bent = foreign && derived && (!known || f.bent)
	f.foreign = foreign && (!known || f.foreign)
	s.forms[w] = f
	return int(f.number)
}

// Number is that of a spelling, from 1 on; 0 for one that is not known.
func (s *Spellings) Number(w string) int { return int(s.forms[w].number) }

func (s *Spellings) has(w string) bool {
	_, known := s.forms[w]
	return known
}

// Read cuts the first most code points of a text into words and appends them,
// each as it was understood. Beside what [Lexicon.Read] undoes,
//
//   - a sentence mark without a blank ends a word ("help!my chest hurts"),
//     unless it stands for a letter ("p@in")
//   - words written as one are parted ("chestpain", "took10")
//   - U+200B parts words, unless only the two together make one
//   - laughing emoji read as "lol"
//
// Only what is no English word is corrected into one of the set.
func (s *Spellings) Read(to []Word, text string, most int) []Word {
	c := cutters.Get().(*cutter)
	defer cutters.Put(c)
	c.strict = true
	c.cut(text, most)
	c.strict = false
	folded := string(c.folded)
	r := strictReader{Spellings: s, to: to}
	for i := 0; i < len(c.tokens); i++ {
		t := c.tokens[i]
		typed := folded[t.start:t.end]
		for i+1 < len(c.tokens) && c.tokens[i+1].glued {
			next := c.tokens[i+1]
			whole := folded[t.start:next.end]
			if !s.knows(whole) || s.isWord(typed) && s.isWord(folded[next.start:next.end]) {
				break
			}
			typed = whole
			i++
		}
		r.token, r.typed = t, typed
		r.read(typed)
	}
	return r.to
}

// strictReader appends the words that it reads.
type strictReader struct {
	*Spellings
	to    []Word
	token token
	typed string
	extra int // sentences and clauses ended by marks without a blank
}

func (r *strictReader) add(read string) {
	r.to = append(r.to, Word{Typed: r.typed, Read: read, Role: language().role(read), From: r.token.from, To: r.token.to,
		Sentence: r.token.sentence + r.extra, Clause: r.token.clause + r.extra, Asked: r.token.asked})
}

// read appends a token as one word or as those that it is made of.
func (r *strictReader) read(w string) {
	for len(w) > longestJoined { // no word: part it at its marks, in linear time
		i := strings.IndexAny(w[:len(w)-1], "!|@$")
		if i < 0 {
			r.add(w)
			return
		}
		if i > 0 {
			r.read(w[:i])
		}
		if w[i] == '!' || w[i] == '|' {
			r.extra++
		}
		w = w[i+1:]
	}
	if r.knows(w) {
		r.add(w)
		return
	}
	for _, undo := range []func(string) string{shorten, single, unleet} {
		if plain := undo(w); plain != w && r.knows(plain) {
			r.add(plain)
			return
		}
	}
	if i := strings.IndexAny(w, "!|@$"); i > 0 && r.parts(w[:i], w[i+1:]) {
		r.read(w[:i])
		if w[i] == '!' || w[i] == '|' {
			r.extra++
		}
		r.read(w[i+1:])
		return
	}
	if w[0] >= utf8.RuneSelf && w[len(w)-1] >= utf8.RuneSelf { // another script: no word of the set is at its ends
		r.add(w)
		return
	}
	if r.splitDigits(w) {
		return
	}
	plain := unleet(shorten(w))
	if r.splitInTwo(w) || plain != w && r.splitInTwo(plain) {
		return
	}
	read, edits := r.correct(plain)
	if read != "" && edits == 1 && len(plain) >= clearTypo {
		r.add(read)
		return
	}
	if r.split(plain) {
		return
	}
	if read != "" {
		w = read
	}
	r.add(w)
}

// parts reports whether a mark stands between words: one side is a word or both
// are long, and neither is a letter that no word is.
func (r *strictReader) parts(before, after string) bool {
	if i := strings.LastIndexAny(before, "!|@$"); i >= 0 {
		before = before[i+1:]
	}
	if i := strings.IndexAny(after, "!|@$"); i >= 0 {
		after = after[:i]
	}
	letter := func(w string) bool { return len(w) < 2 && w != "i" && w != "a" }
	return !letter(before) && !letter(after) && (r.isWord(before) || r.isWord(after) || len(before) > 2 && len(after) > 2)
}

// isWord reports whether letters are a word by themselves, and no single letter
// but "i" and "a".
func (s *Spellings) isWord(w string) bool {
	return (len(w) > 1 || w == "i" || w == "a") && (s.knows(w) || s.knows(unleet(shorten(w))) || s.knows(single(w)))
}

// knows reports whether a spelling is one of the set or a word of English.
func (s *Spellings) knows(w string) bool {
	if s.has(w) {
		return true
	}
	return IsWord(w)
}

// clearTypo is how long a word with one wrong letter must be to be no joined word.
const clearTypo = 7

// correct finds the one word of the set that a misspelt word is nearest to, and
// how many edits away it is. Plain words are in the running: a word as near to one
// of them is left alone.
func (s *Spellings) correct(w string) (string, int) {
	shortWord := len(w) == shortestTypo // "fevr" for fever, but for no other word of four letters
	c := near(w, shortWord, func(a, b string) bool { return stem(a) == stem(b) }, s.typos(), &language().typos)
	if c.n == 1 && (!shortWord || c.edits == 1 && len(c.words[0]) > len(w) || swapped(w, c.words[0])) {
		return c.words[0], c.edits
	}
	for _, word := range c.words[:c.n] { // of several, one with the same letters in another order
		if swapped(w, word) {
			return word, c.edits
		}
	}
	english := slices.DeleteFunc(c.words[:c.n], func(word string) bool { return s.forms[word].foreign })
	if len(english) == 1 && !shortWord { // most people write English
		return english[0], c.edits
	}
	return "", 0
}
