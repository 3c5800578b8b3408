package faq

import (
	"slices"

	"backfaq/faq/text"
)

// regime is how clearly a question names the subject of the FAQ.
type regime int

// Where the subject is named, words the FAQ does not know cost little: a story
// is full of them. Where it is not, every unknown word may be the real subject.
const (
	unnamed regime = iota
	half           // a place without a complaint, or a complaint without its place
	named
)

// findings is what a question holds of a FAQ's vocabulary.
type findings struct {
	spans    []span
	kept     []span
	weight   []float32 // by concept: 1 found in the question itself, storyWeight around it
	denied   []bool    // by concept: found, but denied
	order    []int32   // concepts found, in order of their first word
	covered  []bool    // by word: part of a term
	deniable []uint8
	denial   []bool // by word: it denies what follows
	negated  []bool // by word: a denial runs over it
	asking   []bool // by sentence: the question itself

	regime  regime
	unknown float32 // words that neither the FAQ nor plain English has
	loose   float32 // words of the FAQ that are part of no term found
	away    bool    // a word from elsewhere was found
	slot    bool    // an unknown word stands where the subject would
}

// What counts of the sentences around the question. Dogs, jobs and other parts
// of the body that a story is dressed with count least.
const (
	storyWeight = 0.5
	scenery     = 0.15
)

// find fills the findings of a question.
func (f *findings) find(b *Book, q *query) {
	c := b.concepts
	n := len(q.words)
	f.weight = resize(f.weight, len(c.list))
	f.denied = resize(f.denied, len(c.list))
	f.covered = resize(f.covered, n)
	f.denial = resize(f.denial, n)
	f.negated = resize(f.negated, n)
	f.order = f.order[:0]
	f.spans = f.untangle(c, q.spotter.run(c.terms, q.words))
	f.deny(c, q)
	f.ask(c, q)
	for _, s := range f.spans {
		x := &c.list[s.label]
		for i := int(s.from); i < int(s.to); i++ {
			f.covered[i] = f.covered[i] || s.words>>(i-int(s.from))&1 == 1
		}
		if x.Kind.ails() && (f.negated[s.from] || int(s.label) >= c.warns && f.denies(s)) {
			f.denied[s.label] = true
			continue
		}
		w := float32(1)
		if !f.asking[q.words[s.from].Sentence] {
			if w = storyWeight; x.Kind.elsewhere() {
				w = scenery
			}
		}
		if f.weight[s.label] == 0 {
			f.order = append(f.order, s.label)
		}
		f.weight[s.label] = max(f.weight[s.label], w)
	}
	f.measure(b, q)
}

