package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
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
	helloTimeout  = 15 * time.Second // from dialling to Hello, and from Hello to READY
	writeTimeout  = 10 * time.Second
	maxFrame      = 16 << 20         // a GUILD_CREATE of a very large server is some MiB
	firstBackoff  = time.Second / 2  // doubles with every failed connection
	maxBackoff    = 60 * time.Second // plus up to half of it again, at random
	resumeWait    = 5 * time.Second  // Discord asks for 1 to 5 s, at random, after op 9
	closeDropping = 4900             // ours: any code but 1000 and 1001 keeps the session resumable
)

// The gateway's opcodes (Discord, topics/opcodes-and-status-codes).
const (
	opDispatch = iota
	opHeartbeat
	opIdentify
	_
	_
	_
	opResume
	opReconnect
	_
	opInvalidSession
	opHello
	opAck
)

// fatalCloses are the close codes after which connecting again is pointless,
// each with what the operator can do about it.
var fatalCloses = map[int]string{
	4004: "Discord refused the bot token: copy it again from the Bot page of the developer portal (discord.com/developers/applications) into DISCORD_TOKEN",
	4010: "Discord refused the shard number: set SHARDS=auto",
	4011: "this bot is in too many servers for so few shards: set SHARDS=auto",
	4012: "Discord no longer speaks this gateway version: update the program",
	4013: "Discord refused the intents as invalid: update the program",
	4014: "Discord refused a privileged intent: switch on Message Content Intent on the Bot page of the developer portal, or unset DISCORD_MESSAGE_CONTENT",
}

// FatalError says that Discord will not have us, and what to do.
type FatalError struct {
	Code int // the gateway's close code
	Hint string
}

func (e *FatalError) Error() string { return fmt.Sprintf("%s (close code %d)", e.Hint, e.Code) }

// errNewSession ends a connection whose session cannot be resumed.
var errNewSession = errors.New("session is over")

// frame is one gateway message.
type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
}

// shard is one connection to the gateway, kept alive through every fault that
// can be survived. Only run's goroutine touches the session fields.
type shard struct {
	id, count int
	token     config.Secret
	intents   discordgo.Intent

	// gateway asks Discord where to connect. turn waits until this shard may
	// identify, and keeps others of its key waiting until done is called.
	// dispatch takes events in order and must not block.
	gateway  func(context.Context) (string, error)
	turn     func(ctx context.Context, shard int) (done func(), err error)
	dispatch func(shard int, kind string, data json.RawMessage)
	log      *slog.Logger

	session, resumeURL string
	seq                atomic.Int64 // the heartbeat goroutine reads it
	ready              atomic.Bool
}

// run connects, and connects again, until ctx ends or Discord says never.
func (s *shard) run(ctx context.Context) error {
	backoff := firstBackoff
	for {
		reached, err := s.connect(ctx)
		s.ready.Store(false)
		if ctx.Err() != nil {
			return nil
		}
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			if hint, fatal := fatalCloses[closed.Code]; fatal {
				return &FatalError{Code: closed.Code, Hint: hint}
			}
			if closed.Code == 4007 || closed.Code == 4009 {
				err = errors.Join(err, errNewSession)
			}
		}
		if errors.Is(err, errNewSession) {
			s.session, s.resumeURL = "", ""
			s.seq.Store(0)
		}
		if reached {
			backoff = firstBackoff
		}
		wait := backoff + rand.N(backoff/2)
		s.log.Warn("gateway connection ended", "shard", s.id, "err", err, "resumable", s.session != "", "retry_in", wait.Round(time.Millisecond))
		if !sleep(ctx, wait) {
			return nil
		}
		backoff = min(2*backoff, maxBackoff)
	}
}

