package fakediscord

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Limits of what a bot may send over the gateway.
const (
	maxFrame         = 4096
	maxFramesPerMin  = 120
	heartbeatsToLive = 2 // intervals without a heartbeat until 4009
)

// conn is one WebSocket. Two goroutines serve it: one reads, one writes.
type conn struct {
	srv    *Server
	n      int
	ws     *websocket.Conn
	ctx    context.Context // ends when the socket is to be cut
	cut    context.CancelFunc
	beats  *time.Timer   // fires when the bot has forgotten to send heartbeats
	wake   chan struct{} // there is something in queue, or the end
	closed Event         // how it ended, filled in by whoever ended it
	stream *zlib.Writer  // of zlib-stream, into packed; nil without it
	packed bytes.Buffer

	// Guarded by the server's lock.
	session *session
	shard   int // -1 until identified
	queue   []frame
	ending  bool
	muted   bool // a fault: says nothing and hears nothing any more
	frames  []time.Time
}

type frame struct {
	due    time.Time
	op     int
	typ    string // of an event
	body   []byte // the payload as text
	binary bool   // body is sent as it is, as a binary message
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler) // no answer, not even an empty one
	}
	defer s.wg.Done()
	q := r.URL.Query()
	c := &conn{srv: s, shard: -1, wake: make(chan struct{}, 1)}
	switch q.Get("compress") {
	case "":
	case "zlib-stream":
		c.stream = zlib.NewWriter(&c.packed)
	default:
		http.Error(w, "this stand-in compresses the transport by zlib-stream only", http.StatusBadRequest)
		return
	}
	c.ctx, c.cut = context.WithCancel(context.Background())
	defer c.cut()
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // bots are not browsers
	if err != nil {
		return
	}
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(1 << 20)
	c.ws = ws
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.gateway.count++
	c.n = s.gateway.count
	s.gateway.conns[c] = true
	// The first heartbeat may come after a whole interval.
	c.beats = time.AfterFunc((heartbeatsToLive+1)*s.opts.Heartbeat, c.expire)
	s.rec.add(Event{Time: time.Now(), Kind: KindGatewayOpen, Conn: c.n, Shard: -1, Path: r.URL.Path, Query: r.URL.RawQuery})
	switch {
	case q.Get("v") != "9" && q.Get("v") != "10":
		c.end(closeVersion)
	case q.Get("encoding") != "json":
		c.end(closeDecode)
	case !c.inject(AtHello):
		c.send(opHello, object{"heartbeat_interval": s.opts.Heartbeat.Milliseconds(), "_trace": []string{}})
	}
	s.mu.Unlock()

	var writer sync.WaitGroup
	writer.Go(c.write)
	err = c.read()
	c.beats.Stop()
	c.leave(err)
	writer.Wait()
}

// expire ends a connection whose heartbeats stopped.
func (c *conn) expire() {
	c.srv.mu.Lock()
	defer c.srv.mu.Unlock()
	c.end(closeTimeout)
}

// read handles frames until the socket ends.
func (c *conn) read() error {
	for {
		_, body, err := c.ws.Read(c.ctx)
		if err != nil {
			return err
		}
		c.srv.pause(c.srv.opts.Latency / 2)
		c.handle(body)
	}
}

