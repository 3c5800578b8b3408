package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"backfaq/config"
	"backfaq/faq"
)

const (
	// keptChanges is how many changes of a server the audit holds. It is more
	// than moderators are shown, and bounds what one of them can fill.
	keptChanges = 100
	// maxWhat and maxActor cut what is written about a change, in code points.
	maxWhat  = 500
	maxActor = 40
)

// Document is all that a server's moderators made, as it is saved; the cache is
// not asked.
func (s *Store) Document(ctx context.Context, server string) (faq.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	doc, err := s.document(ctx, server)
	if err != nil {
		return faq.Document{}, unavailable("read settings", err)
	}
	return doc, nil
}

func (s *Store) document(ctx context.Context, server string) (faq.Document, error) {
	if err := s.ready(); err != nil {
		return faq.Document{}, err
	}
	var text string
	err := s.read.QueryRowContext(ctx, `SELECT doc FROM servers WHERE server = $1`, server).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return faq.NewDocument(), nil
	}
	if err != nil {
		return faq.Document{}, err
	}
	return decode(text)
}

// decode reads a stored document. A setting that is not in it yet has its
// default.
func decode(text string) (faq.Document, error) {
	doc := faq.NewDocument()
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return faq.Document{}, fmt.Errorf("stored settings cannot be read: %w", err)
	}
	if doc.Version != faq.DocumentVersion {
		return faq.Document{}, fmt.Errorf("stored settings have version %d: this program reads %d", doc.Version, faq.DocumentVersion)
	}
	return doc, nil
}

// Edit is how anything of a server is changed: its document is read, altered,
// checked, and saved together with a line in the list of changes that says what
// was done and who did it, or nothing of it. Two who edit at once are served one
// after the other, and alter sees what the first one saved; it must not block.
//
// Alter's own error, and that of a document that [faq.Document.CheckChange]
// refuses, come back as they are. After [faq.ErrUnchanged] nothing is saved,
// which is fine: the change is then the zero one.
func (s *Store) Edit(ctx context.Context, server, actor string, alter func(*faq.Document) (what string, err error)) (faq.Change, error) {
	if !config.IsID(server) {
		return faq.Change{}, fmt.Errorf("%q is not the id of a Discord server", server)
	}
	fresh, err := faq.NewDocument().Encode()
	if err != nil {
		return faq.Change{}, err
	}
	// Emptied also after a failure: a commit whose answer was lost has happened.
	defer s.views.invalidate(server)
	defer s.unclean.Store(true) // the document before stays in SQLite's log

	change := faq.Change{At: time.Unix(s.now().Unix(), 0).UTC(), Actor: clean(actor, maxActor)}
	var doc faq.Document
	var number int64
	err = s.tx(ctx, "save a change", func(ctx context.Context, tx *sql.Tx) error {
		// Counting the change up first takes the lock of the server's row, so
		// that the document read here is the one that is replaced below.
		var text string
		err := tx.QueryRowContext(ctx, `
			INSERT INTO servers (server, doc, changes) VALUES ($1, $2, 1)
			ON CONFLICT (server) DO UPDATE SET changes = servers.changes + 1
			RETURNING doc, changes`, server, string(fresh)).Scan(&text, &number)
		if err != nil {
			return err
		}
		what, saved := "", []byte(nil)
		last, err := s.undoable(ctx, tx, server)
		if err != nil {
			return err
		}
		if doc, what, err = s.altered(text, last, alter); err == nil {
			saved, err = doc.Encode()
		}
		if err != nil {
			return refusal{err}
		}
		change.Number, change.What = number, clean(what, maxWhat)
		for _, step := range []struct {
			sql  string
			args []any
		}{
			{`UPDATE servers SET doc = $2 WHERE server = $1`, []any{server, string(saved)}},
			{`INSERT INTO audit (server, change, at, actor, what) VALUES ($1, $2, $3, $4, $5)`,
				[]any{server, number, change.At.Unix(), change.Actor, change.What}},
			{`DELETE FROM audit WHERE server = $1 AND change <= $2`, []any{server, number - keptChanges}},
			{`INSERT INTO undo (server, change, at, doc) VALUES ($1, $2, $3, $4)
				ON CONFLICT (server) DO UPDATE SET change = excluded.change, at = excluded.at, doc = excluded.doc`,
				[]any{server, number, change.At.Unix(), text}},
		} {
			if _, err := tx.ExecContext(ctx, step.sql, step.args...); err != nil {
				return err
			}
		}
		return s.announce(ctx, tx, server)
	})
	switch {
	case errors.Is(err, faq.ErrUnchanged):
		return faq.Change{}, nil
	case err != nil:
		return faq.Change{}, err
	}
	s.setRefused(nil)
	view, rows := s.viewOf(server, doc)
	s.views.saved(server, number, view, rows)
	return change, nil
}

// undoable is the last change of a server, nil if it can no longer be taken back.
func (s *Store) undoable(ctx context.Context, tx *sql.Tx, server string) (*faq.Undoable, error) {
	var last faq.Undoable
	var text string
	err := tx.QueryRowContext(ctx, `SELECT change, doc FROM undo WHERE server = $1 AND at > $2`, server, s.undoSince()).Scan(&last.Change, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		last.Before, err = decode(text)
	}
	return &last, err
}

// undoSince is the time before which no change can be taken back.
func (s *Store) undoSince() int64 { return s.now().Add(-config.UndoFor).Unix() }

// altered is a stored document after an edit that may be saved.
func (s *Store) altered(text string, last *faq.Undoable, alter func(*faq.Document) (string, error)) (doc faq.Document, what string, err error) {
	before, err := decode(text)
	if err == nil {
		doc, err = decode(text) // sharing no memory with the one before
	}
	if err == nil {
		before.Last, doc.Last = last, last
		what, err = alter(&doc)
	}
	if err == nil {
		err = doc.CheckChange(before, s.book.Load())
	}
	return doc, what, err
}

// Audit lists a server's last changes, newest first.
func (s *Store) Audit(ctx context.Context, server string) (changes []faq.Change, err error) {
	err = s.list(ctx, "read the last changes", func(scan func(...any) error) error {
		var at int64
		var c faq.Change
		err := scan(&c.Number, &at, &c.Actor, &c.What)
		c.At = time.Unix(at, 0).UTC()
		changes = append(changes, c)
		return err
	}, `SELECT change, at, actor, what FROM audit WHERE server = $1 ORDER BY change DESC LIMIT $2`, server, faq.ShownChanges)
	return changes, err
}

// clean makes text fit for a column: valid, without the NUL that PostgreSQL
// refuses, and not too long.
func clean(text string, max int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if utf8.RuneCountInString(text) > max {
		text = string([]rune(text)[:max-1]) + "…"
	}
	return text
}
