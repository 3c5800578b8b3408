package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"backfaq/bot/fakediscord"
)

// Copies of the program share a database and Discord's shards. One that is
// killed leaves its shards to the others.
func TestKilledCopy(t *testing.T) {
	const shards, keys = 6, 2
	database := os.Getenv("TEST_POSTGRES_URL")
	if database == "" {
		t.Skip("copies of the bot share a PostgreSQL: set TEST_POSTGRES_URL, or run .ci/postgres go test ./bot")
	}
	s := newHarness(t, fakediscord.Options{Shards: shards, MaxConcurrency: keys}, 2*shards, "--database-url", database)
	copies := map[int]*child{}
	for range 3 {
		c := s.spawn()
		copies[c.Process.Pid] = c
	}
	s.waitConnected(shards, 90*time.Second)
	has := map[int]int{}
	for pid, c := range copies {
		has[pid] = strings.Count(c.log.String(), "gateway connected")
	}
	t.Logf("shards by process: %v", has)
	s.askEverywhere()
	s.answeredOnce(deadline(t, 10*time.Second))

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
	if _, err := s.WaitFor(deadline(t, 10*time.Second), func(fakediscord.Event) bool { return s.Connected() < shards }); err != nil {
		t.Fatal(err)
	}
	s.waitConnected(shards, 20*time.Second)
	t.Logf("its %d shards were back after %v", has[victim], time.Since(began))
	s.askEverywhere()
	s.answeredOnce(deadline(t, 10*time.Second))

	last := map[int]time.Time{}
	for _, e := range s.Events() {
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
