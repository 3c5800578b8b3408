// Package store keeps what a server's moderators decide and what is counted
// about its questions, in SQLite (one process) or PostgreSQL (any number).
//
// A server is one small document, [faq.Export]: settings, own entries, taught
// wordings. Every change reads it, alters it, checks it and saves it together
// with its audit row in one transaction ([Store.Edit]), and
// then empties the server's place in the cache that [Store.View] reads from, in
// every process. Counters are gathered in memory and saved every few seconds
// ([Store.Count], [Store.Stats]); they hold no text and no person.
//
// The store outlives its database: what was read before is still answered, what
// was never read is an error, a change is refused with [faq.ErrUnavailable],
// and all goes on by itself when the database is back.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"backfaq/config"
	"backfaq/faq"
)

const (
	// openTimeout is how long Open waits for a database that does not answer
	// before the program goes on without it.
	openTimeout = 5 * time.Second
	// writeTimeout is how long one change may take. Discord waits 3 s for a
	// handler that did not ask for more.
	writeTimeout = 2500 * time.Millisecond
	// readTimeout is how long one look at the database may take.
	readTimeout = 2 * time.Second
	// retryOpen is the pause between two tries to open an unavailable database.
	retryOpen = time.Second
	// flushEvery is how long counters stay in memory: what a crash can lose.
	flushEvery = 5 * time.Second
	// sweepEvery is how often rows that have had their time are deleted.
	sweepEvery = time.Hour
)

// Options shape a store. The zero value works.
type Options struct {
	Book *faq.Book // what the servers' own entries are laid over; nil: the FAQ of the program
	Log  *slog.Logger
	Now  func() time.Time // the clock of the records; nil: time.Now
}

// Store keeps all servers. It may be used by many goroutines.
type Store struct {
	book atomic.Pointer[faq.Book]
	log  *slog.Logger
	now  func() time.Time

	dsn   dsn
	read  *sql.DB // for SQLite a pool of its own, so that reading never waits for writing
	write *sql.DB

	views *cache
	tally tally
	locks locks

	mu      sync.Mutex
	closed  error // why the database cannot be used yet; nil once it can
	refused error // why a write failed; nil when none did since Ping saw one succeed

	stop    context.CancelFunc
	running sync.WaitGroup
}

// Open opens the database that url names: "sqlite:FILE", "sqlite::memory:" or
// "postgres://…"; nothing is "sqlite:backfaq.db". The caller closes the store.
//
// What waiting does not heal is an error: an unreadable URL, a wrong password, a
// file that is no database, a schema newer than the program. A database that
// is merely unavailable is not: the store opens, [Store.Ping] says why it does
// not serve, and it serves once the database does.
func Open(ctx context.Context, url config.Secret, o Options) (*Store, error) {
	dsn, err := parse(url)
	if err != nil {
		return nil, err
	}
	s := &Store{log: o.Log, now: o.Now, dsn: dsn}
	if s.book.Store(o.Book); o.Book == nil {
		s.book.Store(faq.Builtin())
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.read, s.write = dsn.open()
	s.views = newCache(s.load)

	opening, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	if s.closed = s.prepare(opening); s.closed != nil {
		if lasting, ok := errors.AsType[permanent](s.closed); ok || ctx.Err() != nil {
			s.closePools()
			return nil, fmt.Errorf("open the database (DATABASE_URL): %w", errors.Join(lasting.error, ctx.Err()))
		}
		s.log.Error("database unavailable, going on without it", "err", s.closed)
	}
	background, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.running.Go(func() { s.keep(background) })
	return s, nil
}

// permanent marks an error that waiting does not heal.
type permanent struct{ error }

// prepare makes the database ready for use, or says why it is not.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.dsn.check(ctx, s.read, s.write); err != nil {
		return s.dsn.classify(err)
	}
	if err := migrate(ctx, s.dsn.dialect(), s.write, migrations); err != nil {
		return s.dsn.classify(err)
	}
	return nil
}

