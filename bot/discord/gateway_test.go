package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/fakediscord"
	"backfaq/faq"
)

// The numbers of the tests below are those of the table of faults that the bot
// survives; each runs in a bubble, so waiting costs nothing.

func TestFatalCloses(t *testing.T) { // row 1
	for code := range fatalCloses {
		for _, when := range []string{"at identify", "mid-session"} {
			t.Run(fmt.Sprint(code, " ", when), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, fakediscord.Options{})
					if when == "at identify" {
						w.Next(fakediscord.AtIdentify, fakediscord.CloseWith(code))
					}
					bot := w.run()
					if when == "mid-session" {
						w.await(-1, time.Minute, "READY", sent("READY"))
						w.Strike(fakediscord.AllShards, fakediscord.CloseWith(code))
					}
					<-bot.done
					var fatal *FatalError
					if !errors.As(bot.err, &fatal) || fatal.Code != code || fatal.Hint == "" {
						t.Errorf("ended with %v", bot.err)
					}
					if h := bot.Health(); h.Ready() || h.Problem != fatal.Error() {
						t.Errorf("health is %+v", h)
					}
					time.Sleep(time.Minute)
					if n := w.count(-1, heard(opIdentify)); n != 1 {
						t.Errorf("%d identifies", n)
					}
					if n := w.count(-1, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayOpen }); n != 1 {
						t.Errorf("%d connections", n)
					}
				})
			})
		}
	}
}

func TestResumableCloses(t *testing.T) { // row 2
	for _, code := range []int{0, 1000, 1001, 1005, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				w.run()
				ready := w.await(-1, time.Minute, "READY", sent("READY"))
				fault := fakediscord.CloseWith(code)
				if code == 0 {
					fault = fakediscord.Cut()
				}
				for range 3 {
					mark := w.Mark()
					w.Strike(fakediscord.AllShards, fault)
					if code == 4007 || code == 4009 {
						w.await(mark, time.Minute, "new session", sent("READY"))
						continue
					}
					resume := w.await(mark, time.Minute, "resume", heard(opResume))
					if id := number(t, resume, "session_id"); id != number(t, ready, "session_id") {
						t.Errorf("resumed session %v", id)
					}
					w.await(mark, time.Minute, "RESUMED", sent("RESUMED"))
					opened := w.await(mark, time.Minute, "connection", func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayOpen })
					if opened.Path != "/resume" || opened.Query != "encoding=json&v=10" {
						t.Errorf("resumed at %s?%s", opened.Path, opened.Query)
					}
				}
				if n := most(w.times(-1, heard(opIdentify)), 5*time.Second); n > 1 {
					t.Errorf("%d identifies within 5 s", n)
				}
				w.answered(w.asks("what causes upper back spasms?"), time.Minute)
			})
		})
	}
}

func TestReconnectAtAnyMoment(t *testing.T) { // row 3
	for name, point := range map[string]fakediscord.Point{"before hello": fakediscord.AtHello, "instead of READY": fakediscord.AtIdentify, "instead of RESUMED": fakediscord.AtResume} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				w.Next(point, fakediscord.Reconnect())
				w.run()
				if point == fakediscord.AtResume {
					w.await(-1, time.Minute, "READY", sent("READY"))
					w.Strike(fakediscord.AllShards, fakediscord.Cut())
				}
				asked := w.await(-1, time.Minute, "request to reconnect", func(e fakediscord.Event) bool {
					return e.Kind == fakediscord.KindGatewayOut && e.Op == opReconnect
				})
				w.await(asked.N, 10*time.Second, "session", func(e fakediscord.Event) bool { return sent("READY")(e) || sent("RESUMED")(e) })
				w.answered(w.asks("what causes upper back spasms?"), time.Minute)
			})
		})
	}
	t.Run("mid-stream, other shards untouched", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{Shards: 2})
			w.run()
			w.await(-1, time.Minute, "second READY", func(fakediscord.Event) bool { return w.Connected() == 2 })
			before := runtime.NumGoroutine()
			for range 5 {
				mark := w.Mark()
				w.Strike(1, fakediscord.Reconnect())
				w.await(mark, 10*time.Second, "RESUMED", sent("RESUMED"))
				time.Sleep(2 * lasting)
			}
			for _, e := range w.Events() {
				if e.Kind == fakediscord.KindGatewayClose && e.Shard == 0 {
					t.Errorf("shard 0 was closed: %+v", e)
				}
			}
			if now := runtime.NumGoroutine(); now > before {
				t.Errorf("%d goroutines became %d", before, now)
			}
		})
	})
}

