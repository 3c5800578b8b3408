package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"backfaq/faq"
	"backfaq/faq/match"
)

// tally counts what became of questions. Right, offered and wrong are of those in
// scope: answered rightly, offered among others, answered wrongly.
type tally struct {
	asked, first, three, right, offered, wrong int
	near, nearAnswered, far, farAnswered       int
}

// crossValidate tries each file of questions that a pattern names on points learned from the others. It
// prints a table by file, and one by thresholds over all files: how surely to
// answer is chosen there.
func crossValidate(all []question, pattern string) error {
	var files []string
	for _, q := range all {
		if ok, _ := filepath.Match(pattern+".jsonl", q.file); ok && !slices.Contains(files, q.file) {
			files = append(files, q.file)
		}
	}
	book := faq.Builtin()
	var ids []string
	for _, e := range book.Entries() {
		ids = append(ids, e.ID)
	}
	var thresholds []match.Thresholds // of the first is the table by file
	for _, answer := range []float64{0.42, 0.3, 0.36, 0.48, 0.54, 0.6, 0.66, 0.72} {
		thresholds = append(thresholds, match.Thresholds{Answer: answer, Offer: -2.8})
	}
	totals := make([]tally, len(thresholds))
	fmt.Printf("%-24s%s\n", "file", header)
	for _, file := range files {
		var others, own []question
		for _, q := range all {
			if q.file == file {
				own = append(own, q)
			} else {
				others = append(others, q)
			}
		}
		points, err := learn(others)
		if err != nil {
			return err
		}
		m := book.Matcher().WithPoints(ids, points)
		for i, t := range thresholds {
			n := try(m, ids, t, own)
			totals[i].add(n)
			if i == 0 {
				fmt.Printf("%-24s%s\n", file, n)
			}
		}
	}
	for i, t := range thresholds {
		fmt.Printf("from %.2f%-15s%s\n", t.Answer, "", totals[i])
	}
	return nil
}

// try reads questions with a matcher.
func try(m *match.Matcher, ids []string, t match.Thresholds, questions []question) (n tally) {
	for _, q := range questions {
		r := m.Read(q.Text)
		found := r.Matches(nil, 5, func(int) bool { return false })
		accepted := func(x match.Match) bool { return slices.Contains(q.Accept, ids[x.Entry]) }
		verdict := m.Verdict(t, found)
		switch {
		case q.Split == "borderline":
		case len(q.Accept) > 0:
			n.asked++
			first, three := accepted(found[0]), slices.ContainsFunc(found[:3], accepted)
			n.first += one(first)
			n.three += one(three)
			n.right += one(verdict == match.Reply && first)
			n.wrong += one(verdict == match.Reply && !first)
			n.offered += one(verdict == match.Offer && three)
		case q.Split == "far_oos":
			n.far++
			n.farAnswered += one(verdict == match.Reply)
		default:
			n.near++
			n.nearAnswered += one(verdict == match.Reply)
		}
		r.Release()
	}
	return n
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (n *tally) add(o tally) {
	n.asked, n.first, n.three = n.asked+o.asked, n.first+o.first, n.three+o.three
	n.right, n.offered, n.wrong = n.right+o.right, n.offered+o.offered, n.wrong+o.wrong
	n.near, n.nearAnswered, n.far, n.farAnswered = n.near+o.near, n.nearAnswered+o.nearAnswered, n.far+o.far, n.farAnswered+o.farAnswered
}

const header = "    in scope  first  three  right helped  wrong | near  answered | far  answered"

func (n tally) String() string {
	of := func(k, all int) float64 { return 100 * float64(k) / float64(max(1, all)) }
	return fmt.Sprintf("%12d %6.1f %6.1f %6.1f %6.1f %6.1f | %4d %8.1f  | %3d %9.1f", n.asked, of(n.first, n.asked), of(n.three, n.asked),
		of(n.right, n.asked), of(n.right+n.offered, n.asked), of(n.wrong, n.asked), n.near, of(n.nearAnswered, n.near), n.far, of(n.farAnswered, n.far))
}
