package discord

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/fakediscord"
)

func TestRepeatsWhatIsSafe(t *testing.T) {
	for name, c := range map[string]struct {
		fault fakediscord.RESTFault
		times int
		calls int
	}{
		"500 once":             {fakediscord.Answer(500, 0, ""), 1, 2},
		"502 twice":            {fakediscord.Answer(502, 0, ""), 2, 3},
		"503 for ever":         {fakediscord.Answer(503, 0, ""), fakediscord.Forever, tries},
		"reset":                {fakediscord.Reset(), 1, 2},
		"lost after it worked": {fakediscord.Reset().After(), 1, 2},
		"400":                  {fakediscord.Answer(400, 50035, "Invalid Form Body"), 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				w.run()
				w.await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				w.OnRequest("POST", "/channels/*/messages", c.times, c.fault)
				asked := w.asks("what causes upper back spasms?")
				time.Sleep(time.Minute)
				if n := w.count(-1, post); n != c.calls {
					t.Errorf("%d calls instead of %d", n, c.calls)
				}
				want := 1
				if c.times == fakediscord.Forever || c.calls == 1 {
					want = 0
				}
				if n := w.answers(asked.ID); n != want {
					t.Errorf("%d answers instead of %d", n, want)
				}
			})
		})
	}
}

// What stands before Discord shuts out an address, callbacks and all. The
// global limit is not for callbacks.
func TestCallbacksWhileNothingGoes(t *testing.T) {
	for name, c := range map[string]struct {
		route string
		fault fakediscord.RESTFault
		tries int // of three callbacks during the pause
		calls int // of one reply
	}{
		"a callback meets the gatekeeper": {"/interactions/*/*/callback", fakediscord.Cloudflare(true, 0), 1, 0},
		"a reply meets the gatekeeper":    {"/channels/*/messages", fakediscord.Cloudflare(true, 0), 0, 1},
		"the global limit":                {"/channels/*/messages", fakediscord.TooMany("global", time.Minute), 3, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				w.run()
				w.await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				callback := func(e fakediscord.Event) bool { return strings.HasSuffix(e.Path, "/callback") }
				press := func() {
					if _, err := w.ann.Slash(w.guild.General(), "ask", fakediscord.Args{"question": "what causes upper back spasms?"}); err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Second)
				}
				w.OnRequest("POST", c.route, 1, c.fault)
				if strings.HasSuffix(c.route, "/messages") {
					w.asks("what causes upper back spasms?")
					time.Sleep(time.Second)
				}
				for range 3 {
					press()
				}
				if strings.HasSuffix(c.route, "/callback") {
					w.asks("what causes upper back spasms?")
					time.Sleep(time.Second)
				}
				if n, m := w.count(-1, callback), w.count(-1, post); n != c.tries || m != c.calls {
					t.Errorf("%d callbacks and %d replies instead of %d and %d", n, m, c.tries, c.calls)
				}
				time.Sleep(cloudflareWait)
				if press(); w.count(-1, callback) != c.tries+1 {
					t.Error("no callback when the pause was over")
				}
			})
		})
	}
}

func TestCallbacksAreTriedOnce(t *testing.T) {
	for name, fault := range map[string]fakediscord.RESTFault{
		"unknown":      fakediscord.Answer(404, 10062, "Unknown interaction"),
		"acknowledged": fakediscord.Answer(400, 40060, "Interaction has already been acknowledged"),
		"500":          fakediscord.Answer(500, 0, ""),
		"hangs":        fakediscord.Hang(),
		"reset":        fakediscord.Reset(),
		"reset after":  fakediscord.Reset().After(),
		"limited":      fakediscord.TooMany("user", time.Second),
		"cloudflare":   fakediscord.Cloudflare(true, time.Minute),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				bot := w.run()
				w.await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				w.OnRequest("POST", "/interactions/*/*/callback", fakediscord.Forever, fault)
				call, err := w.ann.Slash(w.guild.General(), "ask", fakediscord.Args{"question": "what causes upper back spasms?"})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute - time.Second)
				if n := w.count(-1, func(e fakediscord.Event) bool { return strings.HasSuffix(e.Path, "/callback") }); n != 1 {
					t.Errorf("%d tries", n)
				}
				if n := strings.Count(w.log.String(), "could not answer an interaction"); n != 1 {
					t.Errorf("logged %d times:\n%s", n, &w.log)
				}
				if shut := name == "cloudflare"; shut == bot.rest.courier.shutOut().IsZero() {
					t.Errorf("shut out: %t", !shut)
				}
				if has(&w.log, call.Token) {
					t.Error("the log holds the interaction's token")
				}
				w.answered(w.asks("what causes upper back spasms?"), time.Minute)
			})
		})
	}
}

// A connection whose other side vanished without a word.
func TestSilentConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, gone := newMemory(), make(chan struct{})
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		srv.Listener, srv.EnableHTTP2 = network, true
		srv.StartTLS()
		defer srv.Close()
		carrier := transport().(*http.Transport)
		defer carrier.CloseIdleConnections()
		carrier.TLSClientConfig = srv.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		carrier.TLSClientConfig.NextProtos, carrier.TLSClientConfig.ServerName = nil, "example.com"
		dials := 0
		carrier.DialContext = func(ctx context.Context, of, address string) (net.Conn, error) {
			c, err := network.dial(ctx, of, address)
			if dials++; dials == 1 {
				c = blackhole{c, gone}
			}
			return c, err
		}
		client := &http.Client{Transport: carrier, Timeout: restTimeout}
		get := func() error {
			res, err := client.Get("https://discord.test/")
			if err != nil {
				return err
			}
			if res.ProtoMajor != 2 {
				t.Errorf("by %s", res.Proto)
			}
			return res.Body.Close()
		}
		if err := get(); err != nil {
			t.Fatal(err)
		}
		close(gone)
		began := time.Now()
		for err := get(); err != nil && time.Since(began) < time.Hour; err = get() {
			t.Logf("after %v: %v", time.Since(began), err)
		}
		if took := time.Since(began); took > pingAfter+pongWithin {
			t.Errorf("calls go through after %v", took)
		}
	})
}

func TestCommandsAreRegisteredOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{SessionStarts: 10_000, IdentifyEvery: -1})
		put := func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindREST && e.Method == http.MethodPut }
		for range 150 { // two at once, again and again
			a, b := w.run(), w.run()
			w.await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
			time.Sleep(10 * time.Second)
			a.end()
			b.end()
		}
		if n := w.count(-1, put); n > 2 {
			t.Errorf("commands were registered %d times", n)
		}
	})
	t.Run("when Discord fails", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{})
			w.OnRequest("PUT", "/applications/*/commands", 5, fakediscord.Answer(503, 0, ""))
			w.run()
			w.await(-1, time.Hour, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
		})
	})
}

func TestInvalidCallsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		bot := w.run()
		w.await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
		w.OnRequest("GET", "/guilds/*/roles", fakediscord.Forever, fakediscord.Answer(403, 50001, "Missing Access"))
		for range 30 {
			_ = bot.rest.call(w.within(time.Minute), http.MethodGet, "https://discord.com/api/v9/guilds/"+w.guild.ID+"/roles", nil, nil) // refused
			time.Sleep(time.Minute)
		}
		if n := len(bot.rest.courier.invalid); n < 2 || n > int(invalidWindow/time.Minute)+1 {
			t.Errorf("%d invalid calls of the last %v", n, invalidWindow)
		}
	})
}
