package match

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"backfaq/faq/text"
)

// How much is shown, so that an explanation fits into one message.
const (
	reasonsShown  = 5
	conceptsShown = 12
	wordsShown    = 10
)

// Explain writes down, in lines of Discord Markdown, how the question was read and
// why the matches have their scores. The lines hold words of the person who asked.
// Title gives the title of an entry.
func (r *Reading) Explain(matches []Match, title func(entry int) string) []string {
	lines := r.explainWords(nil)
	if r.matcher.UsesConcepts() {
		lines = r.explainEvidence(lines)
	}
	lines = append(lines, "**Best matches**, a point more being 2.7 times the odds:")
	for i, m := range matches {
		lines = append(lines, fmt.Sprintf("%d. **%s** %+.1f", i+1, title(m.Entry), m.Score))
		lines = r.explainScore(lines, m)
	}
	if len(matches) == 0 {
		lines = append(lines, "none: the question shares no words with the FAQ")
	}
	return lines
}

// explainWords shows what was corrected and what was not understood.
func (r *Reading) explainWords(lines []string) []string {
	var corrected, unknown []string
	for i := range r.Words {
		w := &r.Words[i]
		inTerm := i < len(r.Evidence.InTerm) && r.Evidence.InTerm[i]
		switch {
		case w.Corrected():
			corrected = append(corrected, fmt.Sprintf("%s → %s", code(w.Typed), code(w.Read)))
		case len(w.Guesses) > 0 && inTerm:
			corrected = append(corrected, code(w.Typed)+", guessed from its neighbours")
		case w.Unknown && !w.Is(text.Digits) && !inTerm:
			unknown = append(unknown, code(w.Typed))
		}
	}
	lines = appendList(lines, "**Corrected**: ", corrected, wordsShown)
	return appendList(lines, "**Unknown words**: ", unknown, wordsShown)
}

// code shows a person's word so that it can neither ping nor format.
func code(w string) string { return "`" + strings.ReplaceAll(w, "`", "'") + "`" }

// appendList adds a line with a list, unless it is empty.
func appendList(lines []string, head string, list []string, most int) []string {
	if len(list) == 0 {
		return lines
	}
	if len(list) > most {
		list = append(slices.Clone(list[:most]), fmt.Sprintf("and %d more", len(list)-most))
	}
	return append(lines, head+strings.Join(list, ", "))
}

// explainEvidence shows what was found, and what that says of the subject.
func (r *Reading) explainEvidence(lines []string) []string {
	v, e := r.matcher.vocabulary, &r.Evidence
	var found, denied []string
	for _, n := range e.Found {
		line := fmt.Sprintf("%s (%s)", v.concepts[n].ID, code(e.spelling(n)))
		if v.concepts[n].Kind.isElsewhere() {
			line = "elsewhere: " + line
		}
		found = append(found, line)
	}
	for n, d := range e.Denied {
		if d {
			denied = append(denied, v.concepts[n].ID)
		}
	}
	lines = appendList(lines, "**Found**: ", found, conceptsShown)
	lines = appendList(lines, "**Denied**: ", denied, conceptsShown)
	focus := [...]string{None: "not named: unknown words cost much", Partial: "named by half", Full: "named: unknown words cost little"}[e.Focus]
	lines = append(lines, "**Subject** is "+focus)
	base, sum, shared := "", 0.0, []Reason(nil)
	for reason := range r.Reasons(Match{}) {
		if !reason.Shared {
			continue
		}
		if sum += reason.Points; base == "" {
			base = fmt.Sprintf("base %+.1f", reason.Points)
			continue
		}
		shared = append(shared, reason)
	}
	return appendList(lines, fmt.Sprintf("For all entries %+.1f: ", sum), append([]string{base}, strongest(shared)...), conceptsShown)
}

// spelling is the words of the question in which a concept was found.
func (e *Evidence) spelling(concept int32) string {
	i := slices.IndexFunc(e.Hits, func(h Hit) bool { return h.Concept == concept })
	var words []string
	for _, w := range e.words[e.Hits[i].From:e.Hits[i].To] {
		words = append(words, w.Read)
	}
	return strings.Join(words, " ")
}

// explainScore shows what spoke for one entry and what against.
func (r *Reading) explainScore(lines []string, m Match) []string {
	var pro, con []Reason
	for reason := range r.Reasons(m) {
		switch {
		case reason.Shared:
		case reason.Points < 0:
			con = append(con, reason)
		default:
			pro = append(pro, reason)
		}
	}
	lines = appendList(lines, "   - for: ", strongest(pro), reasonsShown)
	return appendList(lines, "   - against: ", strongest(con), reasonsShown)
}

// strongest formats the reasons that matter, those that matter most first.
func strongest(list []Reason) []string {
	slices.SortStableFunc(list, func(a, b Reason) int { return cmp.Compare(math.Abs(b.Points), math.Abs(a.Points)) })
	var out []string
	for _, r := range list {
		if math.Abs(r.Points) >= 0.05 && len(out) < reasonsShown {
			out = append(out, fmt.Sprintf("%s %+.1f", r.Name, r.Points))
		}
	}
	return out
}
