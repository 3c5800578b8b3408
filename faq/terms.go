package faq

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"backfaq/faq/text"
)

// A term is a way to say something, as the FAQ file writes it:
//
//	upper back          these words in this order; small words such as "the" or
//	                    "my" may stand between them
//	sharp/dull pain     either word
//	<limb> weak         any word or term of the group called limb
//	lost ~ strength     up to maxGap other words of the sentence in between
//	=weakness           exactly this spelling, no inflection of it
//
// All terms of a book are one graph, walked from every word of a question.
type terms struct {
	lexicon *text.Lexicon
	edges   map[edge]int32
	arcs    [][]arc           // by node: its edges, where they are few
	ends    []int32           // by node: the first of ending that ends there, or 0
	ending  []ending          // chains of labels
	gap     []int32           // by node: where it goes on after a gap, or 0
	groups  map[string]int32  // symbol of each group and set of alternatives
	member  map[int32][]int32 // word -> symbols of the sets that hold it
	starts  map[int32]bool
}

// edge leads from a node to the next on a symbol: a stem (positive), an exact
// spelling (negative), or a set of alternatives (from firstSet on).
type edge struct{ node, symbol int32 }

// arc is an edge seen from its node. Looking through a few is quicker than asking
// the map for each of a word's symbols, which are many where it is in many sets.
type arc struct{ symbol, next int32 }

const fewArcs = 8

// ending says that a term of a label ends at a node.
type ending struct{ label, next int32 }

const (
	numbers = 1 << 24 // the built-in set of all numbers, <num>
	maxGap  = 5
	maxSkip = 3 // small words in a row within a term
)

func newTerms(l *text.Lexicon) *terms {
	return &terms{
		lexicon: l,
		edges:   make(map[edge]int32, 16_000),
		arcs:    make([][]arc, 1),
		ends:    make([]int32, 1),
		ending:  make([]ending, 1),
		gap:     make([]int32, 1),
		groups:  map[string]int32{"num": numbers},
		member:  map[int32][]int32{},
		starts:  map[int32]bool{},
	}
}

func (t *terms) node() int32 {
	t.ends = append(t.ends, 0)
	t.gap = append(t.gap, 0)
	t.arcs = append(t.arcs, nil)
	return int32(len(t.ends) - 1)
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

func (t *terms) set(name string) int32 {
	if s, ok := t.groups[name]; ok {
		return s
	}
	s := int32(numbers + len(t.groups))
	t.groups[name] = s
	return s
}

// join makes a word a member of a set.
func (t *terms) join(set int32, w string) {
	s := t.symbol(w)
	if !slices.Contains(t.member[s], set) {
		t.member[s] = append(t.member[s], set)
	}
}

// symbol is the symbol of one written word.
func (t *terms) symbol(w string) int32 {
	if exact, ok := strings.CutPrefix(w, "="); ok {
		return -int32(t.lexicon.Add(exact).Exact)
	}
	return int32(t.lexicon.Add(w).Stem)
}

// add files a term under a label.
func (t *terms) add(term string, label int32) error {
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
		symbol, err := t.written(w)
		if err != nil {
			return fmt.Errorf("term %q: %w", term, err)
		}
		if at == 0 {
			t.starts[symbol] = true
		}
		next, ok := t.edges[edge{at, symbol}]
		if !ok {
			next = t.node()
			t.edges[edge{at, symbol}] = next
			if len(t.arcs[at]) <= fewArcs { // one more than few says that there are many
				t.arcs[at] = append(t.arcs[at], arc{symbol, next})
			}
		}
		at, open = next, false
	}
	if open {
		return fmt.Errorf("term %q: a term starts and ends with a word", term)
	}
	for e := t.ends[at]; e != 0; e = t.ending[e].next {
		if t.ending[e].label == label {
			return nil
		}
	}
	t.ending = append(t.ending, ending{label, t.ends[at]})
	t.ends[at] = int32(len(t.ending) - 1)
	return nil
}

