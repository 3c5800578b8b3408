package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
)

func TestFatalCloses(t *testing.T) {
	for _, code := range []int{4004, 4010, 4011, 4012, 4013, 4014} {
		for _, when := range []string{"at identify", "mid-session"} {
			t.Run(fmt.Sprint(code, " ", when), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, fakediscord.Options{})
					if when == "at identify" {
						w.Next(fakediscord.AtIdentify, fakediscord.CloseWith(code))
					}
					bot := w.run()
					if when == "mid-session" {
						w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
						w.Inject(fakediscord.AllShards, fakediscord.CloseWith(code))
					}
					select {
					case <-bot.Done:
					case <-time.After(time.Hour):
						t.Fatal("connects for ever")
					}
					var fatal *FatalError
					if !errors.As(bot.Err, &fatal) || fatal.Code != code || fatal.Hint == "" {
						t.Errorf("ended with %v", bot.Err)
					}
					time.Sleep(time.Minute)
					if n := w.Count(-1, harness.Heard(opIdentify)); n != 1 {
						t.Errorf("%d identifies", n)
					}
					if n := w.Count(-1, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayOpen }); n != 1 {
						t.Errorf("%d connections", n)
					}
				})
			})
		}
	}
}

func TestResumableCloses(t *testing.T) {
	for _, code := range []int{0, 1000, 1001, 1005, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				w.run()
				ready := w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
				fault := fakediscord.CloseWith(code)
				if code == 0 {
					fault = fakediscord.Cut()
				}
				for range 3 {
					time.Sleep(2 * stableAfter)
					mark := w.Mark()
					w.Inject(fakediscord.AllShards, fault)
					if code == 4007 || code == 4009 {
						w.Await(mark, time.Minute, "new session", harness.Sent("READY"))
						if n := w.Count(mark, harness.Heard(opResume)); n != 0 {
							t.Errorf("%d resumes of a session that is over", n)
						}
						continue
					}
					resume := w.Await(mark, time.Minute, "resume", harness.Heard(opResume))
					if id := harness.Number(t, resume, "session_id"); id != harness.Number(t, ready, "session_id") {
						t.Errorf("resumed session %v", id)
					}
					if seq, want := harness.Number(t, resume, "seq"), w.lastNumber(t, mark); seq != want {
						t.Errorf("resumed after event %v, the last one was %v", seq, want)
					}
					w.Await(mark, time.Minute, "RESUMED", harness.Sent("RESUMED"))
					opened := w.Await(mark, time.Minute, "connection", func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayOpen })
					if opened.Path != "/resume" || opened.Query != "compress=zlib-stream&encoding=json&v=10" {
						t.Errorf("resumed at %s?%s", opened.Path, opened.Query)
					}
				}
				if n := harness.Most(w.Times(-1, harness.Heard(opIdentify)), 5*time.Second); n > 1 {
					t.Errorf("%d identifies within 5 s", n)
				}
				w.Answered(w.Asks("what causes upper back spasms?"), time.Minute)
			})
		})
	}
}

func TestReconnectAtAnyMoment(t *testing.T) {
	for name, point := range map[string]fakediscord.Point{"before hello": fakediscord.AtHello, "instead of READY": fakediscord.AtIdentify, "instead of RESUMED": fakediscord.AtResume} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				w.Next(point, fakediscord.Reconnect())
				w.run()
				if point == fakediscord.AtResume {
					w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
					w.Inject(fakediscord.AllShards, fakediscord.Cut())
				}
				asked := w.Await(-1, time.Minute, "request to reconnect", func(e fakediscord.Event) bool {
					return e.Kind == fakediscord.KindGatewayOut && e.Op == opReconnect
				})
				w.Await(asked.N, 10*time.Second, "session", func(e fakediscord.Event) bool { return harness.Sent("READY")(e) || harness.Sent("RESUMED")(e) })
				w.Answered(w.Asks("what causes upper back spasms?"), time.Minute)
			})
		})
	}
	t.Run("mid-stream, other shards untouched", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{Shards: 2})
			w.run()
			w.Await(-1, time.Minute, "second READY", func(fakediscord.Event) bool { return w.Connected() == 2 })
			before := goroutines()
			for range 5 {
				mark := w.Mark()
				w.Inject(1, fakediscord.Reconnect())
				w.Await(mark, 10*time.Second, "RESUMED", harness.Sent("RESUMED"))
				time.Sleep(2 * stableAfter)
			}
			for _, e := range w.Events() {
				if e.Kind == fakediscord.KindGatewayClose && e.Shard == 0 {
					t.Errorf("shard 0 was closed: %+v", e)
				}
			}
			if now := goroutines(); now > before {
				t.Errorf("%d goroutines became %d", before, now)
			}
		})
	})
}

// goroutines counts them once the bubble rests. runtime.NumGoroutine would count
// one that has just ended, too.
func goroutines() int {
	synctest.Wait()
	stacks := make([]byte, 1<<20)
	return 1 + bytes.Count(stacks[:runtime.Stack(stacks, true)], []byte("\n\ngoroutine "))
}

