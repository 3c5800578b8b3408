package match

import (
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"strings"

	"backfaq/faq/text"
)

// A term is a way to say something, as the FAQ file writes it:
//
//	upper back          these words in this order; fillers such as "the" or "my"
//	                    may stand between them
//	sharp/dull pain     either word
//	<limb> weak         any word of the group called limb
//	lost ~ strength     up to maxGap other words of the sentence in between
//	=weakness           exactly this spelling, no inflection of it
//
// All terms of a FAQ are one graph, walked from every word of a question.
type terms struct {
	lexicon *text.Lexicon
	edges   [][]edge            // by node, by symbol; the walk begins at node 0
	ends    [][]int32           // by node: the concepts whose terms end there
	gap     []int32             // by node: where it goes on after a gap, or 0
	sets    map[string]symbol   // of each group and each list of alternatives
	member  map[symbol][]symbol // word -> the sets that hold it
}

// symbol is a stem (positive), an exact spelling (negative), or a set of words
// (from firstSet on).
type symbol int32

// edge leads to the next node on a symbol.
type edge struct {
	symbol symbol
	next   int32
}

const (
	firstSet = 1 << 24 // the built-in set of all numbers, <num>
	maxGap   = 5
	maxSkip  = 3  // fillers in a row within a term
	maxSpan  = 60 // words from the first to the last of a term: they fit into Hit.own
)

func newTerms(l *text.Lexicon) *terms {
	return &terms{
		lexicon: l,
		edges:   make([][]edge, 1),
		ends:    make([][]int32, 1),
		gap:     make([]int32, 1),
		sets:    map[string]symbol{"num": firstSet},
		member:  map[symbol][]symbol{},
	}
}

func (t *terms) node() int32 {
	t.edges = append(t.edges, nil)
	t.ends = append(t.ends, nil)
	t.gap = append(t.gap, 0)
	return int32(len(t.ends) - 1)
}

// find gives the place of the edge that leads from a node on a symbol.
func (t *terms) find(node int32, s symbol) (int, bool) {
	return slices.BinarySearchFunc(t.edges[node], s, func(e edge, s symbol) int { return int(e.symbol) - int(s) })
}

// hyphens are undone as they are in questions.
var hyphens = strings.NewReplacer("-", " ", "'", "")

// split cuts a list of terms at its commas.
func split(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for s := range strings.SplitSeq(hyphens.Replace(list), ",") {
			if s = strings.TrimSpace(s); s != "" && !yield(s) {
				return
			}
		}
	}
}

// group names a list of single words, for use as <name>.
func (t *terms) group(name, list string) error {
	set := t.set(name)
	for w := range split(list) {
		if strings.ContainsAny(w, " ~<>/") {
			return fmt.Errorf("group %s: %q: a group holds single words", name, w)
		}
		t.join(set, w)
	}
	return nil
}

func (t *terms) set(name string) symbol {
	if s, ok := t.sets[name]; ok {
		return s
	}
	s := firstSet + symbol(len(t.sets))
	t.sets[name] = s
	return s
}

// join makes a word a member of a set.
func (t *terms) join(set symbol, w string) {
	s := t.word(w)
	if !slices.Contains(t.member[s], set) {
		t.member[s] = append(t.member[s], set)
	}
}

// word is the symbol of one word as a term writes it.
func (t *terms) word(w string) symbol {
	if exact, ok := strings.CutPrefix(w, "="); ok {
		return -symbol(t.lexicon.Add(exact).Exact)
	}
	return symbol(t.lexicon.Add(w).Stem)
}

// add files a term under a concept.
func (t *terms) add(term string, concept int32) error {
	at, open := int32(0), true // open: at the start, or after a gap
	for w := range strings.FieldsSeq(term) {
		if w == "~" {
			if open {
				return fmt.Errorf("term %q: a gap stands between two words", term)
			}
			if t.gap[at] == 0 {
				t.gap[at] = t.node()
			}
			at, open = t.gap[at], true
			continue
		}
		s, err := t.part(w)
		if err != nil {
			return fmt.Errorf("term %q: %w", term, err)
		}
		i, ok := t.find(at, s)
		if !ok {
			next := t.node()
			t.edges[at] = slices.Insert(t.edges[at], i, edge{s, next})
		}
		at, open = t.edges[at][i].next, false
	}
	if open {
		return fmt.Errorf("term %q: a term starts and ends with a word", term)
	}
	if !slices.Contains(t.ends[at], concept) {
		t.ends[at] = append(t.ends[at], concept)
	}
	return nil
}

