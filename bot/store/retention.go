package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"backfaq/config"
)

// Removed takes note that the bot was removed from a server; an outage is not a
// removal. Its rows are deleted config.RemovedKeepDays days later unless the
// bot returns.
func (s *Store) Removed(ctx context.Context, server string, when time.Time) error {
	_, err := s.exec(ctx, "take note of a removal", `INSERT INTO removed (server, at) VALUES ($1, $2) ON CONFLICT (server) DO NOTHING`, server, when.Unix())
	return err
}

// Joined takes note that the bot is on a server since a time. It reports true once
// for each server that it joined within config.WelcomeFor, however many processes
// call it. Nothing is written for a server that it was on all along, so it can be
// called for every server at every start.
func (s *Store) Joined(ctx context.Context, server string, since time.Time) (first bool, err error) {
	const doing = "take note of a server"
	fresh := s.now().Sub(since) < config.WelcomeFor
	marked, err := s.servers(ctx, doing, `SELECT server FROM removed WHERE server = $1`, server)
	if err != nil || len(marked) == 0 && !fresh {
		return false, err
	}
	err = s.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM removed WHERE server = $1`, server)
		if err != nil || !fresh {
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO joined (server, at) VALUES ($1, $2) ON CONFLICT (server) DO NOTHING`, server, s.now().Unix())
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		first = n == 1
		return err
	})
	return first && err == nil, err
}

// Known lists the servers that have rows and that the bot was not removed from,
// as far as the store knows. Compared with READY, the list tells
// where the bot was removed while it did not run.
func (s *Store) Known(ctx context.Context) ([]string, error) {
	return s.servers(ctx, "list the servers", `
		SELECT server FROM servers UNION SELECT server FROM counts UNION SELECT server FROM words
		EXCEPT SELECT server FROM removed`)
}

func (s *Store) servers(ctx context.Context, doing, query string, args ...any) (servers []string, err error) {
	err = s.list(ctx, doing, func(scan func(...any) error) error {
		var server string
		err := scan(&server)
		servers = append(servers, server)
		return err
	}, query, args...)
	return servers, err
}

// Purge deletes what has had its time: rows of servers that the bot was removed
// from, and counters. It goes in small transactions, since nobody else can write
// to SQLite meanwhile. The store calls it every hour.
func (s *Store) Purge(ctx context.Context) error {
	const doing = "delete old rows"
	before := s.now().AddDate(0, 0, -config.RemovedKeepDays).Unix()
	due, err := s.servers(ctx, doing, `SELECT server FROM removed WHERE at <= $1`, before)
	if err != nil {
		return err
	}
	for _, server := range due {
		if err := s.deleteServer(ctx, server, before); err != nil {
			return err
		}
	}
	if _, err := s.exec(ctx, doing, `DELETE FROM joined WHERE at <= $1`, s.now().Add(-config.WelcomeFor).Unix()); err != nil {
		return err
	}
	oldest := s.today() - config.StatsKeepDays + 1
	gone := int64(len(due))
	for _, statement := range []string{
		`DELETE FROM counts WHERE day < $1 AND server IN (SELECT DISTINCT server FROM counts WHERE day < $1 LIMIT 50)`,
		`DELETE FROM words WHERE day < $1 AND server IN (SELECT DISTINCT server FROM words WHERE day < $1 LIMIT 50)`,
	} {
		for n := int64(1); n > 0; gone += n {
			if n, err = s.exec(ctx, doing, statement, oldest); err != nil {
				return err
			}
		}
	}
	if gone > 0 {
		s.unclean.Store(true)
	}
	return nil
}

// forgetUndo deletes what changes that can no longer be taken back have replaced.
func (s *Store) forgetUndo(ctx context.Context) error {
	const doing = "delete what was replaced"
	due, err := s.servers(ctx, doing, `SELECT server FROM undo WHERE at <= $1`, s.undoSince())
	if err != nil || len(due) == 0 {
		return err
	}
	defer s.unclean.Store(true)
	_, err = s.exec(ctx, doing, `DELETE FROM undo WHERE at <= $1`, s.undoSince())
	return err
}

// DeleteServer deletes everything of a server at once: settings, own entries,
// wordings, audit and counters.
func (s *Store) DeleteServer(ctx context.Context, server string) error {
	defer s.unclean.Store(true)
	return s.deleteServer(ctx, server, forced)
}

// forced is later than any removal.
const forced = math.MaxInt64

// deleteServer deletes a server's rows, unless the bot returned to it after all:
// it must still be marked as removed by then, or be deleted anyway.
func (s *Store) deleteServer(ctx context.Context, server string, removedBy int64) error {
	defer s.views.forget(server)
	s.tally.saving.Lock() // no counter of it is on its way
	defer s.tally.saving.Unlock()
	s.tally.forget(server)
	return s.tx(ctx, "delete everything of a server", func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM removed WHERE server = $1 AND at <= $2`, server, removedBy)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 && removedBy != forced {
			return err
		}
		for _, statement := range []string{
			`DELETE FROM servers WHERE server = $1`, // and its audit
			`DELETE FROM counts WHERE server = $1`,
			`DELETE FROM words WHERE server = $1`,
			`DELETE FROM joined WHERE server = $1`,
		} {
			if _, err := tx.ExecContext(ctx, statement, server); err != nil {
				return err
			}
		}
		return s.announce(ctx, tx, server)
	})
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

// emptyLog takes what was deleted or overwritten out of SQLite's write-ahead log,
// until ctx ends. The file itself is overwritten (secure_delete). A reader, also
// of another process, keeps the log in use, so it is tried until it is done.
// PostgreSQL's vacuum does as much by itself.
func (s *Store) emptyLog(ctx context.Context) {
	if s.dsn.postgres != nil {
		return
	}
	s.unclean.Store(true) // of the process before, which may have been killed
	const logAfter = 5    // failures after which it is worth a line in the log
	failures, waited := 0, 0
	for sleep(ctx, checkpointEvery) {
		switch wrote := s.unclean.Swap(false); {
		case !wrote && waited == 0: // there is nothing in the log
			continue
		case wrote && waited < checkpointWait: // whoever writes next would wait for it
			waited++
			continue
		}
		if err := s.checkpoint(ctx); err != nil {
			if failures++; failures == logAfter {
				s.log.Warn("deleted rows are still in the write-ahead log, trying until they are not", "err", err)
			}
			continue
		}
		if failures >= logAfter {
			s.log.Info("deleted rows have left the write-ahead log")
		}
		failures, waited = 0, 0
	}
}

var errLogInUse = errors.New("another connection reads the database")

// checkpoint empties the write-ahead log, or returns errLogInUse. It waits for
// nobody, since meanwhile nobody else writes.
func (s *Store) checkpoint(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, `PRAGMA busy_timeout = 0`); err != nil {
		return err
	}
	var busy, pages, moved int
	err = conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved)
	if _, again := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA busy_timeout = `+busyTimeout); again != nil {
		return errors.Join(err, again)
	}
	if err == nil && busy != 0 {
		return errLogInUse
	}
	return err
}
