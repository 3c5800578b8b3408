package match

import "backfaq/faq/text"

// markNegated marks the terms that are denied. It is NegEx (Chapman 2001) with a
// reach of two words: a denial runs over a list of complaints and what joins
// them, so "no numbness, tingling or weakness in my arm but it hurts" denies
// three things and not the fourth. One other word may stand in between ("no real
// numbness"), and "or" carries a plain denial on ("no pain down the arm or
// numbness"). "No, my arm is numb" denies nothing.
func (v *Vocabulary) markNegated(e *Evidence) {
	const reach, carry = 2, 8
	v.markDeniable(e)
	e.denial, e.negated = zeroed(e.denial, len(e.words)), zeroed(e.negated, len(e.words))
	left, plain, last := 0, false, -carry
	for i := range e.words {
		w := &e.words[i]
		switch {
		case i > 0 && w.Sentence != e.words[i-1].Sentence,
			i == last+1 && w.Clause != e.words[i-1].Clause,
			w.Is(text.Contrast):
			left, last = 0, -carry
		case w.Is(text.Alternative) && plain && i-last < carry:
			left, last = reach, i
		}
		switch {
		case w.Is(text.Denial):
			left, plain, last = reach, w.Is(text.PlainDenial), i
			e.denial[i] = true
		case left == 0:
		case e.open[i]&byAny != 0 || e.open[i] != 0 && plain:
			e.negated[i], left = true, reach
		case !w.Is(text.Filler | text.Conjunction):
			left--
		}
	}
	for i := range e.Hits {
		h := &e.Hits[i]
		h.Denied = e.negated[h.From] || v.isSign(h.Concept) && e.deniedInside(h)
	}
}

// The denials that a word is open to: a warning sign is denied by any, another
// complaint by a plain "no" only, since "why isn't the pain going away" denies no
// pain.
const (
	byAny uint8 = 1 << iota
	byPlain
)

func (v *Vocabulary) markDeniable(e *Evidence) {
	e.open = zeroed(e.open, len(e.words))
	for _, h := range e.Hits {
		by := uint8(0)
		switch k := v.concepts[h.Concept].Kind; {
		case k == Sign:
			by = byAny
		case k.isComplaint() || v.isSign(h.Concept) && k == Topic:
			by = byPlain
		}
		for i := h.From; i < h.To; i++ {
			e.open[i] |= by
		}
	}
}

// deniedInside reports whether a denial runs over any word of a term ("[arms]
// fine, no [tingling]") and is no part of it ("[no feeling]").
func (e *Evidence) deniedInside(h *Hit) bool {
	denied := false
	for i := h.From; i < h.To; i++ {
		if h.Has(i) {
			if e.denial[i] {
				return false
			}
			denied = denied || e.negated[i]
		}
	}
	return denied
}
