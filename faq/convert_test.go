package faq

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// The FAQ of another bot, with its repeats, capitals, underscores and long
// answers, can be used as it comes out.
func TestConvertLargeFAQ(t *testing.T) {
	var list []map[string]any
	for n := range 76 {
		one := map[string]any{
			"ID": fmt.Sprintf("Topic_%d.A", n), "Question": fmt.Sprintf("How do I set up part %d: the #%d?", n, n),
			"answer":  fmt.Sprintf("Open **menu %d**:\n- see #help and C:\\dir\n!rank %d", n, n),
			"aliases": []string{"set up", fmt.Sprintf("Error: part %d", n), fmt.Sprintf("Error: part %d", n)},
		}
		switch n % 7 {
		case 1:
			one["ID"] = "Topic_0.A"
		case 2:
			one["ID"] = "not an id"
		case 3:
			one["answer"] = strings.Repeat("long ", 370)
		}
		list = append(list, one)
	}
	data, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	file, entries, checks, err := Convert("bot.json", data)
	if err != nil {
		t.Fatal(err)
	}
	book, err := Load("faq.yaml", file)
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, file)
	}
	if len(book.Entries()) != entries || entries != 66 || checks < 30 {
		t.Errorf("%d entries, %d in the file, %d checks", entries, len(book.Entries()), checks)
	}
	if e := book.Entries()[0]; e.ID != "Topic_0.A" || e.Title != list[0]["Question"] || e.Answer != list[0]["answer"] || len(e.Phrasings) != 2 {
		t.Errorf("the first entry became %+v", e)
	}
}

// One reading says all that must be done, however long the file is.
func TestAllMistakesAtOnce(t *testing.T) {
	var y strings.Builder
	y.WriteString("disclaimer: D\nentries:\n")
	for n := range 400 {
		fmt.Fprintf(&y, "  - id: entry %d\n    title: Error: %d\n    answer: see #%d\n    phrasing: x\n", n, n, n)
	}
	_, err := Load("faq.yaml", []byte(y.String()))
	wrong, ok := errors.AsType[*FileError](err)
	if !ok || len(wrong.Faults) != 3*400 {
		t.Fatalf("%d faults, want 1200: %.300v", len(wrong.Faults), err)
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != maxFaults+1 || lines[maxFaults] != "and 1150 more: correct these first" {
		t.Errorf("it prints %d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}