func TestInvalidSessions(t *testing.T) { // row 4
	t.Run("not resumable, again and again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{})
			w.Next(fakediscord.AtIdentify, fakediscord.Repeat(20, fakediscord.InvalidSession(false))...)
			w.run()
			w.await(-1, 3*time.Hour, "READY", sent("READY"))
			identifies := w.times(-1, heard(opIdentify))
			if n := most(identifies, time.Minute); n > 5 {
				t.Errorf("%d identifies in a minute", n)
			}
			if n := most(identifies, time.Hour); n > identifyHourly {
				t.Errorf("%d identifies in an hour", n)
			}
		})
	})
	t.Run("resumable", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{})
			w.run()
			ready := w.await(-1, time.Minute, "READY", sent("READY"))
			w.Next(fakediscord.AtResume, fakediscord.InvalidSession(true))
			w.Strike(fakediscord.AllShards, fakediscord.Cut())
			first := w.await(ready.N, time.Minute, "resume", heard(opResume))
			second := w.await(first.N, time.Minute, "second resume", heard(opResume))
			if gap := second.Time.Sub(first.Time); gap < time.Second || gap > 10*time.Second {
				t.Errorf("resumed again after %v", gap)
			}
			w.await(second.N, time.Minute, "RESUMED", sent("RESUMED"))
			if n := w.count(ready.N, heard(opIdentify)); n != 0 {
				t.Errorf("%d identifies", n)
			}
		})
	})
	t.Run("after a resume", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{})
			w.run()
			ready := w.await(-1, time.Minute, "READY", sent("READY"))
			w.Next(fakediscord.AtResume, fakediscord.InvalidSession(false))
			w.Strike(fakediscord.AllShards, fakediscord.Cut())
			w.await(ready.N, 20*time.Second, "new session", sent("READY"))
		})
	})
}

func TestSilence(t *testing.T) { // row 5
	const interval = 41250 * time.Millisecond
	cases := map[string]func(w *world, vanish func()){
		"no ACK": func(w *world, _ func()) {
			w.Next(fakediscord.AtHeartbeat, fakediscord.Repeat(5, fakediscord.Silence())...)
		},
		"mute":      func(w *world, _ func()) { w.Strike(fakediscord.AllShards, fakediscord.Mute()) },
		"half-open": func(_ *world, vanish func()) { vanish() },
	}
	for name, fault := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				gone := make(chan struct{})
				first := true
				w.run(func(b *Bot) {
					b.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
						c, err := w.net.dial(ctx, network, address)
						if first && err == nil {
							first, c = false, blackhole{c, gone}
						}
						return c, err
					}
				})
				w.await(-1, time.Minute, "READY", sent("READY"))
				time.Sleep(2 * interval)
				mark, began := w.Mark(), time.Now()
				fault(w, func() { close(gone) })
				lost := w.asks("what causes upper back spasms?") // replayed, not lost
				resume := w.await(mark, 4*interval, "resume", heard(opResume))
				if took := resume.Time.Sub(began); took > 2*interval+2*time.Second {
					t.Errorf("noticed after %v", took)
				}
				for _, e := range w.EventsAfter(mark) {
					if e.Kind == fakediscord.KindGatewayClose && e.ByBot && (e.Code == 1000 || e.Code == 1001) {
						t.Errorf("closed with %d, which ends the session", e.Code)
					}
				}
				w.await(resume.N, time.Minute, "RESUMED", sent("RESUMED"))
				w.answered(lost, time.Minute)
			})
		})
	}
	for name, at := range map[string]fakediscord.Point{"no hello": fakediscord.AtHello, "no READY": fakediscord.AtIdentify} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				w.Next(at, fakediscord.Silence())
				w.run()
				w.await(-1, 2*interval, "READY", sent("READY"))
			})
		})
	}
	t.Run("an ACK late behind a stream of events", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{})
			w.run()
			w.await(-1, time.Minute, "READY", sent("READY"))
			time.Sleep(interval)
			mark := w.Mark()
			w.Next(fakediscord.AtHeartbeat, fakediscord.Silence())
			for range 2 * int(interval/time.Second) {
				w.Dispatch("", "TYPING_START", []byte(`{}`))
				time.Sleep(time.Second)
			}
			if n := w.count(mark, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayClose }); n != 0 {
				t.Error("dropped a connection on which events came")
			}
		})
	})
}

