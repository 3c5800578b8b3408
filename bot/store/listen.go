package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// listenRetry is the pause before listening again. While nothing can be
	// heard the cache is emptied at this pace, so that no process believes
	// an old setting for longer.
	listenRetry = 500 * time.Millisecond
	// listenQuiet is after how much silence the connection is tried.
	listenQuiet = 5 * time.Second
)

// announce tells every process, this one too, that a server changed, at the
// moment of the commit. SQLite has no other processes.
func (s *Store) announce(ctx context.Context, tx *sql.Tx, server string) error {
	if s.dsn.postgres == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, `SELECT pg_notify('backfaq', $1)`, server)
	return err
}

// listen empties the cache of servers that other processes changed, until ctx
// ends.
func (s *Store) listen(ctx context.Context) {
	if s.dsn.postgres == nil {
		return
	}
	disconnected := false
	for {
		err := s.subscribe(ctx, func() {
			if disconnected {
				s.log.Info("hearing of other processes' changes again")
			}
			disconnected = false
			s.views.invalidateAll() // what happened meanwhile was not heard
		})
		if ctx.Err() != nil {
			return
		}
		if !disconnected {
			s.log.Warn("cannot hear of other processes' changes, reading settings anew all the time", "err", err)
		}
		disconnected = true
		s.views.invalidateAll()
		if !sleep(ctx, listenRetry) {
			return
		}
	}
}

// subscribe listens on a connection of its own until it fails; heard is called once
// it listens.
func (s *Store) subscribe(ctx context.Context, listening func()) error {
	conn, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer closeConn(conn)
	if _, err := conn.Exec(ctx, `LISTEN backfaq`); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	listening()
	for {
		note, err := wait(ctx, conn)
		switch {
		case err != nil && (ctx.Err() != nil || !pgconn.Timeout(err)):
			return fmt.Errorf("wait for changes: %w", err)
		case err != nil: // silence
			// A connection that was cut without a word looks like a quiet one.
			ctx, cancel := context.WithTimeout(ctx, viewTimeout)
			err := conn.Ping(ctx)
			cancel()
			if err != nil {
				return fmt.Errorf("no sign of life from PostgreSQL: %w", err)
			}
		default:
			s.views.invalidate(note.Payload)
		}
	}
}

func wait(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	ctx, cancel := context.WithTimeout(ctx, listenQuiet)
	defer cancel()
	return conn.WaitForNotification(ctx)
}

// dial opens a connection to PostgreSQL outside the pool.
func (s *Store) dial(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, s.dsn.postgres.Copy())
	if err != nil {
		return nil, err
	}
	if err := setSession(ctx, conn); err != nil {
		closeConn(conn)
		return nil, err
	}
	return conn, nil
}

func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}
