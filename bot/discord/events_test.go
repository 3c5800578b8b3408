package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
	"backfaq/faq"
)

// questions lets people ask the bot one question each, all over the place: not
// more on one server than it gets answers to.
func (w *world) questions(n int) []fakediscord.Message {
	w.t.Helper()
	var asked []fakediscord.Message
	var channels []*fakediscord.Channel
	for g := range (n + repliesAtOnce - 1) / repliesAtOnce {
		guild := w.AddGuild(fmt.Sprint("guild ", g))
		guild.Join(w.Ann)
		for c := range 10 {
			channels = append(channels, guild.AddChannel(fmt.Sprint("room-", c)))
		}
		w.guilds = append(w.guilds, guild)
	}
	for i := range n {
		ch := channels[i*10%len(channels)+i/len(w.guilds)%10]
		m, err := w.guilds[i%len(w.guilds)].AddMember(fmt.Sprint("person-", i)).Say(ch, w.Bot().Mention()+" what causes upper back spasms?")
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
	for _, guild := range append(w.guilds, w.Guild) {
		for _, ch := range guild.Channels() {
			for _, m := range w.Ann.Messages(ch) {
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

func TestExactlyOnceAcrossDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{NoRateLimits: true})
		w.run()
		w.Await(-1, time.Minute, "GUILD_CREATE", harness.Sent("GUILD_CREATE"))
		w.Rewrite(func(_ int, typ string, _ json.RawMessage) fakediscord.Delivery {
			if typ == "MESSAGE_CREATE" {
				return fakediscord.Lose
			}
			return fakediscord.Deliver
		})
		asked := w.questions(500)
		w.Rewrite(nil)
		for range 4 { // and again in the middle of the replay, and of the answers
			w.Inject(fakediscord.AllShards, fakediscord.Cut())
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		w.answeredOnce(asked)
		if n := w.Count(-1, harness.Heard(opIdentify)); n != 1 {
			t.Errorf("%d identifies", n)
		}
	})
}

// However much is said where the bot reads along, an interaction that comes
// again is known.
func TestChatterDoesNotHideRepeats(t *testing.T) {
	b := newBot(t, faq.Builtin())
	if !b.firstSeen(seenInteractions, "1") {
		t.Error("an interaction is known before it came")
	}
	for n := range maxSeen + 1 {
		b.firstSeen(seenMessages, snowflake(strconv.Itoa(n)))
	}
	if b.firstSeen(seenInteractions, "1") {
		t.Error("an interaction would be answered again")
	}
}

// Where the bot listens in, an edit can still put a message to it that was overheard
// before, once.
func TestEditsAreHeardWhereTheBotListensIn(t *testing.T) {
	b, err := New(Options{Desk: &faq.Desk{Book: faq.Builtin()}, Token: "t", Log: slog.New(slog.DiscardHandler), MessageContent: true})
	if err != nil {
		t.Fatal(err)
	}
	self := "1"
	b.self.Store(&self)
	b.messages = &workerPool{metrics: b.metrics} // takes nothing, and counts that
	const (
		said   = `{"id":"4194304000","channel_id":"3","guild_id":"4","author":{"id":"5"},"content":"why does it hurt?"}` // in the second after the epoch
		edited = `{"id":"4194304000","channel_id":"3","guild_id":"4","author":{"id":"5"},"content":"<@1> why does it hurt?","mentions":[{"id":"1"}],"edited_timestamp":"2015-01-01T00:00:30Z"}`
		bare   = `{"id":"4194304000","channel_id":"3","guild_id":"4","author":{"id":"5"},"content":"why?","edited_timestamp":"2015-01-01T00:00:40Z"}`
	)
	other := func(data string) string { return strings.Replace(data, "4194304000", "4194304001", 1) }
	for n, step := range []struct {
		kind, data string
		jobs       float64 // all in all
	}{{"MESSAGE_CREATE", said, 1}, {"MESSAGE_CREATE", said, 1}, {"MESSAGE_UPDATE", edited, 2}, {"MESSAGE_UPDATE", edited, 2}, {"MESSAGE_UPDATE", bare, 2},
		{"MESSAGE_CREATE", other(edited), 3}, {"MESSAGE_UPDATE", other(bare), 3}} {
		b.dispatch(t.Context(), 0, step.kind, []byte(step.data))
		if got := metric(b.metrics.drops.WithLabelValues(dropBusy)); got != step.jobs {
			t.Errorf("step %d: %v questions, want %v", n, got, step.jobs)
		}
	}
}

// The last ids are remembered, in memory that is taken with the first and never grows.
func TestRecentIsBounded(t *testing.T) {
	r := recent{most: maxSeen}
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	const first, many = 1_200_000_000_000_000_000, 3*maxSeen + 1 // the sets have just changed places
	empty := heap()
	r.add(snowflake(strconv.Itoa(first)))
	one := heap()
	for n := 1; n < many; n++ {
		if !r.add(snowflake(strconv.Itoa(first + n))) {
			t.Fatalf("%d is known before it came", n)
		}
	}
	all := heap()
	if one-empty > 5<<17 || all-one > 1<<16 {
		t.Errorf("%d KiB for one id, %d KiB more for all", (one-empty)>>10, (all-one)>>10)
	}
	for n := many - maxSeen/2; n < many; n++ {
		if r.add(snowflake(strconv.Itoa(first + n))) {
			t.Fatalf("%d is forgotten", n)
		}
	}
	if n := len(r.now) + len(r.before); n > maxSeen {
		t.Errorf("%d ids are remembered", n)
	}
}

func TestEventsInAnyNumberAndOrder(t *testing.T) {
	for name, tampering := range map[string]fakediscord.Delivery{"twice": fakediscord.Duplicate, "late and backwards": fakediscord.Hold} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{NoRateLimits: true})
				w.run()
				w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				w.Rewrite(func(_ int, typ string, _ json.RawMessage) fakediscord.Delivery {
					if typ == "MESSAGE_CREATE" || typ == "INTERACTION_CREATE" {
						return tampering
					}
					return fakediscord.Deliver
				})
				asked := w.questions(50)
				call, err := w.Ann.Slash(w.Guild.General(), "ask", fakediscord.Args{"question": "what causes upper back spasms?"})
				if err != nil {
					t.Fatal(err)
				}
				w.Rewrite(nil)
				w.Release()
				if _, err := call.Message(w.Within(time.Minute)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				w.answeredOnce(asked)
				if n := w.Count(-1, func(e fakediscord.Event) bool { return strings.HasSuffix(e.Path, "/callback") }); n != 1 {
					t.Errorf("%d callbacks to one interaction", n)
				}
			})
		})
	}
}

