package fakediscord_test

import (
	"net/http"
	"testing"
	"testing/synctest"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
)

// onClock runs a test in a bubble: on a clock of its own, by which it sleeps,
// and a network without sockets.
func onClock(t *testing.T, opts fakediscord.Options, test func(*testing.T, world)) {
	synctest.Test(t, func(t *testing.T) {
		pipe := harness.NewPipe()
		opts.Listener = pipe
		transport := &http.Transport{DialContext: pipe.Dial}
		before := http.DefaultClient
		http.DefaultClient = &http.Client{Transport: transport}
		t.Cleanup(func() {
			transport.CloseIdleConnections()
			http.DefaultClient = before
		})
		test(t, newWorld(t, opts))
	})
}
