package gateway

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// Limits on one connection.
const (
	helloTimeout  = 15 * time.Second // dialling, and from the open socket to Hello
	maxInterval   = 10 * time.Minute // between heartbeats; Discord's is 41 s, and a heartbeat that never comes is none
	readyTimeout  = 30 * time.Second // from IDENTIFY or RESUME on: without an event for so long, READY is not coming
	writeTimeout  = 10 * time.Second
	closeTimeout  = time.Second // of the closing handshake
	maxFrame      = 16 << 20    // bytes; the GUILD_CREATE of a very large server is some MiB, a larger frame is skipped
	maxSkipped    = 16 << 20    // bytes past maxFrame; a compressed frame can be a thousand times as long as it came
	maxValidated  = 64 << 10    // bytes; of a longer frame only what is used is read
	maxReadBuffer = 1 << 20     // bytes; a larger buffer is given back after its frame
	maxMissedAcks = 3           // heartbeats without an ACK that a stream of events excuses
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

	opInvalid = -1 // not Discord's: stands for a frame that cannot be read
)

// closeResumable is the close code of this program for connections whose
// session goes on. Any code but 1000 and 1001 keeps a session resumable.
const closeResumable = 4900

// frame is one gateway message.
type frame struct {
	Op   int
	Data json.RawMessage // valid until the next frame is read
	Seq  int64
	Type string
}

// conn is a WebSocket connection with deadlines. One goroutine may read while
// others write.
type conn struct {
	ws      *websocket.Conn
	inflate inflater
	readBuf bytes.Buffer
	writeMu sync.Mutex

	heard atomic.Int64 // frames that arrived
	acked atomic.Int64 // heartbeats that were acknowledged
}

// Dialer opens a network connection, as net.Dialer's DialContext does.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// open connects to a gateway address; a nil dial is the system's.
func open(ctx context.Context, address string, dial Dialer) (*conn, error) {
	address, err := withQuery(address)
	if err != nil {
		return nil, err
	}
	if dial == nil {
		dial = (&net.Dialer{Timeout: helloTimeout}).DialContext
	}
	d := websocket.Dialer{HandshakeTimeout: helloTimeout, Proxy: http.ProxyFromEnvironment, NetDialContext: dial}
	ws, res, err := d.DialContext(ctx, address, nil)
	if err != nil {
		if res != nil { // an HTTP server answered that is no gateway
			err = fmt.Errorf("%w: %s", err, res.Status)
		}
		return nil, err
	}
	next := func() (io.Reader, error) { _, r, err := ws.NextReader(); return r, err }
	return &conn{ws: ws, inflate: inflater{next: next}}, nil
}

// withQuery adds the protocol version, encoding and compression to a gateway
// address. Compressed, traffic is an eighth, and the servers at the start less,
// for 5 µs of a processor a message.
func withQuery(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("gateway address: %w", err)
	}
	q := u.Query()
	q.Set("v", "10")
	q.Set("encoding", "json")
	q.Set("compress", "zlib-stream")
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// read waits for the next frame, which is valid until the one after, and until
// ctx ends and interrupt is called. A frame that is no JSON or far too large is
// returned as opInvalid: it is Discord's mistake and no reason to disconnect.
func (c *conn) read(ctx context.Context, deadline time.Time) (f frame, err error) {
	if err := c.ws.SetReadDeadline(deadline); err != nil {
		return f, err
	}
	if ctx.Err() != nil { // looked at last: an interrupt may just have been overruled
		return f, ctx.Err()
	}
	kind, r, err := c.ws.NextReader()
	if err == nil && kind == websocket.BinaryMessage {
		r, err = c.inflate.payload(r)
	}
	if err != nil {
		return f, err
	}
	if c.readBuf.Cap() > maxReadBuffer {
		c.readBuf = bytes.Buffer{}
	}
	c.readBuf.Reset()
	n, err := c.readBuf.ReadFrom(io.LimitReader(r, maxFrame+1))
	if err != nil {
		return f, err
	}
	c.heard.Add(1)
	if n > maxFrame { // what comes after is only understood with its rest
		if _, err := io.CopyN(io.Discard, r, maxSkipped); err != io.EOF {
			return f, cmp.Or(err, errors.New("a frame without end"))
		}
		return frame{Op: opInvalid}, nil
	}
	return decode(c.readBuf.Bytes()), nil
}

// decode reads a frame. Its Data is a part of text.
func decode(text []byte) frame {
	var f frame
	var err error
	if len(text) <= maxValidated && !json.Valid(text) || !EachField(text, func(name, value []byte) {
		switch string(name) {
		case "op":
			err = errors.Join(err, json.Unmarshal(value, &f.Op))
		case "s":
			err = errors.Join(err, json.Unmarshal(value, &f.Seq))
		case "t":
			err = errors.Join(err, json.Unmarshal(value, &f.Type))
		case "d":
			f.Data = value
		}
	}) || err != nil || f.Op == opDispatch && f.Type == "" {
		return frame{Op: opInvalid}
	}
	return f
}

func (c *conn) write(op int, data any) error {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	if err := c.ws.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	return c.ws.WriteJSON(map[string]any{"op": op, "d": data})
}

// beat sends a heartbeat with the number of the last event, null if none came.
func (c *conn) beat(seq int64) error {
	if seq == 0 {
		return c.write(opHeartbeat, nil)
	}
	return c.write(opHeartbeat, seq)
}

// heartbeat sends heartbeats until ctx ends, which is no error, or until one
// fails or goes unanswered. It looks for the ACK after half an interval: by the
// time that Discord misses a heartbeat and ends the session, the shard is back
// on another connection.
func (c *conn) heartbeat(ctx context.Context, interval time.Duration, seq *atomic.Int64) error {
	missed := 0                                                                    // ACKs, in a row
	for wait := rand.N(interval); sleep(ctx, wait); wait = interval - interval/2 { // Discord asks for jitter on the first
		heard, acked := c.heard.Load(), c.acked.Load()
		if err := c.beat(seq.Load()); err != nil {
			return fmt.Errorf("sending a heartbeat: %w", err)
		}
		if !sleep(ctx, interval/2) {
			return nil
		}
		if missed++; c.acked.Load() > acked {
			missed = 0
		}
		// An ACK may be stuck behind a burst of events, so a few may be missing
		// while events come.
		if missed >= maxMissedAcks || missed > 0 && c.heard.Load() == heard {
			return errors.New("no heartbeat acknowledged")
		}
	}
	return nil
}

// interrupt ends a read; ctx of the read must have ended.
func (c *conn) interrupt() { _ = c.ws.SetReadDeadline(time.Now()) }

// close says goodbye with a close code, see closeResumable, and waits until
// Discord closes the socket, too: one that is closed while events arrive is reset,
// and Discord may not get to read the code. It must not be called while others
// read or write. Events that happen until the session is resumed are replayed then.
func (c *conn) close(code int) {
	deadline := time.Now().Add(closeTimeout)
	if c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), deadline) == nil {
		_ = c.ws.SetReadDeadline(deadline)
		_, _ = io.Copy(io.Discard, c.ws.NetConn())
	}
	_ = c.ws.Close()
}

// sleep waits, and reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-timer.Done()
	return ctx.Err() == nil
}
