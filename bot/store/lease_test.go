package store

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"backfaq/config"
)

func TestLock(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		s := open(t, url, Options{})
		take := func(s *Store, key int64) *Lease {
			t.Helper()
			lease, err := s.Lock(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			return lease
		}
		one, two := take(s, 1), take(s, -2)
		if one == nil || two == nil {
			t.Fatal("free locks were not given")
		}
		if take(s, 1) != nil {
			t.Error("a lock was given twice")
		}
		one.Release()
		one.Release()
		select {
		case <-one.Lost():
		default:
			t.Error("a released lease goes on")
		}
		again := take(s, 1)
		if again == nil {
			t.Fatal("a released lock was not given again")
		}
		one.Release() // long gone, and not the new holder's
		if take(s, 1) != nil {
			t.Error("an old lease released a newer one")
		}
		again.Release()
		two.Release()
		if lease := take(s, 1); lease == nil {
			t.Error("not given after everything was released")
		}
	})
}

func TestLockAcrossProcesses(t *testing.T) {
	url := postgresURL(t)
	here, there := open(t, url, Options{}), open(t, url, Options{})
	lease, err := here.Lock(t.Context(), 7)
	if err != nil || lease == nil {
		t.Fatal(lease, err)
	}
	if second, err := there.Lock(t.Context(), 7); err != nil || second != nil {
		t.Fatal("given to two processes", err)
	}
	if _, err := here.write.ExecContext(t.Context(), `
		SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	select {
	case <-lease.Lost():
	case <-ctx.Done():
		t.Fatal("the loss was not noticed")
	}
	eventually(t, "the other process has the lock", func() bool {
		second, err := there.Lock(t.Context(), 7)
		return err == nil && second != nil
	})
	if third, err := here.Lock(t.Context(), 7); err != nil || third != nil {
		t.Error("given to two processes after the loss", err)
	}
}

// A caller that gives up while taking a lock takes no other caller's with it, and
// leaves none behind.
func TestCancelledLock(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		s := open(t, url, Options{})
		lease, err := s.Lock(t.Context(), 1)
		if err != nil || lease == nil {
			t.Fatal(lease, err)
		}
		for range 200 {
			ctx, cancel := context.WithTimeout(t.Context(), rand.N(time.Millisecond))
			if second, err := s.Lock(ctx, 2); err == nil && second != nil {
				second.Release()
			}
			cancel()
		}
		select {
		case <-lease.Lost():
			t.Error("another lease was lost")
		default:
		}
		eventually(t, "the lock that was given up is free", func() bool {
			second, err := s.Lock(t.Context(), 2)
			return err == nil && second != nil
		})
	})
}

// A lease that PostgreSQL does not know of is not held, whatever became of it.
func TestLeaseThatCannotBeVerified(t *testing.T) {
	s := open(t, postgresURL(t), Options{})
	lease, err := s.Lock(t.Context(), -7)
	if err != nil || lease == nil {
		t.Fatal(lease, err)
	}
	s.leases.mu.Lock()
	_, err = s.leases.conn.Exec(t.Context(), `SELECT pg_advisory_unlock($1)`, int64(-7))
	s.leases.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	select {
	case <-lease.Lost():
	case <-ctx.Done():
		t.Fatal("the lease goes on")
	}
}
