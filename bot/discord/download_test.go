package discord

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/config"
)

// carrier answers requests without a network, and counts them.
type carrier struct {
	answer func(*http.Request) *http.Response
	calls  int
}

func (c *carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	c.calls++
	return c.answer(r), nil
}

func respondWith(status int, body io.Reader, header http.Header) func(*http.Request) *http.Response {
	return func(r *http.Request) *http.Response {
		return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(body), Request: r}
	}
}

// stalled is a body that never comes.
type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func TestDownloadsFromDiscordAlone(t *testing.T) {
	for _, address := range []string{
		"http://cdn.discordapp.com/x", "https://cdn.discordapp.com.evil.example/x", "https://evil.example/cdn.discordapp.com", "https://cdn.discordapp.com:8443/x",
		"https://cdn.discordapp.com@evil.example/x", "https://user:secret@cdn.discordapp.com/x", "https://127.0.0.1/x", "http://127.0.0.1/x", "https://[::1]/x",
		"https://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "https://CDN.discordapp.com./x", "", "::", "https://discord.com/x", "//cdn.discordapp.com/x",
	} {
		net := &carrier{answer: respondWith(200, strings.NewReader("{}"), nil)}
		b := &Bot{cdn: discordCDN, transport: net, log: slog.New(slog.DiscardHandler)}
		if _, err := b.download(t.Context(), address); err == nil || net.calls != 0 {
			t.Errorf("%q: %d calls, %v", address, net.calls, err)
		}
	}
	const good = "https://cdn.discordapp.com/attachments/1/2/x.json"
	for name, answer := range map[string]func(*http.Request) *http.Response{
		"a redirect": respondWith(302, strings.NewReader(""), http.Header{"Location": {"http://169.254.169.254/"}}),
		"gone":       respondWith(404, strings.NewReader(""), nil),
		"too large":  respondWith(200, strings.NewReader(strings.Repeat("x", config.MaxExportBytes+1)), nil),
	} {
		net := &carrier{answer: answer}
		b := &Bot{cdn: discordCDN, transport: net, log: slog.New(slog.DiscardHandler)}
		if data, err := b.download(t.Context(), good); err == nil || net.calls != 1 {
			t.Errorf("%s: %d calls, %d bytes", name, net.calls, len(data))
		}
	}
	net := &carrier{answer: respondWith(200, strings.NewReader("{}"), nil)}
	b := &Bot{cdn: discordCDN, transport: net, log: slog.New(slog.DiscardHandler)}
	if data, err := b.download(t.Context(), good); err != nil || string(data) != "{}" {
		t.Errorf("a proper one: %q, %v", data, err)
	}
	synctest.Test(t, func(t *testing.T) {
		net := &carrier{answer: func(r *http.Request) *http.Response {
			return &http.Response{StatusCode: 200, Body: io.NopCloser(stalled{r.Context()}), Request: r}
		}}
		b := &Bot{cdn: discordCDN, transport: net, log: slog.New(slog.DiscardHandler)}
		began := time.Now()
		if _, err := b.download(t.Context(), good); err == nil || time.Since(began) > downloadTimeout {
			t.Errorf("a body that never comes: %v after %v", err, time.Since(began))
		}
	})
}
