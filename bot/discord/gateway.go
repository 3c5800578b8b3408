package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"

	"backfaq/config"
)

// This file owns the gateway connection instead of calling discordgo's
// Session.Open. Its seams do not reach far enough: in v0.29.0 a reconnect
// request before Hello deadlocks Open for good (#513), an invalid session is
// answered by identifying again at once on the same socket (#1429), the
// session id and resume_gateway_url cannot be carried to a new connection
// (#1502), fatal close codes are retried for ever (#1544), and a heartbeat
// request during a close panics in a goroutine of the library (#1702), which
// nothing of ours can recover. Events are still discordgo's types.

const (
	firstBackoff  = time.Second / 2  // doubles with every connection that does not last
	staleBackoff  = 8 * time.Second  // from the second op 9 in a row on, at least
	maxBackoff    = 60 * time.Second // plus up to half of it again, at random
	lasting       = 10 * time.Second // a connection that lived so long was a good one
	invalidWait   = 5 * time.Second  // Discord asks for 1 to 5 s, at random, after op 9
	closeDropping = 4900             // ours: any code but 1000 and 1001 keeps the session resumable
	quietBeats    = 3                // heartbeats without an ACK that a stream of events excuses
)

// errNewSession ends a connection whose session cannot be resumed.
var (
	errNewSession = errors.New("session is over")
	errRefused    = fmt.Errorf("discord does not know the session: %w", errNewSession)
)

// shard is one connection to the gateway, kept alive through every fault that
// can be survived. Only run's goroutine touches the session fields.
type shard struct {
	id, count int
	token     config.Secret
	intents   discordgo.Intent

	// gateway says where to connect. turn waits until this shard may identify,
	// saying why it waits, and keeps others of its key waiting until done is
	// called. dispatch takes events in order and must not block.
	gateway  func(context.Context) (string, error)
	turn     func(ctx context.Context, shard int, why func(string), lined func()) (done func(identified bool), err error)
	dispatch func(s *shard, kind string, data json.RawMessage)
	dial     dialer // nil is the system's
	log      *slog.Logger
	meter    *meter

	lined func() // called when it stands in line to identify
	live  func() // called when it is connected

	session, resumeURL string
	seq                atomic.Int64 // the heartbeat goroutine reads it

	health atomic.Pointer[ShardHealth]
	events atomic.Int64 // that came by this shard
	asked  atomic.Int64 // interactions among them

	stop  atomic.Pointer[context.CancelFunc] // ends the present connection
	stale atomic.Bool                        // the session is not to be resumed
}

// run connects, and connects again, until ctx ends or Discord says never.
func (s *shard) run(ctx context.Context) error {
	backoff := firstBackoff
	for {
		reached, err := s.connect(ctx)
		if ctx.Err() != nil {
			s.note(Stopped, "")
			return nil
		}
		if fatal := judge(err); fatal != nil {
			s.note(Stopped, fatal.Error())
			return fatal
		}
		if over(err) {
			s.forget()
		}
		switch {
		case reached.IsZero(): // it may be the resume address that is gone
			s.resumeURL = ""
		case time.Since(reached) > lasting:
			backoff = firstBackoff
		}
		wait := backoff + rand.N(backoff/2)
		s.meter.reconnects.Inc()
		s.note(Waiting, fmt.Sprintf("to connect again after: %v", err))
		s.log.Warn("gateway connection ended", "shard", s.id, "err", err, "resumable", s.session != "", "retry_in", wait.Round(time.Millisecond))
		if !sleep(ctx, wait) {
			s.note(Stopped, "")
			return nil
		}
		backoff = min(2*backoff, maxBackoff)
		if errors.Is(err, errRefused) {
			backoff = max(backoff, staleBackoff)
		}
	}
}

// over reports whether the session ended with the connection.
func over(err error) bool {
	closed, ok := errors.AsType[*websocket.CloseError](err)
	return errors.Is(err, errNewSession) || ok && (closed.Code == 4007 || closed.Code == 4009)
}

// forget lets the next connection begin a new session.
func (s *shard) forget() {
	s.session, s.resumeURL = "", ""
	s.seq.Store(0)
}

// restart drops the present connection and its session, and begins anew.
func (s *shard) restart() {
	s.stale.Store(true)
	if stop := s.stop.Load(); stop != nil {
		(*stop)()
	}
}

// connect is the life of one connection. It reports when the session got as far
// as READY or RESUMED, zero if it did not, and why it ended.
func (s *shard) connect(whole context.Context) (reached time.Time, err error) {
	ctx, stop := context.WithCancel(whole)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	s.stop.Store(&stop)
	if s.stale.Swap(false) { // only now: whoever says so later stops this connection
		s.forget()
	}

	done := func(bool) {}
	if s.session == "" {
		done, err = s.turn(ctx, s.id, func(why string) { s.note(Waiting, why) }, s.lined)
		if err != nil {
			return reached, fmt.Errorf("waiting to identify: %w", err)
		}
	}
	s.note(Connecting, "")
	c, interval, err := s.hello(ctx)
	if err != nil {
		done(false)
		return reached, err
	}
	running.Go(func() { // unblocks the reads below, whoever ends the connection
		<-ctx.Done()
		if whole.Err() != nil {
			c.close(websocket.CloseNormalClosure) // for good: Discord shows us offline at once
			return
		}
		c.close(closeDropping)
	})
	err = s.identifyOrResume(c)
	done(true) // even if it failed: Discord may have heard it
	if err != nil {
		return reached, fmt.Errorf("beginning a session: %w", err)
	}
	running.Go(func() {
		s.heartbeat(ctx, c, interval)
		stop()
	})
	return s.listen(ctx, c, interval)
}