// keep is the store's own work: opening what could not be opened, saving
// counters, sweeping, and hearing of other processes' changes.
func (s *Store) keep(ctx context.Context) {
	for s.ready() != nil {
		if !sleep(ctx, retryOpen) {
			return
		}
		attempt, cancel := context.WithTimeout(ctx, openTimeout)
		err := s.prepare(attempt)
		cancel()
		s.mu.Lock()
		s.closed = err
		s.mu.Unlock()
		if err == nil {
			s.log.Info("database available")
		}
	}
	s.running.Go(func() { s.listen(ctx) })
	flush, sweep := time.NewTicker(flushEvery), time.NewTicker(sweepEvery)
	defer flush.Stop()
	defer sweep.Stop()
	s.tidy(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-flush.C:
			if err := s.flush(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("counters not saved yet", "err", err, "dropped", s.Dropped())
			}
		case <-sweep.C:
			s.tidy(ctx)
		}
	}
}

func (s *Store) tidy(ctx context.Context) {
	if err := s.Purge(ctx); err != nil && ctx.Err() == nil {
		s.log.Warn("old rows not deleted yet", "err", err)
	}
}

// Close saves the counters and closes the database.
func (s *Store) Close() error {
	s.stop()
	var err error
	if s.ready() == nil {
		err = s.flush(context.Background())
	}
	s.running.Wait()
	s.views.close()
	s.locks.close()
	return errors.Join(err, s.closePools())
}

func (s *Store) closePools() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(err, s.read.Close())
	}
	return err
}

// Ping reports why the database does not serve, nil if it does.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.ready(); err != nil {
		return unavailable("open the database", err)
	}
	ctx, cancel := context.WithTimeout(ctx, viewTimeout)
	defer cancel()
	var n int
	if err := s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM removed WHERE server = ''`).Scan(&n); err != nil {
		return unavailable("read from the database", err)
	}
	s.mu.Lock()
	refused := s.refused
	s.mu.Unlock()
	if refused == nil {
		return nil
	}
	// Nobody may want to write for hours, so see whether it would still fail.
	err := s.tx(ctx, "write to the database", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO removed (server, at) VALUES ('', 0) ON CONFLICT DO NOTHING`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM removed WHERE server = ''`)
		return err
	})
	if err == nil {
		s.setRefused(nil)
	}
	return err
}

// ready says why the database cannot be used yet.
func (s *Store) ready() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// refusal is an error that is meant for the moderator, not for the operator.
type refusal struct{ error }

// tx runs fn in one transaction. An error of the database comes back as
// unavailable, a refusal as it is.
func (s *Store) tx(ctx context.Context, doing string, fn func(context.Context, *sql.Tx) error) error {
	if err := s.ready(); err != nil {
		return unavailable(doing, err)
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	tx, err := s.write.BeginTx(ctx, nil)
	if err == nil {
		defer func() { _ = tx.Rollback() }() // after Commit it does nothing
		if err = fn(ctx, tx); err == nil {
			err = tx.Commit()
		}
	}
	if refusal, ok := errors.AsType[refusal](err); ok {
		return refusal.error
	}
	if err != nil {
		s.setRefused(err)
		return unavailable(doing, err)
	}
	return nil
}

func (s *Store) setRefused(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = err
}

// list reads rows; row is called for each of them. What it gathered counts only
// if there is no error.
func (s *Store) list(ctx context.Context, doing string, row func(scan func(...any) error) error, query string, args ...any) error {
	if err := s.ready(); err != nil {
		return unavailable(doing, err)
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return unavailable(doing, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return unavailable(doing, err)
		}
	}
	if err := rows.Err(); err != nil {
		return unavailable(doing, err)
	}
	return nil
}

func unavailable(doing string, err error) error {
	return fmt.Errorf("%s: %w: %w", doing, faq.ErrUnavailable, err)
}

// sleep waits for d and reports whether ctx still goes on.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
