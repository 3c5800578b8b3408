package faq

import "slices"

// Caught is a title or phrasing of an entry that another entry answers.
type Caught struct {
	Question string
	Entry    *Entry // whose it is
}

// Caught lists the titles and phrasings that the book answers with their own
// entry, and the next book with the entry of the id given: the price of what was
// taught for that in between. Those of the entry itself are not among them.
func (b *Book) Caught(next *Book, id string) (list []Caught) {
	answer := func(book *Book, question string) string {
		if r := book.Read(question, Options{}); r.Outcome == Answered {
			return r.Matches[0].Entry.ID
		}
		return ""
	}
	for _, e := range next.Entries() {
		if e.ID == id {
			continue
		}
		for _, question := range slices.Concat([]string{e.Title}, e.Phrasings) {
			if answer(next, question) == id && answer(b, question) == e.ID {
				list = append(list, Caught{question, e})
			}
		}
	}
	return list
}
