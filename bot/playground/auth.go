package playground

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// auth lets in a browser that has the link, and no other that can reach the port:
// not another person on this computer, and not a web site that the same
// browser shows.
type auth struct {
	host string // of the link: what the browser must say it talks to
	next http.Handler
	csp  string

	key string // of the printed link, and of the cookie that stands for it

	mu     sync.Mutex
	ticket string // of the link that opens once
	until  time.Time
}

// ticketLife is how long a browser has to start.
const ticketLife = time.Minute

func newAuth(host, files string, next http.Handler) *auth {
	return &auth{host: host, next: next, key: rand.Text(), csp: strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
		"img-src 'self' " + files, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
		"require-trusted-types-for 'script'", "trusted-types 'none'",
	}, "; ")}
}

// link opens the page, as often as one likes.
func (a *auth) link() string { return "http://" + a.host + "/?key=" + a.key }

// linkOnce opens the page a single time, soon. A browser is started with it,
// because the arguments of a program can be read by everybody on the computer.
func (a *auth) linkOnce() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ticket, a.until = rand.Text(), time.Now().Add(ticketLife)
	return "http://" + a.host + "/?key=" + a.ticket
}

// accepts reports whether a link's key is good.
func (a *auth) accepts(key string) bool {
	if equal(key, a.key) {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ticket == "" || !equal(key, a.ticket) || time.Now().After(a.until) {
		return false
	}
	a.ticket = ""
	return true
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// cookie's name has the port in it: cookies are shared by all ports of a host.
func (a *auth) cookie() string {
	_, port, _ := net.SplitHostPort(a.host) // that a listener has
	return "backfaq-playground-" + port
}

func (a *auth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", a.csp)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	switch {
	case r.Host != a.host:
		// A name that leads here is how a web site would get in (DNS rebinding).
		refuse(w, fmt.Sprintf("This page answers at http://%s only.", a.host))
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Header.Get("Origin") != "http://"+a.host:
		refuse(w, "Only the page itself may do that.")
		return
	}
	if key := r.URL.Query().Get("key"); r.URL.Path == "/" && key != "" && a.accepts(key) {
		http.SetCookie(w, &http.Cookie{Name: a.cookie(), Value: a.key, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		http.Redirect(w, r, "/", http.StatusSeeOther) // so that the key stands in no address bar
		return
	}
	if c, err := r.Cookie(a.cookie()); err != nil || !equal(c.Value, a.key) {
		refuse(w, "Open the whole link that the playground printed when it started. A link that opened a browser by itself works once.")
		return
	}
	a.next.ServeHTTP(w, r)
}

func refuse(w http.ResponseWriter, sentence string) {
	http.Error(w, sentence, http.StatusForbidden)
}