// written is the symbol of one part of a term: a word, a group or alternatives.
func (t *terms) written(w string) (int32, error) {
	if name, ok := strings.CutPrefix(w, "<"); ok {
		if s, ok := t.groups[strings.TrimSuffix(name, ">")]; ok {
			return s, nil
		}
		return 0, fmt.Errorf("there is no group %s", w)
	}
	if !strings.Contains(w, "/") || w == "w/o" || w[0] >= '0' && w[0] <= '9' {
		return t.symbol(w), nil
	}
	if s, ok := t.groups[w]; ok {
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

// span is a term found in a question: words from to to-1.
type span struct {
	label    int32
	from, to int16
	gapped   bool
	words    uint64 // which of the words from on are the term's own
}

// spotter walks the terms over the words of a question.
type spotter struct {
	terms   *terms
	words   []text.Word
	symbols [][]int32 // by word
	guess   []bool    // by word: its symbols are guesses
	flat    []int32
	spans   []span
	steps   int
}

// maxSteps bounds the walk over one question, whatever it holds.
const maxSteps = 20_000

// run finds all terms in the words of a question.
func (s *spotter) run(t *terms, words []text.Word) []span {
	s.terms, s.words, s.spans, s.steps = t, words, s.spans[:0], 0
	s.flat, s.symbols, s.guess = s.flat[:0], s.symbols[:0], s.guess[:0]
	for i := range words {
		w, from := &words[i], len(s.flat)
		if st := int32(w.Stem); st != 0 {
			s.flat = append(s.flat, st)
			s.flat = append(s.flat, t.member[st]...)
		}
		if exact := int32(w.Exact); exact != 0 {
			s.flat = append(s.flat, -exact)
			s.flat = append(s.flat, t.member[-exact]...)
		}
		guess := len(s.flat)
		for _, g := range w.Guesses {
			s.flat = append(s.flat, int32(g.Stem))
			s.flat = append(s.flat, t.member[int32(g.Stem)]...)
		}
		s.guess = append(s.guess, len(s.flat) > guess)
		if w.Is(text.Number) {
			s.flat = append(s.flat, numbers)
		}
		s.symbols = append(s.symbols, s.flat[from:len(s.flat):len(s.flat)])
	}
	for i := range words {
		for _, sym := range s.symbols[i] {
			if t.starts[sym] {
				if n := t.edges[edge{0, sym}]; n != 0 {
					s.walk(i, i+1, n, 1, false, 0)
				}
			}
		}
	}
	return s.spans
}

// walk goes on from a node reached by the words up to at.
func (s *spotter) walk(from, at int, node int32, own uint64, gapped bool, skipped int) {
	if s.steps++; s.steps > maxSteps || at-from > 60 {
		return
	}
	if e := s.terms.ends[node]; e != 0 && s.sure(from, own) {
		for ; e != 0; e = s.terms.ending[e].next {
			s.spans = append(s.spans, span{s.terms.ending[e].label, int16(from), int16(at), gapped, own})
		}
	}
	if g := s.terms.gap[node]; g != 0 {
		for n := at; n <= at+maxGap && n < len(s.words) && s.words[n].Sentence == s.words[from].Sentence; n++ {
			s.step(from, n, g, own, true, 0)
		}
	}
	s.step(from, at, node, own, gapped, skipped)
}

// sure reports whether a term may be taken for found: at most one of its words is
// a guess, and at least one long enough to tell is not.
func (s *spotter) sure(from int, own uint64) bool {
	guesses, certain := 0, 0
	for i := from; own != 0; i, own = i+1, own>>1 {
		switch {
		case own&1 == 0:
		case s.guess[i]:
			guesses++
		default:
			certain++
		}
	}
	return guesses == 0 || guesses == 1 && certain > 0
}

// step tries the word at a node, and skips it if it is a small one.
func (s *spotter) step(from, at int, node int32, own uint64, gapped bool, skipped int) {
	if at >= len(s.words) || s.words[at].Sentence != s.words[from].Sentence {
		return
	}
	if arcs := s.terms.arcs[node]; len(arcs) <= fewArcs {
		for _, a := range arcs {
			if slices.Contains(s.symbols[at], a.symbol) {
				s.walk(from, at+1, a.next, own|1<<(at-from), gapped, 0)
			}
		}
	} else {
		for _, sym := range s.symbols[at] {
			if n := s.terms.edges[edge{node, sym}]; n != 0 {
				s.walk(from, at+1, n, own|1<<(at-from), gapped, 0)
			}
		}
	}
	if s.words[at].Is(text.Filler) && skipped < maxSkip {
		s.step(from, at+1, node, own, gapped, skipped+1)
	}
}
