package store

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"backfaq/config"
	"backfaq/faq"
)

// journal is a log that tests look through.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text.Reset()
}

func (j *journal) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// A change in one process is seen by the next question in another.
func TestChangeReachesOtherProcesses(t *testing.T) {
	url := postgresURL(t)
	here, there := open(t, url, Options{}), open(t, url, Options{})
	for _, text := range []string{"first", "second"} {
		note(t, here, serverA, text)
		eventually(t, text+" is seen there", func() bool { return noteNow(t, there, serverA) == text })
	}
	if err := here.DeleteServer(t.Context(), serverA); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the deletion is seen there", func() bool { return noteNow(t, there, serverA) == "" })

	// Also when the connection that hears of changes was cut meanwhile.
	note(t, here, serverA, "before the cut")
	eventually(t, "a change is seen there", func() bool { return noteNow(t, there, serverA) == "before the cut" })
	if _, err := here.write.ExecContext(t.Context(), `
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`); err != nil {
		t.Fatal(err)
	}
	note(t, here, serverA, "in the dark")
	eventually(t, "a change made in the dark is seen there", func() bool { return noteNow(t, there, serverA) == "in the dark" })
	note(t, here, serverA, "hearing again")
	eventually(t, "a change after that is seen there", func() bool { return noteNow(t, there, serverA) == "hearing again" })
}

func TestPostgresGoneAndBack(t *testing.T) {
	direct := postgresURL(t)
	p, url := throughProxy(t, direct)
	var log journal
	s, other := open(t, url, Options{Log: log.logger()}), open(t, direct, Options{})
	note(t, s, serverA, "before")
	if got := noteNow(t, s, serverA); got != "before" {
		t.Fatal(got)
	}
	p.gone()
	note(t, other, serverA, "meanwhile")
	if err := setNote(t.Context(), s, serverA, "lost"); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("a change: %v", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("ping: %v", err)
	}
	if _, err := s.View(t.Context(), serverB); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("a server never seen: %v", err)
	}
	if got := noteNow(t, s, serverA); got != "before" {
		t.Errorf("a server seen before: %q", got)
	}
	if _, err := s.Audit(t.Context(), serverA); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("audit: %v", err)
	}
	p.back()
	eventually(t, "the change made meanwhile is seen", func() bool { return noteNow(t, s, serverA) == "meanwhile" })
	eventually(t, "ping is well", func() bool { return s.Ping(t.Context()) == nil })
	note(t, s, serverA, "after")
	eventually(t, "a change is heard of elsewhere", func() bool { return noteNow(t, other, serverA) == "after" })
	noPassword(t, url, log.String())
}

// A network that swallows everything holds up one question a second at most,
// and no change for long.
func TestPostgresStalls(t *testing.T) {
	t.Parallel()
	p, url := throughProxy(t, postgresURL(t))
	s := open(t, url, Options{})
	note(t, s, serverA, "before")
	if got := noteNow(t, s, serverA); got != "before" {
		t.Fatal(got)
	}
	p.stall()
	s.views.invalidateAll()
	// Each of these would wait for ever, the test with it, were it not bounded.
	if got := noteNow(t, s, serverA); got != "before" {
		t.Errorf("a server seen before: %q", got)
	}
	if _, err := s.View(t.Context(), serverB); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("a server never seen: %v", err)
	}
	if err := setNote(t.Context(), s, serverA, "lost"); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("a change: %v", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("ping: %v", err)
	}
	p.flow()
	eventually(t, "a change goes through", func() bool { return setNote(t.Context(), s, serverB, "after") == nil })
	if got := noteNow(t, s, serverB); got != "after" {
		t.Errorf("the next question sees %q", got)
	}
}

func TestPostgresDownAtStart(t *testing.T) {
	t.Parallel()
	p, url := throughProxy(t, postgresURL(t))
	p.gone()
	var log journal
	s := open(t, url, Options{Log: log.logger()})
	if err := s.Ping(t.Context()); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("ping: %v", err)
	} else {
		noPassword(t, url, err.Error())
	}
	if _, err := s.View(t.Context(), serverA); !errors.Is(err, faq.ErrUnavailable) {
		t.Errorf("view: %v", err)
	}
	p.back()
	eventually(t, "the database is used", func() bool { return s.Ping(t.Context()) == nil })
	note(t, s, serverA, "late")
	noPassword(t, url, log.String())
	if !strings.Contains(log.String(), "database unavailable") || !strings.Contains(log.String(), "database available") {
		t.Errorf("the log does not tell:\n%s", log.String())
	}
}

func TestPostgresRefusesForGood(t *testing.T) {
	url := postgresURL(t)
	for what, broken := range map[string]string{
		"password": strings.Replace(url.Reveal(), "@", "x@", 1),
		"database": strings.Replace(url.Reveal(), "?", "x?", 1),
	} {
		s, err := Open(t.Context(), config.Secret(broken), Options{})
		if err == nil {
			_ = s.Close()
			t.Fatalf("wrong %s: opened", what)
		}
		if !strings.Contains(err.Error(), "DATABASE_URL") {
			t.Errorf("wrong %s: %v", what, err)
		}
		noPassword(t, url, err.Error())
	}
}

// A mistyped URL, or another secret in its place, does not stand in the error.
func TestUnreadableURL(t *testing.T) {
	for _, url := range []config.Secret{
		"hunter2", "mysql://u:hunter2@h/d", "postgres://u:hunter2@h:port/d", "postgres://u:hunter2%zz@h/d",
		"postgres://u:hunter2@h/d?sslmode=hunter2", "postgresql://u:p@h/d?sslrootcert=/hunter2", "sqlite:", "sqlite:hunter2.db?mode=ro", "hunter2:x",
	} {
		_, err := Open(t.Context(), url, Options{})
		if err == nil || !strings.HasPrefix(err.Error(), "DATABASE_URL") {
			t.Errorf("%s: %v", url.Reveal(), err)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows what was set: %v", err)
		}
	}
}

// noPassword fails the test if the password of a URL stands in a text.
func noPassword(t *testing.T, url config.Secret, text string) {
	t.Helper()
	_, rest, _ := strings.Cut(url.Reveal(), "tester:")
	password, _, ok := strings.Cut(rest, "@")
	if !ok {
		t.Skip("TEST_POSTGRES_URL names no password that could leak: run .ci/postgres go test ./bot/store")
	}
	if strings.Contains(text, password) {
		t.Errorf("the password stands in:\n%s", text)
	}
}
