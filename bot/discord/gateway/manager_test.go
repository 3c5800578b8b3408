package gateway

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
)

func TestManyShards(t *testing.T) {
	for _, concurrency := range []int{1, 16} {
		t.Run(fmt.Sprint("max_concurrency ", concurrency), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const shards = 16
				w := newWorld(t, fakediscord.Options{Shards: shards, MaxConcurrency: concurrency})
				began := time.Now()
				bot := w.run()
				w.Await(-1, 5*time.Minute, "16 sessions", func(fakediscord.Event) bool { return w.Connected() == shards })
				took := time.Since(began)
				if least := time.Duration(shards/concurrency-1) * 5 * time.Second; took < least || took > least+10*time.Second {
					t.Errorf("a cold start took %v", took)
				}
				last := map[int]time.Time{}
				next := map[int]int{}
				for _, e := range w.Events() {
					if !harness.Heard(opIdentify)(e) {
						continue
					}
					shard := int(harness.Number(t, e, "shard").([]any)[0].(float64))
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
				w.Await(mark, 30*time.Second, "16 resumes", func(e fakediscord.Event) bool {
					if harness.Sent("RESUMED")(e) {
						resumed++
					}
					return resumed == shards
				})
				t.Logf("all resumed after %v", time.Since(cut))
				if n := w.Count(mark, harness.Heard(opIdentify)); n != 0 {
					t.Errorf("%d identifies after a cut", n)
				}
			})
		})
	}
}
