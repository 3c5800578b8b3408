package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"backfaq/bot/fakediscord"
)

// lock takes the write lock of a SQLite file, or, if the file is new and has no
// write-ahead log, the lock of everything.
func lock(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", fmt.Sprintf("%s?_pragma=busy_timeout(%d)", file, patience.Milliseconds())) // the program may be writing
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.ExecContext(t.Context(), "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
}

// web is the address where the program answers HTTP, once it does.
func (c *child) web(t *testing.T) string {
	t.Helper()
	const serving = `msg="serving HTTP" addr=`
	if !c.log.wait(deadline(t, patience), serving, 1) {
		t.Fatalf("HTTP is not served:\n%s", &c.log)
	}
	_, after, _ := strings.Cut(c.log.String(), serving)
	address, _, _ := strings.Cut(after, " ")
	return address
}

// readyz asks the program how it is, which it says within a second.
func readyz(t *testing.T, c *child) readiness {
	t.Helper()
	address := c.web(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	var r readiness
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("not said within a second: %v", err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

// terminate expects the program to leave in good order, whatever hangs.
func terminate(t *testing.T, c *child) {
	t.Helper()
	began := time.Now()
	_ = c.Process.Signal(syscall.SIGTERM)
	code := c.exits(deadline(t, 10*time.Second), t)
	if took := time.Since(began); code != 0 || took > 5*time.Second+raceExit {
		t.Errorf("exit code %d after %v", code, took)
	}
}

func TestStopsWhileEverythingHangs(t *testing.T) {
	s := newHarness(t, fakediscord.Options{}, 4, "--http-addr", "127.0.0.1:0")
	c := s.spawn()
	s.waitConnected(1, 20*time.Second)
	if _, err := s.WaitFor(deadline(t, 10*time.Second), func(e fakediscord.Event) bool {
		return e.Method == "PUT" && strings.HasSuffix(e.Path, "/commands") && e.Status == 200
	}); err != nil {
		t.Fatal(err)
	}
	s.askEverywhere()
	s.answeredOnce(deadline(t, 10*time.Second)) // there is something to count
	lock(t, strings.TrimPrefix(s.database, "sqlite:"))
	s.OnRequest("*", "*", fakediscord.Forever, fakediscord.Hang())
	mark := s.Mark()
	s.askEverywhere()
	call, err := s.mod.Slash(s.general(), "ask", fakediscord.Args{"question": "what causes upper back spasms?"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.WaitAfter(deadline(t, 10*time.Second), mark, func(e fakediscord.Event) bool { return strings.HasSuffix(e.Path, call.Token+"/callback") }); err != nil {
		t.Fatal(err)
	}
	readyz(t, c)
	terminate(t, c)
}

func TestStopsWhileTheDatabaseOpens(t *testing.T) {
	s := newHarness(t, fakediscord.Options{}, 4, "--http-addr", "127.0.0.1:0")
	lock(t, filepath.Clean(strings.TrimPrefix(s.database, "sqlite:")))
	c := s.spawn()
	if r := readyz(t, c); r.Status != notReady || r.Problem != "starting" {
		t.Errorf("the program says that it is %s", r)
	}
	terminate(t, c)
}
