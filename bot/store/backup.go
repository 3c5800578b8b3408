package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"backfaq/config"
)

// MistakeError is one that the operator can mend: DATABASE_URL, or the file that is to
// be written.
type MistakeError struct{ error }

func (e MistakeError) Unwrap() error { return e.error }

// Backup writes a consistent copy of the SQLite database that url names to a
// new file, also while another process uses it. It never overwrites, and the
// file is not there before it is complete. PostgreSQL has pg_dump for that.
func Backup(ctx context.Context, url config.Secret, file string) error {
	return backup(ctx, url, file, persist)
}

func backup(ctx context.Context, url config.Secret, file string, persist func(name string) error) (err error) {
	dsn, err := parse(url)
	switch {
	case err != nil:
		return MistakeError{err}
	case dsn.postgres != nil:
		return MistakeError{errors.New("back up: DATABASE_URL is a PostgreSQL database: use pg_dump")}
	case dsn.file == inMemory:
		return MistakeError{errors.New("back up: DATABASE_URL is a database in memory, which ends with the program: nothing can be copied")}
	}
	// Opening would make an empty database where there is none.
	if _, err := os.Stat(dsn.file); errors.Is(err, fs.ErrNotExist) {
		return MistakeError{errors.New("back up: DATABASE_URL names a file that does not exist: set it to that of the bot, with a path that is relative to where this program was started")}
	} else if err != nil {
		return MistakeError{fmt.Errorf("back up: the file of DATABASE_URL cannot be looked for: %w", withoutPath(err))}
	}
	read, write := dsn.open()
	defer func() { err = errors.Join(err, read.Close(), write.Close()) }()
	if err := dsn.check(ctx, read, write); err != nil {
		return MistakeError{fmt.Errorf("back up: DATABASE_URL: %w", dsn.classify(err))}
	}

	// In a directory of its own, so that half a copy never has its name.
	dir, err := os.MkdirTemp(filepath.Dir(file), ".backfaq-backup-*")
	if err != nil {
		return MistakeError{fmt.Errorf("back up: %w: name a file in a directory that exists and can be written to", err)}
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	copied := filepath.Join(dir, "copy.db")
	// Made before, and empty, which SQLite takes, so that nobody else can read it.
	if err := os.WriteFile(copied, nil, 0o600); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if _, err := read.ExecContext(ctx, `VACUUM INTO $1`, copied); err != nil {
		return fmt.Errorf("back up: copy the database: %w", err)
	}
	if err := persist(copied); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	// A link, unlike a rename, does not replace what is there.
	if err := os.Link(copied, file); errors.Is(err, fs.ErrExist) {
		return MistakeError{fmt.Errorf("back up: %s is there already and is left as it is: name a new file", file)}
	} else if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return persist(filepath.Dir(file))
}

// Reach reports whether the database that url names can be used, and changes
// nothing: a SQLite file that does not exist is not made.
func Reach(ctx context.Context, url config.Secret) (err error) {
	dsn, err := parse(url)
	if err != nil {
		return err
	}
	if _, missing := os.Stat(dsn.file); dsn.postgres == nil && errors.Is(missing, fs.ErrNotExist) && dsn.file != inMemory {
		return unwritable(dsn.file)
	}
	read, write := dsn.open()
	defer func() { err = errors.Join(err, read.Close(), write.Close()) }()
	if err := dsn.check(ctx, read, write); err != nil {
		return dsn.classify(err)
	}
	return nil
}

// persist waits until a file, or the names in a directory, are on the disk.
func persist(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
