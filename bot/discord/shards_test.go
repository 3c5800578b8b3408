package discord

import (
	"fmt"
	"runtime"
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
				w.Inject(fakediscord.AllShards, fakediscord.Cut())
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

// A process that shares with nobody is ready when all of its shards are
// connected, and can be asked at any moment before.
func TestNotReadyBeforeAllShardsAreListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const shards = 4
		w := newWorld(t, fakediscord.Options{Shards: shards})
		bot := w.run()
		for h := (Health{}); len(h.Shards) < shards; runtime.Gosched() { // nothing here takes time
			if h = bot.Health(); h.Ready() {
				t.Fatalf("ready: %+v", h)
			}
		}
		w.await(-1, time.Minute, "four sessions", func(fakediscord.Event) bool { return w.Connected() == shards })
		if h := bot.Health(); !h.Ready() {
			t.Errorf("health is %+v", h)
		}
	})
}