func TestNonsense(t *testing.T) {
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
		w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
		mark := w.Mark()
		for _, f := range frames {
			w.Inject(fakediscord.AllShards, fakediscord.Raw(f))
		}
		w.Inject(fakediscord.AllShards, fakediscord.Raw(strings.Repeat(" ", 16<<20+1)))
		w.Answered(w.Asks("what causes upper back spasms?"), time.Minute)
		if n := w.Count(mark, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayClose }); n != 0 {
			t.Error("nonsense ended the connection")
		}
		if w.Log.Has("panicked") {
			t.Errorf("something panicked:\n%s", &w.Log)
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
		b := newBot(t, faq.Builtin())
		self := "1"
		b.self.Store(&self)
		b.registered.Do(func() {})
		b.interactions, b.messages = &workerPool{metrics: b.metrics}, &workerPool{metrics: b.metrics} // that take nothing
		b.dispatch(context.Background(), 1, kind, data)
		var i interaction
		if json.Unmarshal(data, &i) == nil && i.valid() {
			if _, err := b.respond(context.Background(), &i).encode(); err != nil {
				t.Errorf("a reply cannot be encoded: %v", err)
			}
		}
	})
}

// silenceLeast is how many interactions in a quarter of an hour make none in the
// next suspicious, see package gateway.
const silenceLeast = 20

func TestSilentShard(t *testing.T) {
	for name, c := range map[string]struct {
		silent   []int // shards
		sessions int   // that begin anew
	}{
		"one shard":   {[]int{1}, 1},
		"all of them": {[]int{0, 1}, 0}, // it is Discord's fault, and a new session no cure
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{Shards: 2, NoRateLimits: true})
				other := w.AddGuild("on the other shard")
				bob := other.AddMember("bob")
				w.run()
				w.Await(-1, time.Minute, "two sessions", func(fakediscord.Event) bool { return w.Connected() == 2 && len(w.Commands()) > 0 })
				mark := w.Mark()
				use := func() {
					for _, p := range []struct {
						who *fakediscord.Person
						g   *fakediscord.Guild
					}{{w.Ann, w.Guild}, {bob, other}} {
						for range 2 * silenceLeast {
							if _, err := p.who.Slash(p.g.General(), "help", nil); err != nil {
								t.Fatal(err)
							}
							time.Sleep(10 * time.Second)
						}
					}
				}
				use()
				sick := map[int]bool{}
				w.Rewrite(func(shard int, typ string, _ json.RawMessage) fakediscord.Delivery {
					if typ == "INTERACTION_CREATE" && slices.Contains(c.silent, shard) {
						sick[shard] = true
						return fakediscord.Drop
					}
					return fakediscord.Deliver
				})
				for range 4 {
					use()
					w.Dispatch(w.Guild.ID, "TYPING_START", []byte(`{}`))
					w.Dispatch(other.ID, "TYPING_START", []byte(`{}`))
				}
				if len(sick) != len(c.silent) || !w.Log.Has("a shard gets no interactions any more") {
					t.Fatalf("nobody noticed:\n%s", &w.Log)
				}
				if n := w.Count(mark, harness.Heard(opIdentify)); n != c.sessions {
					t.Errorf("%d new sessions instead of %d", n, c.sessions)
				}
			})
		})
	}
}

func TestFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const interval = 500 * time.Millisecond
		w := newWorld(t, fakediscord.Options{Heartbeat: interval, NoRateLimits: true, KeepEvents: 1000})
		guilds := w.AddGuilds(1000, fakediscord.Size{})
		bot := w.run()
		w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
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
		if metric(bot.metrics.drops.WithLabelValues(dropBusy)) == 0 {
			t.Error("nothing was dropped, so this was no flood")
		}
		beats := w.Times(-1, harness.Heard(opHeartbeat))
		for n := 1; n < len(beats); n++ {
			if gap := beats[n].Sub(beats[n-1]); gap > interval+50*time.Millisecond {
				t.Errorf("no heartbeat for %v, %v into the flood", gap, beats[n].Sub(began))
			}
		}
		if n := w.Count(-1, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayClose }); n != 0 {
			t.Error("the connection was lost")
		}
	})
}
