package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"backfaq/bot/fakediscord"
)

// town is a Discord with many servers, and copies of the program that share a
// database and its shards.
type town struct {
	*fakediscord.Server
	t      *testing.T
	guilds []*fakediscord.Guild
	people []*fakediscord.Person // one a guild
	asked  []fakediscord.Message
	args   []string
}

func newTown(t *testing.T, o fakediscord.Options, guilds int) *town {
	t.Helper()
	database := os.Getenv("TEST_POSTGRES_URL")
	if database == "" {
		t.Skip("copies of the bot share a PostgreSQL: set TEST_POSTGRES_URL, or run .ci/postgres go test ./bot")
	}
	o.NoRateLimits = true
	srv, err := fakediscord.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &town{Server: srv, t: t}
	for n := range guilds {
		g := srv.AddGuild(fmt.Sprint("town ", n))
		w.guilds = append(w.guilds, g)
		w.people = append(w.people, g.AddMember("ann"))
	}
	w.args = []string{"run", "--discord-token", srv.Token(), "--discord-api-url", srv.URL(), "--database-url", database, "--http-addr", "none", "--log-level", "debug"}
	return w
}

func (w *town) join() *child { return spawn(w.t, nil, w.args...) }

// connected waits until so many shards are.
func (w *town) connected(shards int, within time.Duration) {
	w.t.Helper()
	if _, err := w.WaitFor(deadline(w.t, within), func(fakediscord.Event) bool { return w.Connected() == shards }); err != nil {
		w.t.Fatalf("%d of %d shards after %v", w.Connected(), shards, within)
	}
}

// ask lets somebody on every server ask one question.
func (w *town) ask() {
	w.t.Helper()
	for n, g := range w.guilds {
		m, err := w.people[n].Say(g.General(), w.Bot().Mention()+" what causes upper back spasms?")
		if err != nil {
			w.t.Fatal(err)
		}
		w.asked = append(w.asked, m)
	}
}

// answers counts the answers to a question. What Discord drops for its nonce
// is counted, too: it should not have been sent.
func (w *town) answers() map[string]int {
	n := map[string]int{}
	for _, e := range w.Events() {
		var m struct {
			Reference struct {
				ID string `json:"message_id"`
			} `json:"message_reference"`
		}
		if e.Kind == fakediscord.KindREST && e.Method == "POST" && e.Status == 200 && json.Unmarshal(e.Body, &m) == nil && m.Reference.ID != "" {
			n[m.Reference.ID]++
		}
	}
	return n
}

// answeredOnce waits until all that were asked have an answer, and checks that
// none has two.
func (w *town) answeredOnce(ctx context.Context) {
	w.t.Helper()
	got := map[string]int{}
	_, _ = w.WaitFor(ctx, func(fakediscord.Event) bool {
		if got = w.answers(); len(got) < len(w.asked) {
			return false
		}
		return true
	})
	for _, m := range w.asked {
		if got[m.ID] != 1 {
			w.t.Errorf("question %s was answered %d times", m.ID, got[m.ID])
		}
	}
}

func TestKilledCopy(t *testing.T) {
	const shards, keys = 6, 2
	w := newTown(t, fakediscord.Options{Shards: shards, MaxConcurrency: keys}, 2*shards)
	copies := map[int]*child{}
	for range 3 {
		c := w.join()
		copies[c.Process.Pid] = c
	}
	w.connected(shards, 90*time.Second)
	has := map[int]int{}
	for pid, c := range copies {
		has[pid] = strings.Count(c.log.String(), "gateway connected")
	}
	t.Logf("shards by process: %v", has)
	w.ask()
	w.answeredOnce(deadline(t, 10*time.Second))

	victim := 0
	for pid, n := range has {
		if n > has[victim] {
			victim = pid
		}
	}
	if err := copies[victim].Process.Kill(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	<-copies[victim].done
	if _, err := w.WaitFor(deadline(t, 10*time.Second), func(fakediscord.Event) bool { return w.Connected() < shards }); err != nil {
		t.Fatal(err)
	}
	w.connected(shards, 20*time.Second)
	t.Logf("its %d shards were back after %v", has[victim], time.Since(began))
	w.ask()
	w.answeredOnce(deadline(t, 10*time.Second))

	last := map[int]time.Time{}
	for _, e := range w.Events() {
		if e.Kind != fakediscord.KindGatewayIn || e.Op != 2 {
			continue
		}
		var identify struct {
			Data struct{ Shard [2]int } `json:"d"`
		}
		if err := e.JSON(&identify); err != nil {
			t.Fatal(err)
		}
		key := identify.Data.Shard[0] % keys
		if gap := e.Time.Sub(last[key]); gap < 5*time.Second {
			t.Errorf("two identifies of key %d within %v", key, gap)
		}
		last[key] = e.Time
	}
}
