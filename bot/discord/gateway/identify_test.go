package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
)

func TestNoSessionStartsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{SessionStarts: -1})
		bot := w.run()
		time.Sleep(23 * time.Hour)
		if n := w.Count(-1, harness.Heard(opIdentify)); n != 0 {
			t.Errorf("%d identifies with none left", n)
		}
		h := bot.Health()
		if h.Ready() || len(h.Shards) != 1 || h.Shards[0].State != Waiting || h.Shards[0].Why != "until 2000-01-02T00:00:00Z: discord allows no more session starts today" {
			t.Errorf("health is %+v", h)
		}
		if !w.Log.Has("discord allows no more session starts today") {
			t.Errorf("the log is silent about it:\n%s", &w.Log)
		}
		w.Await(-1, 2*time.Hour, "READY", harness.Sent("READY"))
	})
}

func TestIdentifyBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{Shards: 4, MaxConcurrency: 4, SessionStarts: 100_000})
		w.Next(fakediscord.AtIdentify, slices.Repeat([]fakediscord.Fault{fakediscord.CloseWith(4009)}, 5000)...)
		w.run()
		time.Sleep(30 * time.Hour)
		per := map[float64][]time.Time{}
		var all []time.Time
		for _, e := range w.Events() {
			if harness.Heard(opIdentify)(e) {
				shard := harness.Number(t, e, "shard").([]any)[0].(float64)
				per[shard] = append(per[shard], e.Time)
				all = append(all, e.Time)
			}
		}
		for shard, times := range per {
			if n := harness.Most(times, time.Hour); n > 20 {
				t.Errorf("shard %v identified %d times in an hour", shard, n)
			}
		}
		if n := harness.Most(all, 24*time.Hour); n > 500 {
			t.Errorf("%d identifies in a day", n)
		}
		t.Logf("%d identifies in 30 h of failures, on %d shards", len(all), len(per))
	})
}

// Connections that fail before anything was said cost none of the session
// starts of the day, even if Discord cannot be asked how many are left.
func TestOutageCostsNoSessionStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{SessionStarts: 2 * identifySpare})
		var down atomic.Bool
		down.Store(true)
		w.run(func(o *Options) {
			o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				if down.Load() {
					return nil, errors.New("no route to host")
				}
				return w.Net.Dial(ctx, network, address)
			}
		})
		time.Sleep(time.Second)
		w.OnRequest("GET", "/gateway/bot", fakediscord.Forever, fakediscord.Answer(503, 0, "down"))
		time.Sleep(3 * time.Hour)
		down.Store(false)
		w.Await(-1, 2*maxBackoff, "READY", harness.Sent("READY"))
	})
}

// Starts that Discord gives back before it said are used then.
func TestSessionStartsBeforeTheReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ask := func(context.Context) (l Limits, err error) {
			l.URL, l.Start.ResetAfter = "ws://discord.test", (24 * time.Hour).Milliseconds()
			if time.Since(began) > time.Hour {
				l.Start.Remaining = 900
			}
			return l, nil
		}
		var held sync.WaitGroup
		l := newIdentifyLimiter(ask, nil, slog.New(slog.DiscardHandler), &held)
		done, err := l.acquire(t.Context(), 0, func(string) {}, func() {})
		if err != nil {
			t.Fatal(err)
		}
		done(true)
		if took := time.Since(began); took > time.Hour+limitsRetry {
			t.Errorf("waited %v", took)
		}
	})
}

// Copies that share a token share its session starts, and leave some.
func TestCopiesShareSessionStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{Shards: 8, SessionStarts: identifySpare + 3, NoRateLimits: true})
		db := &database{held: map[int64]*lease{}}
		for _, name := range []string{"a", "b"} {
			w.run(func(o *Options) { o.Locks = seat{db, name} })
		}
		time.Sleep(12 * time.Hour)
		if n := w.Count(-1, harness.Heard(opIdentify)); n != 3 {
			t.Errorf("%d identifies", n)
		}
	})
}

// A copy that goes right after it identified keeps its key until others of the
// key may identify.
func TestCopyThatGoesKeepsItsKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{Shards: 4})
		db := &database{held: map[int64]*lease{}}
		bots := []*running{
			w.run(func(o *Options) { o.Locks = seat{db, "a"} }),
			w.run(func(o *Options) { o.Locks = seat{db, "b"} }),
		}
		for range 2 {
			mark := w.Mark()
			w.Await(mark, time.Minute, "READY", harness.Sent("READY"))
		}
		time.Sleep(200 * time.Millisecond)
		for _, bot := range bots { // the second may have taken a shard of the first meanwhile
			began := time.Now()
			bot.End()
			if took := time.Since(began); took > identifyEvery {
				t.Errorf("stopped after %v", took)
			}
		}
		w.run(func(o *Options) { o.Locks = seat{db, "c"} })
		w.Await(-1, time.Minute, "all shards", func(fakediscord.Event) bool { return w.Connected() == 4 })
		times := w.Times(-1, harness.Heard(opIdentify))
		if n := harness.Most(times, 5*time.Second); n > 1 {
			t.Errorf("%d identifies within 5 s: %v", n, times)
		}
	})
}
