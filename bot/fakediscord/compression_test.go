package fakediscord_test

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"backfaq/bot/fakediscord"

	"github.com/coder/websocket"
)

// All messages of a connection are one zlib stream, and each can be read as soon
// as it has come.
func TestCompression(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	var g struct{ URL string }
	call(t, w.srv, "GET", "!/gateway", nil).json(t, &g)
	c := dialURL(t, w.srv, g.URL+"/?v=10&encoding=json&compress=zlib-stream")
	stream, messages := io.Pipe()
	defer func() { _ = stream.Close() }()
	go func() {
		for {
			kind, b, err := c.ws.Read(soon(t))
			if err == nil && (kind != websocket.MessageBinary || !bytes.HasSuffix(b, []byte{0, 0, 0xff, 0xff})) {
				err = fmt.Errorf("%v %x", kind, b)
			}
			if err == nil {
				_, err = messages.Write(b)
			}
			if err != nil {
				_ = messages.CloseWithError(err)
				return
			}
		}
	}()
	plain, err := zlib.NewReader(stream)
	if err != nil {
		t.Fatal(err)
	}
	payloads := json.NewDecoder(plain)
	for _, want := range []string{"", "READY", "GUILD_CREATE"} {
		var p payload
		if err := payloads.Decode(&p); err != nil || p.T != want {
			t.Fatalf("%q came instead of %q (%v)", p.T, want, err)
		}
		if p.Op == 10 {
			c.identify(nil)
		}
	}
}
