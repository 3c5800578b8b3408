package store

import (
	"context"
	"database/sql"
	"time"

	"backfaq/config"
)

// Removed takes note that the bot was removed from a server; an outage is not a
// removal. Its rows are deleted config.RemovedKeepDays days later unless the
// bot returns.
func (s *Store) Removed(ctx context.Context, server string, when time.Time) error {
	return s.tx(ctx, "take note of a removal", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO removed (server, at) VALUES ($1, $2) ON CONFLICT (server) DO NOTHING`, server, when.Unix())
		return err
	})
}

// Returned takes note that the bot is on a server. It writes only if it had been
// removed, so it can be called for every server at every start.
func (s *Store) Returned(ctx context.Context, server string) error {
	if err := s.ready(); err != nil {
		return unavailable("take note of a return", err)
	}
	var n int
	if err := s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM removed WHERE server = $1`, server).Scan(&n); err != nil {
		return unavailable("take note of a return", err)
	}
	if n == 0 {
		return nil
	}
	return s.tx(ctx, "take note of a return", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM removed WHERE server = $1`, server)
		return err
	})
}

// Known lists the servers that have rows and that the bot was not removed from,
// as far as the store knows. Whoever learns at a start where the bot still is
// can tell by it where it was removed while nobody listened.
func (s *Store) Known(ctx context.Context) (servers []string, err error) {
	if err := s.ready(); err != nil {
		return nil, unavailable("list the servers", err)
	}
	rows, err := s.read.QueryContext(ctx, `
		SELECT server FROM servers UNION SELECT server FROM counts UNION SELECT server FROM words
		EXCEPT SELECT server FROM removed`)
	if err == nil {
		err = each(rows, func() error {
			var server string
			err := rows.Scan(&server)
			servers = append(servers, server)
			return err
		})
	}
	if err != nil {
		return nil, unavailable("list the servers", err)
	}
	return servers, nil
}

// Purge deletes what has had its time: rows of servers that the bot was removed
// from, and counters. The store calls it every hour.
func (s *Store) Purge(ctx context.Context) error {
	var gone int64
	err := s.tx(ctx, "delete old rows", func(ctx context.Context, tx *sql.Tx) error {
		removedBefore := s.now().AddDate(0, 0, -config.RemovedKeepDays).Unix()
		oldestDay := s.today() - config.StatsKeepDays + 1
		for _, step := range []struct {
			sql string
			arg int64
		}{
			{`DELETE FROM servers WHERE server IN (SELECT server FROM removed WHERE at <= $1)`, removedBefore}, // and its audit
			{`DELETE FROM counts WHERE server IN (SELECT server FROM removed WHERE at <= $1)`, removedBefore},
			{`DELETE FROM words WHERE server IN (SELECT server FROM removed WHERE at <= $1)`, removedBefore},
			{`DELETE FROM removed WHERE at <= $1`, removedBefore},
			{`DELETE FROM counts WHERE day < $1`, oldestDay},
			{`DELETE FROM words WHERE day < $1`, oldestDay},
		} {
			result, err := tx.ExecContext(ctx, step.sql, step.arg)
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			gone += n
		}
		if gone == 0 {
			return nil
		}
		return s.announce(ctx, tx, everyServer)
	})
	if err != nil || gone == 0 {
		return err
	}
	s.views.doubt()
	s.erase(ctx)
	return nil
}

// DeleteServer deletes everything of a server at once: settings, own entries,
// wordings, audit and counters.
func (s *Store) DeleteServer(ctx context.Context, server string) error {
	defer s.views.forget(server)
	s.tally.saving.Lock() // no counter of it is on its way
	defer s.tally.saving.Unlock()
	s.tally.forget(server)
	err := s.tx(ctx, "delete everything of a server", func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range []string{
			`DELETE FROM servers WHERE server = $1`, // and its audit
			`DELETE FROM counts WHERE server = $1`,
			`DELETE FROM words WHERE server = $1`,
			`DELETE FROM removed WHERE server = $1`,
		} {
			if _, err := tx.ExecContext(ctx, statement, server); err != nil {
				return err
			}
		}
		return s.announce(ctx, tx, server)
	})
	if err != nil {
		return err
	}
	s.erase(ctx)
	return nil
}

func (t *tally) forget(server string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for c := range t.waiting {
		if c.server == server {
			delete(t.waiting, c)
		}
	}
}

// erase takes what was deleted out of SQLite's write-ahead log as well; the
// file itself is overwritten (secure_delete). PostgreSQL's vacuum does as much by
// itself. A reader can keep the log in use: it is then overwritten later.
func (s *Store) erase(ctx context.Context) {
	if s.place.postgres != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, writePatience)
	defer cancel()
	if _, err := s.write.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		s.log.Warn("deleted rows stay in the write-ahead log for a while", "err", err)
	}
}
