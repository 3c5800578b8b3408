package fakediscord_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
)

// door is a bot with an HTTP door: it answers PING, refuses bad signatures
// unless it is careless, and answers all else with reply.
func door(t *testing.T, srv *fakediscord.Server, careless bool, reply func(w http.ResponseWriter, body []byte)) string {
	t.Helper()
	key, err := hex.DecodeString(srv.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sig, _ := hex.DecodeString(r.Header.Get("X-Signature-Ed25519"))
		signed := append([]byte(r.Header.Get("X-Signature-Timestamp")), body...)
		if !careless && !ed25519.Verify(key, signed, sig) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		var i struct{ Type int }
		_ = json.Unmarshal(body, &i)
		if i.Type == 1 {
			_, _ = io.WriteString(w, `{"type":1}`)
			return
		}
		reply(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestEndpoint(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	ctx := soon(t)
	answer := `{"type":4,"data":{"content":"by HTTP"}}`
	url := door(t, w.srv, false, func(rw http.ResponseWriter, _ []byte) { _, _ = io.WriteString(rw, answer) })
	if err := w.srv.SetEndpoint(ctx, url); err != nil {
		t.Fatal(err)
	}
	i := w.ask(t)
	if m, err := i.Message(ctx); err != nil || m.Content != "by HTTP" {
		t.Errorf("answered %q, %v", m.Content, err)
	}
	if a := respond(t, w.srv, i, answer); a.code() != 40060 {
		t.Errorf("a second response by the callback: %d %s", a.status, a.body)
	}
	if a := edit(t, w, i, "more"); a.status != 200 {
		t.Errorf("an edit: %d %s", a.status, a.body)
	}
	answer = `{"type":4,"data":{"content":""}}`
	if _, err := w.ask(t).Message(ctx); !errors.Is(err, fakediscord.ErrFailed) || !strings.Contains(err.Error(), "empty message") {
		t.Errorf("an empty answer ends with %v", err)
	}
	e, err := w.srv.PostSigned(ctx, url, "1700000000", strings.Repeat("00", 64), i.Payload)
	if err != nil || e.Status != 401 {
		t.Errorf("a bad signature: %d, %v", e.Status, err)
	}
	e, err = w.srv.PostSigned(ctx, url, "1700000000", w.srv.Sign("1700000000", i.Payload), i.Payload)
	if err != nil || e.Status != 200 {
		t.Errorf("a replay: %d, %v", e.Status, err)
	}
}

// A door that does not check signatures is not taken, one that stops is removed.
func TestCarelessEndpoint(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	url := door(t, w.srv, true, func(http.ResponseWriter, []byte) {})
	if err := w.srv.SetEndpoint(soon(t), url); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a careless door: %v", err)
	}
	c, _ := online(t, w.srv)
	w.ask(t)
	c.wantEvent("INTERACTION_CREATE", nil) // still by the gateway
}