// questions lets people ask the bot one question each, all over the place: not
// more on one server than it gets answers to.
func (w *world) questions(n int) []fakediscord.Message {
	w.t.Helper()
	var asked []fakediscord.Message
	var channels []*fakediscord.Channel
	for g := range (n + repliesAtOnce - 1) / repliesAtOnce {
		guild := w.AddGuild(fmt.Sprint("town ", g))
		guild.Join(w.ann)
		for c := range 10 {
			channels = append(channels, guild.AddChannel(fmt.Sprint("room-", c)))
		}
		w.towns = append(w.towns, guild)
	}
	for i := range n {
		ch := channels[i*10%len(channels)+i/len(w.towns)%10]
		m, err := w.towns[i%len(w.towns)].AddMember(fmt.Sprint("person-", i)).Say(ch, w.Bot().Mention()+" what causes upper back spasms?")
		if err != nil {
			w.t.Fatal(err)
		}
		asked = append(asked, m)
	}
	return asked
}

// replies counts the bot's answers in all channels, by what they reply to.
func (w *world) replies() map[string]int {
	n := map[string]int{}
	for _, guild := range append(w.towns, w.guild) {
		for _, ch := range guild.Channels() {
			for _, m := range w.ann.Messages(ch) {
				if m.Author.ID == w.Bot().ID && m.Reference != nil {
					n[m.Reference.MessageID]++
				}
			}
		}
	}
	return n
}

func (w *world) answeredOnce(asked []fakediscord.Message) {
	w.t.Helper()
	got := w.replies()
	for _, m := range asked {
		if got[m.ID] != 1 {
			w.t.Errorf("question %s was answered %d times", m.ID, got[m.ID])
		}
	}
}

func TestExactlyOnceAcrossDrops(t *testing.T) { // row 6
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{NoRateLimits: true})
		w.run()
		w.await(-1, time.Minute, "GUILD_CREATE", sent("GUILD_CREATE"))
		w.Tamper(func(_ int, typ string, _ json.RawMessage) fakediscord.Tampering {
			if typ == "MESSAGE_CREATE" {
				return fakediscord.Lose
			}
			return fakediscord.Deliver
		})
		asked := w.questions(500)
		w.Tamper(nil)
		for range 4 { // and again in the middle of the replay, and of the answers
			w.Strike(fakediscord.AllShards, fakediscord.Cut())
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		w.answeredOnce(asked)
		if n := w.count(-1, heard(opIdentify)); n != 1 {
			t.Errorf("%d identifies", n)
		}
	})
}

func TestEventsInAnyNumberAndOrder(t *testing.T) { // row 7
	for name, tampering := range map[string]fakediscord.Tampering{"twice": fakediscord.Duplicate, "late and backwards": fakediscord.Hold} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{NoRateLimits: true})
				w.run()
				w.await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				w.Tamper(func(_ int, typ string, _ json.RawMessage) fakediscord.Tampering {
					if typ == "MESSAGE_CREATE" || typ == "INTERACTION_CREATE" {
						return tampering
					}
					return fakediscord.Deliver
				})
				asked := w.questions(50)
				call, err := w.ann.Slash(w.guild.General(), "ask", fakediscord.Args{"question": "what causes upper back spasms?"})
				if err != nil {
					t.Fatal(err)
				}
				w.Tamper(nil)
				w.Release()
				if _, err := call.Message(w.within(time.Minute)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				w.answeredOnce(asked)
				if n := w.count(-1, func(e fakediscord.Event) bool { return strings.HasSuffix(e.Path, "/callback") }); n != 1 {
					t.Errorf("%d callbacks to one interaction", n)
				}
			})
		})
	}
}

