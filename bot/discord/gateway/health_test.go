package gateway

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
)

func TestHealthOfLostConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		w.Next(fakediscord.AtHello, fakediscord.Silence())
		bot := w.run()
		expect := func(when string, ready, connected bool) {
			t.Helper()
			if h := bot.Health(); h.Ready() != ready || h.Connected() != connected {
				t.Errorf("%s: ready %t, connected %t, %+v", when, h.Ready(), h.Connected(), h)
			}
		}
		time.Sleep(time.Second)
		expect("never connected", false, false)
		w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
		expect("connected", true, true)
		w.Net.Fail(errors.New("no route"))
		w.Inject(fakediscord.AllShards, fakediscord.Cut())
		time.Sleep(lostFor - time.Second)
		expect("lost for a moment", true, false)
		time.Sleep(2 * time.Second)
		expect("lost for long", false, false)
		mark := w.Mark()
		w.Net.Fail(nil)
		w.Await(mark, 10*time.Minute, "RESUMED", harness.Sent("RESUMED"))
		expect("back", true, true)
	})
}
