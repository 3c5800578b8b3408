package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"backfaq/config"
	"backfaq/faq"
)

// fileOf is where a SQLite URL points.
func fileOf(url config.Secret) string { return strings.TrimPrefix(url.Reveal(), "sqlite:") }

// raw opens a SQLite file as some other program would.
func raw(t *testing.T, url config.Secret) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", fileOf(url)+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func run(t *testing.T, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// A file that is damaged or something else is refused, and stays as it is.
func TestDamagedFile(t *testing.T) {
	for name, damage := range map[string]func(good []byte) []byte{
		"text":      func([]byte) []byte { return []byte(strings.Repeat("dear diary, ", 1000)) },
		"no-header": func(good []byte) []byte { return append(make([]byte, 100), good[100:]...) },
		"cut":       func(good []byte) []byte { return good[:len(good)/2] },
		"overwritten": func(good []byte) []byte {
			copy(good[len(good)/3:], bytes.Repeat([]byte{0xAA}, len(good)/3))
			return good
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := sqliteURL(t)
			s, err := Open(t.Context(), url, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 50 {
				note(t, s, fmt.Sprint(i+1), strings.Repeat("x", 300))
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			good, err := os.ReadFile(fileOf(url))
			if err != nil {
				t.Fatal(err)
			}
			damaged := damage(good)
			if err := os.WriteFile(fileOf(url), damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			if s, err := Open(t.Context(), url, Options{}); err == nil {
				_ = s.Close()
				t.Error("opened")
			} else if !strings.Contains(err.Error(), "DATABASE_URL") || !strings.Contains(err.Error(), "left as it is") {
				t.Errorf("what to do is not said: %v", err)
			}
			if now, err := os.ReadFile(fileOf(url)); err != nil || !bytes.Equal(now, damaged) {
				t.Errorf("the file was changed, %v", err)
			}
		})
	}
}

// The setting is named, and what to do; its value is not.
func TestNoPlaceForAFile(t *testing.T) {
	dir := t.TempDir()
	for file, want := range map[string]string{
		dir:                                   "name a file in it",
		filepath.Join(dir, "missing", "x.db"): "a directory that does not exist: make it",
		"/proc/x.db":                          "correct the path",
	} {
		s, err := Open(t.Context(), config.Secret("sqlite:"+file), Options{})
		if err == nil {
			_ = s.Close()
			t.Errorf("%s: opened", file)
		} else if !strings.Contains(err.Error(), "DATABASE_URL") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// Without room, or on a disk that turned read-only, what is there is still read,
// a change is refused and nothing of it stays, and all is well by itself when
// there is room again.
func TestRefusedWrites(t *testing.T) {
	for name, pragma := range map[string][2]string{
		"full":      {"PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"},
		"read-only": {"PRAGMA query_only = 1", "PRAGMA query_only = 0"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, sqliteURL(t), Options{})
			note(t, s, serverA, "before")
			run(t, s.write, pragma[0])
			var err error
			for i := 0; i < 1000 && err == nil; i++ { // until the pages at hand are full
				err = setNote(t.Context(), s, serverA, strings.Repeat("x", 300))
			}
			if !errors.Is(err, faq.ErrUnavailable) {
				t.Fatalf("a change went through: %v", err)
			}
			if got, last := noteNow(t, s, serverA), settings(t, s, serverA).Note; got != last {
				t.Errorf("the next question sees %q, stored is %q", got, last)
			}
			// A full file still takes what fits into the pages it has.
			if err := s.Ping(t.Context()); name == "read-only" && (!errors.Is(err, faq.ErrUnavailable) || !strings.Contains(err.Error(), "write")) {
				t.Errorf("ping: %v", err)
			}
			run(t, s.write, pragma[1])
			note(t, s, serverA, "after")
			if err := s.Ping(t.Context()); err != nil {
				t.Errorf("ping after: %v", err)
			}
		})
	}
}

// fillUntilRefused runs with a limit on the size of files, which fails writes as
// a full disk does, and exits well if the store bears it.
func fillUntilRefused() error {
	signal.Ignore(syscall.SIGXFSZ)
	ctx := context.Background()
	s, err := Open(ctx, config.Secret(os.Getenv("DATABASE_URL")), Options{})
	if err != nil {
		return err
	}
	var room syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
		return err
	}
	if err := setNote(ctx, s, serverA, "saved"); err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: room.Max}); err != nil {
		return err
	}
	if err := setNote(ctx, s, serverA, "lost"); !errors.Is(err, faq.ErrUnavailable) {
		return fmt.Errorf("without room: %w", err)
	}
	view, err := s.View(ctx, serverA)
	if err != nil || view.Settings.Note != "saved" {
		return fmt.Errorf("without room: saw %q, %w", view.Settings.Note, err)
	}
	if s.Ping(ctx) == nil {
		return errors.New("without room: ping says nothing")
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
		return err
	}
	if err := setNote(ctx, s, serverA, "room again"); err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	return s.Close()
}

