package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backfaq/config"
	"backfaq/faq"
)

// Every connection of both pools waits for the disk at each commit, and
// overwrites what is deleted.
func TestPragmasOnEveryConnection(t *testing.T) {
	s := open(t, sqliteURL(t), Options{})
	for pool, db := range map[string]*sql.DB{"read": s.read, "write": s.write} {
		for range db.Stats().MaxOpenConnections {
			conn, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			for pragma, want := range map[string]string{"synchronous": "2", "secure_delete": "1", "journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "2000", "wal_autocheckpoint": "10000"} {
				var got string
				if err := conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
					t.Errorf("%s pool: %s is %q, %v, want %s", pool, pragma, got, err, want)
				}
			}
		}
	}
}

// A file on which SQLite does not keep a pragma, as on some network drives, is refused.
func TestPragmasThatAreNotKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.db")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	err = checkSQLite(t.Context(), file, db, db)
	if _, ok := errors.AsType[permanent](err); !ok || !strings.Contains(err.Error(), "network drive") {
		t.Errorf("with the pragmas of SQLite: %v", err)
	}
}

// Nobody else on the machine can read a database or its backup.
func TestFilesArePrivate(t *testing.T) {
	url := sqliteURL(t)
	s := open(t, url, Options{})
	note(t, s, serverA, "private")
	backup := filepath.Join(t.TempDir(), "backup.db")
	if err := Backup(t.Context(), url, backup); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(fileOf(url) + "*")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, backup) {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o", file, mode)
		}
	}
}

// A second copy on a file is refused, by whatever name, and a backup is not.
func TestSecondCopyOnAFile(t *testing.T) {
	url := sqliteURL(t)
	s := open(t, url, Options{})
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(fileOf(url), link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []config.Secret{url, config.Secret("sqlite:" + link)} {
		second, err := Open(t.Context(), name, Options{})
		if err == nil {
			_ = second.Close()
			t.Fatal("opened twice")
		}
		if !strings.Contains(err.Error(), "in use by another copy of the bot") || !strings.Contains(err.Error(), "DATABASE_URL") {
			t.Error(err)
		}
	}
	note(t, s, serverA, "goes on")
	if err := Backup(t.Context(), url, filepath.Join(t.TempDir(), "backup.db")); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, url, Options{})
}

// While another process holds the write lock Ping answers at once, and says
// that writing does not work until it does.
func TestPingWhileLocked(t *testing.T) {
	url := sqliteURL(t)
	s := open(t, url, Options{})
	if err := s.Removed(t.Context(), serverB, noon.AddDate(-1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, url, Options{})
	eventually(t, "the sweep at the start is over, which writes", func() bool { return count(t, s, "removed") == 0 })
	note(t, s, serverA, "before")
	other := raw(t, url)
	run(t, other, "BEGIN IMMEDIATE")
	if err := setNote(t.Context(), s, serverA, "during"); !errors.Is(err, faq.ErrUnavailable) {
		t.Fatalf("during: %v", err)
	}
	start := time.Now()
	err := s.Ping(t.Context())
	if took := time.Since(start); took > time.Second {
		t.Errorf("ping took %v", took)
	}
	if !errors.Is(err, faq.ErrUnavailable) || !strings.Contains(err.Error(), "write") {
		t.Errorf("ping: %v", err)
	}
	run(t, other, "ROLLBACK")
	eventually(t, "ping is well with nobody writing", func() bool { return s.Ping(t.Context()) == nil })
}

// A statement that never ends is ended.
func TestStatementThatHangs(t *testing.T) {
	s := open(t, sqliteURL(t), Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // long before which it is ended
	defer cancel()
	const endless = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n`
	err := s.tx(ctx, "hang", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, endless)
		return err
	})
	if !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("a transaction: %v", err)
	}
	if err := s.list(ctx, "hang", func(scan func(...any) error) error { return scan(new(int)) }, endless); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("a query: %v", err)
	}
	if ctx.Err() != nil {
		t.Error("only the test ended it")
	}
	note(t, s, serverA, "after")
}

// A backup is on the disk before its name is, and the name before it is
// reported: a machine that stops in between leaves a whole backup or none.
func TestBackupReachesTheDisk(t *testing.T) {
	url := sqliteURL(t)
	open(t, url, Options{})
	file := filepath.Join(t.TempDir(), "backup.db")
	var persisted []string
	err := backup(t.Context(), url, file, func(name string) error {
		_, err := os.Stat(file)
		switch there := err == nil; {
		case name == filepath.Dir(file) && there:
			persisted = append(persisted, "name")
		case filepath.Base(filepath.Dir(filepath.Dir(name))) == filepath.Base(filepath.Dir(file)) && !there:
			persisted = append(persisted, "content")
		default:
			t.Errorf("persisted %s, backup there: %v", name, there)
		}
		return persist(name)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(persisted, " "); got != "content name" {
		t.Errorf("persisted %q", got)
	}
}
