package faq

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"backfaq/faq/text"
)

// Explanation is why a reading came out as it did, in words. It holds words of
// the person who asked: show it to whoever asked for it, and to nobody else.
type Explanation struct{ lines []string }

// String is the explanation as text for people: plain lines, Discord Markdown.
func (e *Explanation) String() string { return strings.Join(e.lines, "\n") }

func (e *Explanation) add(format string, args ...any) {
	e.lines = append(e.lines, fmt.Sprintf(format, args...))
}

// How much is shown, so that an explanation fits into one message.
const (
	reasonsShown  = 5
	conceptsShown = 12
	wordsShown    = 10
)

// explain writes down how the question was read.
func (b *Book) explain(q *query, r *Reading, strictness sureness) *Explanation {
	e := new(Explanation)
	e.words(q)
	if b.root().vocabulary() {
		b.root().explainConcepts(q, e)
	}
	e.add("**Best matches**, a point more being 2.7 times the odds:")
	for i, m := range r.Matches[:min(3, len(r.Matches))] {
		e.add("%d. **%s** %+.1f", i+1, m.Entry.Title, m.Score)
		n, _ := b.find(m.Entry.ID)
		b.explainScore(q, n, e)
	}
	if len(r.Matches) == 0 {
		e.add("none: the question shares no words with the FAQ")
	}
	e.add("**Threshold**: answered from %+.1f, offered from %+.1f", strictness.answer, strictness.offer)
	if len(r.Matches) > 1 && r.Matches[0].Score < r.Matches[1].Score {
		e.add("**Sisters** that are less than %+.1f apart: the one that stands first in the file goes first", closeCall)
	}
	if r.Outcome == Suggested && r.Matches[0].Score >= strictness.answer {
		e.add("**A close call**: less than %+.1f between entries that are no sisters, so offered", closeCall)
	}
	e.warning(&r.Warning)
	e.add("**Verdict**: %s", r.Outcome)
	return e
}

// words shows what was corrected and what was not understood.
func (e *Explanation) words(q *query) {
	var fixed, unknown []string
	for i := range q.words {
		w := &q.words[i]
		switch {
		case w.Corrected():
			fixed = append(fixed, fmt.Sprintf("%s → %s", code(w.Typed), code(w.Read)))
		case len(w.Guesses) > 0 && q.covered(i):
			fixed = append(fixed, code(w.Typed)+", guessed from its neighbours")
		case w.Unknown && !w.Is(text.Digits) && !q.covered(i):
			unknown = append(unknown, code(w.Typed))
		}
	}
	if len(fixed) > 0 {
		e.add("**Corrected**: %s", list(fixed, wordsShown))
	}
	if len(unknown) > 0 {
		e.add("**Unknown words**: %s", list(unknown, wordsShown))
	}
}

// covered reports whether a word is part of a term found.
func (q *query) covered(i int) bool {
	return i < len(q.findings.covered) && q.findings.covered[i]
}

// code shows a person's word so that it can neither ping nor format.
func code(w string) string { return "`" + strings.ReplaceAll(w, "`", "'") + "`" }

func list(s []string, most int) string {
	if len(s) > most {
		s = append(slices.Clone(s[:most]), fmt.Sprintf("and %d more", len(s)-most))
	}
	return strings.Join(s, ", ")
}

// explainConcepts shows what was found, and what that says of the subject.
func (b *Book) explainConcepts(q *query, e *Explanation) {
	f := &q.findings
	var found, denied []string
	for _, n := range f.order {
		c := &b.concepts.list[n]
		text := fmt.Sprintf("%s (%s)", c.ID, code(f.words(q, n)))
		if c.Kind.elsewhere() {
			text = "elsewhere: " + text
		}
		found = append(found, text)
	}
	for n, d := range f.denied {
		if d {
			denied = append(denied, b.concepts.list[n].ID)
		}
	}
	if len(found) > 0 {
		e.add("**Found**: %s", list(found, conceptsShown))
	}
	if len(denied) > 0 {
		e.add("**Denied**: %s", list(denied, conceptsShown))
	}
	name := [...]string{unnamed: "not named: unknown words cost much", half: "named by half", named: "named: unknown words cost little"}[f.regime]
	e.add("**Subject** is %s", name)
	e.add("For all entries %+.1f: %s", b.shared(q), list(b.sharedReasons(q), conceptsShown))
}

