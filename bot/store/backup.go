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

// Backup writes a consistent copy of the SQLite database that url names to a
// new file, also while another process uses it. It never overwrites, and the
// file is not there before it is complete. PostgreSQL has pg_dump for that.
func Backup(ctx context.Context, url config.Secret, file string) (err error) {
	dsn, err := parse(url)
	switch {
	case err != nil:
		return err
	case dsn.postgres != nil:
		return errors.New("back up: this database is PostgreSQL: use pg_dump")
	case dsn.file == inMemory:
		return errors.New("back up: this database is in memory only")
	}
	// Opening would make an empty database where there is none.
	if _, err := os.Stat(dsn.file); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	read, write := dsn.open()
	defer func() { err = errors.Join(err, read.Close(), write.Close()) }()
	if err := dsn.check(ctx, read, write); err != nil {
		return fmt.Errorf("back up: %w", dsn.classify(err))
	}

	// In a directory of its own, since SQLite wants a name that is not taken.
	dir, err := os.MkdirTemp(filepath.Dir(file), ".backfaq-backup-*")
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	copied := filepath.Join(dir, "copy.db")
	if _, err := read.ExecContext(ctx, `VACUUM INTO $1`, copied); err != nil {
		return fmt.Errorf("back up: copy the database: %w", err)
	}
	if err := persist(copied); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	// A link, unlike a rename, does not replace what is there.
	if err := os.Link(copied, file); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("back up: %s is there already and is left as it is: name a new file", file)
	} else if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return persist(filepath.Dir(file))
}

// persist waits until a file, or the names in a directory, are on the disk.
func persist(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
