package match

import (
	"slices"

	"backfaq/faq/text"
)

// Focus is how clearly a question names the subject of the FAQ. Where it is
// named, words that the FAQ does not know cost little: a story is full of them.
// Where it is not, every unknown word may be the real subject.
type Focus int

// The degrees of focus. Partial is a place without a complaint, or a complaint
// without its place.
const (
	None Focus = iota
	Partial
	Full
)

// Evidence is what a question holds of a FAQ's vocabulary.
type Evidence struct {
	Hits   []Hit     // the terms found, but for those that a longer one overlaps
	Found  []int32   // the concepts that count, in order of their first word
	Weight []float32 // by concept: 1 found in the question itself, less around it
	Denied []bool    // by concept: found, but denied
	InTerm []bool    // by word: it is part of a term

	Focus       Focus
	Unknown     float32 // words that neither the FAQ nor plain English has
	Unmatched   float32 // words of the FAQ that are part of no term found
	SubjectSlot bool    // an unknown word stands where the subject would
	Report      bool    // nothing is asked

	words    []text.Word
	asking   []bool // by sentence: it is the question itself
	statuses text.Statuses
	walker   walker
}

// focusNames are the degrees of focus as features have them.
var focusNames = [...]string{None: "none", Partial: "partial", Full: "full"}

// around is the weight of what stands around the question itself, in sentences
// that ask nothing: it tells the subject and settles ties. A word there that
// nothing explains counts outside.
const (
	around  = 0.5
	outside = 0.25
)

// reset empties the evidence and keeps its memory for the next question.
func (e *Evidence) reset() {
	e.Hits, e.Found, e.Weight, e.Denied, e.InTerm = e.Hits[:0], e.Found[:0], e.Weight[:0], e.Denied[:0], e.InTerm[:0]
	e.Focus, e.Unknown, e.Unmatched, e.SubjectSlot, e.Report = None, 0, 0, false, false
}

// find fills the evidence of a question, which is empty.
func (v *Vocabulary) find(e *Evidence, words []text.Word) {
	e.words = words
	e.Weight = zeroed(e.Weight, len(v.concepts))
	e.Denied = zeroed(e.Denied, len(v.concepts))
	e.InTerm = zeroed(e.InTerm, len(words))
	e.Hits = e.walker.run(v.terms, words)
	v.resolveOverlaps(e)
	v.markDenied(e)
	v.markQuestion(e)
	v.weigh(e)
	v.classify(e)
}

func zeroed[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// resolveOverlaps drops terms that another shows to be misread. Of two that share
// words and are on opposite sides the longer is meant: "lower back pain" holds no
// "back pain", and "back pain" of it no "pain in the back". Of two equally long
// ones rank decides. A term with a gap overlaps nothing, as it may span anything.
func (v *Vocabulary) resolveOverlaps(e *Evidence) {
	for i := range e.Hits {
		h := &e.Hits[i]
		h.misread = slices.ContainsFunc(e.Hits, func(o Hit) bool { return v.overlaps(&o, h) })
	}
	e.Hits = slices.DeleteFunc(e.Hits, func(h Hit) bool { return h.misread })
}

// overlaps reports whether o shows that h is misread.
func (v *Vocabulary) overlaps(o, h *Hit) bool {
	other, own := v.concepts[o.Concept].Kind, v.concepts[h.Concept].Kind
	if o.To <= h.From || h.To <= o.From || o.Gapped || other.isElsewhere() == own.isElsewhere() {
		return false
	}
	return o.size() > h.size() || o.size() == h.size() && other.rank() > own.rank()
}

// rank says which of two equally long terms is meant.
func (k Kind) rank() int {
	switch k {
	case Place:
		return 3
	case OtherPart:
		return 2
	case Back:
		return 1
	}
	return 0
}

// markDenied marks the complaints that are denied or somebody else's story.
func (v *Vocabulary) markDenied(e *Evidence) {
	e.statuses.Read(e.words)
	for i := range e.Hits {
		h := &e.Hits[i]
		own := func(cue int) bool { return h.From <= cue && cue < h.To }
		h.Denied = v.concepts[h.Concept].Kind.isComplaint() && e.statuses.Under(h.From, own)&(text.Denied|text.Unrelated) != 0
	}
}

// markQuestion finds the sentences that are the question itself: those with a
// question mark, else those that ask something. In a report, which asks nothing,
// it is all of them.
func (v *Vocabulary) markQuestion(e *Evidence) {
	n := 1
	if len(e.words) > 0 {
		n = e.words[len(e.words)-1].Sentence + 1
	}
	e.asking = zeroed(e.asking, n)
	for i := range e.words {
		if e.words[i].Asked {
			e.asking[e.words[i].Sentence] = true
		}
	}
	if slices.Contains(e.asking, true) {
		return
	}
	for _, h := range e.Hits {
		if v.concepts[h.Concept].Kind == Ask {
			e.asking[e.words[h.From].Sentence] = true
		}
	}
	if e.Report = !slices.Contains(e.asking, true); e.Report {
		for i := range e.asking {
			e.asking[i] = true
		}
	}
}

// weigh finds how much each concept counts.
func (v *Vocabulary) weigh(e *Evidence) {
	for i := range e.Hits {
		h := &e.Hits[i]
		for n := h.From; n < h.To; n++ {
			e.InTerm[n] = e.InTerm[n] || h.Has(n)
		}
		if h.Denied {
			e.Denied[h.Concept] = true
			continue
		}
		weight := float32(1)
		if !e.asking[e.words[h.From].Sentence] {
			weight = around
		}
		if e.Weight[h.Concept] == 0 {
			e.Found = append(e.Found, h.Concept)
		}
		e.Weight[h.Concept] = max(e.Weight[h.Concept], weight)
	}
}

// classify finds the focus and counts the words that nothing explains.
func (v *Vocabulary) classify(e *Evidence) {
	var located, part, subject, complaint bool
	for _, n := range e.Found {
		k := v.concepts[n].Kind
		located = located || k == Place || k == Back
		part = part || k == Part
		subject = subject || k == Subject
		complaint = complaint || k.isComplaint()
	}
	switch {
	case located && complaint:
		e.Focus = Full
	case located || part && complaint || subject:
		e.Focus = Partial
	}
	for i := range e.words {
		w := &e.words[i]
		if e.InTerm[i] || w.Class != text.Content && !w.Unknown || w.Is(text.Digits) {
			continue
		}
		weight := float32(outside)
		if e.asking[w.Sentence] {
			weight = 1
		}
		if w.Known {
			e.Unmatched += weight
			continue
		}
		e.Unknown += weight
		e.SubjectSlot = e.SubjectSlot || v.inSubjectSlot(e, i)
	}
}

// inSubjectSlot reports whether a word stands where a question names its subject:
// after a word such as "of", "for" or "cause", or before a complaint.
func (v *Vocabulary) inSubjectSlot(e *Evidence, word int) bool {
	for i := word - 1; i >= max(0, word-3); i-- {
		if e.words[i].Is(text.Lead) {
			return true
		}
		if !e.words[i].Is(text.Filler | text.Qualifier) {
			break
		}
	}
	return slices.ContainsFunc(e.Hits, func(h Hit) bool {
		return h.From == word+1 && v.concepts[h.Concept].Kind.isComplaint()
	})
}