// words are the words of the question in which a concept was found.
func (f *findings) words(q *query, concept int32) string {
	for _, s := range f.spans {
		if s.label == concept {
			var words []string
			for i := s.from; i < s.to; i++ {
				words = append(words, q.words[i].Read)
			}
			return strings.Join(words, " ")
		}
	}
	return ""
}

// sharedReasons is what shared adds up.
func (b *Book) sharedReasons(q *query) []string {
	f, g := &q.findings, gates[q.findings.regime]
	reasons := []reason{
		{"unknown words", -g.unknown * min(float64(f.unknown), mostUnknown)},
		{"words in no term", -g.loose * min(float64(f.loose), mostLoose)},
	}
	if f.slot {
		reasons = append(reasons, reason{"unknown word in the subject's place", -g.slot})
	}
	for _, n := range f.order {
		c := &b.concepts.list[n]
		reasons = append(reasons, reason{c.ID, float64(f.weight[n]) * (c.About + aloneShare[f.regime]*c.Alone)})
	}
	return append([]string{fmt.Sprintf("base %+.1f", baseScore+g.bias)}, strongest(reasons, reasonsShown)...)
}

// reason is a part of a score.
type reason struct {
	name   string
	points float64
}

// strongest formats the reasons that matter, those that matter most first.
func strongest(r []reason, most int) []string {
	slices.SortStableFunc(r, func(a, b reason) int { return cmp.Compare(math.Abs(b.points), math.Abs(a.points)) })
	var out []string
	for _, x := range r {
		if math.Abs(x.points) >= 0.05 && len(out) < most {
			out = append(out, fmt.Sprintf("%s %+.1f", x.name, x.points))
		}
	}
	return out
}

// explainScore shows what spoke for one entry and what against.
func (b *Book) explainScore(q *query, entry int32, e *Explanation) {
	var l likeness
	for _, s := range q.scores {
		if s.entry == entry {
			l = s.like
		}
	}
	root := b.root()
	var reasons []reason
	if root.vocabulary() && int(entry) < len(root.entries) {
		for _, n := range q.findings.order {
			reasons = append(reasons, reason{root.concepts.list[n].ID, float64(q.findings.weight[n]) * root.concepts.points[n][entry]})
		}
		reasons = append(reasons, reason{"asked for often", max(0, root.concepts.usual[entry])},
			reason{"seldom asked for", min(0, root.concepts.usual[entry])})
		reasons = append(reasons, reason{"like one of its wordings", likePoints * float64(l.share)})
	}
	var pro, con []reason
	for _, r := range reasons {
		if r.points < 0 {
			con = append(con, r)
		} else {
			pro = append(pro, r)
		}
	}
	if s := strongest(pro, reasonsShown); len(s) > 0 {
		e.add("   - for: %s", strings.Join(s, ", "))
	}
	if s := strongest(con, reasonsShown); len(s) > 0 {
		e.add("   - against: %s", strings.Join(s, ", "))
	}
	switch {
	case l.share >= sameShare && l.taught:
		e.add("- is a taught wording, whatever else it holds")
	case l.share >= sameShare:
		e.add("- is one of its own wordings, whatever else it holds")
	case len(reasons) == 0:
		e.add("- shares %.0f %% of words with a wording, %.0f %% with the entry", 100*l.share, 100*l.covered)
	}
}

func (e *Explanation) warning(w *Warning) {
	level := [...]string{NoWarning: "none", Reminder: "denied, so a reminder", Sign: "see a professional", Emergency: "emergency line"}[w.Level]
	if w.Level == NoWarning {
		e.add("**Warning signs**: none")
		return
	}
	e.add("**Warning signs**: %s (%s)", strings.Join(w.Signs, ", "), level)
}