// connect is the life of one connection. It reports whether the session got as
// far as READY or RESUMED, and why it ended.
func (s *shard) connect(ctx context.Context) (reached bool, err error) {
	identified := func() {}
	if s.session == "" {
		if identified, err = s.turn(ctx, s.id); err != nil {
			return false, err
		}
		defer func() { identified() }()
	}
	address := s.resumeURL
	if s.session == "" || address == "" {
		if address, err = s.gateway(ctx); err != nil {
			return false, fmt.Errorf("asking where the gateway is: %w", err)
		}
	}
	if address, err = withVersion(address); err != nil {
		return false, err
	}
	dialer := websocket.Dialer{HandshakeTimeout: helloTimeout, Proxy: http.ProxyFromEnvironment,
		NetDialContext: (&net.Dialer{Timeout: helloTimeout}).DialContext}
	ws, _, err := dialer.DialContext(ctx, address, nil)
	if err != nil {
		if s.session != "" {
			s.resumeURL = "" // it may be the resume address that is gone
		}
		return false, fmt.Errorf("connecting to the gateway: %w", err)
	}
	ws.SetReadLimit(maxFrame)
	c := &conn{ws: ws}
	whole := ctx
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	running.Go(func() { // unblocks the reads below, whoever ends the connection
		<-ctx.Done()
		if whole.Err() != nil {
			c.leave(websocket.CloseNormalClosure) // for good: Discord shows us offline at once
			return
		}
		c.leave(closeDropping)
	})

	interval, err := s.hello(c)
	if err != nil {
		return false, err
	}
	if err := s.introduce(c); err != nil {
		return false, err
	}
	identified()
	identified = func() {}
	running.Go(func() {
		s.heartbeat(ctx, c, interval)
		cancel()
	})
	for {
		// Discord acknowledges every heartbeat, so two silent intervals mean
		// that nobody is there. Any frame counts as life.
		f, err := c.read(2 * interval)
		if err != nil {
			return reached, err
		}
		switch f.Op {
		case opHeartbeat:
			if err := c.write(opHeartbeat, s.seq.Load()); err != nil {
				return reached, err
			}
		case opAck:
			c.acked.Store(true)
		case opReconnect:
			return reached, errors.New("discord asked us to reconnect")
		case opInvalidSession:
			return false, s.invalid(ctx, f)
		case opDispatch:
			s.seq.Store(max(s.seq.Load(), f.Seq))
			reached = s.observe(f) || reached
			s.dispatch(s.id, f.Type, f.Data)
		}
	}
}

// hello waits for the first frame. A request to reconnect may come instead.
func (s *shard) hello(c *conn) (time.Duration, error) {
	for {
		f, err := c.read(helloTimeout)
		if err != nil {
			return 0, fmt.Errorf("waiting for hello: %w", err)
		}
		switch f.Op {
		case opReconnect:
			return 0, errors.New("discord asked us to reconnect before hello")
		case opHello:
			var d struct {
				Interval int64 `json:"heartbeat_interval"`
			}
			if err := json.Unmarshal(f.Data, &d); err != nil || d.Interval <= 0 {
				return 0, fmt.Errorf("hello without a heartbeat interval: %w", err)
			}
			return time.Duration(d.Interval) * time.Millisecond, nil
		}
	}
}

// introduce resumes the session we have, or begins a new one.
func (s *shard) introduce(c *conn) error {
	if s.session != "" {
		return c.write(opResume, map[string]any{"token": s.token.Reveal(), "session_id": s.session, "seq": s.seq.Load()})
	}
	return c.write(opIdentify, map[string]any{
		"token":      s.token.Reveal(),
		"intents":    s.intents,
		"shard":      [2]int{s.id, s.count},
		"properties": map[string]string{"os": runtime.GOOS, "browser": "backfaq", "device": "backfaq"},
	})
}

// observe learns the session from READY, and when the stream is live.
func (s *shard) observe(f frame) (live bool) {
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
	default:
		return false
	}
	s.ready.Store(true)
	s.log.Info("gateway connected", "shard", s.id, "shards", s.count, "by", f.Type)
	return true
}

// invalid waits as Discord asks after op 9, and says whether the session lives.
func (s *shard) invalid(ctx context.Context, f frame) error {
	sleep(ctx, time.Second+rand.N(resumeWait-time.Second))
	if string(f.Data) == "true" {
		return errors.New("session is not ready to be resumed")
	}
	return errNewSession
}

// heartbeat beats until the connection ends or goes unanswered.
func (s *shard) heartbeat(ctx context.Context, c *conn, interval time.Duration) {
	c.acked.Store(true)
	if !sleep(ctx, rand.N(interval)) { // Discord asks for jitter on the first
		return
	}
	for {
		if !c.acked.Swap(false) {
			s.log.Warn("no heartbeat acknowledged, dropping the connection", "shard", s.id)
			return
		}
		if c.write(opHeartbeat, s.seq.Load()) != nil || !sleep(ctx, interval) {
			return
		}
	}
}

// conn is a socket with deadlines and one writer at a time.
type conn struct {
	ws    *websocket.Conn
	mu    sync.Mutex
	acked atomic.Bool
}

func (c *conn) read(within time.Duration) (f frame, err error) {
	if err := c.ws.SetReadDeadline(time.Now().Add(within)); err != nil {
		return f, err
	}
	_, data, err := c.ws.ReadMessage()
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return frame{Op: -1}, nil // a frame that is no JSON concerns nobody
	}
	return f, nil
}

func (c *conn) write(op int, d any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ws.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	return c.ws.WriteJSON(map[string]any{"op": op, "d": d})
}

// leave closes the socket. Any code but 1000 and 1001 keeps the session, and
// whatever happens in between is replayed to the connection that resumes it.
func (c *conn) leave(code int) {
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	_ = c.ws.Close()
}

// withVersion adds the protocol version and encoding to a gateway address.
func withVersion(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("gateway address: %w", err)
	}
	q := u.Query()
	q.Set("v", "10")
	q.Set("encoding", "json")
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// sleep waits, and reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
