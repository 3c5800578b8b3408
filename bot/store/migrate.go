package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migrations brings any older schema up to the present one.
var migrations = func() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // the directory is named above
	}
	return sub
}()

// migrate brings the schema up to date, each step in a transaction of its own,
// and refuses a schema that a newer program made.
func migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB, steps fs.FS) error {
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger())}
	if dialect == goose.DialectPostgres {
		// One process migrates, the others wait: a try a second, a minute long.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db, steps, options...)
	if err != nil {
		return permanent{fmt.Errorf("migrate: %w", err)}
	}
	has, wants, err := provider.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read the schema version: %w", err)
	case has > wants:
		return permanent{fmt.Errorf("the database was made by a newer backfaq (schema %d, this program knows %d): run the newer program, or restore a backup from before", has, wants)}
	}
	if _, err := provider.Up(ctx); err != nil {
		// On SQLite another process may have been first.
		if has, wants, again := provider.GetVersions(ctx); again == nil && has == wants {
			return nil
		}
		return fmt.Errorf("bring the schema from version %d to %d: %w", has, wants, err)
	}
	return nil
}
