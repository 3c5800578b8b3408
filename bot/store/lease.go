package store

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// lockBeat is how often the connection that holds the locks is tried. Another
// process can have a lock as soon as PostgreSQL has noticed that the holder's
// connection is gone, which can be this much before the holder notices.
const lockBeat = time.Second

// Lease is a lock that this process holds.
type Lease struct {
	lost  chan struct{}
	locks *locks
	key   int64
}

// Lost is closed when the lease ends: released, or lost with the connection to
// PostgreSQL. Whatever it guards must stop then.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// Release gives the lock back. Releasing twice is fine.
func (l *Lease) Release() { l.locks.release(l) }

// locks are the leases of this process. On PostgreSQL all are advisory locks of
// one session, and end with it.
type locks struct {
	mu      sync.Mutex
	held    map[int64]*Lease
	conn    *pgx.Conn // nil on SQLite, and while nothing is held
	stop    context.CancelFunc
	beating sync.WaitGroup
}

// Shared reports whether several processes can use the database at once.
func (s *Store) Shared() bool { return s.dsn.postgres != nil }

// Lock takes a lock that at most one has, over all processes that use the same
// PostgreSQL. It does not wait: a nil lease says that another has it. On SQLite
// the lock holds within this process.
func (s *Store) Lock(ctx context.Context, key int64) (*Lease, error) {
	l := &s.locks
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[key] != nil { // PostgreSQL would give it to the same session again
		return nil, nil
	}
	if s.dsn.postgres != nil {
		if free, err := s.lockPostgres(ctx, key); err != nil {
			return nil, unavailable("take a lock", err)
		} else if !free {
			return nil, nil
		}
	}
	if l.held == nil {
		l.held = make(map[int64]*Lease)
	}
	l.held[key] = &Lease{lost: make(chan struct{}), locks: l, key: key}
	return l.held[key], nil
}

// lockPostgres tries for an advisory lock. The caller holds locks.mu.
func (s *Store) lockPostgres(ctx context.Context, key int64) (free bool, err error) {
	l := &s.locks
	if l.conn == nil {
		if l.conn, err = s.dial(ctx); err != nil {
			l.conn = nil
			return false, err
		}
		beat, stop := context.WithCancel(context.Background())
		l.stop = stop
		conn := l.conn
		l.beating.Go(func() { l.beat(beat, conn) })
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	if err := l.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, key).Scan(&free); err != nil {
		l.drop() // the lock may have been given, and the answer lost
		return false, err
	}
	if !free && len(l.held) == 0 {
		l.drop()
	}
	return free, nil
}

// beat drops the leases when their connection no longer lives.
func (l *locks) beat(ctx context.Context, conn *pgx.Conn) {
	for sleep(ctx, lockBeat) {
		l.mu.Lock()
		if ctx.Err() == nil && alive(ctx, conn) != nil {
			l.drop()
		}
		l.mu.Unlock()
	}
}

func (l *locks) release(lease *Lease) {
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
func (l *locks) drop() {
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

func (l *locks) close() {
	l.mu.Lock()
	l.drop()
	l.mu.Unlock()
	l.beating.Wait()
}
