package endpoint

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// post is a handler on loopback, and the key that Discord would sign with.
type post struct {
	handler *Handler
	key     ed25519.PrivateKey
	url     string
}

func newPost(t testing.TB) *post {
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	answer := func(http.ResponseWriter, *http.Request, []byte, time.Time) (Result, int) {
		return Answered, http.StatusOK
	}
	p := &post{handler: New(public, NewClock(time.Now, slog.New(slog.DiscardHandler)), answer, func(Result) {}), key: key}
	p.handler.Open()
	web := httptest.NewServer(p.handler)
	t.Cleanup(func() {
		web.Close()
		p.handler.Close()
		p.handler.Wait()
	})
	p.url = web.URL
	return p
}

func (p *post) sign(stamp string, body []byte) string {
	return hex.EncodeToString(ed25519.Sign(p.key, append([]byte(stamp), body...)))
}

func TestForgedRequests(t *testing.T) {
	p := newPost(t)
	body, stamp := []byte(`{"id":"1","type":2,"data":{"question":"what causes it?"}}`), strconv.FormatInt(time.Now().Unix(), 10)
	later := strconv.FormatInt(time.Now().Unix()+1, 10)
	good := p.sign(stamp, body)
	_, wrong, _ := ed25519.GenerateKey(nil)
	type knock struct {
		method, stamp, signature string
		body                     []byte
		header                   map[string]string
		want                     int
	}
	for name, k := range map[string]knock{
		"no signature":       {signature: "", want: 401},
		"short signature":    {signature: good[:126], want: 401},
		"odd signature":      {signature: good[:127], want: 401},
		"no hex":             {signature: strings.Repeat("g", 128), want: 401},
		"upper case":         {signature: strings.ToUpper(good), want: 401},
		"wrong key":          {signature: hex.EncodeToString(ed25519.Sign(wrong, append([]byte(stamp), body...))), want: 401},
		"changed body":       {signature: good, body: bytes.Replace(body, []byte("causes"), []byte("hauses"), 1), want: 401},
		"swapped timestamp":  {signature: good, stamp: later, want: 401},
		"no timestamp":       {signature: p.sign("", body), stamp: "-", want: 401},
		"negative timestamp": {signature: p.sign("-1", body), stamp: "-1", want: 401},
		"endless timestamp":  {signature: p.sign(strings.Repeat("1", 13), body), stamp: strings.Repeat("1", 13), want: 401},
		"shifted boundary":   {signature: good, stamp: stamp[:9], body: append([]byte(stamp[9:]), body...), want: 401},
		"empty body":         {signature: p.sign(stamp, nil), body: []byte{}, want: 401},
		"2 MiB":              {signature: good, body: make([]byte, 2<<20), want: 413},
		"2 MiB, chunked":     {signature: good, body: make([]byte, 2<<20), header: map[string]string{"chunked": "yes"}, want: 413},
		"GET":                {method: http.MethodGet, signature: good, want: 405},
		"gzip":               {signature: good, header: map[string]string{"Content-Encoding": "gzip"}, want: 401},
		"genuine":            {signature: good, want: 200},
	} {
		t.Run(name, func(t *testing.T) {
			if k.method == "" {
				k.method = http.MethodPost
			}
			if k.stamp == "" {
				k.stamp = stamp
			}
			if k.body == nil {
				k.body = body
			}
			var content io.Reader = bytes.NewReader(k.body)
			if k.header["chunked"] != "" {
				content = io.MultiReader(content) // of a length that the client does not know
			}
			req, err := http.NewRequestWithContext(t.Context(), k.method, p.url, content)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			if k.signature != "" {
				req.Header.Set("X-Signature-Ed25519", k.signature)
			}
			if k.stamp != "-" {
				req.Header.Set("X-Signature-Timestamp", k.stamp)
			}
			for name, value := range k.header {
				req.Header.Set(name, value)
			}
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			answer, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode != k.want {
				t.Errorf("answered with %d %s instead of %d", res.StatusCode, answer, k.want)
			}
			if k.want == 401 && len(answer) != 0 {
				t.Errorf("told a stranger %q", answer)
			}
		})
	}
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
}

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
			p := newPost(t)
			p.handler.bodyTimeout = 100 * time.Millisecond
			if c.full {
				for range 16 {
					p.handler.largeBodies <- struct{}{}
				}
			}
			conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			began := time.Now()
			_ = conn.SetDeadline(began.Add(20 * time.Second))
			_, _ = fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\n%s\r\nX-Signature-Ed25519: %s\r\nX-Signature-Timestamp: 1\r\n\r\n%s", c.header, strings.Repeat("0", 128), c.body)
			answer, err := io.ReadAll(conn) // until the server has closed it
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 "+c.want) {
				t.Errorf("answered with %q, %v after %v", answer, err, time.Since(began))
			}
		})
	}
}

func TestForgedRequestsCostNothing(t *testing.T) {
	p := newPost(t)
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
			p.handler.ServeHTTP(httptest.NewRecorder(), req)
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
	p := newPost(b)
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
				p.handler.ServeHTTP(w, req)
			}
		})
	}
}
