package store

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"backfaq/config"
)

// throughPooler is the URL of a database that leads through PgBouncer.
func throughPooler(t *testing.T, mode string, database config.Secret) config.Secret {
	t.Helper()
	name := "TEST_PGBOUNCER_" + strings.ToUpper(mode) + "_URL"
	pooler := os.Getenv(name)
	if pooler == "" {
		t.Skipf("PgBouncer is not tested: install it and run .ci/postgres go test ./bot/store, or name one in %s", name)
	}
	p, err := url.Parse(pooler)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(database.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	u.Host = p.Host
	return config.Secret(u.String())
}

// A pooler that gives each transaction another session is refused at start, with
// one sentence, and so is what it does not take in the URL.
func TestPoolerWithoutSessions(t *testing.T) {
	direct := postgresURL(t)
	pooled := throughPooler(t, "transaction", direct)
	for range 5 { // whichever session it hands out
		s, err := Open(t.Context(), pooled, Options{})
		if err == nil {
			_ = s.Close()
			t.Fatal("opened")
		}
		if !strings.Contains(err.Error(), "pool_mode = session") || strings.Contains(err.Error(), "\n") {
			t.Fatal(err)
		}
	}
	_, err := Open(t.Context(), pooled+"&statement_timeout=5s", Options{})
	if err == nil || !strings.Contains(err.Error(), "take it out of the URL") {
		t.Errorf("a setting that a pooler does not know: %v", err)
	}
	open(t, direct, Options{})
}

// Through a pooler in session mode all works as it does without one.
func TestPoolerWithSessions(t *testing.T) {
	pooled := throughPooler(t, "session", postgresURL(t))
	here, there := open(t, pooled, Options{}), open(t, pooled, Options{})
	lease, err := here.Lock(t.Context(), 7)
	if err != nil || lease == nil {
		t.Fatal(lease, err)
	}
	if second, err := there.Lock(t.Context(), 7); err != nil || second != nil {
		t.Error("a lock was given to two processes", err)
	}
	note(t, here, serverA, "first")
	eventually(t, "a change is seen there", func() bool { return noteNow(t, there, serverA) == "first" })
	var idle string
	if err := here.read.QueryRowContext(t.Context(), "SHOW idle_in_transaction_session_timeout").Scan(&idle); err != nil || idle != "10s" {
		t.Errorf("a vanished process holds its row locks for %q, %v", idle, err)
	}
	lease.Release()
	eventually(t, "the lock is free", func() bool {
		lease, err := there.Lock(t.Context(), 7)
		return err == nil && lease != nil
	})
}
