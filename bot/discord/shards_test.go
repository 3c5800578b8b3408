package discord

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/fakediscord"
	"backfaq/config"
)

func TestManyShards(t *testing.T) {
	for _, concurrency := range []int{1, 16} {
		t.Run(fmt.Sprint("max_concurrency ", concurrency), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const shards = 16
				w := newWorld(t, fakediscord.Options{Shards: shards, MaxConcurrency: concurrency})
				began := time.Now()
				bot := w.run()
				w.await(-1, 5*time.Minute, "16 sessions", func(fakediscord.Event) bool { return w.Connected() == shards })
				took := time.Since(began)
				if least := time.Duration(shards/concurrency-1) * 5 * time.Second; took < least || took > least+10*time.Second {
					t.Errorf("a cold start took %v", took)
				}
				last := map[int]time.Time{}
				next := map[int]int{}
				for _, e := range w.Events() {
					if !heard(opIdentify)(e) {
						continue
					}
					shard := int(number(t, e, "shard").([]any)[0].(float64))
					key := shard % concurrency
					if gap := e.Time.Sub(last[key]); gap < 5*time.Second {
						t.Errorf("shard %d identified %v after another of its key", shard, gap)
					}
					if want := key + next[key]*concurrency; shard != want {
						t.Errorf("shard %d identified when it was the turn of %d", shard, want)
					}
					last[key] = e.Time
					next[key]++
				}
				if h := bot.Health(); !h.Ready() || h.Count != shards || len(h.Shards) != shards {
					t.Errorf("health is %+v", h)
				}

				mark, cut := w.Mark(), time.Now()
				w.Strike(fakediscord.AllShards, fakediscord.Cut())
				resumed := 0
				w.await(mark, 30*time.Second, "16 resumes", func(e fakediscord.Event) bool {
					if sent("RESUMED")(e) {
						resumed++
					}
					return resumed == shards
				})
				t.Logf("all resumed after %v", time.Since(cut))
				if n := w.count(mark, heard(opIdentify)); n != 0 {
					t.Errorf("%d identifies after a cut", n)
				}
			})
		})
	}
}

func TestNoSessionStartsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{SessionStarts: -1})
		bot := w.run()
		time.Sleep(23 * time.Hour)
		if n := w.count(-1, heard(opIdentify)); n != 0 {
			t.Errorf("%d identifies with none left", n)
		}
		h := bot.Health()
		if h.Ready() || len(h.Shards) != 1 || h.Shards[0].State != Waiting || h.Shards[0].Why != "until 2000-01-02T00:00:00Z: discord allows no more session starts today" {
			t.Errorf("health is %+v", h)
		}
		if !has(&w.log, "discord allows no more session starts today") {
			t.Errorf("the log is silent about it:\n%s", &w.log)
		}
		w.await(-1, 2*time.Hour, "READY", sent("READY"))
	})
}

func TestIdentifyBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{Shards: 4, MaxConcurrency: 4, SessionStarts: 100_000})
		w.Next(fakediscord.AtIdentify, fakediscord.Repeat(5000, fakediscord.CloseWith(4009))...)
		w.run()
		time.Sleep(30 * time.Hour)
		per := map[float64][]time.Time{}
		var all []time.Time
		for _, e := range w.Events() {
			if heard(opIdentify)(e) {
				shard := number(t, e, "shard").([]any)[0].(float64)
				per[shard] = append(per[shard], e.Time)
				all = append(all, e.Time)
			}
		}
		for shard, times := range per {
			if n := most(times, time.Hour); n > 20 {
				t.Errorf("shard %v identified %d times in an hour", shard, n)
			}
		}
		if n := most(all, 24*time.Hour); n > 500 {
			t.Errorf("%d identifies in a day", n)
		}
		t.Logf("%d identifies in 30 h of failures, on %d shards", len(all), len(per))
	})
}

