package store

import (
	"context"
	"database/sql"
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

// Change alters a server's settings and writes down who did what, both or
// neither. Two who change at once are served one after the other, and alter
// sees what the first one saved. Its own error, or that of values out of their
// limits, comes back as it is and nothing is saved. Alter must not block.
func (s *Store) Change(ctx context.Context, server, actor, what string, alter func(*config.Settings) error) (config.Settings, error) {
	doc, err := s.edit(ctx, server, actor, func(doc *faq.Document) (string, error) {
		return what, alter(&doc.Settings)
	})
	return doc.Settings, err
}

// Reset sets a server's settings back to the defaults. What it was taught stays.
func (s *Store) Reset(ctx context.Context, server, actor string) (config.Settings, error) {
	return s.Change(ctx, server, actor, "set all settings back to the defaults", func(c *config.Settings) error {
		*c = config.DefaultSettings()
		return nil
	})
}

// Export is all that a server's moderators made.
func (s *Store) Export(ctx context.Context, server string) (faq.Document, error) {
	doc, err := s.document(ctx, server)
	if err != nil {
		return faq.Document{}, unavailable("read settings", err)
	}
	return doc, nil
}

// Import puts a document that [faq.Document.Encode] wrote in the place of all
// that the server has: all of it, or nothing and an error that names the first
// bad row.
func (s *Store) Import(ctx context.Context, server, actor string, data []byte) (faq.Document, error) {
	doc, err := faq.ParseDocument(data)
	if err != nil {
		return faq.Document{}, err
	}
	if _, err := doc.Over(s.book.Load()); err != nil {
		return faq.Document{}, err
	}
	return s.edit(ctx, server, actor, func(now *faq.Document) (string, error) {
		*now = doc
		return fmt.Sprintf("imported a file with %d own entries and %d taught wordings", len(doc.Entries), len(doc.Taught)), nil
	})
}

// edit is how anything of a server is changed: read, altered, checked, and saved
// with its audit row in one transaction.
func (s *Store) edit(ctx context.Context, server, actor string, alter func(*faq.Document) (what string, err error)) (faq.Document, error) {
	if !config.IsID(server) {
		return faq.Document{}, fmt.Errorf("%q is not the id of a Discord server", server)
	}
	fresh, err := faq.NewDocument().Encode()
	if err != nil {
		return faq.Document{}, err
	}
	// Emptied also after a failure: a commit whose answer was lost has happened.
	defer s.views.invalidate(server)

	var doc faq.Document
	err = s.tx(ctx, "save a change", func(ctx context.Context, tx *sql.Tx) error {
		// Counting the change up first takes the lock of the server's row, so
		// that the document read here is the one that is replaced below.
		var text string
		var change int64
		err := tx.QueryRowContext(ctx, `
			INSERT INTO servers (server, doc, changes) VALUES ($1, $2, 1)
			ON CONFLICT (server) DO UPDATE SET changes = servers.changes + 1
			RETURNING doc, changes`, server, string(fresh)).Scan(&text, &change)
		if err != nil {
			return err
		}
		if doc, err = decode(text); err != nil {
			return err
		}
		what, err := alter(&doc)
		if err != nil {
			return refusal{err}
		}
		if err := doc.Settings.Validate(); err != nil {
			return refusal{err}
		}
		saved, err := doc.Encode()
		if err != nil {
			return refusal{err}
		}
		for _, step := range []struct {
			sql  string
			args []any
		}{
			{`UPDATE servers SET doc = $2 WHERE server = $1`, []any{server, string(saved)}},
			{`INSERT INTO audit (server, change, at, actor, what) VALUES ($1, $2, $3, $4, $5)`,
				[]any{server, change, s.now().Unix(), plain(actor, maxActor), plain(what, maxWhat)}},
			{`DELETE FROM audit WHERE server = $1 AND change <= $2`, []any{server, change - keptChanges}},
		} {
			if _, err := tx.ExecContext(ctx, step.sql, step.args...); err != nil {
				return err
			}
		}
		return s.announce(ctx, tx, server)
	})
	if err != nil {
		return faq.Document{}, err
	}
	return doc, nil
}

// Audit lists a server's last changes, newest first.
func (s *Store) Audit(ctx context.Context, server string) (changes []faq.Change, err error) {
	err = s.list(ctx, "read the last changes", func(scan func(...any) error) error {
		var at int64
		var c faq.Change
		err := scan(&at, &c.Actor, &c.What)
		c.At = time.Unix(at, 0).UTC()
		changes = append(changes, c)
		return err
	}, `SELECT at, actor, what FROM audit WHERE server = $1 ORDER BY change DESC LIMIT $2`, server, faq.ShownChanges)
	return changes, err
}

// plain makes text fit for a column: valid, without the NUL that PostgreSQL
// refuses, and not too long.
func plain(text string, max int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if utf8.RuneCountInString(text) > max {
		text = string([]rune(text)[:max-1]) + "…"
	}
	return text
}
