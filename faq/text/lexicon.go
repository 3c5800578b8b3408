package text

// ID is the number of a word or stem, so that terms and wordings are compared
// without looking at letters. Zero is no word.
type ID int32

// Lexeme is one spelling that a lexicon knows: the word itself, what it shares
// with its inflections, and the stem that stands for it where wordings are
// compared. Inflections share a Stem, everyday synonyms a Synonym. Root is the stem
// in letters, also of a word that no lexicon has.
type Lexeme struct {
	Exact, Stem, Synonym ID
	Class                Class
	Root                 string
}

// layer is the words of one FAQ, or those that a server adds to them.
type layer struct {
	first   ID // of the numbers it gives
	lexemes map[string]Lexeme
	stems   map[string]ID
	names   []string // word or stem by number, from first on
	typos   deletionIndex
}

// Lexicon numbers the words of a FAQ. It grows while a FAQ is compiled and is
// then only read, by any number of goroutines.
type Lexicon struct{ layers []*layer }

// NewLexicon is a lexicon without words.
func NewLexicon() *Lexicon { return new(Lexicon).Extend() }

// Extend is a lexicon that knows all words of l by the same numbers. Words added
// to it stay unknown to l, which is shared and must not grow any more.
func (l *Lexicon) Extend() *Lexicon {
	layers := append([]*layer(nil), l.layers...)
	return &Lexicon{append(layers, &layer{first: max(1, l.Size()), lexemes: map[string]Lexeme{}, stems: map[string]ID{}})}
}

// Size is one more than the highest number in use.
func (l *Lexicon) Size() ID {
	if len(l.layers) == 0 {
		return 0
	}
	last := l.layers[len(l.layers)-1]
	return last.first + ID(len(last.names))
}

// Find looks a folded spelling up.
func (l *Lexicon) Find(w string) (Lexeme, bool) {
	for i := len(l.layers) - 1; i >= 0; i-- {
		if x, ok := l.layers[i].lexemes[w]; ok {
			return x, true
		}
	}
	return Lexeme{}, false
}

// findStem looks a stem up; zero if no word has it.
func (l *Lexicon) findStem(s string) ID {
	for i := len(l.layers) - 1; i >= 0; i-- {
		if n := l.layers[i].stems[s]; n != 0 {
			return n
		}
	}
	return 0
}

// Add makes a folded spelling known.
func (l *Lexicon) Add(w string) Lexeme {
	if x, ok := l.Find(w); ok {
		return x
	}
	st := stem(w)
	n := l.addStem(st)
	x := Lexeme{Exact: n, Stem: n, Synonym: n, Class: language().class(w, st), Root: st}
	if w != st {
		x.Exact = l.number(w)
	}
	if s := language().canonical(st); s != st {
		x.Synonym = l.addStem(s)
	}
	top := l.layers[len(l.layers)-1]
	top.lexemes[w] = x
	top.typos.add(w)
	return x
}

func (l *Lexicon) addStem(s string) ID {
	n := l.findStem(s)
	if n == 0 {
		n = l.number(s)
		l.layers[len(l.layers)-1].stems[s] = n
	}
	return n
}

func (l *Lexicon) number(s string) ID {
	n, top := l.Size(), l.layers[len(l.layers)-1]
	top.names = append(top.names, s)
	return n
}

// Learn adds the words of a wording and appends their synonyms, in its order.
func (l *Lexicon) Learn(to []ID, wording string) []ID {
	c := cutters.Get().(*cutter)
	defer cutters.Put(c)
	c.cut(wording, Most)
	for _, t := range c.tokens {
		to = append(to, l.Add(c.text(t)).Synonym)
	}
	return to
}

// Class tells how much the word with a number says.
func (l *Lexicon) Class(n ID) Class {
	w := l.Name(n)
	return language().class(w, w)
}

// Name is the word or stem that has a number.
func (l *Lexicon) Name(n ID) string {
	for i := len(l.layers) - 1; i >= 0; i-- {
		if x := l.layers[i]; n >= x.first {
			return x.names[n-x.first]
		}
	}
	return ""
}

// First is the lowest number of the words that were added since Extend.
func (l *Lexicon) First() ID { return l.layers[len(l.layers)-1].first }
