package faq

import (
	"context"
	"slices"
	"strings"
)

// Complete offers entries for a question that is still being typed: those
// whose title holds every word so far, then what a search finds, then, while
// nothing is typed, all that stand on their own.
func (d *Desk) Complete(ctx context.Context, q Question, most int) []*Entry {
	v := d.View(ctx, q.Server)
	var list []*Entry
	add := func(e *Entry) {
		if len(list) < most && v.Shows(e) && !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	typed := strings.Fields(strings.ToLower(firstRunes(q.Text, MaxQuestion)))
	for _, e := range v.Book.Entries() {
		title := strings.ToLower(e.Title)
		switch {
		case len(typed) == 0 && e.Parent == "",
			len(typed) > 0 && !slices.ContainsFunc(typed, func(w string) bool { return !strings.Contains(title, w) }):
			add(e)
		}
	}
	if len(typed) > 0 {
		for _, m := range v.Book.Read(q.Text, Options{Off: v.Settings.Off}).Matches {
			add(m.Entry)
		}
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
