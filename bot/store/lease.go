package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// leaseCheck is how often it is looked whether the locks are still held. Another
// process can have a lock as soon as PostgreSQL has noticed that the holder's
// connection is gone, which can be this much before the holder notices.
const leaseCheck = time.Second

// Lease is a lock that this process holds.
type Lease struct {
	lost   chan struct{}
	leases *leases
	key    int64
}

// Lost is closed when the lease ends: released, lost with the connection to
// PostgreSQL, or not to be found there. Whatever it guards must stop then.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// Release gives the lock back. Releasing twice is fine.
func (l *Lease) Release() { l.leases.release(l) }

// leases are those of this process. On PostgreSQL all are advisory locks of one
// session, and end with it.
type leases struct {
	dial func(context.Context) (*pgx.Conn, error) // nil on SQLite

	mu      sync.Mutex
	held    map[int64]*Lease
	conn    *pgx.Conn // nil on SQLite, and while nothing is held
	stop    context.CancelFunc
	closed  bool
	running sync.WaitGroup
}

// Shared reports whether several processes can use the database at once.
func (s *Store) Shared() bool { return s.dsn.postgres != nil }

// Lock takes a lock that at most one has, over all processes that use the same
// PostgreSQL. It does not wait for one who has it: a nil lease says that another
// has. On SQLite the lock holds within this process. When ctx ends, what it took
// meanwhile is given back, and nobody else's lease ends by it.
func (s *Store) Lock(ctx context.Context, key int64) (*Lease, error) {
	type result struct {
		lease *Lease
		err   error
	}
	taken := make(chan result)
	s.leases.running.Go(func() {
		// Not under ctx: the answer to a cancelled statement is lost, and with it
		// the connection that all leases live on.
		lease, err := s.leases.take(key)
		select {
		case taken <- result{lease, err}:
		case <-ctx.Done():
			if lease != nil {
				lease.Release()
			}
		}
	})
	select {
	case r := <-taken:
		return r.lease, r.err
	case <-ctx.Done():
		return nil, unavailable("take a lock", ctx.Err())
	}
}

func (l *leases) take(key int64) (*Lease, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, unavailable("take a lock", errors.New("the store is closed"))
	}
	if l.held[key] != nil { // PostgreSQL would give it to the same session again
		return nil, nil
	}
	if l.dial != nil {
		if free, err := l.lockPostgres(key); err != nil {
			return nil, unavailable("take a lock", err)
		} else if !free {
			return nil, nil
		}
	}
	if l.held == nil {
		l.held = make(map[int64]*Lease)
	}
	l.held[key] = &Lease{lost: make(chan struct{}), leases: l, key: key}
	return l.held[key], nil
}

// lockPostgres tries for an advisory lock. The caller holds mu.
func (l *leases) lockPostgres(key int64) (free bool, err error) {
	if l.conn == nil {
		conn, err := l.dial(context.Background()) // bounded by openTimeout
		if err != nil {
			return false, err
		}
		l.conn = conn
		checking, stop := context.WithCancel(context.Background())
		l.stop = stop
		l.running.Go(func() { l.check(checking, conn) })
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	err = l.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, key).Scan(&free)
	if err == nil && free {
		err = l.verify(ctx, l.conn, key)
	}
	if err != nil {
		l.drop() // the lock may have been given, and the answer lost
		return false, err
	}
	if !free && len(l.held) == 0 {
		l.drop()
	}
	return free, nil
}

// verify reports an error unless PostgreSQL says that this session holds all
// locks that it should, and the keys given. That is also a sign of life: a
// connection that was cut without a word looks like a quiet one. The caller
// holds mu.
func (l *leases) verify(ctx context.Context, conn *pgx.Conn, keys ...int64) error {
	ctx, cancel := context.WithTimeout(ctx, viewTimeout)
	defer cancel()
	// A key of 64 bits stands in two columns (PostgreSQL, "pg_locks").
	rows, err := conn.Query(ctx, `
		SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
		WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid = pg_backend_pid()
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	if err != nil {
		return fmt.Errorf("no sign of life from PostgreSQL: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("no sign of life from PostgreSQL: %w", err)
	}
	for key := range l.held {
		keys = append(keys, key)
	}
	for _, key := range keys {
		if !slices.Contains(found, key) {
			return errors.New("PostgreSQL does not hold a lock that it gave to this session")
		}
	}
	return nil
}

// check drops the leases when they can no longer be verified.
func (l *leases) check(ctx context.Context, conn *pgx.Conn) {
	for sleep(ctx, leaseCheck) {
		l.mu.Lock()
		if ctx.Err() == nil && l.verify(ctx, conn) != nil {
			l.drop()
		}
		l.mu.Unlock()
	}
}

func (l *leases) release(lease *Lease) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[lease.key] != lease {
		return
	}
	delete(l.held, lease.key)
	close(lease.lost)
	if l.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), viewTimeout)
	defer cancel()
	_, err := l.conn.Exec(ctx, `SELECT pg_advisory_unlock($1)`, lease.key)
	if err != nil || len(l.held) == 0 {
		l.drop()
	}
}

// drop ends all leases and the connection. The caller holds mu.
func (l *leases) drop() {
	for _, lease := range l.held {
		close(lease.lost)
	}
	clear(l.held)
	if l.conn != nil {
		l.stop()
		closeConn(l.conn)
		l.conn = nil
	}
}

func (l *leases) close() {
	l.mu.Lock()
	l.closed = true
	l.drop()
	l.mu.Unlock()
	l.running.Wait()
}
