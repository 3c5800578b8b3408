// Package playground is a page on which one talks to the real bot in a browser.
// It looks and works like a small Discord, and nothing on it is imitated: what
// people do there becomes events of [fakediscord], the bot answers over the
// wire, and the page shows what it sent.
//
// world.go is the little Discord, auth.go lets in a browser that has the link, acts.go
// is what people can do, events.go tells the page what happens. The page
// itself, ES modules and CSS without a build step, is in page/.
package playground

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"backfaq/bot/fakediscord"
	"backfaq/faq"
)

//go:embed page
var files embed.FS

// rememberCalls is how many interactions a form can still belong to.
const rememberCalls = 256

// Options are what a page needs from the program around it. Discord and
// Explain are required.
type Options struct {
	Discord *fakediscord.Server
	// Explain says why the bot answers a question the way it does.
	Explain func(context.Context, faq.Question) Explanation
	// Listen is the address of the page. Default: a free port on loopback.
	Listen string
}

// Page is a page that is being served. Its methods may be called by any
// goroutine.
type Page struct {
	world   *world
	auth    *auth
	explain func(context.Context, faq.Question) Explanation
	ln      net.Listener
	calls   *lru.Cache[string, *fakediscord.Interaction]

	mu      sync.Mutex
	faq     FAQ
	changed chan struct{} // closed when faq changes
}

// FAQ is what the page says about the FAQ that is answered from.
type FAQ struct {
	Name     string    `json:"name"`
	Entries  int       `json:"entries"`
	Problem  string    `json:"problem"` // what is wrong with its file; the last good one answers
	Examples []Example `json:"-"`
}

// Example is a question to press.
type Example struct {
	Kind string `json:"kind"` // what it is an example of
	Text string `json:"text"`
}

// Explanation is what the page shows beside the chat about a question.
type Explanation struct {
	Why    string `json:"why"`    // lines of Discord Markdown
	Silent bool   `json:"silent"` // the bot says nothing to it
}

// New makes the world and opens the page's port. [Page.Serve] serves it.
func New(o Options) (*Page, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	ln, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("open a port for the page: %w", err)
	}
	if a, ok := ln.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		_ = ln.Close()
		return nil, errors.New("the address can be reached from other computers: use one such as 127.0.0.1:8080")
	}
	p := &Page{world: newWorld(o.Discord), explain: o.Explain, ln: ln, changed: make(chan struct{})}
	if p.calls, err = lru.New[string, *fakediscord.Interaction](rememberCalls); err != nil {
		return nil, fmt.Errorf("playground: %w", err)
	}
	p.auth = newAuth(ln.Addr().String(), p.world.files(), p.routes())
	return p, nil
}

// Link opens the page in a browser.
func (p *Page) Link() string { return p.auth.link() }

// LinkOnce opens the page too, but once only and within a minute. It is the
// one to start a browser with.
func (p *Page) LinkOnce() string { return p.auth.linkOnce() }

// SetFAQ tells the page of another FAQ, or of what is wrong with its file.
func (p *Page) SetFAQ(f FAQ) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faq = f
	close(p.changed)
	p.changed = make(chan struct{})
}

// current is the FAQ, and a channel that is closed when there is another.
func (p *Page) current() (FAQ, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.faq, p.changed
}

// Serve serves the page until ctx ends, and then returns nil.
func (p *Page) Serve(ctx context.Context) error {
	srv := &http.Server{
		Handler:           p.auth,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() { stopped <- srv.Close() })
	err := srv.Serve(p.ln)
	if errors.Is(err, http.ErrServerClosed) && !stop() {
		return <-stopped
	}
	return err
}

func (p *Page) routes() http.Handler {
	page, err := fs.Sub(files, "page")
	if err != nil {
		panic(err) // the name is a constant
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(page))
	mux.HandleFunc("GET /api/events", p.events)
	for name, do := range acts {
		mux.HandleFunc("POST /api/"+name, func(w http.ResponseWriter, r *http.Request) { p.act(w, r, do) })
	}
	return mux
}
