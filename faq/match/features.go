package match

import "backfaq/faq/text"

// Feature is something about a question that entries get points for.
type Feature struct {
	Kind FeatureKind
	A, B string // what it is made of, by kind
}

// FeatureKind is what a feature is made of.
type FeatureKind uint8

// The kinds of features. A question's focus is none, partial or full; words are
// roots ([text.Lexeme]).
const (
	Base        FeatureKind = iota // A: the focus
	Unknown                        // A: the focus. Weight: words that neither the FAQ nor plain English has
	Unmatched                      // A: the focus. Weight: words of the FAQ that are part of no term found
	SubjectSlot                    // A: the focus. An unknown word stands where the subject would
	Unseen                         // weight: share of the telling words that no labelled question had
	Report                         // nothing is asked
	Nearest                        // A: "here" or "elsewhere", by which is named last
	Found                          // A: a concept
	Unfocused                      // A: a concept, B: the focus, which is not full
	Together                       // A, B: two concepts, in the order of their ids
	Single                         // A: a word
	Double                         // A, B: a word and the next; A is "^" at the start of a sentence
	Closeness                      // weight: how like one of its wordings the question is, which differs by entry
)

// featureNames are the kinds as a file of points has them.
var featureNames = [...]string{Base: "base", Unknown: "unknown", Unmatched: "unmatched", SubjectSlot: "slot", Unseen: "unseen",
	Report: "report", Nearest: "nearest", Found: "concept", Unfocused: "unfocused", Together: "together", Single: "word", Double: "words", Closeness: "closeness"}

// Words past these say no more, and the weights of their features end at 1.
const (
	mostUnknown   = 3
	mostUnmatched = 4
)

// Features calls add with all features of the question but Closeness. A feature
// may come several times: the highest weight counts.
func (r *Reading) Features(add func(f Feature, weight float32)) {
	eachFeature(r, asText{r.matcher.vocabulary}, func(k FeatureKind, a, b string, weight float32) { add(Feature{k, a, b}, weight) })
}

// namer names the parts that features are made of: as text, or as points number them.
type namer[P any] interface {
	name(s string) P
	concept(n int32) P
}

// asText names parts as they are written.
type asText struct{ *Vocabulary }

func (asText) name(s string) string     { return s }
func (t asText) concept(n int32) string { return t.concepts[n].ID }

// eachFeature calls add with the kind, the parts and the weight of each feature. None
// stands for a part that is not there.
func eachFeature[P any, N namer[P]](r *Reading, names N, add func(k FeatureKind, a, b P, weight float32)) {
	var none P
	e, v := &r.Evidence, r.matcher.vocabulary
	focus := names.name(focusNames[e.Focus])
	add(Base, focus, none, 1)
	add(Unknown, focus, none, min(e.Unknown/mostUnknown, 1))
	add(Unmatched, focus, none, min(e.Unmatched/mostUnmatched, 1))
	if e.SubjectSlot {
		add(SubjectSlot, focus, none, 1)
	}
	if e.Report {
		add(Report, none, none, 1)
	}
	if near := r.nearest(); near != "" {
		add(Nearest, names.name(near), none, 1)
	}
	for i, n := range e.Found {
		id, weight := names.concept(n), e.Weight[n]
		add(Found, id, none, weight)
		if e.Focus != Full {
			add(Unfocused, id, focus, weight)
		}
		for _, m := range e.Found[:i] {
			a, b := names.concept(m), id
			if v.concepts[m].ID > v.concepts[n].ID {
				a, b = b, a
			}
			add(Together, a, b, weight*e.Weight[m])
		}
	}
	start := names.name("^")
	last, sentence := none, -1
	for i := range r.Words {
		w := &r.Words[i]
		weight := float32(around)
		if e.asking[w.Sentence] {
			weight = 1
		}
		if w.Sentence != sentence {
			last, sentence = start, w.Sentence
		}
		root := names.name(Root(w))
		add(Single, root, none, weight)
		add(Double, last, root, weight)
		last = root
	}
}

// nearest is "here" where the subject's place is named later than any other part of the
// body or other subject, else "elsewhere": a story of the upper back may end with asking
// about a knee. The question itself goes before what stands around it. It is empty where
// none is named.
func (r *Reading) nearest() string {
	e, asked, last := &r.Evidence, false, -1
	where := ""
	for i := range e.Hits {
		h := &e.Hits[i]
		k := r.matcher.vocabulary.concepts[h.Concept].Kind
		here, asks := k == Place || k == Back, e.asking[e.words[h.From].Sentence]
		if !here && !k.isElsewhere() || asked && !asks || asked == asks && h.From < last {
			continue
		}
		asked, last, where = asks, h.From, "elsewhere"
		if here {
			where = "here"
		}
	}
	return where
}

// Root is a word as features have it; all numbers are one.
func Root(w *text.Word) string {
	if w.Is(text.Digits) {
		return "#"
	}
	return w.Root
}

// unseen is the share of the telling words that none of the labelled questions
// had, and that are part of no term.
func (r *Reading) unseen(p *Points) float32 {
	telling, unseen := 0, 0
	for i := range r.Words {
		w := &r.Words[i]
		if w.Class != text.Content {
			continue
		}
		telling++
		if !r.Evidence.InTerm[i] && !p.Seen(Root(w)) {
			unseen++
		}
	}
	return float32(unseen) / float32(max(1, telling))
}
