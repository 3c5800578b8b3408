package gateway

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

	"github.com/gorilla/websocket"

	"backfaq/config"
)

// Pauses between connections.
const (
	firstBackoff = time.Second / 2  // doubles with every connection that does not last
	staleBackoff = 8 * time.Second  // at least, from the second op 9 on without a connection that lasts
	maxBackoff   = 60 * time.Second // plus up to half of it again, at random
	stableAfter  = 10 * time.Second // a connection that lived so long resets the backoff
	invalidWait  = 5 * time.Second  // Discord asks for 1 to 5 s, at random, after op 9; nothing is added the first time
)

// shard is one session with the gateway, kept alive through every fault that
// can be survived. The goroutine of run alone touches the session fields.
type shard struct {
	id, count int
	token     config.Secret
	intents   int

	// address tells the gateway's address. acquireIdentify waits until this
	// shard may identify, see identifyLimiter.acquire. dispatch takes events in
	// order and must not block.
	address         func(context.Context) (string, error)
	acquireIdentify func(ctx context.Context, shard int, onWait func(why string), onQueued func()) (done func(identified bool), err error)
	dispatch        func(shard int, kind string, data json.RawMessage)
	dial            Dialer // nil is the system's
	log             *slog.Logger
	metrics         *metrics
	unreadable      func() // called for a frame that cannot be read

	onQueued    func() // called when the shard stands in line to identify
	onConnected func()

	session, resumeURL string
	seq                atomic.Int64 // of the last event; the heartbeat goroutine reads it

	health       atomic.Pointer[ShardHealth]
	events       atomic.Int64 // that came by this shard
	interactions atomic.Int64 // among them

	drop  atomic.Pointer[context.CancelFunc] // ends the present connection
	stale atomic.Bool                        // the session is not to be resumed
}

// run connects, and connects again, until ctx ends or Discord refuses the bot
// for good.
func (s *shard) run(ctx context.Context) error {
	backoff, refused := firstBackoff, false
	for {
		ready, err := s.connect(ctx)
		if ctx.Err() != nil {
			s.setState(Stopped, "")
			return nil
		}
		if fatal := asFatal(err); fatal != nil {
			s.setState(Stopped, fatal.Error())
			return fatal
		}
		if sessionEnded(err) {
			s.resetSession()
		}
		switch {
		case ready.IsZero(): // perhaps the resume address is gone: the common one resumes, too
			s.resumeURL = ""
		case time.Since(ready) > stableAfter:
			backoff, refused = firstBackoff, false
		}
		wait := backoff + rand.N(backoff/2)
		backoff = min(2*backoff, maxBackoff)
		if errors.Is(err, errInvalidSession) {
			if !refused {
				wait, backoff = 0, firstBackoff // it was waited for
			}
			refused, backoff = true, max(backoff, staleBackoff)
		}
		s.metrics.reconnects.Inc()
		s.setState(Waiting, fmt.Sprintf("to connect again after: %v", err))
		s.log.Warn("gateway connection ended", "shard", s.id, "err", err, "resumable", s.session != "", "retry_in", wait.Round(time.Millisecond))
		if !sleep(ctx, wait) {
			s.setState(Stopped, "")
			return nil
		}
	}
}

// resetSession lets the next connection begin a new session.
func (s *shard) resetSession() {
	s.session, s.resumeURL = "", ""
	s.seq.Store(0)
}

// restart drops the present connection and its session, and begins anew.
func (s *shard) restart() {
	s.stale.Store(true)
	if drop := s.drop.Load(); drop != nil {
		(*drop)()
	}
}

// connect is the life of one connection. It reports when READY or RESUMED came,
// zero if neither did, and why the connection ended.
func (s *shard) connect(running context.Context) (ready time.Time, err error) {
	ctx, drop := context.WithCancel(running)
	defer drop()
	s.drop.Store(&drop)
	if s.stale.Swap(false) { // read after drop is stored, so that a restart from here on ends this connection
		s.resetSession()
	}

	done := func(bool) {}
	if s.session == "" {
		done, err = s.acquireIdentify(ctx, s.id, func(why string) { s.setState(Waiting, why) }, s.onQueued)
		if err != nil {
			return ready, fmt.Errorf("waiting to identify: %w", err)
		}
	}
	s.setState(Connecting, "")
	c, err := s.open(ctx)
	if err != nil {
		done(false)
		return ready, err
	}
	var goroutines sync.WaitGroup
	defer func() {
		drop()
		goroutines.Wait()
		code := closeResumable
		if running.Err() != nil {
			code = websocket.CloseNormalClosure // for good: Discord shows the bot offline at once
		}
		c.close(code)
	}()
	goroutines.Go(func() {
		<-ctx.Done()
		c.interrupt()
	})
	interval, err := s.hello(ctx, c)
	if err != nil {
		done(false)
		return ready, err
	}
	err = s.identifyOrResume(c)
	done(true) // even if it failed: Discord may have received it
	if err != nil {
		return ready, fmt.Errorf("beginning a session: %w", err)
	}
	goroutines.Go(func() {
		defer drop()
		if err := c.heartbeat(ctx, interval, &s.seq); err != nil {
			s.log.Warn("dropping the gateway connection", "shard", s.id, "err", err)
		}
	})
	return s.listen(ctx, c, interval)
}