// part is the symbol of one part of a term: a word, a group or alternatives.
func (t *terms) part(w string) (symbol, error) {
	if name, ok := strings.CutPrefix(w, "<"); ok {
		if s, ok := t.sets[strings.TrimSuffix(name, ">")]; ok {
			return s, nil
		}
		return 0, fmt.Errorf("there is no group %s", w)
	}
	if !strings.Contains(w, "/") || w == "w/o" || w[0] >= '0' && w[0] <= '9' {
		return t.word(w), nil
	}
	if s, ok := t.sets[w]; ok {
		return s, nil
	}
	s := t.set(w)
	for a := range strings.SplitSeq(w, "/") {
		if a == "" || strings.ContainsAny(a, "<>") {
			return 0, fmt.Errorf("%s: alternatives are words", w)
		}
		t.join(s, a)
	}
	return s, nil
}

// Hit is a term found in a question: words From to To-1.
type Hit struct {
	Concept  int32
	From, To int
	Gapped   bool // other words may stand between its own
	Denied   bool // "no numbness"
	misread  bool // a longer term shares words with it
	own      uint64
}

// Has reports whether a word of the question is one of the term's own, not one
// that stands between them.
func (h *Hit) Has(word int) bool {
	return word >= h.From && word < h.To && h.own>>(word-h.From)&1 == 1
}

// size is how many words of its own the term has.
func (h *Hit) size() int { return bits.OnesCount64(h.own) }

// walker walks the terms over the words of a question.
type walker struct {
	*terms
	words   []text.Word
	symbols [][]symbol // by word
	flat    []symbol   // of which symbols are parts
	hits    []Hit
	steps   int
}

// maxSteps bounds the walk over one question, whatever it holds.
const maxSteps = 20_000

// run finds all terms in the words of a question.
func (w *walker) run(t *terms, words []text.Word) []Hit {
	w.terms, w.words, w.hits, w.steps = t, words, w.hits[:0], 0
	w.flat, w.symbols = w.flat[:0], w.symbols[:0]
	for i := range words {
		from := len(w.flat)
		w.file(symbol(words[i].Stem))
		w.file(-symbol(words[i].Exact))
		for _, g := range words[i].Guesses {
			w.file(symbol(g.Stem))
		}
		if words[i].Is(text.Number) {
			w.flat = append(w.flat, firstSet)
		}
		w.symbols = append(w.symbols, w.flat[from:len(w.flat):len(w.flat)])
	}
	for i := range words {
		w.along(i, i, 0, 0, false, 0)
	}
	return w.hits
}

// file adds a symbol of a word and the sets that hold it.
func (w *walker) file(s symbol) {
	if s != 0 {
		w.flat = append(append(w.flat, s), w.member[s]...)
	}
}

// along goes from a node along all edges for a word. Own are the term's words so
// far, counted from the first.
func (w *walker) along(from, at int, node int32, own uint64, gapped bool, skipped int) {
	if at >= len(w.words) || w.words[at].Sentence != w.words[from].Sentence {
		return
	}
	for _, s := range w.symbols[at] {
		if i, ok := w.find(node, s); ok {
			w.arrive(from, at+1, w.edges[node][i].next, own|1<<(at-from), gapped)
		}
	}
	if own != 0 && skipped < maxSkip && w.words[at].Is(text.Filler) {
		w.along(from, at+1, node, own, gapped, skipped+1)
	}
}

// arrive goes on from a node reached by the words up to at.
func (w *walker) arrive(from, at int, node int32, own uint64, gapped bool) {
	if w.steps++; w.steps > maxSteps || at-from > maxSpan {
		return
	}
	if len(w.ends[node]) > 0 && w.certain(from, own) {
		for _, c := range w.ends[node] {
			w.hits = append(w.hits, Hit{Concept: c, From: from, To: at, Gapped: gapped, own: own})
		}
	}
	if gap := w.gap[node]; gap != 0 {
		for n := at; n <= at+maxGap && n < len(w.words) && w.words[n].Sentence == w.words[from].Sentence; n++ {
			w.along(from, n, gap, own, true, 0)
		}
	}
	if len(w.edges[node]) > 0 {
		w.along(from, at, node, own, gapped, 0)
	}
}

// certain reports whether a term may be taken for found: at most one of its words
// is a guess, and at least one is not.
func (w *walker) certain(from int, own uint64) bool {
	guesses := 0
	for i := from; i < from+bits.Len64(own); i++ {
		if own>>(i-from)&1 == 1 && len(w.words[i].Guesses) > 0 {
			guesses++
		}
	}
	return guesses == 0 || guesses == 1 && own&(own-1) != 0
}
