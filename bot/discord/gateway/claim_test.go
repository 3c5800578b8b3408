package gateway

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
)

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
			bots[name] = w.run(func(o *Options) { o.Locks = seat{db, name} })
		}
		full := func(d time.Duration) {
			t.Helper()
			w.Await(-1, d, "all shards", func(fakediscord.Event) bool { return w.Connected() == shards })
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

		t.Log("one leaves in good order")
		bots["a"].End()
		full(30 * time.Second)

		t.Log("the database goes: everybody stays connected and answers")
		mark := w.Mark()
		db.set(true)
		db.drop("")
		asked := w.Asks("what causes upper back spasms?")
		time.Sleep(5 * time.Minute)
		if n := w.Count(mark, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayClose }); n != 0 {
			t.Errorf("%d connections were given up", n)
		}
		if n := w.Answers(asked.ID); n != 1 {
			t.Errorf("%d answers", n)
		}

		t.Log("it comes back, with a newcomer who wants all shards")
		join("d")
		time.Sleep(time.Second)
		db.set(false)
		time.Sleep(5 * time.Minute)
		if n := w.Count(mark, harness.Heard(opIdentify)); n != 0 {
			t.Errorf("%d new sessions because of a database", n)
		}
		if got := db.owners(); got["b"]+got["c"] != shards {
			t.Errorf("after the database was back: %v", got)
		}
		w.Answered(w.Asks("what causes upper back spasms?"), time.Minute)
	})
}

// A copy that lost its locks and nothing else claims them again before one that
// stands by does.
func TestOwnersGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{Shards: 2, MaxConcurrency: 2})
		db := &database{held: map[int64]*lease{}}
		w.run(func(o *Options) { o.Locks = seat{db, "a"} })
		w.Await(-1, time.Minute, "both shards", func(fakediscord.Event) bool { return w.Connected() == 2 })
		w.run(func(o *Options) { o.Locks = seat{db, "b"} })
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
		if n := w.Count(mark, harness.Heard(opIdentify)); n != 0 {
			t.Errorf("%d new sessions", n)
		}
	})
}

func TestStartsWithoutDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		db := &database{held: map[int64]*lease{}, down: true}
		w.run(func(o *Options) { o.Locks = seat{db, "a"} })
		w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
		w.Answered(w.Asks("what causes upper back spasms?"), time.Minute)
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
		bot := w.run(func(o *Options) { o.Locks = seat{db, "a"} })
		w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
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
		w.Answered(w.Asks("what causes upper back spasms?"), time.Minute)
		time.Sleep(2 * claimGhost)
		if n := w.Connected(); n != 0 {
			t.Error("two copies run one shard")
		}
		if h := bot.Health(); !h.Ready() {
			t.Errorf("a copy that stands by is not ready: %+v", h)
		}
		db.drop("z")
		w.Await(w.Mark(), time.Minute, "READY", harness.Sent("READY"))
	})
}

// watched are locks that call released before one is given back.
type watched struct {
	seat
	released func()
}

type watchedLease struct {
	Lease
	released func()
}

func (s watched) Lock(ctx context.Context, key int64) (Lease, error) {
	l, err := s.seat.Lock(ctx, key)
	if l == nil || err != nil {
		return nil, err
	}
	return watchedLease{l, s.released}, nil
}

func (l watchedLease) Release() {
	l.released()
	l.Lease.Release()
}

// A slow database does not keep those waiting who ask how the bot is.
func TestReleasesWithoutTheMutex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		db := &database{held: map[int64]*lease{}}
		if _, err := (seat{db, "z"}).Lock(t.Context(), shardLock(0, 1)); err != nil {
			t.Fatal(err)
		}
		var manager atomic.Pointer[Manager]
		var released atomic.Int64
		r := w.run(func(o *Options) {
			o.Locks = watched{seat{db, "a"}, func() {
				released.Add(1)
				if m := manager.Load(); m.mu.TryLock() {
					m.mu.Unlock()
				} else {
					t.Error("nobody can ask how the bot is while a lock is released")
				}
			}}
		})
		manager.Store(r.Manager)
		time.Sleep(claimEvery)
		db.drop("z")
		time.Sleep(claimEvery + claimRetry)
		if released.Load() == 0 {
			t.Error("nothing was released")
		}
		w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
	})
}
