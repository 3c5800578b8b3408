package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// sqliteReaders is how many can read a SQLite file at once.
	sqliteReaders = 4
	// checkTimeout bounds the search for damage at start, about 500 MB of file.
	checkTimeout = 2 * time.Second
)

// busyTimeout is how long SQLite waits for other processes, in milliseconds.
const busyTimeout = "2000"

// sqlitePragmas hold on every connection; checkSQLite reads them back. With a
// write-ahead log readers and the writer do not wait for each other; FULL
// makes every commit reach the disk before it is acknowledged (NORMAL would lose
// the last ones with the power); the timeout covers other processes, since
// within this one there is a single writer; secure_delete overwrites what is
// deleted; the log is emptied beside the changes ([Store.emptyLog]), and within
// one only when it has grown to 40 MB.
var sqlitePragmas = []struct{ name, value, reads string }{
	{"busy_timeout", busyTimeout, busyTimeout},
	{"journal_mode", "WAL", "wal"},
	{"synchronous", "FULL", "2"},
	{"foreign_keys", "ON", "1"},
	{"secure_delete", "ON", "1"},
	{"wal_autocheckpoint", "10000", "10000"},
}

// openSQLite makes two pools: one connection that writes, so that writers
// queue in Go instead of failing with SQLITE_BUSY, and some that read. A database
// in memory is one connection for both.
func openSQLite(file string) (read, write *sql.DB) {
	// immediate: a transaction takes the write lock when it begins. A deferred
	// one that reads first fails when another has written meanwhile.
	query := url.Values{"_txlock": {"immediate"}, "_error_rc": {"1"}}
	for _, p := range sqlitePragmas {
		query.Add("_pragma", p.name+"("+p.value+")")
	}
	dsn := "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + query.Encode()
	open := func(connections int) *sql.DB {
		db, err := sql.Open("sqlite", dsn)
		if err != nil {
			panic(err) // an unknown driver name is the one cause
		}
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
		return db
	}
	write = open(1)
	if file == inMemory {
		return write, write
	}
	return open(sqliteReaders), write
}

// checkSQLite looks for damage and asserts the pragmas, before a migration
// writes anything.
func checkSQLite(ctx context.Context, file string, read, write *sql.DB) error {
	for _, db := range []*sql.DB{write, read} {
		for _, p := range sqlitePragmas {
			var got string
			if err := db.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&got); err != nil {
				return err
			}
			if got != p.reads && !(p.name == "journal_mode" && file == inMemory) {
				return permanent{fmt.Errorf("SQLite keeps %s at %s instead of %s: is the file on a network drive?", p.name, got, p.reads)}
			}
		}
	}
	checking, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	var verdict string
	err := read.QueryRowContext(checking, "PRAGMA quick_check(1)").Scan(&verdict)
	switch {
	case checking.Err() != nil && ctx.Err() == nil:
		return nil // too large to look through; what is damaged shows when it is read
	case err != nil:
		return err
	case verdict != "ok":
		return permanent{damaged(errors.New(verdict))}
	}
	return nil
}

func damaged(err error) error {
	return fmt.Errorf("the file is damaged or not a backfaq database; it was left as it is: restore a backup or name another file (%w)", err)
}

// classifySQLite tells what an operator must mend from what may pass by itself.
func classifySQLite(file string, err error) error {
	failed, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch failed.Code() & 0xff { // the primary code
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return permanent{damaged(err)}
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		if why := unwritable(file); why != nil {
			return permanent{why}
		}
	}
	return err
}

// unwritable says why a file cannot be made or written, if that is so, and what to
// do. It does not name the file, which is the value of a setting.
func unwritable(file string) error {
	probe, err := os.CreateTemp(filepath.Dir(file), ".backfaq-*")
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("the file is to be in a directory that does not exist: make it, or correct the path, which is relative to where the program was started")
	}
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err == nil {
		var existing *os.File
		if existing, err = os.OpenFile(file, os.O_RDWR, 0); err == nil {
			err = existing.Close()
		}
	}
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, syscall.EISDIR):
		return errors.New("this is a directory: name a file in it")
	}
	return fmt.Errorf("the file or its directory cannot be opened for writing: %w: let the user that runs the program write there", withoutPath(err))
}

// withoutPath is what went wrong with a file.
func withoutPath(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err
	}
	return err
}
