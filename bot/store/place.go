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

// place is where a database is: a SQLite file, or a PostgreSQL server.
type place struct {
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
func parse(url config.Secret) (place, error) {
	text := strings.TrimSpace(url.Reveal())
	file, isFile := strings.CutPrefix(text, "sqlite:")
	switch {
	case text == "":
		return place{file: defaultFile}, nil
	case text == inMemory:
		return place{file: inMemory}, nil
	case isFile:
		if rest, ok := strings.CutPrefix(file, "//"); ok {
			file = rest
		}
		if file == "" || strings.ContainsAny(file, "?#\x00") {
			return place{}, errors.New("DATABASE_URL: sqlite: wants a file name, without ? and #, as in sqlite:backfaq.db")
		}
		return place{file: file}, nil
	case strings.HasPrefix(text, "postgres://"), strings.HasPrefix(text, "postgresql://"):
		cfg, err := parsePostgres(text)
		return place{postgres: cfg}, err
	}
	return place{}, errors.New("DATABASE_URL: use sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE")
}

// open makes the pools, without touching the database yet.
func (p place) open() (read, write *sql.DB) {
	if p.postgres != nil {
		db := openPostgres(p.postgres)
		return db, db
	}
	return openSQLite(p.file)
}

// check looks at the database before anything is written to it.
func (p place) check(ctx context.Context, read, write *sql.DB) error {
	if p.postgres != nil {
		return write.PingContext(ctx)
	}
	return checkSQLite(ctx, p.file, read, write)
}

// judge tells a lasting error from one that may pass.
func (p place) judge(err error) error {
	if _, ok := errors.AsType[lasting](err); ok {
		return err
	}
	if p.postgres != nil {
		return judgePostgres(err)
	}
	return judgeSQLite(p.file, err)
}

func (p place) dialect() goose.Dialect {
	if p.postgres != nil {
		return goose.DialectPostgres
	}
	return goose.DialectSQLite3
}
