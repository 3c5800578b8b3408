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

// ReadAs says in a few words how the question was read: what is asked, of what,
// and what is said not to be so. It is empty where nothing is known of the subject.
func (r *Reading) ReadAs() string {
	v, e := r.matcher.vocabulary, &r.Evidence
	if v == nil {
		return ""
	}
	var names []string
	list := func(of func(Kind) bool) {
		for _, n := range e.Found {
			if name := plainName(v.concepts[n].ID); of(v.concepts[n].Kind) && len(names) < conceptsShown {
				names = append(names, name)
			}
		}
	}
	list(func(k Kind) bool { return k == Ask })
	list(func(k Kind) bool { return k != Ask && !k.isElsewhere() })
	list(Kind.isElsewhere)
	for n, denied := range e.Denied {
		if denied {
			names = append(names, "not "+plainName(v.concepts[n].ID))
		}
	}
	switch {
	case len(names) == 0:
		return "nothing that the FAQ speaks of"
	case e.Report:
		return "a report of " + strings.Join(names, ", ")
	}
	return strings.Join(names, ", ")
}

// Because names the two things that spoke most for a match, in the person's words.
func (r *Reading) Because(m Match) string {
	var pro []Reason
	for reason := range r.Reasons(m) {
		if !reason.Shared && reason.Points > 0 && reason.Name != level {
			pro = append(pro, reason)
		}
	}
	slices.SortStableFunc(pro, func(a, b Reason) int { return cmp.Compare(b.Points, a.Points) })
	var names []string
	for _, reason := range pro {
		if name := r.spelling(reason); name != "" && !slices.Contains(names, name) && len(names) < 2 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}

// plainName is a concept's id as people read it.
func plainName(id string) string { return strings.ReplaceAll(id, "-", " ") }

// spelling is the words of the question that a reason stands for, if it stands for
// any.
func (r *Reading) spelling(reason Reason) string {
	if reason.Feature == nil {
		return reason.Name
	}
	switch f := reason.Feature; {
	case f.Kind == Found, f.Kind == Unfocused:
		return code(r.wordsOf(f.A))
	case f.Kind == Together:
		return code(r.wordsOf(f.A)) + " with " + code(r.wordsOf(f.B))
	case f.Kind == Single, f.Kind == Double:
		for i := range r.Words {
			if Root(&r.Words[i]) != f.A && f.A != "^" {
				continue
			}
			switch {
			case f.Kind == Single:
				return code(r.Words[i].Read)
			case f.A == "^" && Root(&r.Words[i]) == f.B && (i == 0 || r.Words[i].Sentence != r.Words[i-1].Sentence):
				return code(r.Words[i].Read) + " first"
			case i+1 < len(r.Words) && Root(&r.Words[i+1]) == f.B:
				return code(r.Words[i].Read + " " + r.Words[i+1].Read)
			}
		}
	}
	return ""
}

// describe names a reason for who reads the sum.
func (r *Reading) describe(reason Reason) string {
	if reason.Feature == nil {
		return reason.Name
	}
	switch f := reason.Feature; {
	case f.Kind == Base:
		return "subject " + [...]string{None: "not named", Partial: "named in part", Full: "named"}[r.Evidence.Focus]
	case f.Kind == Unknown:
		return "unknown words"
	case f.Kind == Unmatched:
		return "words in no term"
	case f.Kind == SubjectSlot:
		return "unknown word in the subject's place"
	case f.Kind == Unseen:
		return "words never met"
	case f.Kind == Nearest:
		return map[string]string{"here": "the subject's place named last", "elsewhere": "something else named last"}[f.A]
	case f.Kind == Report:
		return "nothing asked"
	case f.Kind == Closeness:
		return "like one of its wordings"
	case f.Kind == Found:
		return plainName(f.A)
	case f.Kind == Unfocused:
		return plainName(f.A) + " without the subject"
	case f.Kind == Together:
		return plainName(f.A) + " with " + plainName(f.B)
	}
	return r.spelling(reason)
}

// Explain writes down, in lines of Discord Markdown, the sum behind the matches.
// The lines hold words of the person who asked. Title gives the title of an entry.
func (r *Reading) Explain(matches []Match, title func(entry int) string) []string {
	lines := r.explainWords(nil)
	if r.matcher.UsesPoints() {
		lines = r.explainShared(lines)
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

// explainShared shows what speaks for all entries alike: how sure it is that the
// question is about the subject.
func (r *Reading) explainShared(lines []string) []string {
	sum, shared := 0.0, []Reason(nil)
	for entry, column := range r.matcher.columns {
		if column > 0 {
			for reason := range r.Reasons(Match{Entry: entry}) {
				if reason.Shared {
					sum, shared = sum+reason.Points, append(shared, reason)
				}
			}
			break
		}
	}
	return appendList(lines, fmt.Sprintf("**For all entries** %+.1f: ", sum), r.strongest(shared), reasonsShown)
}

// wordsOf is the words of the question in which a concept was found.
func (r *Reading) wordsOf(concept string) string {
	e := &r.Evidence
	i := slices.IndexFunc(e.Hits, func(h Hit) bool { return r.matcher.vocabulary.concepts[h.Concept].ID == concept && !h.Denied })
	if i < 0 {
		return concept
	}
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
	lines = appendList(lines, "   - for: ", r.strongest(pro), reasonsShown)
	return appendList(lines, "   - against: ", r.strongest(con), reasonsShown)
}

// strongest formats the reasons that matter, those that matter most first.
func (r *Reading) strongest(list []Reason) []string {
	slices.SortStableFunc(list, func(a, b Reason) int { return cmp.Compare(math.Abs(b.Points), math.Abs(a.Points)) })
	var out []string
	for _, x := range list {
		if math.Abs(x.Points) >= 0.05 && len(out) < reasonsShown {
			out = append(out, fmt.Sprintf("%s %+.1f", r.describe(x), x.Points))
		}
	}
	return out
}
