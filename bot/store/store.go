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
	// pingTimeout leaves /readyz time to answer within a second.
	pingTimeout = 500 * time.Millisecond
	// retryOpen is the pause between two tries to open an unavailable database.
	retryOpen = time.Second
	// flushEvery is how long counters stay in memory: what a crash can lose.
	flushEvery = 5 * time.Second
	// checkpointEvery is the pause between two tries to empty the write-ahead
	// log of SQLite, and checkpointWait how many pass while changes are saved
	// all the time: emptying it takes as long as some four changes.
	checkpointEvery = time.Second
	checkpointWait  = 10
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
	file  *fileLock // the SQLite file is this process's; nil for PostgreSQL
	read  *sql.DB   // for SQLite a pool of its own, so that reading never waits for writing
	write *sql.DB

	views  *cache
	tally  tally
	leases leases

	unclean atomic.Bool // the write-ahead log may hold what was deleted

	mu      sync.Mutex
	closed  error // why the database cannot be used yet; nil once it can
	refused error // why the last write failed; nil if it succeeded

	stop    context.CancelFunc
	running sync.WaitGroup
}

// Open opens the database that url names: "sqlite:FILE", "sqlite::memory:" or
// "postgres://…"; nothing is "sqlite:backfaq.db". The caller closes the store.
//
// A fault that waiting does not heal is an error: an unreadable URL, a wrong password, a
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
	if s.file, err = dsn.lock(); err != nil {
		return nil, openError(err)
	}
	s.read, s.write = dsn.open()
	s.views = newCache(s.load)
	if dsn.postgres != nil {
		s.leases.dial = s.dial
	}

	opening, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	if s.closed = s.prepare(opening); s.closed != nil {
		if permanent, ok := errors.AsType[permanent](s.closed); ok || ctx.Err() != nil {
			_ = s.closePools()
			return nil, openError(errors.Join(permanent.error, ctx.Err()))
		}
		s.log.Error("database unavailable (DATABASE_URL), going on without it", "err", s.closed)
	}
	background, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.running.Go(func() { s.maintain(background) })
	return s, nil
}

// permanent marks an error that waiting does not heal.
type permanent struct{ error }

func openError(err error) error { return fmt.Errorf("open the database (DATABASE_URL): %w", err) }

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

// maintain is the store's own work: opening what could not be opened, saving
// counters, sweeping, and hearing of other processes' changes.
func (s *Store) maintain(ctx context.Context) {
	for s.ready() != nil {
		if !sleep(ctx, retryOpen) {
			return
		}
		attempt, cancel := context.WithTimeout(ctx, openTimeout)
		err := s.prepare(attempt)
		cancel()
		s.mu.Lock()
		before := s.closed
		s.closed = err
		s.mu.Unlock()
		switch _, ok := errors.AsType[permanent](err); {
		case err == nil:
			s.log.Info("database available")
		case ok && err.Error() != before.Error():
			s.log.Error("the database cannot be used like this", "err", err)
		}
	}
	s.running.Go(func() { s.listen(ctx) })
	s.running.Go(func() { s.emptyLog(ctx) })
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
			if err := s.forgetUndo(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("what changes replaced is not deleted yet", "err", err)
			}
			s.retryWrite(ctx)
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

// Close saves the counters and closes the database. Closing twice is fine.
func (s *Store) Close() error {
	s.stop()
	var err error
	if s.ready() == nil {
		err = s.flush(context.Background())
	}
	s.running.Wait()
	s.views.close()
	s.leases.close()
	return errors.Join(err, s.closePools())
}

func (s *Store) closePools() error {
	return errors.Join(s.write.Close(), s.read.Close(), s.file.release()) // read may be write, which can be closed twice
}

// Ping reports why the database does not serve, nil if it does. It only reads,
// and takes half a second at most. After a write failed it says so until one
// succeeds.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.ready(); err != nil {
		return unavailable("open the database", err)
	}
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	answer := make(chan error, 1)
	s.running.Go(func() { // SQLite waits for a lock without looking at ctx
		var n int
		answer <- s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM removed WHERE server = ''`).Scan(&n)
	})
	var err error
	select {
	case err = <-answer:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return unavailable("read from the database", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused != nil {
		return unavailable("write to the database", s.refused)
	}
	return nil
}

// retryWrite sees whether writes that failed would still fail: nobody may want
// to write for hours.
func (s *Store) retryWrite(ctx context.Context) {
	s.mu.Lock()
	refused := s.refused
	s.mu.Unlock()
	if refused == nil {
		return
	}
	err := s.tx(ctx, "write to the database", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO removed (server, at) VALUES ('', 0) ON CONFLICT DO NOTHING`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM removed WHERE server = ''`)
		return err
	})
	if err == nil {
		s.setRefused(nil)
		s.log.Info("writing to the database works again")
	}
}

// sleep waits, and reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-timer.Done()
	return ctx.Err() == nil
}
