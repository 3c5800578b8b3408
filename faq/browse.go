package faq

import (
	"context"
	"slices"
	"strings"
)

// Look is how a server sees the FAQ when nothing is asked: an answer with
// nothing but its book and settings.
func (d *Desk) Look(ctx context.Context, server string) Answer {
	view := d.view(ctx, server)
	return Answer{Book: view.Book, Settings: view.Settings}
}

// Complete offers entries for a question that is still being typed: those
// whose title holds every word so far, then what a search finds, then, while
// nothing is typed, all that stand on their own.
func (d *Desk) Complete(ctx context.Context, q Question, max int) []*Entry {
	a := d.Look(ctx, q.Server)
	var list []*Entry
	add := func(e *Entry) {
		if len(list) < max && a.Shows(e) && !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	typed := strings.Fields(strings.ToLower(firstRunes(q.Text, MaxQuestion)))
	for _, e := range a.Book.Entries() {
		title := strings.ToLower(e.Title)
		if len(typed) > 0 && !slices.ContainsFunc(typed, func(w string) bool { return !strings.Contains(title, w) }) {
			add(e)
		}
	}
	if len(typed) == 0 {
		for _, e := range a.Book.Entries() {
			if e.Parent == "" {
				add(e)
			}
		}
		return list
	}
	for _, m := range a.Book.Read(q.Text, Options{Off: a.Settings.Off}).Matches {
		add(m.Entry)
	}
	return list
}

// firstRunes is the beginning of a text, at most n code points of it.
func firstRunes(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}
