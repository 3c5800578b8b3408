package discord

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/fakediscord"
)

func TestHealthOfLostConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		network := func(fail error) {
			w.net.mu.Lock()
			w.net.fail = fail
			w.net.mu.Unlock()
		}
		w.Next(fakediscord.AtHello, fakediscord.Silence())
		bot := w.run()
		expect := func(when string, ready, well bool) {
			t.Helper()
			if h := bot.Health(); h.Ready() != ready || h.Well() != well {
				t.Errorf("%s: ready %t, well %t, %+v", when, h.Ready(), h.Well(), h)
			}
		}
		time.Sleep(time.Second)
		expect("never connected", false, false)
		w.await(-1, time.Minute, "READY", sent("READY"))
		expect("connected", true, true)
		network(errors.New("no route"))
		w.Inject(fakediscord.AllShards, fakediscord.Cut())
		time.Sleep(lostFor - time.Second)
		expect("lost for a moment", true, false)
		time.Sleep(2 * time.Second)
		expect("lost for long", false, false)
		mark := w.Mark()
		network(nil)
		w.await(mark, 10*time.Minute, "RESUMED", sent("RESUMED"))
		expect("back", true, true)
	})
}
