package discord

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/fakediscord"
)

// Each of these tests runs in a bubble (world_test.go), so waiting costs nothing.

func TestFatalCloses(t *testing.T) {
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
						w.Inject(fakediscord.AllShards, fakediscord.CloseWith(code))
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

func TestResumableCloses(t *testing.T) {
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
					time.Sleep(2 * lasting)
					mark := w.Mark()
					w.Inject(fakediscord.AllShards, fault)
					if code == 4007 || code == 4009 {
						w.await(mark, time.Minute, "new session", sent("READY"))
						continue
					}
					resume := w.await(mark, time.Minute, "resume", heard(opResume))
					if id := number(t, resume, "session_id"); id != number(t, ready, "session_id") {
						t.Errorf("resumed session %v", id)
					}
					if seq, want := number(t, resume, "seq"), w.lastNumber(t, mark); seq != want {
						t.Errorf("resumed after event %v, the last one was %v", seq, want)
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

func TestReconnectAtAnyMoment(t *testing.T) {
	for name, point := range map[string]fakediscord.Point{"before hello": fakediscord.AtHello, "instead of READY": fakediscord.AtIdentify, "instead of RESUMED": fakediscord.AtResume} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				w.Next(point, fakediscord.Reconnect())
				w.run()
				if point == fakediscord.AtResume {
					w.await(-1, time.Minute, "READY", sent("READY"))
					w.Inject(fakediscord.AllShards, fakediscord.Cut())
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
				w.Inject(1, fakediscord.Reconnect())
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

func TestInvalidSessions(t *testing.T) {
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
			if n := most(identifies, time.Hour); n > 20 {
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
			w.Inject(fakediscord.AllShards, fakediscord.Cut())
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
			w.Inject(fakediscord.AllShards, fakediscord.Cut())
			w.await(ready.N, 20*time.Second, "new session", sent("READY"))
		})
	})
}

func TestSilence(t *testing.T) {
	const interval = 41250 * time.Millisecond
	cases := map[string]func(w *world, vanish func()){
		"no ACK": func(w *world, _ func()) {
			w.Next(fakediscord.AtHeartbeat, fakediscord.Repeat(5, fakediscord.Silence())...)
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
