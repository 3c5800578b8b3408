package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/harness"
	"backfaq/bot/discord/rest"
	"backfaq/bot/fakediscord"
	"backfaq/config"
)

func TestWaitsExactly(t *testing.T) {
	const messages = "/channels/*/messages"
	for name, c := range map[string]struct {
		fault fakediscord.RESTFault
		wait  time.Duration
		all   bool // other routes wait, too
	}{
		"user 0.3 s":        {fakediscord.TooMany("user", 300*time.Millisecond), time.Second, false}, // the shortest pause
		"user 7 s":          {fakediscord.TooMany("user", 7*time.Second), 7 * time.Second, false},
		"shared 2 s":        {fakediscord.TooMany("shared", 2*time.Second), 2 * time.Second, false},
		"global 3 s":        {fakediscord.TooMany("global", 3*time.Second), 3 * time.Second, true},
		"no headers":        {fakediscord.TooManyBare(1500 * time.Millisecond), 1500 * time.Millisecond, false},
		"past the deadline": {fakediscord.TooMany("user", time.Hour), 0, false},
		"global, past it":   {fakediscord.TooMany("global", time.Hour), 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				bot := w.run()
				w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				w.OnRequest("POST", messages, 1, c.fault)
				asked := w.Asks("what causes upper back spasms?")
				first := w.Await(-1, time.Second, "refusal", harness.Post)
				other := time.Now()
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				var roles []struct{ Name string }
				err := bot.rest.Call(ctx, http.MethodGet, "https://discord.com/api/v9/guilds/"+w.Guild.ID+"/roles", nil, &roles)
				cancel()
				if (err != nil) != c.all || time.Since(other) > 50*time.Millisecond {
					t.Errorf("another route: %v after %v", err, time.Since(other))
				}
				time.Sleep(2 * time.Minute)
				again := w.Times(first.N, harness.Post)
				switch {
				case c.wait == 0:
					if len(again) != 0 {
						t.Error("a call was made although it was too late")
					}
				case len(again) != 1 || again[0].Sub(first.Time) < c.wait || again[0].Sub(first.Time) > c.wait+10*time.Millisecond:
					t.Errorf("waited %v instead of %v", again[0].Sub(first.Time), c.wait)
				case w.Answers(asked.ID) != 1:
					t.Errorf("%d answers", w.Answers(asked.ID))
				}
			})
		})
	}
}

func TestGatekeeper(t *testing.T) {
	for name, c := range map[string]struct {
		fault fakediscord.RESTFault
		wait  time.Duration
	}{
		"HTML":             {fakediscord.Cloudflare(true, 10*time.Second), cloudflareWait},
		"nothing at all":   {fakediscord.Cloudflare(false, 0), cloudflareWait},
		"with a long wait": {fakediscord.Cloudflare(true, time.Hour), time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				bot := w.run()
				w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				w.OnRequest("POST", "/channels/*/messages", 1, c.fault)
				w.Asks("what causes upper back spasms?")
				refused := w.Await(-1, time.Second, "refusal", harness.Post)
				if h := bot.Health(); !h.Ready() || h.Well() || !strings.Contains(h.Problem, "no REST calls until") {
					t.Errorf("health is %+v", h)
				}
				calls := func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindREST }
				for range 9 {
					w.Asks("what causes upper back spasms?")
					time.Sleep(c.wait / 10)
				}
				if n := w.Count(refused.N, calls); n != 0 {
					t.Errorf("%d calls during the ban", n)
				}
				time.Sleep(c.wait / 5)
				w.Answered(w.Asks("what causes upper back spasms?"), time.Minute)
			})
		})
	}
}

func TestRevokedToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		bot := w.run()
		w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
		mark := w.Mark()
		w.OnRequest("*", "/channels/*/messages", fakediscord.Forever, fakediscord.Answer(401, 0, "401: Unauthorized"))
		for range 20 {
			w.Asks("what causes upper back spasms?")
		}
		time.Sleep(time.Minute)
		if n := w.Count(mark, harness.Post); n > 2 { // those that were on their way together
			t.Errorf("%d calls with a token that Discord refuses", n)
		}
		if h := bot.Health(); h.Ready() || h.Problem != config.RefusedToken {
			t.Errorf("health is %+v", h)
		}
		w.Revoke()
		<-bot.Done
		var fatal *FatalError
		if !errors.As(bot.Err, &fatal) || fatal.Code != 4004 {
			t.Errorf("ended with %v", bot.Err)
		}
	})
	t.Run("while many wait", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{NoRateLimits: true, Latency: 200 * time.Millisecond})
			w.run()
			w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
			time.Sleep(time.Minute)
			mark := w.Mark()
			w.OnRequest("*", "/channels/*/messages", fakediscord.Forever, fakediscord.Answer(401, 0, "401: Unauthorized"))
			for n := range 30 {
				if _, err := w.Guild.AddMember(fmt.Sprint("p", n)).Say(w.Guild.AddChannel(fmt.Sprint("room-", n)), w.Bot().Mention()+" what causes upper back spasms?"); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Minute)
			// Five at once, and what follows at 40 a second until the first has its answer.
			if n := w.Count(mark, harness.Post); n < globalBurst || n > globalBurst+globalRate/5+1 {
				t.Errorf("%d calls with a token that Discord refuses", n)
			}
		})
	})
	t.Run("from the start", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{})
			bot := w.run(func(o *Options) { o.Token = "not.the.token" })
			<-bot.Done
			var fatal *FatalError
			if !errors.As(bot.Err, &fatal) || fatal.Code != 401 {
				t.Errorf("ended with %v", bot.Err)
			}
			if n := w.Count(-1, func(fakediscord.Event) bool { return true }); n != 1 {
				t.Errorf("%d events", n)
			}
		})
	})
}

func TestChannelsThatRefuse(t *testing.T) {
	for _, c := range []struct{ status, code int }{{403, 50013}, {403, 50001}, {404, 10003}, {400, 50083}, {400, 200000}} {
		t.Run(fmt.Sprint(c.status, " ", c.code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{NoRateLimits: true})
				w.run()
				w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				mended := w.Guild.General().Refuse(c.status, c.code, "no")
				for range 100 {
					w.Asks("what causes upper back spasms?")
					time.Sleep(5 * time.Second)
				}
				if n := w.Count(-1, harness.Post); n != muteAfter {
					t.Errorf("%d tries instead of %d", n, muteAfter)
				}
				elsewhere, err := w.Ann.Say(w.Guild.AddChannel("fine"), w.Bot().Mention()+" what causes upper back spasms?")
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				if w.replies()[elsewhere.ID] != 1 {
					t.Error("another channel was left alone, too")
				}
				mended()
				time.Sleep(muteFor)
				w.Answered(w.Asks("what causes upper back spasms?"), time.Minute)
			})
		})
	}
	t.Run("many at once stay far from a ban", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{NoRateLimits: true})
			w.run()
			w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
			var rooms []*fakediscord.Channel
			for n := range 30 {
				ch := w.Guild.AddChannel(fmt.Sprint("closed-", n))
				ch.Refuse(403, 50013, "Missing Permissions")
				rooms = append(rooms, ch)
			}
			for range 20 {
				for _, ch := range rooms {
					if _, err := w.Guild.AddMember("x").Say(ch, w.Bot().Mention()+" what causes upper back spasms?"); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(20 * time.Second)
			}
			if n := w.Count(-1, harness.Post); n >= 100 {
				t.Errorf("%d invalid calls in ten minutes", n)
			}
		})
	})
}

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		w.run()
		w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
		guilds := w.AddGuilds(40, fakediscord.Size{Channels: 10})
		mark := w.Mark()
		for n := range 400 * 3 { // 40 a second for 30 s
			g := guilds[n%40]
			if _, err := g.AddMember("x").Say(g.Channels()[n/40%10], w.Bot().Mention()+" what causes upper back spasms?"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(25 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		refused := func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindREST && e.Status == 429 }
		if n := w.Count(mark, refused); n != 0 {
			t.Errorf("%d times 429", n)
		}
		sent := w.Times(mark, harness.Post)
		if n := harness.Most(sent, time.Second); n > 45 {
			t.Errorf("%d calls within a second", n)
		}
		if len(sent) != 1200 {
			t.Errorf("%d replies", len(sent))
		}
	})
}

func TestBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		w.run()
		w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
		time.Sleep(time.Minute)
		mark := w.Mark()
		for _, g := range w.AddGuilds(200, fakediscord.Size{}) {
			if _, err := g.AddMember("x").Say(g.General(), w.Bot().Mention()+" what causes upper back spasms?"); err != nil {
				t.Fatal(err)
			}
		}
		var same []fakediscord.Message
		for n := range 1 + waitingPerChannel { // in one channel, which takes five in 5 s
			m, err := w.Guild.AddMember(fmt.Sprint("p", n)).Say(w.Guild.General(), w.Bot().Mention()+" what causes upper back spasms?")
			if err != nil {
				t.Fatal(err)
			}
			same = append(same, m)
		}
		time.Sleep(time.Minute)
		if n := w.Count(mark, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindREST && e.Status == 429 }); n != 0 {
			t.Errorf("%d times 429", n)
		}
		sent := w.Times(mark, harness.Post)
		if n := harness.Most(sent, time.Second); n > 45 {
			t.Errorf("%d calls within a second", n)
		}
		if len(sent) != 200+len(same) {
			t.Errorf("%d replies", len(sent))
		}
		w.answeredOnce(same)
	})
}

// One channel takes a message a second. A question elsewhere does not wait for
// the crowd there, and none is answered when the talk has moved on.
func TestBusyChannel(t *testing.T) {
	for name, hang := range map[string]bool{"limited": false, "silent": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				bot := w.run()
				w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				quiet := w.AddGuild("quiet")
				bob := quiet.AddMember("bob")
				var crowd []*fakediscord.Person
				for n := range 20 {
					crowd = append(crowd, w.Guild.AddMember(fmt.Sprint("p", n)))
				}
				if hang {
					w.OnRequest("POST", "/channels/"+w.Guild.General().ID+"/messages", fakediscord.Forever, fakediscord.Hang())
				}
				asked := map[string]fakediscord.Message{}
				say := func(who *fakediscord.Person, where *fakediscord.Channel) fakediscord.Message {
					m, err := who.Say(where, w.Bot().Mention()+" what causes upper back spasms?")
					if err != nil {
						t.Fatal(err)
					}
					asked[m.ID] = m
					return m
				}
				var patient []fakediscord.Message
				for n := range 400 {
					say(crowd[n%20], w.Guild.General())
					if n%50 == 49 {
						patient = append(patient, say(bob, quiet.General()))
					}
					time.Sleep(100 * time.Millisecond)
				}
				time.Sleep(time.Minute)
				replied := map[string]time.Duration{}
				for _, e := range w.EventsAfter(-1) {
					var body struct {
						Reference struct {
							ID string `json:"message_id"`
						} `json:"message_reference"`
					}
					if harness.Post(e) && json.Unmarshal(e.Body, &body) == nil && asked[body.Reference.ID].ID != "" {
						took := e.Time.Sub(asked[body.Reference.ID].Timestamp)
						replied[body.Reference.ID] = took
						if took > rest.Timeout {
							t.Errorf("a reply after %v", took)
						}
					}
				}
				for _, m := range patient {
					if took, ok := replied[m.ID]; !ok || took > time.Second {
						t.Errorf("who asked elsewhere waited %v, answered: %t", took, ok)
					}
				}
				if n := metric(bot.metrics.drops.WithLabelValues(dropCrowd)); n == 0 {
					t.Error("nobody in the crowd was turned away")
				}
			})
		})
	}
}