func TestNonsense(t *testing.T) { // row 10
	huge := `{"op":0,"t":"MESSAGE_CREATE","s":%d,"d":{"id":"1","channel_id":"2","content":"` + strings.Repeat("x", 1<<20) + `"}}`
	frames := []string{
		`null`, `[]`, `7`, `"x"`, `{`, ``, `{"op":0}`, `{"op":"x"}`, `{"op":99}`, `{"op":10,"d":null}`, `{"op":0,"t":null,"s":null,"d":null}`,
		`{"op":0,"t":"MESSAGE_CREATE","d":null}`, `{"op":0,"t":"INTERACTION_CREATE","d":null}`, `{"op":0,"t":"GUILD_CREATE","d":null}`,
		`{"op":0,"t":"READY","d":null}`, `{"op":0,"t":"READY","d":{"session_id":7}}`, `{"op":0,"t":"NEW_THING","d":{"a":[1]}}`,
		`{"op":0,"t":"MESSAGE_CREATE","d":{"id":7,"channel_id":[],"author":"x"}}`, `{"op":0,"t":"MESSAGE_CREATE","d":[1,2]}`,
		`{"op":0,"t":"MESSAGE_CREATE","d":{"id":"99999999999999999999","channel_id":"-1","author":{"id":"1e5"}}}`,
		`{"op":0,"t":"INTERACTION_CREATE","d":{"id":"1","type":2,"token":"t"}}`,
		`{"op":0,"t":"INTERACTION_CREATE","d":{"id":"1","type":"x","token":"t","user":{"id":"2"}}}`,
		`{"op":0,"t":"INTERACTION_CREATE","d":{"id":"3","type":3,"token":"t","user":{"id":"2"},"data":{"component_type":99,"custom_id":null}}}`,
		`{"op":0,"t":"INTERACTION_CREATE","d":{"id":"4","type":5,"token":"t","user":{"id":"2"},"data":{"components":[{"type":18,"component":{"type":4}}]}}}`,
		`{"op":0,"t":"GUILD_CREATE","d":{"threads":{"x":1}}}`, `{"op":0,"t":"THREAD_CREATE","d":"x"}`, `{"op":0,"s":"x","t":"X","d":{}}`,
		fmt.Sprintf(huge, 0), strings.Repeat("[", 100_000),
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		w.run()
		w.await(-1, time.Minute, "READY", sent("READY"))
		mark := w.Mark()
		for _, f := range frames {
			w.Strike(fakediscord.AllShards, fakediscord.Raw(f))
		}
		whole := fakediscord.Deflated(`{"op":0,"t":"MESSAGE_CREATE","d":{}}`)
		w.Strike(fakediscord.AllShards, fakediscord.RawBinary(whole), fakediscord.RawBinary(whole[:len(whole)/2]), fakediscord.Raw(strings.Repeat(" ", maxFrame+1)))
		w.answered(w.asks("what causes upper back spasms?"), time.Minute)
		if n := w.count(mark, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayClose }); n != 0 {
			t.Error("nonsense ended the connection")
		}
		if has(&w.log, "panicked") {
			t.Errorf("something panicked:\n%s", &w.log)
		}
	})
}

// FuzzDispatch throws events at the bot. Nothing may panic, and nothing that is
// not a question may be answered.
func FuzzDispatch(f *testing.F) {
	for _, d := range []string{`null`, `{}`, `[]`, `{"id":"1","author":{"id":"2"},"mentions":[null]}`, `{"id":"1","token":"t","type":3,"user":{"id":"2"},"data":{"custom_id":"1:entry"}}`} {
		for _, kind := range []string{"READY", "MESSAGE_CREATE", "INTERACTION_CREATE", "GUILD_CREATE", "THREAD_CREATE", "GUILD_ROLE_UPDATE"} {
			f.Add(kind, []byte(d))
		}
	}
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		b := &Bot{Desk: &faq.Desk{Book: faq.Builtin()}, Token: "t", Log: slog.New(slog.DiscardHandler)}
		if err := b.prepare(); err != nil {
			t.Fatal(err)
		}
		self := "1"
		b.self.Store(&self)
		b.registered.Do(func() {})
		b.interactions, b.messages = &crew{meter: b.meter}, &crew{meter: b.meter} // that take nothing
		b.dispatch(context.Background(), 1, kind, data)
		var i interaction
		if json.Unmarshal(data, &i) == nil && i.whole() {
			if _, _, err := b.handle(context.Background(), &i).encode(); err != nil {
				t.Errorf("a reply cannot be encoded: %v", err)
			}
		}
	})
}

