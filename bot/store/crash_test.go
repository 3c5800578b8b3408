package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"backfaq/config"
)

// childEnv makes the test binary be another process of the program; the
// children's own arguments follow in it.
const childEnv = "BACKFAQ_STORE_TEST_CHILD"

var children = map[string]func() error{"write": writeUntilKilled, "fill": fillUntilRefused}

// child starts the test binary as another process.
func child(t *testing.T, role string, url config.Secret, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), append(env, childEnv+"="+role, "DATABASE_URL="+url.Reveal())...)
	cmd.Stderr = os.Stderr
	return cmd
}

// changesEach is how many changes a child makes to one server before it goes
// on to the next. The audit keeps them all.
const changesEach = 20

// writeUntilKilled makes changes and says so after each one. Its first server
// comes in FIRST.
func writeUntilKilled() error {
	s, err := Open(context.Background(), config.Secret(os.Getenv("DATABASE_URL")), Options{})
	if err != nil {
		return err
	}
	first, err := strconv.Atoi(os.Getenv("FIRST"))
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		server, n := strconv.Itoa(first+i/changesEach), strconv.Itoa(i%changesEach+1)
		if err := setNote(context.Background(), s, server, n); err != nil {
			return err
		}
		if _, err := fmt.Println(server, n); err != nil {
			return err
		}
	}
}

// A process that is killed at any moment loses nothing it said was saved, and
// leaves no setting without its audit row. It is killed 30 times; TEST_KILLS=500
// for more.
func TestKilledWhileWriting(t *testing.T) {
	trials := 30
	if text := os.Getenv("TEST_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatal("TEST_KILLS must be a number of kills, such as 500")
		}
		trials = n
	}
	const perFile = 25 // each file is also made, and its making killed, anew
	var acked atomic.Int64
	t.Run("files", func(t *testing.T) {
		for file := range (trials + perFile - 1) / perFile {
			t.Run(strconv.Itoa(file), func(t *testing.T) {
				t.Parallel()
				acked.Add(int64(killWriters(t, min(perFile, trials-file*perFile))))
			})
		}
	})
	if acked.Load() < int64(trials/2) {
		t.Errorf("%d kills hit %d acknowledged changes only: they came too early to tell anything", trials, acked.Load())
	}
	t.Logf("%d kills, %d acknowledged changes", trials, acked.Load())
}

// killWriters starts and kills writers on one file, and looks at the file after
// each. It returns how many changes were acknowledged.
func killWriters(t *testing.T, trials int) (acked int) {
	url := sqliteURL(t)
	want := make(map[string]int) // the last change acknowledged or seen of each server
	for trial := range trials {
		cmd := child(t, "write", url, fmt.Sprintf("FIRST=%d", (trial+1)*1_000_000))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		kill := func() { _ = cmd.Process.Kill() }
		if rand.IntN(5) == 0 { // while it opens or makes the file
			time.AfterFunc(rand.N(100*time.Millisecond), kill)
		} else if lines.Scan() {
			acked += read(t, want, lines.Text())
			time.AfterFunc(rand.N(20*time.Millisecond), kill)
		}
		for lines.Scan() {
			acked += read(t, want, lines.Text())
		}
		_ = cmd.Wait() // killed
		inspect(t, url, want)
		if t.Failed() {
			t.Fatalf("after kill %d", trial)
		}
	}
	return acked
}

// read takes note of an acknowledged change.
func read(t *testing.T, want map[string]int, line string) int {
	var server string
	var n int
	if _, err := fmt.Sscan(line, &server, &n); err != nil {
		t.Errorf("the writer said %q: %v", line, err)
	}
	want[server] = n
	return 1
}

// inspect compares a database with what must be in it. At most one change, the
// one under way when the writer died, may be there without having been
// acknowledged; it is taken into want.
func inspect(t *testing.T, url config.Secret, want map[string]int) {
	t.Helper()
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var verdict string
	if err := s.read.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity: %s, %v", verdict, err)
	}
	unacknowledged, found := 0, 0
	err = s.list(t.Context(), "look at what is there", func(scan func(...any) error) error {
		var server, text, what string
		var changes, audited int
		if err := scan(&server, &text, &changes, &audited, &what); err != nil {
			return err
		}
		doc, err := decode(text)
		if n := strconv.Itoa(changes); err != nil || doc.Settings.Note != n || audited != changes || what != "note: "+n {
			t.Errorf("server %s: change %d, note %q, %d audit rows, the last %q, %v", server, changes, doc.Settings.Note, audited, what, err)
		}
		if changes < want[server] {
			t.Errorf("server %s: change %d was acknowledged, %d is there", server, want[server], changes)
		}
		unacknowledged += changes - want[server]
		want[server] = changes
		found++
		return nil
	}, `
		SELECT server, doc, changes, (SELECT COUNT(*) FROM audit WHERE audit.server = servers.server),
		(SELECT what FROM audit WHERE audit.server = servers.server AND change = changes) FROM servers`)
	if err != nil {
		t.Fatal(err)
	}
	if unacknowledged > 1 {
		t.Errorf("%d changes more than were acknowledged", unacknowledged)
	}
	if found != len(want) {
		t.Errorf("%d servers are there, %d were acknowledged", found, len(want))
	}
}
