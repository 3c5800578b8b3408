package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// What one connection may cost.
const (
	helloTimeout = 15 * time.Second // dialling, and from the open socket to Hello
	maxInterval  = 10 * time.Minute // between heartbeats; Discord's is 41 s, and one that never comes is none
	readyTimeout = 30 * time.Second // from IDENTIFY or RESUME on: without an event for so long, it is not coming
	writeTimeout = 10 * time.Second
	closeTimeout = time.Second
	maxFrame     = 16 << 20 // a GUILD_CREATE of a very large server is some MiB; more is skipped
	keepBuffer   = 1 << 20  // a reading buffer larger than this is not kept
)

// The gateway's opcodes (Discord, topics/opcodes-and-status-codes).
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opAck            = 11

	opNonsense = -1 // ours: a frame that cannot be read
)

// frame is one gateway message.
type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
}

// conn is a socket with deadlines, one reader, and one writer at a time.
type conn struct {
	ws  *websocket.Conn
	buf bytes.Buffer // the reader's

	writing chan struct{} // holds one while somebody writes

	heard atomic.Int64 // frames that arrived
	acked atomic.Int64 // heartbeats that were acknowledged
}

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// open connects to a gateway address; a nil dial is the system's.
func open(ctx context.Context, address string, dial dialer) (*conn, error) {
	address, err := withVersion(address)
	if err != nil {
		return nil, err
	}
	if dial == nil {
		dial = (&net.Dialer{Timeout: helloTimeout}).DialContext
	}
	d := websocket.Dialer{HandshakeTimeout: helloTimeout, Proxy: http.ProxyFromEnvironment, NetDialContext: dial}
	ws, res, err := d.DialContext(ctx, address, nil)
	if err != nil {
		if res != nil { // something answered, and no gateway
			err = fmt.Errorf("%w: %s", err, res.Status)
		}
		return nil, err
	}
	return &conn{ws: ws, writing: make(chan struct{}, 1)}, nil
}

// read waits for the next frame. A frame that is no JSON or far too large is
// returned as opNonsense: it is Discord's mistake and no reason to leave.
func (c *conn) read(until time.Time) (f frame, err error) {
	if err := c.ws.SetReadDeadline(until); err != nil {
		return f, err
	}
	_, r, err := c.ws.NextReader()
	if err != nil {
		return f, err
	}
	if c.buf.Cap() > keepBuffer {
		c.buf = bytes.Buffer{}
	}
	c.buf.Reset()
	n, err := c.buf.ReadFrom(io.LimitReader(r, maxFrame+1))
	if err != nil {
		return f, err
	}
	c.heard.Add(1)
	if n > maxFrame || json.Unmarshal(c.buf.Bytes(), &f) != nil || f.Op == opDispatch && f.Type == "" {
		return frame{Op: opNonsense}, nil
	}
	return f, nil
}

func (c *conn) write(op int, d any) error {
	c.writing <- struct{}{} // for no longer than writeTimeout
	defer func() { <-c.writing }()
	if err := c.ws.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	return c.ws.WriteJSON(map[string]any{"op": op, "d": d})
}

// beat sends a heartbeat with the number of the last event, null if none came.
func (c *conn) beat(seq int64) error {
	if seq == 0 {
		return c.write(opHeartbeat, nil)
	}
	return c.write(opHeartbeat, seq)
}

// heartbeat beats until the connection ends or goes unanswered. It looks for
// the answer after half an interval: by the time that Discord misses a beat of
// ours and ends the session, we are back on another connection.
func (s *shard) heartbeat(ctx context.Context, c *conn, interval time.Duration) {
	missing := 0                                                                   // acknowledgements, in a row
	for wait := rand.N(interval); sleep(ctx, wait); wait = interval - interval/2 { // Discord asks for jitter on the first
		heard, acked := c.heard.Load(), c.acked.Load()
		if err := c.beat(s.seq.Load()); err != nil {
			s.log.Warn("heartbeat failed, dropping the connection", "shard", s.id, "err", err)
			return
		}
		if !sleep(ctx, interval/2) {
			return
		}
		if missing++; c.acked.Load() > acked {
			missing = 0
		}
		// An ACK may be stuck behind a burst of events: while they flow,
		// somebody is there.
		if missing >= quietBeats || missing > 0 && c.heard.Load() == heard {
			s.log.Warn("no heartbeat acknowledged, dropping the connection", "shard", s.id)
			return
		}
	}
}

// close closes the socket. Any code but 1000 and 1001 keeps the session, and
// whatever happens in between is replayed to the connection that resumes it.
func (c *conn) close(code int) {
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(closeTimeout))
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
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
