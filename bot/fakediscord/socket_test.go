package fakediscord_test

import (
	"context"
	"encoding/json"
	"testing"

	"backfaq/bot/fakediscord"

	"github.com/coder/websocket"
)

// socket is a bare gateway client.
type socket struct {
	t   *testing.T
	srv *fakediscord.Server
	ws  *websocket.Conn
}

type payload struct {
	Op int             `json:"op"`
	T  string          `json:"t"`
	S  int             `json:"s"`
	D  json.RawMessage `json:"d"`
}

const intents = int(fakediscord.IntentGuilds | fakediscord.IntentGuildMessages | fakediscord.IntentDirectMessages)

// dial opens a socket without reading HELLO.
func dial(t *testing.T, srv *fakediscord.Server) *socket {
	t.Helper()
	var g struct{ URL string }
	call(t, srv, "GET", "!/gateway", nil).json(t, &g)
	return dialURL(t, srv, g.URL+"/?v=10&encoding=json")
}

func dialURL(t *testing.T, srv *fakediscord.Server, url string) *socket {
	t.Helper()
	ws, _, err := websocket.Dial(soon(t), url, nil)
	if err != nil {
		t.Fatalf("dial %s: %v", url, err)
	}
	ws.SetReadLimit(-1)
	t.Cleanup(func() { _ = ws.CloseNow() })
	return &socket{t, srv, ws}
}

// hello opens a socket and reads HELLO.
func hello(t *testing.T, srv *fakediscord.Server) *socket {
	t.Helper()
	c := dial(t, srv)
	c.want(10)
	return c
}

// online opens a socket, identifies and reads READY and all GUILD_CREATE.
func online(t *testing.T, srv *fakediscord.Server) (*socket, string) {
	t.Helper()
	c := hello(t, srv)
	c.identify(nil)
	return c, c.ready()
}

func (c *socket) ready() (session string) {
	c.t.Helper()
	var r struct {
		SessionID string `json:"session_id"`
		Guilds    []struct{ Unavailable bool }
	}
	c.wantEvent("READY", &r)
	for _, g := range r.Guilds {
		if !g.Unavailable {
			c.t.Error("a guild of READY is available")
		}
		c.wantEvent("GUILD_CREATE", nil)
	}
	return r.SessionID
}

func (c *socket) write(v any) {
	c.t.Helper()
	var b []byte
	if s, ok := v.(string); ok {
		b = []byte(s)
	} else {
		var err error
		if b, err = json.Marshal(v); err != nil {
			c.t.Fatal(err)
		}
	}
	if err := c.ws.Write(soon(c.t), websocket.MessageText, b); err != nil {
		c.t.Fatalf("write: %v", err)
	}
}

// identify sends IDENTIFY with changes to what is usual; nil removes.
func (c *socket) identify(changes object) {
	c.t.Helper()
	d := object{
		"token": c.srv.Token(), "intents": intents,
		"properties": object{"os": "linux", "browser": "test", "device": "test"},
	}
	for k, v := range changes {
		d[k] = v
		if v == nil {
			delete(d, k)
		}
	}
	c.write(object{"op": 2, "d": d})
}

func (c *socket) resume(session string, seq int) {
	c.t.Helper()
	c.write(object{"op": 6, "d": object{"token": c.srv.Token(), "session_id": session, "seq": seq}})
}

func (c *socket) read() (payload, error) { return c.readFor(soon(c.t)) }

func (c *socket) readFor(ctx context.Context) (payload, error) {
	_, b, err := c.ws.Read(ctx)
	if err != nil {
		return payload{}, err
	}
	var p payload
	return p, json.Unmarshal(b, &p)
}

func (c *socket) want(op int) payload {
	c.t.Helper()
	p, err := c.read()
	if err != nil || p.Op != op {
		c.t.Fatalf("got op %d (%v) instead of op %d", p.Op, err, op)
	}
	return p
}

func (c *socket) wantEvent(typ string, v any) payload {
	c.t.Helper()
	p := c.want(0)
	if p.T != typ {
		c.t.Fatalf("got %s instead of %s", p.T, typ)
	}
	if v != nil {
		if err := json.Unmarshal(p.D, v); err != nil {
			c.t.Fatalf("decode %s: %v", typ, err)
		}
	}
	return p
}

func (c *socket) wantClose(code int) {
	c.t.Helper()
	for {
		_, err := c.read()
		if err == nil {
			continue
		}
		if got := int(websocket.CloseStatus(err)); got != code {
			c.t.Errorf("closed with %d (%v) instead of %d", got, err, code)
		}
		return
	}
}

// say lets alice say something in #general.
func (w world) say(t *testing.T, text string) fakediscord.Message {
	t.Helper()
	m, err := w.alice.Say(w.general, text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// waitGone waits until the server has seen every socket go.
func (w world) waitGone(t *testing.T) {
	t.Helper()
	opened := 0
	for _, e := range w.srv.Events() {
		if e.Kind == fakediscord.KindGatewayOpen {
			opened++
		}
	}
	closed := map[int]bool{}
	_, err := w.srv.WaitFor(soon(t), func(e fakediscord.Event) bool {
		if e.Kind == fakediscord.KindGatewayClose {
			closed[e.Conn] = true
		}
		return len(closed) == opened
	})
	if err != nil {
		t.Fatal(err)
	}
}