func TestSilentShard(t *testing.T) { // row 11
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{Shards: 2, NoRateLimits: true})
		other := w.AddGuild("on the other shard")
		bob := other.AddMember("bob")
		w.run()
		w.await(-1, time.Minute, "two sessions", func(fakediscord.Event) bool { return w.Connected() == 2 && len(w.Commands()) > 0 })
		mark := w.Mark()
		sick := -1
		use := func() {
			for _, p := range []struct {
				who *fakediscord.Person
				g   *fakediscord.Guild
			}{{w.ann, w.guild}, {bob, other}} {
				for range 2 * silenceLeast {
					if _, err := p.who.Slash(p.g.General(), "help", nil); err != nil {
						t.Fatal(err)
					}
					time.Sleep(10 * time.Second)
				}
			}
		}
		use()
		w.Tamper(func(shard int, typ string, _ json.RawMessage) fakediscord.Tampering {
			if typ == "INTERACTION_CREATE" && shard == 1 {
				sick = shard
				return fakediscord.Drop
			}
			return fakediscord.Deliver
		})
		for range 4 {
			use()
			w.Dispatch(w.guild.ID, "TYPING_START", []byte(`{}`))
			w.Dispatch(other.ID, "TYPING_START", []byte(`{}`))
		}
		if sick != 1 || !has(&w.log, "a shard gets no interactions any more") {
			t.Fatalf("nobody noticed:\n%s", &w.log)
		}
		again := w.times(mark, heard(opIdentify))
		if len(again) != 1 {
			t.Errorf("%d new sessions instead of one", len(again))
		}
	})
}

func TestFlood(t *testing.T) { // row 12
	synctest.Test(t, func(t *testing.T) {
		const interval = 500 * time.Millisecond
		w := newWorld(t, fakediscord.Options{Heartbeat: interval, NoRateLimits: true, KeepEvents: 1000})
		guilds := w.AddGuilds(1000, fakediscord.Scenery{})
		bot := w.run()
		w.await(-1, time.Minute, "READY", sent("READY"))
		before, most := runtime.NumGoroutine(), 0
		began := time.Now()
		for i := range 50_000 {
			content := "nothing to do with us"
			if i%10 == 0 {
				content = w.Bot().Mention() + " what causes upper back spasms?"
			}
			g := guilds[i%len(guilds)]
			w.Dispatch(g.ID, "MESSAGE_CREATE", fmt.Appendf(nil,
				`{"id":"%d","channel_id":"%s","guild_id":"%s","content":%q,"author":{"id":"%d"},"mentions":[{"id":"%s"}]}`,
				1_000_000+i, g.General().ID, g.ID, content, 2_000_000+i, w.Bot().ID))
			if i%25 == 0 {
				time.Sleep(time.Millisecond)
				most = max(most, runtime.NumGoroutine())
			}
		}
		time.Sleep(10 * time.Second)
		if limit := interactionWorkers + messageWorkers + 50; most-before > limit {
			t.Errorf("%d goroutines more than before", most-before)
		}
		if metric(bot.meter.drops.WithLabelValues(dropBusy)) == 0 {
			t.Error("nothing was dropped, so this was no flood")
		}
		beats := w.times(-1, heard(opHeartbeat))
		for n := 1; n < len(beats); n++ {
			if gap := beats[n].Sub(beats[n-1]); gap > interval+50*time.Millisecond {
				t.Errorf("no heartbeat for %v, %v into the flood", gap, beats[n].Sub(began))
			}
		}
		if n := w.count(-1, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayClose }); n != 0 {
			t.Error("the connection was lost")
		}
	})
}
