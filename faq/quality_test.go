package faq

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// labelled is one line of a question file.
type labelled struct {
	Text    string   `json:"text"`
	Accept  []string `json:"accept"` // ids of all right answers; none: must not be answered
	RedFlag bool     `json:"red_flag"`
	Split   string   `json:"split"`
}

func readLabelled(t *testing.T, path string) []labelled {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []labelled
	for s := bufio.NewScanner(f); s.Scan(); {
		var q labelled
		if err := json.Unmarshal(s.Bytes(), &q); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out = append(out, q)
	}
	return out
}

// tally counts what became of questions, as tools/score does.
type tally struct {
	asked, first, three, right, offered, wrong int // in scope
	out, answered                              int // out of scope
	red, seen, calm, alarms                    int // warning signs
}

func (n *tally) count(q labelled, r Reading) {
	if level := r.Warning.Level; q.RedFlag { // the sets label reasons to see a doctor as red flags, too
		n.red++
		n.seen += one(level == Reason || level >= Sign)
	} else {
		n.calm++
		n.alarms += one(level >= Sign)
	}
	if len(q.Accept) == 0 {
		n.out++
		n.answered += one(r.Outcome == Answered)
		return
	}
	n.asked++
	accepted := func(m Match) bool { return slices.Contains(q.Accept, m.Entry.ID) }
	top := len(r.Matches) > 0 && accepted(r.Matches[0])
	three := slices.ContainsFunc(r.Matches[:min(3, len(r.Matches))], accepted)
	n.first += one(top)
	n.three += one(three)
	n.right += one(r.Outcome == Answered && top)
	n.wrong += one(r.Outcome == Answered && !top)
	n.offered += one(r.Outcome == Suggested && three)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

// row is a line of the quality table.
func (n tally) row(name string) string {
	if n.asked == 0 {
		return fmt.Sprintf("%-12s %5d %53.1f", name, n.out, percent(n.answered, n.out))
	}
	return fmt.Sprintf("%-12s %5d %7.1f %7.1f %7.1f %7.1f %7.1f", name, n.asked, percent(n.first, n.asked), percent(n.three, n.asked),
		percent(n.right, n.asked), percent(n.right+n.offered, n.asked), percent(n.wrong, n.asked))
}

// quality is the table of one question file, and its totals.
func quality(t *testing.T, path string) (table string, all map[string]tally) {
	t.Helper()
	splits := map[string]*tally{}
	var total tally
	for _, q := range readLabelled(t, path) {
		r := Builtin().Read(q.Text, Options{})
		if splits[q.Split] == nil {
			splits[q.Split] = new(tally)
		}
		splits[q.Split].count(q, r)
		total.count(q, r)
	}
	var s strings.Builder
	fmt.Fprintf(&s, "%-12s %5s %7s %7s %7s %7s %7s %8s\n", filepath.Base(path), "n", "first", "three", "right", "helped", "wrong", "answered")
	all = map[string]tally{"all": total}
	var names []string
	for name, n := range splits {
		names, all[name] = append(names, name), *n
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintln(&s, splits[name].row(name))
	}
	if total.asked > 0 {
		fmt.Fprintln(&s, total.row("in scope"))
	}
	fmt.Fprintf(&s, "warning signs seen %.1f %% of %d, false alarms %.1f %% of %d\n",
		percent(total.seen, total.red), total.red, percent(total.alarms, total.calm), total.calm)
	return s.String(), all
}

// TestQuality keeps the figures on questions that nothing was learned from: a third
// of a collection, chosen by chance (held.jsonl), and sets by four writers who knew
// neither the vocabulary nor each other's questions (mixed.jsonl, posts.jsonl, fresh.jsonl, sealed.jsonl). They
// only tell how well it works: what is learned from goes into fit/questions. The
// golden table shows every change; the floors may never be given up with -update.
func TestQuality(t *testing.T) {
	var out strings.Builder
	for _, c := range []struct {
		file                     string
		first, right, helped     float64 // at least
		wrong, near, far, alarms float64 // at most
		seen                     float64
	}{
		{file: "held.jsonl", first: 87, right: 66, helped: 88, wrong: 7, near: 2, far: 2, seen: 95, alarms: 1},
		{file: "mixed.jsonl", first: 93, right: 85, helped: 94, wrong: 5, near: 2, far: 0.4, seen: 90, alarms: 2.5},
		{file: "posts.jsonl", first: 84, right: 72, helped: 86, wrong: 11, near: 3, far: 1, seen: 90, alarms: 4},
		{file: "sealed.jsonl", first: 88, right: 80, helped: 90, wrong: 8, near: 6, far: 0.4, seen: 88, alarms: 2.5},
		{file: "fresh.jsonl", first: 90, right: 80, helped: 93, wrong: 6.5, near: 4.5, far: 0.4, seen: 85, alarms: 3},
	} {
		table, n := quality(t, filepath.Join("testdata", c.file))
		out.WriteString(table + "\n")
		all := n["all"]
		for _, f := range []struct {
			name      string
			got, want float64
		}{
			{"ranked first", percent(all.first, all.asked), c.first},
			{"answered rightly", percent(all.right, all.asked), c.right},
			{"helped", percent(all.right+all.offered, all.asked), c.helped},
			{"warning signs seen", percent(all.seen, all.red), c.seen},
			{"answered wrongly", -percent(all.wrong, all.asked), -c.wrong},
			{"near out of scope answered", -percent(n["near_oos"].answered, n["near_oos"].out), -c.near},
			{"far out of scope answered", -percent(n["far_oos"].answered, n["far_oos"].out), -c.far},
			{"false alarms", -percent(all.alarms, all.calm), -c.alarms},
		} {
			if f.got < f.want {
				t.Errorf("%s: %s: %.1f %%, the floor is %.1f %%", c.file, f.name, max(f.got, -f.got), max(f.want, -f.want))
			}
		}
	}
	golden(t, "quality.txt", out.String())
}

// The public questions stay out of the repository; where they stand beside it,
// they are held to the same floors as those that were not tuned on.
func TestQualityOnPublicQuestions(t *testing.T) {
	path := filepath.Join("..", "..", "shared", "data", "dev.jsonl")
	if _, err := os.Stat(path); err != nil {
		t.Skip("the public questions are not here: ../shared/data/dev.jsonl")
	}
	table, n := quality(t, path)
	t.Log("\n" + table)
	if all := n["all"]; percent(all.first, all.asked) < 88 || percent(all.right, all.asked) < 75 || percent(all.wrong, all.asked) > 6 {
		t.Error("below what is asked for")
	}
}

// FAQs on other subjects, with nothing but entries, are found in as well.
func TestQualityOnOtherSubjects(t *testing.T) {
	var out strings.Builder
	for _, subject := range []string{"game", "library"} {
		data, err := os.ReadFile(filepath.Join("testdata", subject+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := Load(subject+".yaml", data)
		if err != nil {
			t.Fatal(err)
		}
		n := quizzed(t, b, filepath.Join("testdata", subject+".txt"))
		got := fmt.Sprintf("%-8s ranked first %.1f, answered rightly %.1f, wrongly %.1f of %d; refused %.1f of %d\n", subject, percent(n.first, n.asked),
			percent(n.right, n.asked), percent(n.wrong, n.asked), n.asked, 100-percent(n.answered, n.out), n.out)
		if percent(n.first, n.asked) < 90 || percent(n.right, n.asked) < 80 || percent(n.answered, n.out) > 8 {
			t.Errorf("below what is asked for: %s", got)
		}
		out.WriteString(got)
	}
	golden(t, "quality-others.txt", out.String())
}

// quizzed asks a book the lines of a file: the id of the right entry or a dash,
// a tab, the question.
func quizzed(t *testing.T, b *Book, path string) (n tally) {
	t.Helper()
	lines, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(lines)) {
		id, text, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue
		}
		q := labelled{Text: text}
		if id != "-" {
			if q.Accept = []string{id}; b.Entry(id) == nil {
				t.Fatalf("%s: there is no entry %s", path, id)
			}
		}
		n.count(q, b.Read(text, Options{}))
	}
	return n
}
