package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backfaq/faq"
)

// What an audit row says of a wording is the entry it led to, never the wording:
// that is gone for good once it is forgotten.

// Teach ties a wording to an entry on one server. A wording that was taught
// before now leads to the new entry.
func (s *Store) Teach(ctx context.Context, server, actor string, t faq.Taught) error {
	t.Wording = strings.TrimSpace(t.Wording)
	_, err := s.edit(ctx, server, actor, func(doc *faq.Document) (string, error) {
		if !has(*doc, s.book.Load(), t.Entry) {
			return "", errNoEntry
		}
		if i := indexTaught(doc.Taught, t.Wording); i >= 0 {
			doc.Taught[i] = t
		} else {
			doc.Taught = append(doc.Taught, t)
		}
		return "taught a wording for " + t.Entry, s.fits(*doc)
	})
	return err
}

// Forget removes a taught wording. One that is not there is fine.
func (s *Store) Forget(ctx context.Context, server, actor, wording string) error {
	wording = strings.TrimSpace(wording)
	_, err := s.edit(ctx, server, actor, func(doc *faq.Document) (string, error) {
		i := indexTaught(doc.Taught, wording)
		if i < 0 {
			return "", errDone
		}
		entry := doc.Taught[i].Entry
		doc.Taught = slices.Delete(doc.Taught, i, i+1)
		return "removed a taught wording of " + entry, nil
	})
	return s.erased(ctx, err)
}

// PutEntry saves an entry of the server's own: a new one if it has no id, else
// the one with that id anew. The entry comes back with its id.
func (s *Store) PutEntry(ctx context.Context, server, actor string, e faq.Entry) (faq.Entry, error) {
	e = faq.Entry{ID: e.ID, Title: e.Title, Answer: e.Answer, Phrasings: slices.Clone(e.Phrasings), Own: true}
	_, err := s.edit(ctx, server, actor, func(doc *faq.Document) (string, error) {
		what := "edited the entry "
		if e.ID == "" {
			what = "added the entry "
			for e.ID == "" || indexEntry(doc.Entries, e.ID) >= 0 {
				e.ID = faq.NewOwnID()
			}
			doc.Entries = append(doc.Entries, e)
		} else if i := indexEntry(doc.Entries, e.ID); i >= 0 {
			doc.Entries[i] = e
		} else {
			return "", errNoEntry
		}
		return what + e.ID, s.fits(*doc)
	})
	if err != nil {
		return faq.Entry{}, err
	}
	return e, nil
}

// DeleteEntry removes an entry of the server's own, and the wordings taught for
// it. One that is not there is fine.
func (s *Store) DeleteEntry(ctx context.Context, server, actor, id string) error {
	_, err := s.edit(ctx, server, actor, func(doc *faq.Document) (string, error) {
		i := indexEntry(doc.Entries, id)
		if i < 0 {
			return "", errDone
		}
		doc.Entries = slices.Delete(doc.Entries, i, i+1)
		taught := len(doc.Taught)
		doc.Taught = slices.DeleteFunc(doc.Taught, func(t faq.Taught) bool { return t.Entry == id })
		doc.Settings.Off = slices.DeleteFunc(doc.Settings.Off, func(off string) bool { return off == id })
		return fmt.Sprintf("removed the entry %s and %d taught wordings", id, taught-len(doc.Taught)), nil
	})
	return s.erased(ctx, err)
}

// fits reports why the FAQ does not take a server's entries and wordings. A
// moderator typed one row and is not told its number.
func (s *Store) fits(doc faq.Document) error {
	book := s.book.Load()
	_, err := withoutOrphans(doc, book).Over(book)
	if row, ok := errors.AsType[*faq.RowError](err); ok {
		return row.Err
	}
	return err
}

var errNoEntry = errors.New("there is no such entry on this server any more")

// errDone ends an edit that has nothing to do.
var errDone = errors.New("nothing to change")

// erased ends an edit that removed what should leave no trace.
func (s *Store) erased(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, errDone):
		return nil
	case err != nil:
		return err
	}
	s.checkpoint(ctx)
	return nil
}

func indexTaught(taught []faq.Taught, wording string) int {
	return slices.IndexFunc(taught, func(t faq.Taught) bool { return t.Wording == wording })
}

func indexEntry(entries []faq.Entry, id string) int {
	return slices.IndexFunc(entries, func(e faq.Entry) bool { return e.ID == id })
}
