package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"backfaq/config"
	"backfaq/faq"
)

type evalCommand struct {
	config.FAQ
	Misses    bool   `help:"List the questions that were answered wrongly, missed, or answered without need."`
	Questions string `arg:"" name:"file" help:"Questions with the right answers, a line of JSON each: {\"text\": \"...\", \"accept\": [\"id\", ...]}. Nothing in accept: it must not be answered. More keys: split, level of the warning, or red_flag and emergency."`
}

// labelled is a question with what a person says is right.
type labelled struct {
	ID     string   `json:"id"`
	Text   string   `json:"text"`
	Accept []string `json:"accept"` // ids of right answers; none: it must not be answered
	Split  string   `json:"split"`  // a group of questions that is counted by itself

	RedFlag   *bool  `json:"red_flag"`  // a warning sign is named
	Emergency *bool  `json:"emergency"` // and it is one of an emergency
	Level     string `json:"level"`     // of the warning, by name, instead of the two
}

// The verdicts on a question in scope, in the order of the table, and on one
// out of scope.
var (
	inScope    = []string{"right", "offered", "wrong", "missed"}
	outOfScope = []string{"answered", "suggested", "refused"}
)

// tally counts verdicts by group, in the order in which groups appear.
type tally struct {
	groups []string
	counts map[string]map[string]int
}

func (t *tally) add(group, verdict string) {
	if t.counts == nil {
		t.counts = map[string]map[string]int{}
	}
	if t.counts[group] == nil {
		t.groups = append(t.groups, group)
		t.counts[group] = map[string]int{}
	}
	t.counts[group][verdict]++
}

// print writes a table of percentages; all is a last row of all groups.
func (t *tally) print(w io.Writer, name, all string, verdicts []string) {
	if len(t.groups) == 0 {
		return
	}
	row := func(group string, counts map[string]int) {
		n := 0
		for _, v := range verdicts {
			n += counts[v]
		}
		_, _ = fmt.Fprintf(w, "%s\t%d", group, n)
		for _, v := range verdicts {
			_, _ = fmt.Fprintf(w, "\t%.1f", percent(counts[v], n))
		}
		_, _ = fmt.Fprintln(w, "\t")
	}
	_, _ = fmt.Fprintf(w, "%s\tn", name)
	for _, v := range verdicts {
		_, _ = fmt.Fprintf(w, "\t%s", v)
	}
	_, _ = fmt.Fprintln(w, "\t")
	sum := map[string]int{}
	for _, group := range t.groups {
		row(group, t.counts[group])
		for v, n := range t.counts[group] {
			sum[v] += n
		}
	}
	if all != "" && len(t.groups) > 1 {
		row(all, sum)
	}
	_, _ = fmt.Fprintln(w)
}

// warningLevels are the names of the levels in rising order.
func warningLevels() (names []string) {
	for level := faq.NoWarning; level <= faq.Crisis; level++ {
		names = append(names, level.String())
	}
	return names
}

func percent(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

// Run answers all questions and prints how many of the answers are right.
func (c *evalCommand) Run(ctx context.Context, std streams) error {
	book, err := load(c.FAQ)
	if err != nil {
		return err
	}
	questions, err := readQuestions(c.Questions, book)
	if err != nil {
		return usageError{err}
	}
	desk := &faq.Desk{Book: book}
	var in, out, warnings tally
	first, three, scoped := 0, 0, 0
	for _, q := range questions {
		if ctx.Err() != nil {
			return nil // a signal
		}
		a := desk.Ask(ctx, faq.Question{Text: q.Text, Source: faq.FromTerminal})
		said := q.verdict(a)
		if len(q.Accept) > 0 {
			scoped++
			in.add(q.Split, said)
			ranked := a.Matches
			first += one(q.accepts(ranked[:min(1, len(ranked))]))
			three += one(q.accepts(ranked[:min(3, len(ranked))]))
		} else {
			out.add(q.Split, said)
		}
		if level, ok := q.level(); ok {
			warnings.add(level, a.Warning.Level.String())
		}
		if c.Misses && (said == "wrong" || said == "missed" || said == "answered") {
			_, _ = fmt.Fprintf(std.out, "%s\t%s\t%s instead of %v\t%s\n", said, q.ID, entryOf(a), q.Accept, q.Text)
		}
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	in.print(w, "in scope, %", "all", inScope)
	if scoped > 0 {
		_, _ = fmt.Fprintf(w, "ranked first\t%.1f\t\namong the first three\t%.1f\t\n\n", percent(first, scoped), percent(three, scoped))
	}
	out.print(w, "out of scope, %", "all", outOfScope)
	warnings.print(w, "warning, % seen as", "", warningLevels())
	return w.Flush()
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func entryOf(a faq.Answer) string {
	if a.Entry == nil {
		return "nothing"
	}
	return a.Entry.ID
}

// verdict is what an answer is worth.
func (q *labelled) verdict(a faq.Answer) string {
	if len(q.Accept) == 0 {
		switch a.Outcome {
		case faq.Answered:
			return "answered"
		case faq.Suggested:
			return "suggested"
		}
		return "refused"
	}
	switch {
	case a.Outcome == faq.Answered && slices.Contains(q.Accept, a.Entry.ID):
		return "right"
	case a.Outcome == faq.Answered:
		return "wrong"
	case a.Outcome == faq.Suggested && slices.ContainsFunc(a.Suggestions[:min(3, len(a.Suggestions))], func(e *faq.Entry) bool { return slices.Contains(q.Accept, e.ID) }):
		return "offered"
	}
	return "missed"
}

func (q *labelled) accepts(matches []faq.Match) bool {
	return slices.ContainsFunc(matches, func(m faq.Match) bool { return slices.Contains(q.Accept, m.Entry.ID) })
}

// level is the warning that is labelled, if one is.
func (q *labelled) level() (level string, ok bool) {
	switch {
	case q.Level != "":
		return "labelled " + q.Level, true
	case q.RedFlag == nil:
		return "", false
	case q.Emergency != nil && *q.Emergency:
		return "labelled emergency", true
	case *q.RedFlag && q.Emergency != nil:
		return "labelled sign", true
	case *q.RedFlag:
		return "labelled sign or emergency", true
	}
	return "labelled none", true
}

// readQuestions reads labelled questions. An id that is no entry of the book is
// a mistake in the labels.
func readQuestions(name string, book *faq.Book) ([]labelled, error) {
	data, err := readFile(name, name)
	if err != nil {
		return nil, err
	}
	var list []labelled
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		q := labelled{ID: fmt.Sprint("line ", n), Split: "questions"}
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil || q.Text == "" {
			return nil, fmt.Errorf(`%s:%d: write {"text": "...", "accept": ["id of an entry", ...]}`, name, n)
		}
		for _, id := range q.Accept {
			if book.Entry(id) == nil {
				return nil, fmt.Errorf("%s:%d: %q is no entry of this FAQ: use the id of one", name, n, id)
			}
		}
		list = append(list, q)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(list) == 0 {
		return nil, errors.New(name + " holds no questions: write one JSON object a line")
	}
	return list, nil
}
