package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"backfaq/config"
	"backfaq/faq"
)

func TestStats(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		now := clockAt(noon.AddDate(0, 0, -7))
		s := open(t, url, Options{Now: now.now})
		answered := func(server, entry string, way faq.Source) {
			s.Count(faq.Count{Server: server, Source: way, Outcome: faq.Answered, Entry: entry})
		}
		answered(serverA, "faq-causes", faq.FromSlash) // a day too old
		now.set(noon.AddDate(0, 0, -6))
		answered(serverA, "faq-causes", faq.FromSlash)
		answered(serverA, "faq-symptoms", faq.FromMention)
		if _, err := s.Stats(t.Context(), serverA, 7); err != nil { // saves in between
			t.Fatal(err)
		}
		answered(serverA, "faq-causes", faq.FromSlash)
		now.set(noon)
		answered(serverB, "faq-causes", faq.FromButton)
		answered("", "faq-causes", faq.FromDM)
		s.Count(faq.Count{Server: serverA, Source: faq.FromSlash, Outcome: faq.Suggested})
		for i := range 5 {
			words := []string{"spasm", "spasm", "posture"}
			if i == 0 {
				words = []string{"spasm"}
			}
			s.Count(faq.Count{Server: serverA, Source: faq.FromMention, Outcome: faq.Unknown, Words: words})
		}
		s.Count(faq.Count{Server: serverA, Source: faq.FromSlash, Outcome: faq.Warned, Level: faq.Crisis}) // no question of any way
		s.Count(faq.Count{Server: serverA, Source: faq.FromSlash, Outcome: faq.Suggested, Level: faq.Sign})
		s.Feedback(serverA, "faq-causes", true)
		s.Feedback(serverA, "faq-causes", true)
		s.Feedback(serverA, "faq-causes", false)

		got, err := s.Stats(t.Context(), serverA, 7)
		if err != nil {
			t.Fatal(err)
		}
		day := func(ago int, sums faq.Sums) faq.DaySums {
			return faq.DaySums{Day: noon.Truncate(24*time.Hour).AddDate(0, 0, -ago), Sums: sums}
		}
		want := faq.Stats{
			Levels: []faq.LevelSum{{Level: faq.Crisis, Questions: 1}, {Level: faq.Sign, Questions: 1}},
			Total:  faq.Sums{Answered: 3, Suggested: 2, Unknown: 5, Helpful: 2, Unhelpful: 1},
			Days: []faq.DaySums{
				day(6, faq.Sums{Answered: 3}), day(5, faq.Sums{}), day(4, faq.Sums{}), day(3, faq.Sums{}), day(2, faq.Sums{}), day(1, faq.Sums{}),
				day(0, faq.Sums{Suggested: 2, Unknown: 5, Helpful: 2, Unhelpful: 1}),
			},
			Sources: []faq.SourceSums{
				{Source: faq.FromMention, Sums: faq.Sums{Answered: 1, Unknown: 5}},
				{Source: faq.FromSlash, Sums: faq.Sums{Answered: 2, Suggested: 2}},
			},
			Entries: []faq.EntrySums{
				{Entry: "faq-causes", Sums: faq.Sums{Answered: 2, Helpful: 2, Unhelpful: 1}},
				{Entry: "faq-symptoms", Sums: faq.Sums{Answered: 1}},
			},
			Words: []faq.WordSum{{Word: "spasm", Questions: 5}}, // "posture" was in four
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stats (-want +got):\n%s", diff)
		}
		if _, err := s.Stats(t.Context(), serverA, 91); err == nil {
			t.Error("more days than are kept")
		}
	})
}

// Counters wait in memory while the database does not take them, as many as
// there is room for, and nobody who counts waits.
func TestCountersOutliveTheDatabase(t *testing.T) {
	s := open(t, sqliteURL(t), Options{})
	run(t, s.write, "PRAGMA query_only = 1")
	for range 3 {
		s.Count(faq.Count{Server: serverA, Source: faq.FromSlash, Outcome: faq.Answered, Entry: "faq-causes"})
		if _, err := s.Stats(t.Context(), serverA, 7); !errors.Is(err, faq.ErrUnavailable) {
			t.Errorf("statistics of a database that takes no counters: %v", err)
		}
	}
	for i := range maxCounts + 9 {
		s.Feedback(serverB, fmt.Sprintf("entry-%d", i), true)
	}
	s.Count(faq.Count{Server: serverA, Source: faq.FromSlash, Outcome: faq.Answered, Entry: "faq-causes"}) // has its place
	if n := s.Dropped(); n != 10 {
		t.Errorf("%d counts were dropped, want 10", n)
	}
	run(t, s.write, "PRAGMA query_only = 0")
	if err := s.DeleteServer(t.Context(), serverB); err != nil { // its twenty thousand take a while to save
		t.Fatal(err)
	}
	if stats, err := s.Stats(t.Context(), serverA, 7); err != nil || stats.Total != (faq.Sums{Answered: 4}) {
		t.Errorf("saved in the end: %+v, %v", stats.Total, err)
	}
}

