// Fit learns the points of package match from labelled questions, and writes them
// to faq/content/points.txt. To teach the program, add a line to a file of
// questions and run
//
//	go generate ./faq/...
//
// The same questions give the same bytes. With -check '*' it learns from all files of
// questions but one, tries the points on that one, and prints what came of it, for
// each file in turn: how well questions are read whose writer it has never met.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"backfaq/faq"
	"backfaq/faq/match"
)

func main() {
	check := flag.String("check", "", "try files of questions, such as posts*, each on points learned from all others")
	questions := flag.String("questions", "fit/questions", "folder with files of questions")
	to := flag.String("to", "content/points.txt", "file to write")
	flag.Parse()
	if err := run(*questions, *to, *check); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}

func run(folder, to, check string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no files of questions in %s: run it in the folder faq", folder)
	}
	slices.Sort(files)
	var all []question
	for _, f := range files {
		list, err := readQuestions(f)
		if err != nil {
			return err
		}
		all = append(all, list...)
	}
	if check != "" {
		return crossValidate(all, check)
	}
	points, err := learn(all)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := points.WriteTo(&b); err != nil {
		return err
	}
	return os.WriteFile(to, b.Bytes(), 0o644)
}

// learn fits points to questions.
func learn(questions []question) (*match.Points, error) {
	book := faq.Builtin()
	var ids []string
	for _, e := range book.Entries() {
		ids = append(ids, e.ID)
	}
	d := newDesign(book.Matcher(), ids)
	for _, q := range withVariants(book.Matcher(), questions) {
		d.add(q)
	}
	return d.fit()
}
