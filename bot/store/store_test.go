package store

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"backfaq/config"
	"backfaq/faq"
)

func TestMain(m *testing.M) {
	if child := os.Getenv(childEnv); child != "" {
		if err := children[child](); err != nil {
			fmt.Fprintln(os.Stderr, child, "child:", err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

const (
	serverA = "1000000000000000001"
	serverB = "1000000000000000002"
	alice   = "2000000000000000001"
	bob     = "2000000000000000002"
)

// noon is a fixed time for the records.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// clock is a time that tests move.
type clock struct{ atomic.Pointer[time.Time] }

func clockAt(t time.Time) *clock {
	c := new(clock)
	c.Store(&t)
	return c
}

func (c *clock) set(t time.Time) { c.Store(&t) }
func (c *clock) now() time.Time  { return *c.Load() }

// onEach runs a test on an empty database of every kind.
func onEach(t *testing.T, test func(t *testing.T, url config.Secret)) {
	t.Run("memory", func(t *testing.T) { test(t, "sqlite::memory:") })
	t.Run("file", func(t *testing.T) { test(t, sqliteURL(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, postgresURL(t)) })
}

func sqliteURL(t testing.TB) config.Secret {
	return config.Secret("sqlite:" + filepath.Join(t.TempDir(), "test.db"))
}

// postgresURL makes a database of the test's own, which goes with the test.
func postgresURL(t testing.TB) config.Secret {
	t.Helper()
	admin := os.Getenv("TEST_POSTGRES_URL")
	if admin == "" {
		t.Skip("PostgreSQL is not tested: run .ci/postgres go test ./bot/store, or name a server in TEST_POSTGRES_URL")
	}
	name := "t" + strings.ToLower(fmt.Sprintf("%x", time.Now().UnixNano()))
	exec := func(sql string) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		conn, err := pgx.Connect(ctx, admin)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(ctx) }()
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE DATABASE " + name)
	t.Cleanup(func() { exec("DROP DATABASE " + name + " WITH (FORCE)") })
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return config.Secret(u.String())
}

// open opens a store that closes with the test.
func open(t testing.TB, url config.Secret, o Options) *Store {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	s, err := Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// note makes a change that sets the server's note, and fails the test if that
// fails.
func note(t testing.TB, s *Store, server, text string) {
	t.Helper()
	if err := setNote(t.Context(), s, server, text); err != nil {
		t.Fatal(err)
	}
}

func setNote(ctx context.Context, s *Store, server, text string) error {
	_, err := s.Edit(ctx, server, alice, func(doc *faq.Document) (string, error) {
		doc.Settings.Note = text
		return "note: " + text, nil
	})
	return err
}

// edit makes a change, and fails the test if that fails.
func edit(t testing.TB, s *Store, server, what string, alter func(*faq.Document)) {
	t.Helper()
	_, err := s.Edit(t.Context(), server, alice, func(doc *faq.Document) (string, error) {
		alter(doc)
		return what, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// teach ties a wording to an entry, and fails the test if that fails.
func teach(t testing.TB, s *Store, server, wording, entry string) {
	t.Helper()
	edit(t, s, server, "teach", func(doc *faq.Document) { doc.Teach(faq.Taught{Wording: wording, Entry: entry}) })
}

// settings are what the database holds, whatever the cache says.
func settings(t testing.TB, s *Store, server string) config.Settings {
	t.Helper()
	doc, err := s.Document(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Settings
}

// noteNow is the note that the next question would see.
func noteNow(t testing.TB, s *Store, server string) string {
	t.Helper()
	view, err := s.View(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	return view.Settings.Note
}
