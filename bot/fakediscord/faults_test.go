package fakediscord_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"backfaq/bot/fakediscord"

	"github.com/coder/websocket"
)

func TestFaultsInPlaceOfAnswers(t *testing.T) {
	w := newWorld(t, fakediscord.Options{IdentifyEvery: -1})
	w.srv.Next(fakediscord.AtHello, fakediscord.Reconnect(), fakediscord.CloseWith(4000))
	c := dial(t, w.srv)
	c.want(7) // and no HELLO, as IDENTIFY's answer shows
	c.identify(nil)
	c.ready()
	dial(t, w.srv).wantClose(4000)

	w.srv.Next(fakediscord.AtIdentify, slices.Repeat([]fakediscord.Fault{fakediscord.InvalidSession(false)}, 3)...)
	w.srv.Next(fakediscord.AtIdentify, fakediscord.CloseWith(4014))
	c = hello(t, w.srv)
	for range 3 {
		c.identify(nil)
		c.want(9)
	}
	c.identify(nil)
	c.wantClose(4014)

	c, session := online(t, w.srv)
	_ = c.ws.CloseNow()
	w.srv.Next(fakediscord.AtResume, fakediscord.InvalidSession(true))
	c = hello(t, w.srv)
	c.resume(session, 2)
	if got := string(c.want(9).D); got != "true" {
		t.Errorf("a resumable op 9 has d:%s", got)
	}
	c.resume(session, 2)
	c.wantEvent("RESUMED", nil)

	w.srv.Next(fakediscord.AtHeartbeat, fakediscord.Silence())
	c.write(`{"op":1,"d":1}`)
	c.write(`{"op":1,"d":1}`)
	c.want(11) // one for two
	w.say(t, "x")
	c.wantEvent("MESSAGE_CREATE", nil)
}

func TestFaultsNow(t *testing.T) {
	w := newWorld(t, fakediscord.Options{IdentifyEvery: -1})
	for _, code := range []int{1000, 1001, 4000, 4004, 4009, 4014} {
		c, _ := online(t, w.srv)
		if n := w.srv.Inject(0, fakediscord.Reconnect(), fakediscord.CloseWith(code)); n != 1 {
			t.Fatalf("struck %d connections", n)
		}
		c.want(7)
		c.wantClose(code)
		w.waitGone(t)
	}
	c, _ := online(t, w.srv)
	if n := w.srv.Inject(fakediscord.AllShards, fakediscord.CloseWith(1005)); n != 1 {
		t.Fatalf("struck %d connections", n)
	}
	c.wantClose(1005) // how the library shows a close frame without a code
	w.waitGone(t)
	c, _ = online(t, w.srv)
	w.srv.Inject(0, fakediscord.Cut())
	if _, err := c.read(); err == nil || websocket.CloseStatus(err) != -1 {
		t.Errorf("a cut connection reads %v", err)
	}
}

// A mute connection is open but says nothing; a resume brings what it kept.
func TestMute(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	c, session := online(t, w.srv)
	w.srv.Inject(0, fakediscord.Mute())
	c.write(`{"op":1,"d":1}`)
	w.say(t, "unheard")
	w.srv.Inject(0, fakediscord.Cut())
	if p, err := c.read(); err == nil {
		t.Errorf("a mute connection said op %d %s", p.Op, p.T)
	}
	again := hello(t, w.srv)
	again.resume(session, 2)
	again.wantEvent("MESSAGE_CREATE", nil)
	again.wantEvent("RESUMED", nil)
}

func TestRaw(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	c, _ := online(t, w.srv)
	w.srv.Inject(0, fakediscord.Raw("null"), fakediscord.RawBinary([]byte{0x78, 0x9c, 1}), fakediscord.AskHeartbeat())
	if _, b, err := c.ws.Read(soon(t)); err != nil || string(b) != "null" {
		t.Errorf("raw text came as %q, %v", b, err)
	}
	if kind, b, err := c.ws.Read(soon(t)); err != nil || kind != websocket.MessageBinary || len(b) != 3 {
		t.Errorf("raw bytes came as %x, %v", b, err)
	}
	c.want(1)
	w.srv.Dispatch("", "MESSAGE_CREATE", json.RawMessage("null"))
	if p := c.wantEvent("MESSAGE_CREATE", nil); string(p.D) != "null" {
		t.Errorf("dispatched %s", p.D)
	}
}

