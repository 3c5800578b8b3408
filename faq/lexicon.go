package faq

// form is one spelling that a FAQ knows: the word itself and what it shares with
// its inflections. Both are numbers, so that terms and phrasings are compared
// without looking at letters. Zero is no word.
type form struct {
	exact, stem int32
	same        int32 // the stem that stands for it where wordings are compared
	strength    strength
}

// lexicon numbers the words of a FAQ. An overlay stands on the lexicon of its
// base: what the base knows keeps its number.
type lexicon struct {
	base  *lexicon
	forms map[string]form  // every spelling in the FAQ
	stems map[string]int32 // every stem in the FAQ
	spell []string         // word or stem by number, from first on
	known []string         // all spellings, in the order they came
	first int32
	typos typos
}

func newLexicon(base *lexicon) *lexicon {
	l := &lexicon{base: base, forms: map[string]form{}, stems: map[string]int32{}, first: 1}
	if base != nil {
		l.first = base.size()
	}
	return l
}

// size is one more than the highest number in use.
func (l *lexicon) size() int32 { return l.first + int32(len(l.spell)) }

// find looks a spelling up.
func (l *lexicon) find(w string) (form, bool) {
	f, ok := l.forms[w]
	if !ok && l.base != nil {
		return l.base.find(w)
	}
	return f, ok
}

// findStem looks a stem up; zero if no word of the FAQ has it.
func (l *lexicon) findStem(s string) int32 {
	n, ok := l.stems[s]
	if !ok && l.base != nil {
		return l.base.findStem(s)
	}
	return n
}

// add makes a spelling known and returns its form.
func (l *lexicon) add(w string) form {
	if f, ok := l.find(w); ok {
		return f
	}
	st := stem(w)
	n := l.findStem(st)
	if n == 0 {
		n = l.number(st)
		l.stems[st] = n
	}
	f := form{exact: n, stem: n, same: n, strength: theLanguage().strength(w, st)}
	if w != st {
		f.exact = l.number(w)
	}
	if s, ok := theLanguage().same[st]; ok && s != st {
		if f.same = l.findStem(s); f.same == 0 {
			f.same = l.number(s)
			l.stems[s] = f.same
		}
	}
	l.forms[w] = f
	l.known = append(l.known, w)
	return f
}

func (l *lexicon) number(s string) int32 {
	n := l.size()
	l.spell = append(l.spell, s)
	return n
}

// strength tells how much a word of this lexicon says.
func (l *lexicon) strength(n int32) strength {
	w := l.spell[n-l.first]
	return theLanguage().strength(w, w)
}

// spelling is the word or stem that has a number.
func (l *lexicon) spelling(n int32) string {
	if n < l.first {
		return l.base.spelling(n)
	}
	return l.spell[n-l.first]
}