func TestInvalidSessions(t *testing.T) {
	t.Run("not resumable, again and again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{})
			w.Next(fakediscord.AtIdentify, slices.Repeat([]fakediscord.Fault{fakediscord.InvalidSession(false)}, 20)...)
			w.run()
			w.Await(-1, 3*time.Hour, "READY", harness.Sent("READY"))
			identifies := w.Times(-1, harness.Heard(opIdentify))
			if n := harness.Most(identifies, time.Minute); n > 5 {
				t.Errorf("%d identifies in a minute", n)
			}
			if n := harness.Most(identifies, time.Hour); n > 20 {
				t.Errorf("%d identifies in an hour", n)
			}
		})
	})
	t.Run("resumable", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{})
			w.run()
			ready := w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
			w.Next(fakediscord.AtResume, fakediscord.InvalidSession(true))
			w.Inject(fakediscord.AllShards, fakediscord.Cut())
			first := w.Await(ready.N, time.Minute, "resume", harness.Heard(opResume))
			second := w.Await(first.N, time.Minute, "second resume", harness.Heard(opResume))
			if gap := second.Time.Sub(first.Time); gap < time.Second || gap > 10*time.Second {
				t.Errorf("resumed again after %v", gap)
			}
			w.Await(second.N, time.Minute, "RESUMED", harness.Sent("RESUMED"))
			if n := w.Count(ready.N, harness.Heard(opIdentify)); n != 0 {
				t.Errorf("%d identifies", n)
			}
		})
	})
	t.Run("after a resume", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{})
			w.run()
			ready := w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
			w.Next(fakediscord.AtResume, fakediscord.InvalidSession(false))
			w.Inject(fakediscord.AllShards, fakediscord.Cut())
			w.Await(ready.N, 20*time.Second, "new session", harness.Sent("READY"))
		})
	})
}

func TestSilence(t *testing.T) {
	const interval = 41250 * time.Millisecond
	cases := map[string]func(w *world, vanish func()){
		"no ACK": func(w *world, _ func()) {
			w.Next(fakediscord.AtHeartbeat, slices.Repeat([]fakediscord.Fault{fakediscord.Silence()}, 5)...)
		},
		"mute":      func(w *world, _ func()) { w.Inject(fakediscord.AllShards, fakediscord.Mute()) },
		"half-open": func(_ *world, vanish func()) { vanish() },
	}
	for name, fault := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				gone := make(chan struct{})
				first := true
				w.run(func(o *Options) {
					o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
						c, err := w.Net.Dial(ctx, network, address)
						if first && err == nil {
							first, c = false, harness.Blackhole{Conn: c, Gone: gone}
						}
						return c, err
					}
				})
				w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
				time.Sleep(2 * interval)
				mark, began := w.Mark(), time.Now()
				fault(w, func() { close(gone) })
				lost := w.Asks("what causes upper back spasms?") // replayed, not lost
				resume := w.Await(mark, 4*interval, "resume", harness.Heard(opResume))
				if took := resume.Time.Sub(began); took > 2*interval+2*time.Second {
					t.Errorf("noticed after %v", took)
				}
				for _, e := range w.EventsAfter(mark) {
					if e.Kind == fakediscord.KindGatewayClose && e.ByBot && (e.Code == 1000 || e.Code == 1001) {
						t.Errorf("closed with %d, which ends the session", e.Code)
					}
				}
				w.Await(resume.N, time.Minute, "RESUMED", harness.Sent("RESUMED"))
				w.Answered(lost, time.Minute)
			})
		})
	}
	hello := func(interval string) func(w *world) {
		return func(w *world) {
			w.Next(fakediscord.AtHello, fakediscord.Raw(`{"op":10,"d":{"heartbeat_interval":`+interval+`}}`))
		}
	}
	for name, fault := range map[string]func(w *world){
		"no hello":       func(w *world) { w.Next(fakediscord.AtHello, fakediscord.Silence()) },
		"no READY":       func(w *world) { w.Next(fakediscord.AtIdentify, fakediscord.Silence()) },
		"interval < 0":   hello("-1"),
		"interval 0":     hello("0"),
		"interval 292 y": hello("9223372036854775"),
		"interval 1 y":   hello("31536000000"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				fault(w)
				w.run()
				w.Await(-1, 2*interval, "READY", harness.Sent("READY"))
			})
		})
	}
	t.Run("an ACK late behind a stream of events", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{})
			w.run()
			w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
			time.Sleep(interval)
			mark := w.Mark()
			w.Next(fakediscord.AtHeartbeat, fakediscord.Silence())
			for range 2 * int(interval/time.Second) {
				w.Dispatch("", "TYPING_START", []byte(`{}`))
				time.Sleep(time.Second)
			}
			if n := w.Count(mark, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayClose }); n != 0 {
				t.Error("dropped a connection on which events came")
			}
		})
	})
}

// lastNumber is that of the last event that was sent until a mark.
func (w *world) lastNumber(t *testing.T, until int) any {
	t.Helper()
	var last struct {
		Seq float64 `json:"s"`
	}
	for _, e := range w.Events() {
		if e.N <= until && e.Kind == fakediscord.KindGatewayOut && e.Op == opDispatch {
			if err := e.JSON(&last); err != nil {
				t.Fatal(err)
			}
		}
	}
	return last.Seq
}