func TestRewrite(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	c, session := online(t, w.srv)
	contents := map[string]fakediscord.Delivery{
		"drop": fakediscord.Drop, "twice": fakediscord.Duplicate, "hold1": fakediscord.Hold, "hold2": fakediscord.Hold, "lose": fakediscord.Lose,
	}
	w.srv.Rewrite(func(_ int, typ string, data json.RawMessage) fakediscord.Delivery {
		var m struct{ Nonce, ID string }
		_ = json.Unmarshal(data, &m)
		for text, what := range contents {
			if strings.Contains(string(data), text) {
				return what
			}
		}
		return fakediscord.Deliver
	})
	bot := w.srv.Bot().Mention() // so that the content is there
	for _, text := range []string{"drop", "twice", "hold1", "hold2", "lose", "plain"} {
		w.say(t, bot+text)
	}
	w.srv.Release()
	var got []string
	last := 0
	for range 5 {
		var m struct{ Content string }
		p := c.wantEvent("MESSAGE_CREATE", &m)
		last = max(last, p.S)
		got = append(got, strings.TrimPrefix(m.Content, bot))
	}
	if want := "twice twice plain hold2 hold1"; strings.Join(got, " ") != want {
		t.Errorf("got %v instead of %s", got, want)
	}
	w.srv.Inject(0, fakediscord.Cut())
	again := hello(t, w.srv)
	again.resume(session, last-2) // the lost one and the plain one
	var m struct{ Content string }
	again.wantEvent("MESSAGE_CREATE", &m)
	if m.Content != bot+"lose" {
		t.Errorf("the resume brought %q", m.Content)
	}
}

func TestRESTFaults(t *testing.T) {
	w := newWorld(t, fakediscord.Options{NoRateLimits: true})
	path := "/channels/" + w.general.ID + "/messages"
	post := func() answer { return call(t, w.srv, "POST", path, `{"content":"x"}`) }
	script := func(f fakediscord.RESTFault) { w.srv.OnRequest("POST", "/channels/*/messages", 1, f) }

	script(fakediscord.Answer(503, 0, ""))
	if a := post(); a.status != 503 || a.header.Get("Content-Type") != "text/plain" {
		t.Errorf("503 came as %d %v", a.status, a.header)
	}
	script(fakediscord.TooMany("shared", 300*time.Millisecond))
	a := post()
	var limited struct {
		RetryAfter float64 `json:"retry_after"`
		Global     bool
	}
	a.json(t, &limited)
	if a.status != 429 || limited.RetryAfter != 0.3 || limited.Global || a.header.Get("X-RateLimit-Scope") != "shared" || a.header.Get("Retry-After") != "1" {
		t.Errorf("a shared limit came as %d %v %s", a.status, a.header, a.body)
	}
	script(fakediscord.TooMany("global", time.Second))
	if a := post(); a.header.Get("X-RateLimit-Global") != "true" {
		t.Errorf("a global limit came as %v", a.header)
	}
	script(fakediscord.TooManyBare(time.Second))
	if a := post(); a.header.Get("Retry-After") != "" || !strings.Contains(string(a.body), `"retry_after":1`) {
		t.Errorf("a bare limit came as %v %s", a.header, a.body)
	}
	script(fakediscord.Cloudflare(true, time.Minute))
	if a := post(); a.status != 429 || a.header.Get("Retry-After") != "60" || !strings.HasPrefix(string(a.body), "<!doctype") {
		t.Errorf("Cloudflare answered %d %v %s", a.status, a.header, a.body)
	}
	if n := len(w.alice.Messages(w.general)); n != 0 {
		t.Fatalf("refused requests left %d messages", n)
	}
	script(fakediscord.Reset())
	if a, err := try(w.srv, "POST", path, `{"content":"lost"}`); err == nil {
		t.Errorf("a reset connection answered %d", a.status)
	}
	script(fakediscord.Reset().After())
	if a, err := try(w.srv, "POST", path, `{"content":"kept"}`); err == nil {
		t.Errorf("a reset connection answered %d", a.status)
	}
	if m := w.alice.Messages(w.general); len(m) != 1 || m[0].Content != "kept" {
		t.Errorf("after two resets the channel holds %v", m)
	}

	w.srv.OnRequest("*", "*", 1, fakediscord.Answer(502, 0, "").After())
	if a := post(); a.status != 502 {
		t.Errorf("a bad gateway answered %d", a.status)
	}
	if n := len(w.alice.Messages(w.general)); n != 2 {
		t.Errorf("the bad gateway left %d messages", n)
	}

	end := w.general.Refuse(403, 50013, "Missing Permissions")
	if a := post(); a.status != 403 || a.code() != 50013 {
		t.Errorf("a refusing channel answered %d %s", a.status, a.body)
	}
	end()
	if a := post(); a.status != 200 {
		t.Errorf("the channel still answers %d", a.status)
	}
}

// A request that hangs ends with the client, or with the server.
func TestHang(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	w.srv.OnRequest("GET", "/applications/@me", 1, fakediscord.Hang())
	failed := make(chan error, 1)
	go func() {
		_, err := try(w.srv, "GET", "/applications/@me", nil)
		failed <- err
	}()
	_, err := w.srv.WaitFor(soon(t), func(e fakediscord.Event) bool { return e.Path == "/applications/@me" && e.Status == 0 })
	if err != nil {
		t.Fatal(err)
	}
	if err := w.srv.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("a hanging request was answered")
	}
}

func TestRevoke(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	c, _ := online(t, w.srv)
	w.srv.Revoke()
	c.wantClose(4004)
	if a := call(t, w.srv, "GET", "/applications/@me", nil); a.status != 401 {
		t.Errorf("the revoked token is answered with %d", a.status)
	}
	c = hello(t, w.srv)
	c.identify(nil)
	c.wantClose(4004)
}
