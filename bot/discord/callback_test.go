package discord

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
	"backfaq/faq"
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
				w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				w.OnRequest("POST", "/channels/*/messages", c.times, c.fault)
				asked := w.Asks("what causes upper back spasms?")
				time.Sleep(time.Minute)
				if n := w.Count(-1, harness.Post); n != c.calls {
					t.Errorf("%d calls instead of %d", n, c.calls)
				}
				want := 1
				if c.times == fakediscord.Forever || c.calls == 1 {
					want = 0
				}
				if n := w.Answers(asked.ID); n != want {
					t.Errorf("%d answers instead of %d", n, want)
				}
			})
		})
	}
}

// The proxy before Discord shuts out an address, callbacks and all. The
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
				w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				callback := func(e fakediscord.Event) bool { return strings.HasSuffix(e.Path, "/callback") }
				press := func() {
					if _, err := w.Ann.Slash(w.Guild.General(), "ask", fakediscord.Args{"question": "what causes upper back spasms?"}); err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Second)
				}
				w.OnRequest("POST", c.route, 1, c.fault)
				if strings.HasSuffix(c.route, "/messages") {
					w.Asks("what causes upper back spasms?")
					time.Sleep(time.Second)
				}
				for range 3 {
					press()
				}
				if strings.HasSuffix(c.route, "/callback") {
					w.Asks("what causes upper back spasms?")
					time.Sleep(time.Second)
				}
				if n, m := w.Count(-1, callback), w.Count(-1, harness.Post); n != c.tries || m != c.calls {
					t.Errorf("%d callbacks and %d replies instead of %d and %d", n, m, c.tries, c.calls)
				}
				time.Sleep(cloudflareWait)
				if press(); w.Count(-1, callback) != c.tries+1 {
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
				w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				w.OnRequest("POST", "/interactions/*/*/callback", fakediscord.Forever, fault)
				call, err := w.Ann.Slash(w.Guild.General(), "ask", fakediscord.Args{"question": "what causes upper back spasms?"})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute - time.Second)
				if n := w.Count(-1, func(e fakediscord.Event) bool { return strings.HasSuffix(e.Path, "/callback") }); n != 1 {
					t.Errorf("%d tries", n)
				}
				if n := strings.Count(w.Log.String(), "could not answer an interaction"); n != 1 {
					t.Errorf("logged %d times:\n%s", n, &w.Log)
				}
				if shut := name == "cloudflare"; shut == (bot.rest.Health().Problem == "") {
					t.Errorf("shut out: %t", !shut)
				}
				if w.Log.Has(call.Token) {
					t.Error("the log holds the interaction's token")
				}
				w.Answered(w.Asks("what causes upper back spasms?"), time.Minute)
			})
		})
	}
}

func TestCommandsAreRegisteredOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{SessionStarts: 10_000, IdentifyEvery: -1})
		put := func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindREST && e.Method == http.MethodPut }
		for range 150 { // two at once, again and again
			a, b := w.run(), w.run()
			w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
			time.Sleep(10 * time.Second)
			a.End()
			b.End()
		}
		if n := w.Count(-1, put); n > 2 {
			t.Errorf("commands were registered %d times", n)
		}
	})
	t.Run("when Discord fails", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{})
			w.OnRequest("PUT", "/applications/*/commands", 5, fakediscord.Answer(503, 0, ""))
			w.run()
			w.Await(-1, time.Hour, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
		})
	})
}

// The work after a response, such as announcing a change, is done also where the
// response came too late.
func TestWorkAfterALateResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBot(t, faq.Builtin())
		b.messages = newWorkerPool(t.Context(), 1, b.log, b.metrics)
		followed := false
		late := handler{name: "late", run: func(b *Bot, _ context.Context, i *interaction, _ customID) response {
			time.Sleep(handlerTimeout + time.Second)
			r := b.inform(i, expired)
			r.after = func(context.Context) { followed = true }
			return r
		}}
		b.handlers = []handler{late}
		i := &interaction{ID: "1", Token: "t", Type: discordgo.InteractionMessageComponent, User: &user{ID: "3"}, Data: interactionData{CustomID: encodeCustomID("late")}}
		var said []string
		b.serve(t.Context(), i, time.Now(), doorHTTP, func(_ context.Context, out encoded) error {
			said = append(said, string(out.body))
			return nil
		})
		b.messages.drain()
		if len(said) != 1 || !strings.Contains(said[0], tooSlow) || !followed {
			t.Errorf("said %q; what follows was done: %v", said, followed)
		}
	})
}
