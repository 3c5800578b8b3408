package discord

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"backfaq/faq"
)

func TestEndlessRequest(t *testing.T) {
	for name, c := range map[string]struct {
		header, body string
		full         bool // as many large requests are read as may be
		want         string
	}{
		"chunked":                   {"Transfer-Encoding: chunked", "1\r\n{\r\n", false, "400"},
		"shorter than it says":      {"Content-Length: 20000", "{", false, "400"},
		"chunked, over the limit":   {"Transfer-Encoding: chunked", strings.Repeat("4000\r\n"+strings.Repeat("x", 0x4000)+"\r\n", 70), false, "413"},
		"large when there are many": {"Content-Length: 20000", strings.Repeat("x", smallBody+1), true, "503"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newEndpointTest(t)
			if c.full {
				largeBodies := p.endpoint.(*interactionEndpoint).largeBodies
				for range cap(largeBodies) {
					largeBodies <- struct{}{}
				}
			}
			conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			began := time.Now()
			_ = conn.SetDeadline(began.Add(4 * bodyTimeout))
			_, _ = fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\n%s\r\nX-Signature-Ed25519: %s\r\nX-Signature-Timestamp: 1\r\n\r\n%s", c.header, strings.Repeat("0", 128), c.body)
			answer, err := io.ReadAll(conn) // until the door has closed it
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 "+c.want) {
				t.Errorf("answered with %q, %v after %v", answer, err, time.Since(began))
			}
		})
	}
}

func TestForgedRequestsCostNothing(t *testing.T) {
	p := newEndpointTest(t)
	body := bytes.Repeat([]byte("x"), 2<<20)
	costs := func(signature string, announce bool) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 10 {
			req := httptest.NewRequest(http.MethodPost, "/", struct{ io.Reader }{bytes.NewReader(body)})
			req.Header.Set("X-Signature-Ed25519", signature)
			req.Header.Set("X-Signature-Timestamp", "1")
			if req.ContentLength = -1; announce {
				req.ContentLength = int64(len(body))
			}
			p.endpoint.ServeHTTP(httptest.NewRecorder(), req)
		}
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) / 10
	}
	if n := costs("nonsense", false); n > 64<<10 {
		t.Errorf("a request without a signature took %d bytes", n)
	}
	if n := costs(strings.Repeat("0", 128), true); n > 64<<10 {
		t.Errorf("a request that says it is too large took %d bytes", n)
	}
	if n := costs(strings.Repeat("0", 128), false); n > 2<<20 {
		t.Errorf("a request that turns out to be too large took %d bytes", n)
	}
}

func BenchmarkForgedRequest(b *testing.B) {
	bot := newBot(b, faq.Builtin())
	bot.setOpen(true)
	public, _, _ := ed25519.GenerateKey(nil)
	door := bot.Endpoint(public)
	body := bytes.Repeat([]byte("x"), 2000)
	for name, signature := range map[string]string{"no signature": "", "bad signature": strings.Repeat("0", 128)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			req := httptest.NewRequest(http.MethodPost, "/", nil)
			req.Header.Set("X-Signature-Ed25519", signature)
			req.Header.Set("X-Signature-Timestamp", "1")
			w := httptest.NewRecorder()
			for b.Loop() {
				req.Body = io.NopCloser(bytes.NewReader(body))
				door.ServeHTTP(w, req)
			}
		})
	}
}
