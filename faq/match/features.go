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
	e, v := &r.Evidence, r.matcher.vocabulary
	focus := focusNames[e.Focus]
	add(Feature{Kind: Base, A: focus}, 1)
	add(Feature{Kind: Unknown, A: focus}, min(e.Unknown/mostUnknown, 1))
	add(Feature{Kind: Unmatched, A: focus}, min(e.Unmatched/mostUnmatched, 1))
	if e.SubjectSlot {
		add(Feature{Kind: SubjectSlot, A: focus}, 1)
	}
	if e.Report {
		add(Feature{Kind: Report}, 1)
	}
	if near := r.nearest(); near != "" {
		add(Feature{Kind: Nearest, A: near}, 1)
	}
	for i, n := range e.Found {
		id, weight := v.concepts[n].ID, e.Weight[n]
		add(Feature{Kind: Found, A: id}, weight)
		if e.Focus != Full {
			add(Feature{Kind: Unfocused, A: id, B: focus}, weight)
		}
		for _, m := range e.Found[:i] {
			a, b := v.concepts[m].ID, id
			if a > b {
				a, b = b, a
			}
			add(Feature{Kind: Together, A: a, B: b}, weight*e.Weight[m])
		}
	}
	last, sentence := "", -1
	for i := range r.Words {
		w := &r.Words[i]
		weight := float32(around)
		if e.asking[w.Sentence] {
			weight = 1
		}
		if w.Sentence != sentence {
			last, sentence = "^", w.Sentence
		}
		root := Root(w)
		add(Feature{Kind: Single, A: root}, weight)
		add(Feature{Kind: Double, A: last, B: root}, weight)
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