// hello opens a connection and waits for its first frame. A request to
// reconnect may come instead.
func (s *shard) hello(ctx context.Context) (*conn, time.Duration, error) {
	address := s.resumeURL
	if s.session == "" || address == "" {
		var err error
		if address, err = s.gateway(ctx); err != nil {
			return nil, 0, fmt.Errorf("asking where the gateway is: %w", err)
		}
	}
	c, err := open(ctx, address, s.dial)
	if err != nil {
		return nil, 0, fmt.Errorf("connecting to the gateway: %w", err)
	}
	drop := context.AfterFunc(ctx, func() { c.close(closeDropping) })
	defer drop()
	until := time.Now().Add(helloTimeout)
	for {
		f, err := c.read(until)
		switch {
		case err != nil:
			err = fmt.Errorf("waiting for hello: %w", err)
		case f.Op == opReconnect:
			err = errors.New("discord asked us to reconnect before hello")
		case f.Op == opHello:
			var d struct {
				Interval int64 `json:"heartbeat_interval"`
			}
			if json.Unmarshal(f.Data, &d) == nil && d.Interval > 0 && d.Interval <= maxInterval.Milliseconds() {
				return c, time.Duration(d.Interval) * time.Millisecond, nil
			}
			err = errors.New("hello without a sensible heartbeat interval")
		default:
			continue
		}
		c.close(closeDropping)
		return nil, 0, err
	}
}

// identifyOrResume resumes the session we have, or begins a new one.
func (s *shard) identifyOrResume(c *conn) error {
	if s.session != "" {
		s.meter.resumes.Inc()
		return c.write(opResume, map[string]any{"token": s.token.Reveal(), "session_id": s.session, "seq": s.seq.Load()})
	}
	s.meter.identifies.Inc()
	return c.write(opIdentify, map[string]any{
		"token":      s.token.Reveal(),
		"intents":    s.intents,
		"shard":      [2]int{s.id, s.count},
		"properties": map[string]string{"os": runtime.GOOS, "browser": "backfaq", "device": "backfaq"},
	})
}

// listen takes frames until the connection ends.
func (s *shard) listen(ctx context.Context, c *conn, interval time.Duration) (reached time.Time, err error) {
	live := time.Now().Add(readyTimeout)
	for {
		// Discord acknowledges every heartbeat, so two silent intervals mean
		// that nobody is there.
		until := time.Now().Add(2 * interval)
		if reached.IsZero() && live.Before(until) {
			until = live
		}
		f, err := c.read(until)
		if err != nil {
			return reached, err
		}
		switch f.Op {
		case opHeartbeat:
			if err := c.beat(s.seq.Load()); err != nil {
				return reached, fmt.Errorf("answering a heartbeat: %w", err)
			}
		case opAck:
			c.acked.Add(1)
		case opReconnect:
			return reached, errors.New("discord asked us to reconnect")
		case opInvalidSession:
			// Discord asks for a random wait. The heart goes on beating.
			sleep(ctx, time.Second+rand.N(invalidWait-time.Second))
			if string(f.Data) == "true" {
				return time.Time{}, errors.New("discord asked us to resume again")
			}
			return time.Time{}, errRefused
		case opDispatch:
			// The number is kept before the event is handled: an event whose
			// handling fails is not asked for again and answered twice.
			s.seq.Store(max(s.seq.Load(), f.Seq))
			live = time.Now().Add(readyTimeout)
			if s.observe(f) {
				reached = time.Now()
			}
			s.dispatch(s, f.Type, f.Data)
		case opNonsense:
			s.meter.dropped(dropUnreadable)
		}
	}
}

// observe learns the session from READY, and when the stream is live.
func (s *shard) observe(f frame) (live bool) {
	s.events.Add(1)
	switch f.Type {
	case "READY":
		var ready struct {
			Session string `json:"session_id"`
			Resume  string `json:"resume_gateway_url"`
		}
		if err := json.Unmarshal(f.Data, &ready); err != nil || ready.Session == "" {
			s.log.Error("READY without a session", "shard", s.id, "err", err)
			return false
		}
		s.session, s.resumeURL = ready.Session, ready.Resume
	case "RESUMED":
	case "INTERACTION_CREATE":
		s.asked.Add(1)
		return false
	default:
		return false
	}
	s.note(Connected, "")
	s.live()
	s.log.Info("gateway connected", "shard", s.id, "shards", s.count, "by", f.Type)
	return true
}