func resize[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// untangle drops what a longer term swallows. A term of the subject and a term
// from elsewhere cannot share words: "lower back pain" holds no "back pain", and
// "back pain" of it no "pain in the back".
func (f *findings) untangle(c *concepts, spans []span) []span {
	size := func(s span) int { return popcount(s.words) }
	keep := f.kept[:0]
	for i, s := range spans {
		here, lost := c.list[s.label].Kind, false
		for j, o := range spans {
			if i == j || o.to <= s.from || s.to <= o.from {
				continue
			}
			there := c.list[o.label].Kind
			if there == harmless && int(s.label) >= c.warns && here != harmless && size(o) >= size(s) {
				lost = true // "breathing exercises"
			}
			if o.gapped || there == harmless {
				continue
			}
			inside := o.from <= s.from && s.to <= o.to
			switch {
			case here.elsewhere() == there.elsewhere():
			case int(s.label) >= c.warns && there != otherPart && size(o) > 1 && size(o) >= size(s):
				lost = true // hay fever
			case inside && size(o) > size(s):
				lost = true // pain in "lower back pain"
			case here.locates() && (size(o) > size(s) || size(o) == size(s) && there == otherPart && here == back):
				lost = true // "back pain" in "lower back pain"
			case here != otherPart && here.elsewhere() && there.locates() && size(o) >= size(s):
				lost = true // "get back" in "i get back spasms"
			}
		}
		if !lost {
			keep = append(keep, s)
		}
	}
	f.kept = keep
	return keep
}

func popcount(x uint64) int {
	n := 0
	for ; x != 0; x &= x - 1 {
		n++
	}
	return n
}

// deny marks the words that are denied. A denial runs over a list of complaints
// and what joins them: "no numbness, tingling or weakness in my arm but it hurts"
// denies three things and not the fourth. One other word may stand in between
// ("no real numbness"), and "or" carries a denial on ("no pain down the arm or
// numbness"). "No, my arm is numb" denies nothing.
func (f *findings) deny(c *concepts, q *query) {
	// What may be denied: warning signs by any denial, other complaints by a
	// plain "no" only, since "why isn't the pain going away" denies no pain.
	f.deniable = resize(f.deniable, len(q.words))
	for _, s := range f.spans {
		may := uint8(0)
		switch k := c.list[s.label].Kind; {
		case k == warningOf:
			may = 1
		case k.ails() || int(s.label) >= c.warns && k == cause:
			may = 2
		default:
			continue
		}
		for i := int(s.from); i < int(s.to); i++ {
			f.deniable[i] |= may
		}
	}
	const reach, carry = 2, 8
	left, plain, last := 0, false, -carry
	for i := range q.words {
		w := &q.words[i]
		switch {
		case i > 0 && q.words[i].Sentence != q.words[i-1].Sentence,
			i == last+1 && q.words[i].Clause != q.words[i-1].Clause,
			w.Is(text.Contrast):
			left, last = 0, -carry
		case w.Is(text.Alternative) && plain && i-last < carry:
			left, last = reach, i
		}
		switch {
		case w.Is(text.Denial):
			left, plain, last = reach, w.Is(text.PlainDenial), i
			f.denial[i] = true
		case left == 0:
		case f.deniable[i]&1 != 0 || f.deniable[i] != 0 && plain:
			f.negated[i], left = true, reach
		case !w.Is(text.Filler | text.Conjunction):
			left--
		}
	}
}

// denies reports whether a term found is denied: its first word ("no [numb hand]"),
// or any ("[arms] fine, no [tingling]") if the denial is no part of it ("[no feeling]").
func (f *findings) denies(s span) bool {
	if f.negated[s.from] {
		return true
	}
	denied := false
	for i, own := int(s.from), s.words; own != 0; i, own = i+1, own>>1 {
		if own&1 == 1 && f.denial[i] {
			return false
		}
		denied = denied || own&1 == 1 && f.negated[i]
	}
	return denied
}

// ask finds out which sentences are the question itself.
func (f *findings) ask(c *concepts, q *query) {
	n := 1
	if len(q.words) > 0 {
		n = int(q.words[len(q.words)-1].Sentence) + 1
	}
	f.asking = resize(f.asking, n)
	any := false
	for i := range q.words {
		if q.words[i].Asked {
			f.asking[q.words[i].Sentence], any = true, true
		}
	}
	if !any {
		for _, s := range f.spans {
			if c.list[s.label].Kind == ask {
				f.asking[q.words[s.from].Sentence], any = true, true
			}
		}
	}
	if !any {
		for i := range f.asking {
			f.asking[i] = true
		}
	}
}

// measure finds the regime and counts the words that nothing explains.
func (f *findings) measure(b *Book, q *query) {
	var has [16]bool
	for _, n := range f.order {
		has[kindNumber(b.concepts.list[n].Kind)] = true
	}
	ails := has[kindNumber(subject)] || has[kindNumber(complaint)] || has[kindNumber(warningOf)]
	switch {
	case (has[kindNumber(place)] || has[kindNumber(back)]) && ails:
		f.regime = named
	case has[kindNumber(place)] || has[kindNumber(back)] || has[kindNumber(partOf)] && ails || has[kindNumber(subject)]:
		f.regime = half
	default:
		f.regime = unnamed
	}
	f.unknown, f.loose, f.slot, f.away = 0, 0, false, false
	for _, n := range f.order {
		f.away = f.away || b.concepts.list[n].Kind.elsewhere()
	}
	for i := range q.words {
		w := &q.words[i]
		if f.covered[i] || w.Class != text.Content && !w.Unknown || w.Is(text.Digits) {
			continue
		}
		part := float32(0.25)
		if f.asking[q.words[i].Sentence] {
			part = 1
		}
		switch {
		case w.Known:
			f.loose += part
		default:
			f.unknown += part
			f.slot = f.slot || f.inSlot(b, q, i)
		}
	}
}

// inSlot reports whether an unknown word stands where a question names its
// subject: after "of", "for", "about", "cause", or before a complaint.
func (f *findings) inSlot(b *Book, q *query, i int) bool {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		w := &q.words[j]
		if w.Is(text.Lead) {
			return true
		}
		if !w.Is(text.Filler | text.Qualifier) {
			break
		}
	}
	for _, s := range f.spans {
		if int(s.from) == i+1 && b.concepts.list[s.label].Kind.ails() {
			return true
		}
	}
	return false
}

func kindNumber(k kind) int {
	if i := slices.Index(vocabularyKinds, k); i >= 0 {
		return i
	}
	if i := slices.Index(elsewhereKinds, k); i >= 0 {
		return len(vocabularyKinds) + i
	}
	return len(vocabularyKinds) + len(elsewhereKinds) // harmless
}
