package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
	"backfaq/config"
)

// After op 9 Discord asks for a wait of one to five seconds. A long backoff from
// before adds nothing to it, and heartbeats that it asks for meanwhile are sent.
func TestWaitAfterInvalidSession(t *testing.T) {
	for name, resumable := range map[string]bool{"resumable": true, "not resumable": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{IdentifyEvery: -1})
				w.run()
				w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
				w.Net.Fail(errors.New("no route to host"))
				w.Inject(fakediscord.AllShards, fakediscord.Cut())
				time.Sleep(20 * time.Minute) // the backoff is as long as it gets
				mark := w.Mark()
				w.Net.Fail(nil)
				w.Await(mark, 2*maxBackoff, "RESUMED", harness.Sent("RESUMED"))
				mark, began := w.Mark(), time.Now()
				w.Inject(fakediscord.AllShards, fakediscord.AskHeartbeat(), fakediscord.InvalidSession(resumable))
				again := harness.Heard(opIdentify)
				if resumable {
					w.Inject(fakediscord.AllShards, fakediscord.AskHeartbeat())
					w.Await(mark, time.Second, "heartbeat", harness.Heard(opHeartbeat))
					again = harness.Heard(opResume)
				}
				next := w.Await(mark, time.Minute, "session", again)
				if took := next.Time.Sub(began); took < time.Second || took > invalidWait+100*time.Millisecond {
					t.Errorf("tried again after %v", took)
				}
				if resumable {
					if n := w.Count(mark, harness.Heard(opHeartbeat)); n < 2 {
						t.Errorf("%d heartbeats of two that Discord asked for", n)
					}
				}
			})
		})
	}
}

// A proxy that speaks nonsense does not open a million connections.
func TestShardsAreBounded(t *testing.T) {
	m := New(Options{Limits: func(context.Context) (Limits, error) {
		return Limits{URL: "ws://discord.test", Shards: config.MaxShards + 1}, nil
	}})
	if err := m.Prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "recommends 10001 shards") {
		t.Errorf("prepared with %v", err)
	}
}

// A frame that is far too large is skipped, and the connection lives.
func TestHugeFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		skipped := 0
		w.run(func(o *Options) { o.Unreadable = func() { skipped++ } })
		w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
		mark := w.Mark()
		pad := func(n int) fakediscord.Fault {
			return fakediscord.Raw(fmt.Sprintf(`{"op":0,"t":"X","d":"%s"}`, strings.Repeat("x", n)))
		}
		w.Inject(fakediscord.AllShards, pad(maxFrame-100), pad(maxFrame))
		w.Answered(w.Asks("what causes upper back spasms?"), time.Minute)
		if skipped != 1 {
			t.Errorf("%d frames were skipped instead of one", skipped)
		}
		if n := w.Count(mark, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayClose }); n != 0 {
			t.Error("the connection was lost")
		}
	})
}
