package rest

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/config"
)

// cdn answers downloads without a network, and counts them.
type cdn struct {
	answer func(*http.Request) *http.Response
	calls  int
}

func (c *cdn) RoundTrip(r *http.Request) (*http.Response, error) {
	c.calls++
	return c.answer(r), nil
}

func respondWith(status int, body io.Reader, header http.Header) func(*http.Request) *http.Response {
	return func(r *http.Request) *http.Response {
		return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(body), Request: r}
	}
}

func download(t *testing.T, api string, from *cdn, address string) ([]byte, error) {
	t.Helper()
	client, err := New(Options{API: api, Token: config.Secret("token"), Transport: from, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return client.Download(t.Context(), address, 1000)
}

const goodFile = "https://cdn.discordapp.com/attachments/1/2/x.json"

func TestDownloadsFromDiscordAlone(t *testing.T) {
	for _, address := range []string{
		"http://cdn.discordapp.com/x", "https://cdn.discordapp.com.evil.example/x", "https://evil.example/cdn.discordapp.com", "https://cdn.discordapp.com:8443/x",
		"https://cdn.discordapp.com@evil.example/x", "https://user:secret@cdn.discordapp.com/x", "https://127.0.0.1/x", "http://127.0.0.1/x", "https://[::1]/x",
		"https://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "https://CDN.discordapp.com./x", "", "::", "https://discord.com/x", "//cdn.discordapp.com/x",
		"https://proxy.example/x",
	} {
		for _, api := range []string{"", "https://proxy.example/api"} {
			from := &cdn{answer: respondWith(200, strings.NewReader("{}"), nil)}
			if _, err := download(t, api, from, address); err == nil || from.calls != 0 {
				t.Errorf("%q by %q: %d calls, %v", address, api, from.calls, err)
			}
		}
	}
	for _, address := range []string{goodFile, "https://media.discordapp.net/attachments/1/2/x.json"} {
		from := &cdn{answer: respondWith(200, strings.NewReader(strings.Repeat("x", 1000)), nil)}
		if data, err := download(t, "", from, address); err != nil || len(data) != 1000 {
			t.Errorf("%s: %d bytes, %v", address, len(data), err)
		}
	}
}

func TestDownloadsAreBounded(t *testing.T) {
	for name, answer := range map[string]func(*http.Request) *http.Response{
		"a redirect":          respondWith(302, strings.NewReader(""), http.Header{"Location": {"https://cdn.discordapp.com/other"}}),
		"gone":                respondWith(404, strings.NewReader(""), nil),
		"too large by a byte": respondWith(200, strings.NewReader(strings.Repeat("x", 1001)), nil),
	} {
		from := &cdn{answer: answer}
		if data, err := download(t, "", from, goodFile); err == nil || from.calls != 1 {
			t.Errorf("%s: %d calls, %d bytes", name, from.calls, len(data))
		}
	}
	endless := &io.LimitedReader{R: zeros{}, N: 1 << 20}
	if data, err := download(t, "", &cdn{answer: respondWith(200, endless, nil)}, goodFile); err == nil || endless.N < 1<<20-1001 {
		t.Errorf("%d bytes of a large file, %d of it are unread", len(data), endless.N)
	}
	synctest.Test(t, func(t *testing.T) {
		never, _ := io.Pipe()
		began := time.Now()
		_, err := download(t, "", &cdn{answer: func(r *http.Request) *http.Response {
			go func() { <-r.Context().Done(); _ = never.CloseWithError(r.Context().Err()) }()
			return respondWith(200, never, nil)(r)
		}}, goodFile)
		if err == nil || time.Since(began) > downloadTimeout {
			t.Errorf("a body that never comes: %v after %v", err, time.Since(began))
		}
	})
}

// zeros is a body without an end of its own.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