// joined tells the store that the bot is on a server, and expects it to be welcomed or
// not.
func joined(t *testing.T, s *Store, server string, since time.Time, want bool) {
	t.Helper()
	if first, err := s.Joined(t.Context(), server, since); err != nil || first != want {
		t.Errorf("on server %s since %v: %v, %v", server, since, first, err)
	}
}

// A server is new once: not for a second process, not after a reconnect or a restart,
// and not where the bot was all along.
func TestJoinedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		now := clockAt(noon)
		s := open(t, url, Options{Now: now.now})
		joined(t, s, serverB, noon.Add(-config.WelcomeFor), false)
		joined(t, s, serverA, noon.Add(-time.Minute), true)
		joined(t, s, serverA, noon.Add(-time.Minute), false)
		now.set(noon.Add(config.WelcomeFor - time.Minute - time.Second))
		if err := s.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		joined(t, s, serverA, noon.Add(-time.Minute), false)
		now.set(noon.Add(config.WelcomeFor))
		if err := s.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := count(t, s, "joined"); n != 0 {
			t.Errorf("%d rows are kept of servers that were joined a day ago", n)
		}
		joined(t, s, serverA, noon.Add(-time.Minute), false)
	})
}

// Of two processes that hear of a server at the same moment one welcomes it.
func TestJoinedByOne(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		s := open(t, url, Options{})
		var welcomes atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				first, err := s.Joined(t.Context(), serverA, time.Now())
				if err != nil {
					t.Error(err)
				}
				if first {
					welcomes.Add(1)
				}
			})
		}
		all.Wait()
		if n := welcomes.Load(); n != 1 {
			t.Errorf("%d of 8 welcome it", n)
		}
	})
}

// A server that came back after the sweep had listed it keeps its rows.
func TestReturnInTheMiddleOfASweep(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		s := open(t, url, Options{})
		note(t, s, serverA, "kept")
		if err := s.Removed(t.Context(), serverA, noon.AddDate(0, 0, -config.RemovedKeepDays-1)); err != nil {
			t.Fatal(err)
		}
		joined(t, s, serverA, time.Time{}, false)
		if err := s.deleteServer(t.Context(), serverA, noon.Unix()); err != nil {
			t.Fatal(err)
		}
		if got := noteNow(t, s, serverA); got != "kept" {
			t.Errorf("after the sweep: %q", got)
		}
	})
}

func TestRemoval(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		now := clockAt(noon)
		s := open(t, url, Options{Now: now.now})
		fill := func(server string) {
			t.Helper()
			note(t, s, server, "kept")
			s.Count(faq.Count{Server: server, Source: faq.FromSlash, Outcome: faq.Unknown, Words: []string{"spasm"}})
			if _, err := s.Stats(t.Context(), server, 1); err != nil {
				t.Fatal(err)
			}
		}
		rows := func() (n int) {
			for _, table := range []string{"servers", "audit", "counts", "words", "removed", "joined"} {
				n += count(t, s, table)
			}
			return n
		}
		do := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		fill(serverA)
		do(s.Removed(t.Context(), serverA, now.now()))
		if known, err := s.Known(t.Context()); err != nil || len(known) != 0 {
			t.Errorf("known after the removal: %v, %v", known, err)
		}
		now.set(noon.AddDate(0, 0, config.RemovedKeepDays).Add(-time.Second))
		do(s.Purge(t.Context()))
		if got := noteNow(t, s, serverA); got != "kept" {
			t.Error("deleted before its time")
		}
		joined(t, s, serverA, time.Time{}, false)
		now.set(noon.AddDate(0, 0, config.RemovedKeepDays))
		do(s.Purge(t.Context()))
		if got := noteNow(t, s, serverA); got != "kept" {
			t.Error("deleted although the bot returned")
		}
		if known, err := s.Known(t.Context()); err != nil || !cmp.Equal(known, []string{serverA}) {
			t.Errorf("known after the return: %v, %v", known, err)
		}
		do(s.Removed(t.Context(), serverA, noon))
		do(s.Removed(t.Context(), serverA, now.now())) // told twice, the first time counts
		do(s.Purge(t.Context()))
		if n := rows(); n != 0 {
			t.Errorf("%d rows are left of a removed server", n)
		}
		if got := noteNow(t, s, serverA); got != "" {
			t.Errorf("still seen: %q", got)
		}

		fill(serverA)
		fill(serverB)
		s.Feedback(serverA, "faq-causes", true) // not saved yet
		do(s.DeleteServer(t.Context(), serverA))
		if _, err := s.Stats(t.Context(), serverA, 1); err != nil { // saves what waits
			t.Fatal(err)
		}
		if n := rows(); n != 4 {
			t.Errorf("%d rows, want the other server's 4", n)
		}
		if got := noteNow(t, s, serverA) + noteNow(t, s, serverB); got != "kept" {
			t.Errorf("after deletion the two see %q", got)
		}
		now.set(noon.AddDate(0, 0, config.RemovedKeepDays+config.StatsKeepDays))
		do(s.Purge(t.Context()))
		if n := count(t, s, "counts") + count(t, s, "words"); n != 0 {
			t.Errorf("%d counters outlived their time", n)
		}
	})
}
