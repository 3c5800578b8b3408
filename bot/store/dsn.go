package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"backfaq/config"
)

// defaultFile is where the database is when nobody says.
const defaultFile = "backfaq.db"

// inMemory is the file name of a SQLite database that ends with the store.
const inMemory = ":memory:"

// dsn is where a database is: a SQLite file, or a PostgreSQL server.
type dsn struct {
	file     string
	postgres *pgx.ConnConfig // nil for SQLite
}

// Check reports whether url can name a database, without opening it.
func Check(url config.Secret) error {
	_, err := parse(url)
	return err
}

// parse reads a database URL. Its errors name neither the URL nor a part of it:
// who swaps two variables must not find a secret in the log.
func parse(url config.Secret) (dsn, error) {
	text := strings.TrimSpace(url.Reveal())
	file, isFile := strings.CutPrefix(text, "sqlite:")
	switch {
	case text == "":
		return dsn{file: defaultFile}, nil
	case text == inMemory:
		return dsn{file: inMemory}, nil
	case isFile:
		if rest, ok := strings.CutPrefix(file, "//"); ok {
			file = rest
		}
		if file == "" || strings.ContainsAny(file, "?#\x00") {
			return dsn{}, errors.New("DATABASE_URL: sqlite: wants a file name, without ? and #, as in sqlite:backfaq.db")
		}
		return dsn{file: file}, nil
	case strings.HasPrefix(text, "postgres://"), strings.HasPrefix(text, "postgresql://"):
		cfg, err := parsePostgres(text)
		return dsn{postgres: cfg}, err
	}
	return dsn{}, errors.New("DATABASE_URL: use sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE")
}

// lock takes a SQLite file for this process alone, and makes the file if there
// is none. A lock is nil for PostgreSQL, which many processes share.
func (d dsn) lock() (*fileLock, error) {
	if d.postgres != nil || d.file == inMemory {
		return nil, nil
	}
	return lockFile(d.file)
}

// open makes the pools, without touching the database yet.
func (d dsn) open() (read, write *sql.DB) {
	if d.postgres != nil {
		db := openPostgres(d.postgres)
		return db, db
	}
	return openSQLite(d.file)
}

// check looks at the database before anything is written to it.
func (d dsn) check(ctx context.Context, read, write *sql.DB) error {
	if d.postgres != nil {
		if err := write.PingContext(ctx); err != nil {
			return err
		}
		return checkSessions(ctx, d.postgres)
	}
	return checkSQLite(ctx, d.file, read, write)
}

// classify tells a permanent error from one that may pass.
func (d dsn) classify(err error) error {
	if _, ok := errors.AsType[permanent](err); ok {
		return err
	}
	if d.postgres != nil {
		return classifyPostgres(err)
	}
	return classifySQLite(d.file, err)
}

func (d dsn) dialect() goose.Dialect {
	if d.postgres != nil {
		return goose.DialectPostgres
	}
	return goose.DialectSQLite3
}