func TestOutageCostsNoIdentifies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		w.net.fail = errors.New("no route to host")
		bot := w.run()
		time.Sleep(5 * time.Hour)
		if h := bot.Health(); h.Ready() || h.Problem == "" {
			t.Errorf("health is %+v", h)
		}
		w.net.mu.Lock()
		w.net.fail = nil
		w.net.mu.Unlock()
		w.await(-1, 2*maxBackoff, "READY", sent("READY"))
	})
}

func TestDirectMessagesReachShardZero(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{Shards: 4, MaxConcurrency: 4})
		w.run(func(b *Bot) { b.Shards = config.Shards{First: 1, Last: 3, Count: 4} })
		w.await(-1, time.Minute, "three sessions", func(fakediscord.Event) bool { return w.Connected() == 3 })
		asked, err := w.ann.DM("what causes upper back spasms?")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if n := len(w.Commands()); n != 0 {
			t.Errorf("a process without shard 0 registered %d commands", n)
		}
		if n := len(w.ann.Messages(w.ann.DMChannel())); n != 1 {
			t.Fatalf("%d messages in the conversation", n)
		}
		w.run(func(b *Bot) { b.Shards = config.Shards{First: 0, Last: 0, Count: 4} })
		w.await(-1, time.Minute, "four sessions and commands", func(fakediscord.Event) bool { return w.Connected() == 4 && len(w.Commands()) > 0 })
		if _, err := w.ann.DM("what causes upper back spasms?"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if n := len(w.ann.Messages(w.ann.DMChannel())); n != 3 {
			t.Errorf("%d messages in the conversation after %s", n, asked.ID)
		}
	})
}

// database is the locks of several bots, as a database would keep them.
type database struct {
	mu   sync.Mutex
	held map[int64]*lease
	down bool
	away string // an owner who does not reach it
}

type lease struct {
	db    *database
	key   int64
	owner string
	lost  chan struct{}
}

func (l *lease) Lost() <-chan struct{} { return l.lost }

func (l *lease) Release() {
	l.db.mu.Lock()
	defer l.db.mu.Unlock()
	l.end()
}

func (l *lease) end() {
	if l.db.held[l.key] == l {
		delete(l.db.held, l.key)
		close(l.lost)
	}
}

// seat is one bot's way to the database.
type seat struct {
	db    *database
	owner string
}

func (s seat) Lock(_ context.Context, key int64) (Lease, error) {
	s.db.mu.Lock()
	defer s.db.mu.Unlock()
	if s.db.down || s.db.away == s.owner {
		return nil, errors.New("no database")
	}
	if s.db.held[key] != nil {
		return nil, nil
	}
	l := &lease{db: s.db, key: key, owner: s.owner, lost: make(chan struct{})}
	s.db.held[key] = l
	return l, nil
}

// drop ends the leases of an owner, "" for all.
func (d *database) drop(owner string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.held {
		if owner == "" || l.owner == owner {
			l.end()
		}
	}
}

func (d *database) set(down bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.down = down
}

// owners counts the shards of each owner.
func (d *database) owners() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := map[string]int{}
	for key, l := range d.held {
		if key&lockShard == lockShard && key&(2<<28) == 0 {
			n[l.owner]++
		}
	}
	return n
}

func TestCopiesShareShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const shards = 12
		w := newWorld(t, fakediscord.Options{Shards: shards, MaxConcurrency: 4, NoRateLimits: true})
		db := &database{held: map[int64]*lease{}}
		bots := map[string]*running{}
		join := func(name string) {
			bots[name] = w.run(func(b *Bot) { b.Locks = seat{db, name} })
		}
		full := func(d time.Duration) {
			t.Helper()
			w.await(-1, d, "all shards", func(fakediscord.Event) bool { return w.Connected() == shards })
			time.Sleep(10 * time.Second)
			if n := w.Connected(); n != shards {
				t.Errorf("%d connections for %d shards", n, shards)
			}
		}
		join("a")
		join("b")
		join("c")
		full(time.Minute)
		for name, n := range db.owners() {
			if n < shards/3-1 || n > shards/3+1 {
				t.Errorf("%s has %d of %d shards: %v", name, n, shards, db.owners())
			}
		}
		if n := w.count(-1, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindREST && e.Method == "PUT" }); n != 1 {
			t.Errorf("commands were registered %d times", n)
		}

		t.Log("one leaves in good order")
		bots["a"].end()
		full(30 * time.Second)

		t.Log("the database goes: everybody stays connected and answers")
		mark := w.Mark()
		db.set(true)
		db.drop("")
		asked := w.asks("what causes upper back spasms?")
		time.Sleep(5 * time.Minute)
		if n := w.count(mark, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayClose }); n != 0 {
			t.Errorf("%d connections were given up", n)
		}
		if n := w.answers(asked.ID); n != 1 {
			t.Errorf("%d answers", n)
		}

		t.Log("it comes back, with a newcomer who wants all shards")
		join("d")
		time.Sleep(time.Second)
		db.set(false)
		time.Sleep(5 * time.Minute)
		if n := w.count(mark, heard(opIdentify)); n != 0 {
			t.Errorf("%d new sessions because of a database", n)
		}
		if got := db.owners(); got["b"]+got["c"] != shards {
			t.Errorf("after the database was back: %v", got)
		}
		w.answered(w.asks("what causes upper back spasms?"), time.Minute)
	})
}

// A copy that lost its locks and nothing else claims them again before one that
// stands by does.
func TestOwnersGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{Shards: 2, MaxConcurrency: 2})
		db := &database{held: map[int64]*lease{}}
		w.run(func(b *Bot) { b.Locks = seat{db, "a"} })
		w.await(-1, time.Minute, "both shards", func(fakediscord.Event) bool { return w.Connected() == 2 })
		w.run(func(b *Bot) { b.Locks = seat{db, "b"} })
		time.Sleep(time.Minute)
		mark := w.Mark()
		for range 10 {
			db.mu.Lock()
			db.away = "a"
			db.mu.Unlock()
			db.drop("a")
			time.Sleep(1200 * time.Millisecond)
			db.mu.Lock()
			db.away = ""
			db.mu.Unlock()
			time.Sleep(claimGrace + 300*time.Millisecond)
			if n := db.owners()["b"]; n != 0 {
				t.Errorf("the other copy took %d shards", n)
			}
		}
		if n := w.count(mark, heard(opIdentify)); n != 0 {
			t.Errorf("%d new sessions", n)
		}
	})
}

func TestStartsWithoutDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		db := &database{held: map[int64]*lease{}, down: true}
		w.run(func(b *Bot) { b.Locks = seat{db, "a"} })
		w.await(-1, time.Minute, "READY", sent("READY"))
		w.answered(w.asks("what causes upper back spasms?"), time.Minute)
		db.set(false)
		time.Sleep(time.Minute)
		if n := db.owners()["a"]; n != 1 {
			t.Error("the shard was not claimed when the database was back")
		}
	})
}

func TestLetsGoOfAShardThatAnotherRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		db := &database{held: map[int64]*lease{}}
		bot := w.run(func(b *Bot) { b.Locks = seat{db, "a"} })
		w.await(-1, time.Minute, "READY", sent("READY"))
		db.mu.Lock()
		var key int64
		for k := range db.held {
			if k == shardLock(0, 1) {
				key = k
				db.held[k].end()
			}
		}
		db.held[key] = &lease{db: db, key: key, owner: "z", lost: make(chan struct{})}
		db.mu.Unlock()
		w.answered(w.asks("what causes upper back spasms?"), time.Minute)
		time.Sleep(2 * claimGhost)
		if n := w.Connected(); n != 0 {
			t.Error("two copies run one shard")
		}
		if h := bot.Health(); !h.Ready() {
			t.Errorf("a copy that stands by is not ready: %+v", h)
		}
		db.drop("z")
		w.await(w.Mark(), time.Minute, "READY", sent("READY"))
	})
}