// handle takes one frame of the bot.
func (c *conn) handle(body []byte) {
	s := c.srv
	var p struct {
		Op *int            `json:"op"`
		D  json.RawMessage `json:"d"`
	}
	err := json.Unmarshal(body, &p)
	e := Event{Time: time.Now(), Kind: KindGatewayIn, Conn: c.n, Body: body}
	if p.Op != nil {
		e.Op = *p.Op
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e.Shard = c.shard
	s.rec.add(e)
	if c.ending || c.muted {
		return
	}
	now := time.Now()
	c.frames = append(c.frames, now)
	for now.Sub(c.frames[0]) > time.Minute {
		c.frames = c.frames[1:]
	}
	refused := 0
	switch {
	case len(body) > maxFrame || err != nil || p.Op == nil:
		refused = closeDecode
	case len(c.frames) > maxFramesPerMin:
		refused = closeRate
	case *p.Op == opHeartbeat:
		c.beats.Reset(heartbeatsToLive * s.opts.Heartbeat)
		if !c.inject(AtHeartbeat) {
			c.send(opHeartbeatAck, nil)
		}
	case *p.Op == opIdentify:
		refused = s.identify(c, p.D)
	case *p.Op == opResume:
		refused = s.resume(c, p.D)
	case c.session == nil:
		refused = closeNoSession
	default:
		refused = closeOpcode
	}
	if refused != 0 {
		c.end(refused)
	}
}

// send queues a payload that is not an event. The caller holds the lock.
func (c *conn) send(op int, d any) {
	c.push(frame{op: op, body: marshal(object{"op": op, "d": d, "s": nil, "t": nil})})
}

// push queues a frame. The caller holds the lock.
func (c *conn) push(f frame) {
	if c.muted || c.ending {
		return
	}
	if d := c.srv.opts.Latency / 2; d > 0 {
		f.due = time.Now().Add(d)
	}
	c.queue = append(c.queue, f)
	c.signal()
}

func (c *conn) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// end closes the connection with a code after what is queued, or with code 0
// cuts it at once. The caller holds the lock.
func (c *conn) end(code int) {
	if c.ending {
		if code == 0 {
			c.cut() // do not wait for the bot to answer a close frame
		}
		return
	}
	c.ending = true
	c.closed.Code = code
	if code == 0 {
		c.queue = nil
		c.cut()
	}
	if c.session != nil && (code == closeToken || code == closeSeq || code >= closeTimeout && code <= closePrivileged) {
		delete(c.srv.gateway.sessions, c.session.id)
	}
	c.signal()
}

// write sends what is queued until the connection ends.
func (c *conn) write() {
	for {
		select {
		case <-c.wake:
		case <-c.ctx.Done():
			return
		}
		c.srv.mu.Lock()
		queue, ending, code, shard := c.queue, c.ending, c.closed.Code, c.shard
		c.queue = nil
		c.srv.mu.Unlock()
		for _, f := range queue {
			c.srv.pause(time.Until(f.due))
			if c.writeFrame(f, shard) != nil {
				c.cut()
				return
			}
		}
		if ending {
			if code != 0 {
				_ = c.ws.Close(websocket.StatusCode(code), "")
			}
			c.cut()
			return
		}
	}
}

func (c *conn) writeFrame(f frame, shard int) error {
	typ, body := websocket.MessageText, f.body
	switch {
	case f.binary:
		typ = websocket.MessageBinary
	case c.stream != nil:
		c.packed.Reset()
		_, _ = c.stream.Write(body) // a bytes.Buffer takes all
		_ = c.stream.Flush()
		typ, body = websocket.MessageBinary, c.packed.Bytes()
	}
	c.srv.rec.add(Event{
		Time: time.Now(), Kind: KindGatewayOut, Conn: c.n, Shard: shard, Op: f.op, Type: f.typ, Body: f.body,
	})
	return c.ws.Write(c.ctx, typ, body)
}

// leave takes the connection out of the world. The session stays for a resume
// unless the bot ended it with 1000 or 1001.
func (c *conn) leave(err error) {
	s := c.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.gateway.conns, c)
	if !c.ending {
		c.ending = true
		c.closed.ByBot = true
		if code := websocket.CloseStatus(err); code > 0 {
			c.closed.Code = int(code)
		}
		c.cut()
	}
	if sess := c.session; sess != nil && sess.conn == c {
		sess.conn = nil
		if c.closed.ByBot && (c.closed.Code == 1000 || c.closed.Code == 1001) {
			delete(s.gateway.sessions, sess.id)
		}
	}
	e := c.closed
	e.Time, e.Kind, e.Conn, e.Shard = time.Now(), KindGatewayClose, c.n, c.shard
	s.rec.add(e)
	s.change(Change{Type: "gateway"})
}
