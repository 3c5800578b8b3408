// Package text turns what a person wrote into words: folded (fold.go), cut
// (cut.go), looked up in a [Lexicon] and corrected where they are misspelt
// (speller.go). Entries, terms and questions all pass through here, so that what
// looks or reads alike is alike. The lists of English beside the code are the
// same for every FAQ.
package text

// Most is how many code points of a wording or a question are looked at, so that
// the work for it is bounded.
const Most = 400

// Word is one word of a text.
type Word struct {
	Typed string // folded: small plain letters, digits and signs inside words
	Read  string // what it was taken for: Typed, or its correction
	Lexeme
	Role    Role
	Guesses []Lexeme // what it may have been meant to be, if the words around it agree
	Known   bool     // the lexicon has the word or its stem
	Unknown bool     // neither the lexicon nor the list of plain words has it

	// From and To are its bytes in the text: text[From:To] is how it was typed.
	From, To int
	// Sentence and Clause number the parts of the text, from 0 on. A comma,
	// bracket or colon ends a clause; a full stop or the like ends both.
	Sentence, Clause int
	Asked            bool // its sentence ends with a question mark
}

// Is reports whether the word plays any of the roles.
func (w *Word) Is(r Role) bool { return w.Role&r != 0 }

// Corrected reports whether the word was taken for another.
func (w *Word) Corrected() bool { return w.Read != w.Typed }

// Read cuts the first most code points of a text into words, finds out what the
// lexicon knows of each, and appends them. Words share memory with each other
// but not with the text.
func (l *Lexicon) Read(to []Word, text string, most int) []Word {
	c := cutters.Get().(*cutter)
	defer cutters.Put(c)
	c.cut(text, most)
	folded := string(c.folded)
	for i, t := range c.tokens {
		typed := folded[t.start:t.end]
		w := l.understand(typed)
		if i > 0 {
			if read, ok := language().joined[[2]string{to[len(to)-1].Typed, typed}]; ok {
				w = l.understand(read)
				w.Typed, w.Read = typed, read
			}
		}
		w.Role = language().role(w.Read)
		w.From, w.To, w.Sentence, w.Clause, w.Asked = t.from, t.to, t.sentence, t.clause, t.asked
		to = append(to, w)
	}
	return to
}

// understand looks a word up, undoing what people do to words: first as it
// stands, then by its stem, then with drawn-out letters shortened, then with
// digits and signs read as letters, and last as a typing mistake.
func (l *Lexicon) understand(typed string) Word {
	if w, ok := l.lookup(typed); ok {
		w.Typed, w.Read = typed, typed
		return w
	}
	for _, undo := range []func(string) string{shorten, single, unleet} {
		if plain := undo(typed); plain != typed {
			if w, ok := l.lookup(plain); ok {
				w.Typed, w.Read = typed, plain
				return w
			}
		}
	}
	w, _ := l.lookup(typed)
	w.Typed, w.Read, w.Unknown = typed, typed, true
	if IsEnglish(typed) {
		return w
	}
	plain := unleet(shorten(typed))
	if c := l.near(plain, false); c.n == 1 {
		w, _ = l.lookup(c.words[0])
		w.Typed, w.Read = typed, c.words[0]
		return w
	}
	for c, i := l.near(plain, true), 0; i < c.n; i++ {
		x, _ := l.Find(c.words[i])
		w.Guesses = append(w.Guesses, x)
	}
	return w
}

// near finds the words of the lexicon that a misspelt one may have been meant to
// be, and unless loose the plain words too.
func (l *Lexicon) near(w string, loose bool) candidates {
	same := func(x, y string) bool { return stem(x) == stem(y) }
	indexes := make([]*deletionIndex, 0, 4)
	for i := len(l.layers) - 1; i >= 0; i-- {
		indexes = append(indexes, &l.layers[i].typos)
	}
	if !loose {
		indexes = append(indexes, &language().typos)
	}
	return near(w, loose, same, indexes...)
}

// lookup finds a word of the lexicon, or a plain word, by itself or by its stem.
func (l *Lexicon) lookup(w string) (Word, bool) {
	if x, ok := l.Find(w); ok {
		return Word{Lexeme: x, Known: true}, true
	}
	listed, plain := language().words[w]
	if !plain {
		st := stem(w)
		listed = plainWord{language().stems[st], st}
	}
	x := Lexeme{Class: listed.class, Root: listed.root}
	_, inflected := language().stems[x.Root]
	if x.Synonym = l.findStem(language().canonical(x.Root)); !plain {
		if x.Stem = l.findStem(x.Root); x.Stem != 0 {
			return Word{Lexeme: x, Known: true}, true
		}
	}
	return Word{Lexeme: x}, plain || inflected || x.Synonym != 0
}