// open connects to the address of the session, or else to the common one.
func (s *shard) open(ctx context.Context) (*conn, error) {
	address := s.resumeURL
	if s.session == "" || address == "" {
		var err error
		if address, err = s.address(ctx); err != nil {
			return nil, fmt.Errorf("asking for the gateway's address: %w", err)
		}
	}
	c, err := open(ctx, address, s.dial)
	if err != nil {
		return nil, fmt.Errorf("connecting to the gateway: %w", err)
	}
	return c, nil
}

// hello waits for the first frame of a connection, which tells the interval of
// heartbeats. A request to reconnect may come instead.
func (s *shard) hello(ctx context.Context, c *conn) (time.Duration, error) {
	deadline := time.Now().Add(helloTimeout)
	for {
		f, err := c.read(ctx, deadline)
		switch {
		case err != nil:
			return 0, fmt.Errorf("waiting for hello: %w", err)
		case f.Op == opReconnect:
			return 0, errors.New("discord asked for a reconnect before hello")
		case f.Op == opHello:
			var d struct {
				Interval int64 `json:"heartbeat_interval"`
			}
			if json.Unmarshal(f.Data, &d) == nil && d.Interval > 0 && d.Interval <= maxInterval.Milliseconds() {
				return time.Duration(d.Interval) * time.Millisecond, nil
			}
			return 0, errors.New("hello without a sensible heartbeat interval")
		}
	}
}

// identifyOrResume resumes the session of the last connection, or begins a new
// one.
func (s *shard) identifyOrResume(c *conn) error {
	if s.session != "" {
		s.metrics.resumes.Inc()
		return c.write(opResume, map[string]any{"token": s.token.Reveal(), "session_id": s.session, "seq": s.seq.Load()})
	}
	s.metrics.identifies.Inc()
	return c.write(opIdentify, map[string]any{
		"token":      s.token.Reveal(),
		"intents":    s.intents,
		"shard":      [2]int{s.id, s.count},
		"properties": map[string]string{"os": runtime.GOOS, "browser": "backfaq", "device": "backfaq"},
	})
}

// listen takes frames until the connection ends.
func (s *shard) listen(ctx context.Context, c *conn, interval time.Duration) (ready time.Time, err error) {
	readyBy := time.Now().Add(readyTimeout)
	var invalid error     // op 9 came
	var leaveAt time.Time // then
	for {
		// Discord acknowledges every heartbeat, so the connection is dead after
		// two silent intervals.
		deadline := time.Now().Add(2 * interval)
		if ready.IsZero() && readyBy.Before(deadline) {
			deadline = readyBy
		}
		if invalid != nil {
			deadline = leaveAt
		}
		f, err := c.read(ctx, deadline)
		switch {
		case err != nil && invalid != nil:
			sleep(ctx, time.Until(leaveAt)) // also if Discord closed first
			return time.Time{}, invalid
		case err != nil:
			return ready, err
		case invalid != nil && f.Op != opHeartbeat && f.Op != opAck:
			continue
		}
		switch f.Op {
		case opHeartbeat:
			if err := c.beat(s.seq.Load()); err != nil {
				return ready, fmt.Errorf("answering a heartbeat: %w", err)
			}
		case opAck:
			c.acked.Add(1)
		case opReconnect:
			return ready, errors.New("discord asked for a reconnect")
		case opInvalidSession:
			// Discord asks for a random wait. Heartbeats go on meanwhile.
			leaveAt = time.Now().Add(time.Second + rand.N(invalidWait-time.Second))
			if invalid = errSessionOver; string(f.Data) == "true" {
				invalid = errInvalidSession
			}
		case opDispatch:
			// The number is kept before the event is handled: an event whose
			// handling fails is not replayed and answered twice.
			s.seq.Store(max(s.seq.Load(), f.Seq))
			readyBy = time.Now().Add(readyTimeout)
			if s.trackSession(f) {
				ready = time.Now()
			}
			s.dispatch(s.id, f.Type, f.Data)
		case opInvalid:
			s.unreadable()
		}
	}
}

// trackSession counts an event, and takes the session from READY. It reports
// whether the event says that the connection is complete.
func (s *shard) trackSession(f frame) (connected bool) {
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
		s.interactions.Add(1)
		return false
	default:
		return false
	}
	s.setState(Connected, "")
	s.onConnected()
	s.log.Info("gateway connected", "shard", s.id, "shards", s.count, "by", f.Type)
	return true
}
