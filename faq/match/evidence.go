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
	OffTopic    bool    // a concept from elsewhere was found
	SubjectSlot bool    // an unknown word stands where the subject would

	words   []text.Word
	asking  []bool // by sentence: it is the question itself
	denial  []bool // by word: it denies what follows
	negated []bool // by word: a denial runs over it
	open    []uint8
	walker  walker
}

// Sentences around the question count storyWeight. Dogs, jobs and other parts of
// the body that a story is dressed with count asideWeight, words that nothing
// explains outsideWeight.
const (
	storyWeight   = 0.5
	asideWeight   = 0.15
	outsideWeight = 0.25
)

// reset empties the evidence and keeps its memory for the next question.
func (e *Evidence) reset() {
	e.Hits, e.Found, e.Weight, e.Denied, e.InTerm = e.Hits[:0], e.Found[:0], e.Weight[:0], e.Denied[:0], e.InTerm[:0]
	e.Focus, e.Unknown, e.Unmatched, e.OffTopic, e.SubjectSlot = None, 0, 0, false, false
}

// find fills the evidence of a question, which is empty.
func (v *Vocabulary) find(e *Evidence, words []text.Word) {
	e.words = words
	e.Weight = zeroed(e.Weight, len(v.concepts))
	e.Denied = zeroed(e.Denied, len(v.concepts))
	e.InTerm = zeroed(e.InTerm, len(words))
	e.Hits = e.walker.run(v.terms, words)
	v.resolveOverlaps(e)
	v.markNegated(e)
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
// ones rank decides. A term with a gap overlaps nothing, as it may span anything,
// and neither another part of the body nor a single word takes a warning sign away.
func (v *Vocabulary) resolveOverlaps(e *Evidence) {
	for i := range e.Hits {
		h := &e.Hits[i]
		h.misread = slices.ContainsFunc(e.Hits, func(o Hit) bool { return v.overlaps(&o, h) })
	}
	e.Hits = slices.DeleteFunc(e.Hits, func(h Hit) bool { return h.misread })
}

// overlaps reports whether o shows that h is misread.
func (v *Vocabulary) overlaps(o, h *Hit) bool {
	if o.To <= h.From || h.To <= o.From || !v.opposed(o.Concept, h.Concept) {
		return false
	}
	switch k := v.concepts[o.Concept].Kind; {
	case o.Gapped && k != Harmless, v.isSign(h.Concept) && (k == OtherPart || o.size() == 1 && k != Harmless):
		return false
	}
	return o.size() > h.size() || o.size() == h.size() && v.rank(o.Concept) > v.rank(h.Concept)
}

// opposed reports whether only one of two concepts can be meant by the same words:
// the subject or something else, a warning sign or something harmless.
func (v *Vocabulary) opposed(a, b int32) bool {
	x, y := v.concepts[a].Kind, v.concepts[b].Kind
	if x == Harmless || y == Harmless {
		return x != y && v.isSign(a) && v.isSign(b)
	}
	return x.isElsewhere() != y.isElsewhere()
}

// rank says which of two equally long terms is meant.
func (v *Vocabulary) rank(concept int32) int {
	switch k := v.concepts[concept].Kind; {
	case k == Harmless:
		return 5
	case k == Place:
		return 4
	case k == OtherPart:
		return 3
	case k == Back:
		return 2
	case v.isSign(concept):
		return 0
	}
	return 1
}

// markQuestion finds the sentences that are the question itself: those with a
// question mark, else those that ask something, else all.
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
	if slices.Contains(e.asking, true) {
		return
	}
	for i := range e.asking {
		e.asking[i] = true
	}
}

// weigh finds how much each concept counts.
func (v *Vocabulary) weigh(e *Evidence) {
	for i := range e.Hits {
		h := &e.Hits[i]
		kind := v.concepts[h.Concept].Kind
		for n := h.From; n < h.To; n++ {
			e.InTerm[n] = e.InTerm[n] || h.Has(n)
		}
		if h.Denied && kind.isComplaint() {
			e.Denied[h.Concept] = true
			continue
		}
		weight := float32(1)
		switch asking := e.asking[e.words[h.From].Sentence]; {
		case !asking && kind.isElsewhere():
			weight = asideWeight
		case !asking:
			weight = storyWeight
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
		e.OffTopic = e.OffTopic || k.isElsewhere()
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
		weight := float32(outsideWeight)
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