func TestFileSizeLimit(t *testing.T) {
	url := sqliteURL(t)
	if err := child(t, "fill", url).Run(); err != nil {
		t.Fatal(err)
	}
	s := open(t, url, Options{})
	if got := noteNow(t, s, serverA); got != "room again" {
		t.Errorf("stored: %q", got)
	}
}

// While another process holds the write lock questions are answered, a change
// is refused after a while, and goes through later.
func TestLockedByAnotherProcess(t *testing.T) {
	url := sqliteURL(t)
	s := open(t, url, Options{})
	note(t, s, serverA, "before")
	other := raw(t, url)
	run(t, other, "BEGIN IMMEDIATE")
	if err := setNote(t.Context(), s, serverA, "during"); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("during: %v", err)
	}
	if got := noteNow(t, s, serverA); got != "before" {
		t.Errorf("during: the next question sees %q", got)
	}
	run(t, other, "ROLLBACK")
	note(t, s, serverA, "after")
	if got := noteNow(t, s, serverA); got != "after" {
		t.Errorf("after: the next question sees %q", got)
	}
}

// A file that cannot be opened yet does not keep the program from starting.
func TestLockedAtStart(t *testing.T) {
	t.Parallel()
	url := sqliteURL(t)
	other := raw(t, url)
	run(t, other, "CREATE TABLE theirs (x)")
	run(t, other, "BEGIN EXCLUSIVE")
	s := open(t, url, Options{})
	if err := s.Ping(t.Context()); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("ping: %v", err)
	}
	if _, err := s.View(t.Context(), serverA); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("view: %v", err)
	}
	if err := setNote(t.Context(), s, serverA, "early"); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("change: %v", err)
	}
	run(t, other, "ROLLBACK")
	eventually(t, "the database is used", func() bool { return s.Ping(t.Context()) == nil })
	note(t, s, serverA, "late")
	if got := noteNow(t, s, serverA); got != "late" {
		t.Errorf("the next question sees %q", got)
	}
}

// eventually waits for what happens by itself.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if happened() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

func TestBackup(t *testing.T) {
	url := sqliteURL(t)
	s := open(t, url, Options{})
	stop, done := make(chan struct{}), make(chan struct{})
	saved := 0
	go func() { // writes go on meanwhile
		defer close(done)
		for ; ; saved++ {
			select {
			case <-stop:
				return
			default:
				if err := setNote(t.Context(), s, fmt.Sprint(saved+1), strings.Repeat("x", 300)); err != nil {
					t.Errorf("during a backup: %v", err)
				}
			}
		}
	}()
	dir := t.TempDir()
	for i := range 5 {
		file := filepath.Join(dir, fmt.Sprintf("copy-%d.db", i))
		if err := Backup(t.Context(), url, file); err != nil {
			t.Fatal(err)
		}
		if err := Backup(t.Context(), url, file); err == nil || !strings.Contains(err.Error(), "is there already") {
			t.Errorf("over an older backup: %v", err)
		}
	}
	close(stop)
	<-done
	for i := range 5 {
		copied := open(t, config.Secret("sqlite:"+filepath.Join(dir, fmt.Sprintf("copy-%d.db", i))), Options{})
		servers, audit := count(t, copied, "servers"), count(t, copied, "audit")
		if servers > saved || servers != audit {
			t.Errorf("backup %d holds %d settings and %d audit rows of %d", i, servers, audit, saved)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for _, url := range []config.Secret{"postgres://u:p@127.0.0.1:1/x", "sqlite::memory:", sqliteURL(t)} {
		if err := Backup(t.Context(), url, filepath.Join(dir, "none")); err == nil {
			t.Error("a backup of what cannot be copied")
		}
	}
}
