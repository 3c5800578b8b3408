package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"backfaq/faq"
)

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
		s.setRefused(err) // a success takes it back only where something was surely written
		return unavailable(doing, err)
	}
	return nil
}

// exec runs one statement in a transaction, and reports how many rows it changed.
func (s *Store) exec(ctx context.Context, doing, statement string, args ...any) (changed int64, err error) {
	err = s.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, statement, args...)
		if err == nil {
			changed, err = result.RowsAffected()
		}
		return err
	})
	return changed, err
}

func (s *Store) setRefused(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = err
}

// list reads rows; row is called for each of them. The caller uses what
// row gathered only if there is no error.
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
