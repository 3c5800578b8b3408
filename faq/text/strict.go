package text

import "strings"

// Spellings are words that must be recognised whatever is done to their letters,
// and that no other word may be mistaken for: those of the warning signs. Unlike
// a [Lexicon] they know no stems and no synonyms. They are filled once and then
// only read, by any number of goroutines.
type Spellings struct {
	forms map[string]bool
	typos deletionIndex
}

// NewSpellings is a set without words.
func NewSpellings() *Spellings { return &Spellings{forms: map[string]bool{}} }

// Add makes a folded spelling known. Of derived ones ("numbed") only those that
// are English are looked for among misspellings.
func (s *Spellings) Add(w string, derived bool) {
	if !s.forms[w] {
		s.forms[w] = true
		if !derived || IsEnglish(w) {
			s.typos.add(w)
		}
	}
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
		if i+1 < len(c.tokens) && c.tokens[i+1].glued {
			if whole := folded[t.start:c.tokens[i+1].end]; !s.knows(typed) && s.knows(whole) {
				typed = whole
				i++
			}
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
	if r.knows(w) {
		r.add(w)
		return
	}
	if i := strings.IndexAny(w, "!|@$"); i > 0 && r.parts(w[:i], w[i+1:]) {
		r.read(w[:i])
		if w[i] == '!' || w[i] == '|' {
			r.extra++
		}
		r.read(w[i+1:])
		return
	}
	for _, undo := range []func(string) string{shorten, single, unleet} {
		if plain := undo(w); plain != w && r.knows(plain) {
			r.add(plain)
			return
		}
	}
	if i := strings.IndexFunc(w, func(c rune) bool { return c > '9' || c < '.' }); i > 0 && isDigit(w[0]) && isDigit(w[i-1]) && r.parts("", w[i:]) {
		r.add(w[:i]) // "10ibuprofen"
		r.read(w[i:])
		return
	}
	if i := strings.IndexAny(w, "0123456789"); i > 1 && r.knows(w[:i]) {
		r.add(w[:i]) // "took10"
		r.read(w[i:])
		return
	}
	plain := unleet(shorten(w))
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

// parts reports whether both sides of a mark begin or end with a word.
func (r *strictReader) parts(before, after string) bool {
	if i := strings.LastIndexAny(before, "!|@$"); i >= 0 {
		before = before[i+1:]
	}
	if i := strings.IndexAny(after, "!|@$"); i >= 0 {
		after = after[:i]
	}
	return (before == "" || r.isWord(before)) && r.isWord(after)
}

// isWord reports whether letters are a word by themselves, and no single letter
// but "i" and "a".
func (s *Spellings) isWord(w string) bool {
	return (len(w) > 1 || w == "i" || w == "a") && (s.knows(w) || s.knows(shorten(w)) || s.knows(single(w)))
}

// knows reports whether a spelling is one of the set or a word of English.
func (s *Spellings) knows(w string) bool {
	if s.forms[w] {
		return true
	}
	if _, ok := language().words[w]; ok {
		return true
	}
	return len(w) >= 4 && IsEnglish(w)
}

// clearTypo is how long a word with one wrong letter must be to be no joined word.
const clearTypo = 7

// correct finds the one word of the set that a misspelt word is nearest to, and
// how many edits away it is. Plain words are in the running: a word as near to one
// of them is left alone.
func (s *Spellings) correct(w string) (string, int) {
	c := near(w, false, func(a, b string) bool { return stem(a) == stem(b) }, &s.typos, &language().typos)
	if c.n == 1 {
		return c.words[0], c.edits
	}
	for _, word := range c.words[:c.n] { // of several, one with the same letters in another order
		if swapped(w, word) {
			return word, c.edits
		}
	}
	return "", 0
}

// The longest word that is parted, and the longest part of it.
const (
	longestJoined = 40
	longestPart   = 14
)

// short are the words of less than three letters that a joined word may hold.
var short = map[string]bool{"i": true, "a": true, "im": true, "my": true, "me": true, "is": true, "it": true, "in": true, "on": true,
	"of": true, "to": true, "no": true, "so": true, "do": true, "he": true, "up": true, "be": true, "or": true, "and": true}

// split appends the words that a joined word is made of, as few as possible: plain
// words and words of the set, one of the set at least.
func (r *strictReader) split(w string) bool {
	if len(w) < 5 || len(w) > longestJoined {
		return false
	}
	// pieces[i] is the least number of words that w[:i] is made of, and from[i]
	// where the last of them begins.
	var pieces, from [longestJoined + 1]uint8
	var ours [longestJoined + 1]bool
	const none = 255
	for i := 1; i <= len(w); i++ {
		pieces[i] = none
	}
	for i := 0; i < len(w); i++ {
		if pieces[i] == none {
			continue
		}
		for j := i + 1; j <= min(len(w), i+longestPart); j++ {
			part := w[i:j]
			known := r.forms[part]
			if j-i < 3 {
				if !short[part] {
					continue
				}
			} else if !known {
				if _, plain := language().words[part]; !plain {
					continue
				}
			}
			mine := ours[i] || known && j-i >= 3
			if n := pieces[i] + 1; n < pieces[j] || n == pieces[j] && mine && !ours[j] {
				pieces[j], from[j], ours[j] = n, uint8(i), mine
			}
		}
	}
	if pieces[len(w)] == none || !ours[len(w)] {
		return false
	}
	var cuts [longestJoined]uint8
	n := 0
	for i := uint8(len(w)); i > 0; i = from[i] {
		cuts[n] = i
		n++
	}
	for start := uint8(0); n > 0; n-- {
		r.add(w[start:cuts[n-1]])
		start = cuts[n-1]
	}
	return true
}
