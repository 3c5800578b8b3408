package gateway

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
)

// A resume address that is gone does not end the session: Discord's common
// address takes it, too.
func TestResumeAddressGone(t *testing.T) {
	for _, how := range []string{"refuses", "accepts and says nothing"} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				if how == "refuses" {
					w.Net.Wrap(func(c net.Conn) net.Conn { return &deadResume{Conn: c, fail: errors.New("connection reset")} })
				} else {
					w.Net.Wrap(func(c net.Conn) net.Conn { return &deadResume{Conn: c} })
				}
				w.run()
				ready := w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
				w.Inject(fakediscord.AllShards, fakediscord.Cut())
				w.Await(ready.N, 2*helloTimeout, "RESUMED", harness.Sent("RESUMED"))
				var path string
				for _, e := range w.EventsAfter(ready.N) {
					if e.Kind == fakediscord.KindGatewayOpen {
						path = e.Path
					}
				}
				if path != "/gateway" {
					t.Errorf("resumed at %s", path)
				}
			})
		})
	}
}

// deadResume is a connection on which the resume address fails, or says nothing
// after it was opened.
type deadResume struct {
	net.Conn
	fail   error
	resume bool
	opened bool // the handshake was read
}

func (d *deadResume) Write(p []byte) (int, error) {
	if d.resume = d.resume || bytes.HasPrefix(p, []byte("GET /resume")); d.resume && d.fail != nil {
		return 0, d.fail
	}
	return d.Conn.Write(p)
}

func (d *deadResume) Read(p []byte) (int, error) {
	n, err := d.Conn.Read(p)
	for d.opened && d.resume && err == nil { // swallow it and wait for the deadline
		n, err = d.Conn.Read(p)
	}
	d.opened = true
	return n, err
}

// A session that is to be dropped is not resumed, even if there is no
// connection at that moment.
func TestRestartBetweenConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		bot := w.run()
		ready := w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
		w.Inject(fakediscord.AllShards, fakediscord.Cut())
		time.Sleep(firstBackoff / 2)
		bot.running()[0].restart()
		w.Await(ready.N, time.Minute, "new session", harness.Sent("READY"))
		if n := w.Count(ready.N, harness.Heard(opResume)); n != 0 {
			t.Errorf("%d resumes of it", n)
		}
	})
}

// slowLocks are a database that takes its time.
type slowLocks struct{ seat }

func (s slowLocks) Lock(ctx context.Context, key int64) (Lease, error) {
	sleep(ctx, 2*stableAfter)
	return s.seat.Lock(ctx, key)
}

// A long wait for the turn does not make a good connection of one that ends at
// once.
func TestBackoffGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		w.run(func(o *Options) { o.Locks = slowLocks{seat{&database{held: map[int64]*lease{}}, "a"}} })
		mark := -1
		for range 8 {
			mark = w.Await(mark, 5*time.Minute, "READY", harness.Sent("READY")).N
			w.Inject(fakediscord.AllShards, fakediscord.CloseWith(4009))
		}
		ended := time.Now()
		if next := w.Await(mark, 5*time.Minute, "READY", harness.Sent("READY")); next.Time.Sub(ended) < maxBackoff {
			t.Errorf("back after %v", next.Time.Sub(ended))
		}
	})
}

func TestHandshakeSaysWhatCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		if _, err := open(t.Context(), "ws://discord.test/nowhere", w.Net.Dial); err == nil || !strings.Contains(err.Error(), "404 Not Found") {
			t.Errorf("failed with: %v", err)
		}
	})
}
