package playground

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
	"backfaq/faq"
)

// serve opens a page on a world without a bot, at 127.0.0.1.
func serve(t *testing.T) *Page {
	t.Helper()
	return serveAt(t, "")
}

func serveAt(t *testing.T, address string) *Page {
	t.Helper()
	srv, err := fakediscord.Start(fakediscord.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(Options{Discord: srv, Listen: address, Explain: func(_ context.Context, q faq.Question) Explanation {
		return Explanation{Why: string(q.Source) + ": " + q.Text}
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serving ended with: %v", err)
		}
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// guest is a browser that may have been let in.
func guest(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func do(t *testing.T, c *http.Client, r *http.Request) (status int, body string) {
	t.Helper()
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

func get(t *testing.T, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOnlyTheLinkLetsIn(t *testing.T) {
	p := serve(t)
	address := "http://" + p.auth.host
	stranger := guest(t)
	for _, path := range []string{"/", "/app.js", "/api/events", "/?key=", "/?key=" + strings.Repeat("A", 26), "/app.js?key=" + p.auth.key} {
		if status, body := do(t, stranger, get(t, address+path)); status != http.StatusForbidden || strings.Contains(body, p.auth.key) {
			t.Errorf("a stranger who asks for %s gets %d: %.80s", path, status, body)
		}
	}
	friend := guest(t)
	if status, body := do(t, friend, get(t, p.Link())); status != http.StatusOK || !strings.Contains(body, "<title>backfaq playground") {
		t.Fatalf("the link leads to %d: %.80s", status, body)
	}
	if status, _ := do(t, friend, get(t, address+"/app.js")); status != http.StatusOK {
		t.Errorf("who came in by the link gets %d for a file of the page", status)
	}
	if status, _ := do(t, guest(t), get(t, p.Link())); status != http.StatusOK {
		t.Errorf("the printed link works once only: %d", status)
	}
	once := p.LinkOnce()
	if status, _ := do(t, guest(t), get(t, once)); status != http.StatusOK {
		t.Errorf("the link that a browser is started with leads to %d", status)
	}
	if status, _ := do(t, guest(t), get(t, once)); status != http.StatusForbidden {
		t.Errorf("the link that a browser is started with works twice: %d", status)
	}
}

func TestLinkOfIPv6(t *testing.T) {
	if l, err := net.Listen("tcp", "[::1]:0"); err != nil {
		t.Skipf("needs a machine with IPv6 on loopback: %v", err)
	} else {
		_ = l.Close()
	}
	if status, body := do(t, guest(t), get(t, serveAt(t, "[::1]:0").Link())); status != http.StatusOK {
		t.Errorf("the link leads to %d: %.80s", status, body)
	}
}

func TestOnlyThePageItselfMayAct(t *testing.T) {
	p := serve(t)
	c := guest(t)
	do(t, c, get(t, p.Link()))
	here := "http://" + p.auth.host
	port := strings.TrimPrefix(p.auth.host, "127.0.0.1")
	for _, test := range []struct {
		name, host, origin, kind string
		want                     int
	}{
		{"the page", "", here, "application/json", http.StatusOK},
		{"no origin", "", "", "application/json", http.StatusForbidden},
		{"a web site", "", "https://example.com", "application/json", http.StatusForbidden},
		{"another port of this computer", "", "http://127.0.0.1:1", "application/json", http.StatusForbidden},
		{"a sandboxed frame", "", "null", "application/json", http.StatusForbidden},
		{"a name that leads here", "evil.example" + port, "http://evil.example" + port, "application/json", http.StatusForbidden},
		{"a form", "", here, "text/plain", http.StatusBadRequest},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := `{"as":"member","channel":"` + p.world.guild.General().ID + `","text":"hello"}`
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, here+"/api/say", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", test.kind)
			r.Header.Set("Origin", test.origin)
			r.Host = test.host
			before := len(p.world.people[0].Messages(p.world.guild.General()))
			status, text := do(t, c, r)
			said := len(p.world.people[0].Messages(p.world.guild.General())) - before
			if status != test.want || (said == 1) != (test.want == http.StatusOK) {
				t.Errorf("answered with %d (%s), said %d messages", status, text, said)
			}
		})
	}
}

// A web site whose name was made to lead here (DNS rebinding) reads nothing, not even
// with the cookie of the page.
func TestAnotherNameReadsNothing(t *testing.T) {
	p := serve(t)
	for host, want := range map[string]int{p.auth.host: http.StatusOK, "evil.example" + strings.TrimPrefix(p.auth.host, "127.0.0.1"): http.StatusForbidden} {
		r := get(t, "http://"+p.auth.host+"/app.js")
		r.Host = host
		r.AddCookie(&http.Cookie{Name: p.auth.cookie(), Value: p.auth.key})
		if status, body := do(t, guest(t), r); status != want {
			t.Errorf("at %s it answers with %d %.80s", host, status, body)
		}
	}
}

func TestEverythingIsServedUnderAStrictPolicy(t *testing.T) {
	p := serve(t)
	c := guest(t)
	do(t, c, get(t, p.Link()))
	for _, path := range []string{"/", "/app.js", "/missing", "/?key=wrong"} {
		res, err := c.Do(get(t, "http://"+p.auth.host+path))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		policy := res.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'", "trusted-types 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy lacks %s: %s", path, want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, res.Header)
		}
	}
	link, err := url.Parse(p.Link())
	if err != nil || strings.Contains(link.Host, "localhost") {
		t.Errorf("the link is %s: %v", p.Link(), err)
	}
}

func TestOtherComputersAreKeptOut(t *testing.T) {
	srv, err := fakediscord.Start(fakediscord.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0"} {
		if p, err := New(Options{Discord: srv, Listen: address}); err == nil {
			_ = p.ln.Close()
			t.Errorf("a page on %s was opened to other computers", address)
		}
	}
}
