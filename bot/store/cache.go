package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/singleflight"

	"backfaq/config"
	"backfaq/faq"
)

const (
	// viewTimeout is how long one question waits for the database. Discord
	// gives an answer 3 s, and the search needs a few milliseconds of them.
	viewTimeout = time.Second
	// coolOff is how long nobody asks a database that just took too long, so
	// that a stalled one holds up a question now and then, not every question.
	coolOff = time.Second
	// maxViews is how many servers the cache holds. One that nobody configured
	// costs about 400 bytes, so all of them about 4 MiB.
	maxViews = 10_000
	// maxRows bounds what configured ones cost beyond that: own entries and
	// taught wordings over all servers in the cache, at 400 to 800 bytes each.
	maxRows = 20_000
)

var _ faq.Servers = (*Store)(nil)

// View is the server as its moderators set it up, with its own entries and
// taught wordings laid over the FAQ. It answers from memory; the first question
// of a server, and the first after a change, read the database. When that fails
// or takes too long the last known view is given, or an error if there is none.
func (s *Store) View(ctx context.Context, server string) (faq.View, error) {
	if !config.IsID(server) {
		return faq.View{Settings: config.DefaultSettings(), Book: s.book.Load()}, nil
	}
	view, err := s.views.get(ctx, server)
	if err != nil {
		return faq.View{}, unavailable("read settings", err)
	}
	view.Settings = view.Settings.Clone()
	return view, nil
}

// SetBook lays the servers' own entries and wordings over another FAQ from now
// on. Stored rows stay, even those that the new FAQ does not take.
func (s *Store) SetBook(book *faq.Book) {
	s.book.Store(book)
	s.views.invalidateAll()
}

// load reads a view from the database.
func (s *Store) load(ctx context.Context, server string) (view faq.View, rows int, err error) {
	doc, err := s.document(ctx, server)
	if err != nil {
		return faq.View{}, 0, err
	}
	view, rows = s.viewOf(server, doc)
	return view, rows, nil
}

// viewOf lays a document over the FAQ; rows is what it weighs in the cache.
func (s *Store) viewOf(server string, doc faq.Document) (view faq.View, rows int) {
	book, refused := doc.Over(s.book.Load())
	if len(refused) > 0 {
		// Their text is the moderators' and is not logged. The panel marks them.
		s.log.Warn("rows of a server that the FAQ does not take are left out", "server", server, "rows", len(refused))
	}
	return faq.View{Settings: doc.Settings, Book: book}, len(doc.Entries) + len(doc.Taught)
}

// cache holds the views of servers. A view is fresh until its server changes; a
// stale one is kept for when the database does not answer. All who ask for a
// view that is not fresh wait for one load.
type cache struct {
	load    func(context.Context, string) (faq.View, int, error)
	ctx     context.Context // ends with the store; loads outlive the question that began them
	stop    context.CancelFunc
	loads   *singleflight.Group // another one once all views are stale
	running sync.WaitGroup

	mu         sync.Mutex
	views      *simplelru.LRU[string, *cached]
	rows       int    // in views
	generation uint64 // counts what made views stale
	allStale   uint64 // the generation at which all were
	failed     error  // why a load took too long
	restUntil  time.Time
}

// cached is a server's place in the cache, which it has from its first load on.
type cached struct {
	view   faq.View
	rows   int
	known  bool   // there is a view
	loaded uint64 // the generation at which the load of view began
	stale  uint64 // the generation at which the server last changed
	change int64  // the last change that this process saved
}

func newCache(load func(context.Context, string) (faq.View, int, error)) *cache {
	c := &cache{load: load, loads: new(singleflight.Group)}
	c.ctx, c.stop = context.WithCancel(context.Background())
	// NewLRU fails on a size below one only.
	c.views, _ = simplelru.NewLRU(maxViews, func(_ string, e *cached) { c.rows -= e.rows })
	return c
}

func (c *cache) get(ctx context.Context, server string) (faq.View, error) {
	c.mu.Lock()
	var known cached
	if e, ok := c.views.Get(server); ok {
		known = *e
	}
	if c.fresh(known) {
		defer c.mu.Unlock()
		return known.view, nil
	}
	if time.Now().Before(c.restUntil) {
		defer c.mu.Unlock()
		return known.or(c.failed)
	}
	type result struct {
		view faq.View
		err  error
	}
	done, loads := make(chan result, 1), c.loads
	c.running.Go(func() {
		v, err, _ := loads.Do(server, func() (any, error) { return c.fill(server) })
		view, _ := v.(faq.View)
		done <- result{view, err}
	})
	c.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, viewTimeout)
	defer cancel()
	select {
	case r := <-done:
		if r.err == nil {
			return r.view, nil
		}
		return known.or(r.err)
	case <-ctx.Done():
		return known.or(ctx.Err())
	}
}

// fresh reports whether nothing changed since the load of a view began.
func (c *cache) fresh(e cached) bool {
	return e.known && e.loaded >= e.stale && e.loaded >= c.allStale
}

// or is the last known view, or an error if there is none.
func (e cached) or(err error) (faq.View, error) {
	if !e.known {
		return faq.View{}, err
	}
	return e.view, nil
}

// fill loads a view for all who wait, and keeps it. One that a change overtook
// is kept for want of a better one only; one whose server lost its place
// meanwhile, by deletion or for want of room, is not kept.
func (c *cache) fill(server string) (view faq.View, err error) {
	ctx, cancel := context.WithTimeout(c.ctx, viewTimeout)
	defer cancel()
	c.mu.Lock()
	e, began := c.place(server), c.generation
	c.mu.Unlock()

	view, rows, err := c.guarded(ctx, server)

	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil && ctx.Err() != nil { // a failure that comes at once holds nobody up
		c.failed, c.restUntil = err, time.Now().Add(coolOff)
	}
	if now, _ := c.views.Peek(server); now != e || e.known && (err != nil || began < e.stale) {
		return view, err
	}
	if err != nil {
		c.views.Remove(server) // a failure takes no room from what is known
		return view, err
	}
	c.keep(e, view, rows, began)
	return view, nil
}

// guarded is load, with a panic as an error: whatever one server's document
// holds, the other servers are served.
func (c *cache) guarded(ctx context.Context, server string) (view faq.View, rows int, err error) {
	defer func() {
		if r := recover(); r != nil {
			// The value may quote the document, so it is not passed on.
			err = fmt.Errorf("a panic (%T) while reading a server's document", r)
		}
	}()
	return c.load(ctx, server)
}

// invalidate makes a server's view stale at once: who asks from now on waits for
// a load that begins from now on.
func (c *cache) invalidate(server string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.markStale(server)
}

// markStale is invalidate for who holds mu.
func (c *cache) markStale(server string) {
	c.generation++
	if e, ok := c.views.Peek(server); ok {
		e.stale = c.generation
	}
	c.loads.Forget(server)
}

// saved is invalidate after a change of this process. The saved document is
// the last known view from now on: a database that fails next does not bring back what
// moderators have just switched off. Changes can come here out of order.
func (c *cache) saved(server string, change int64, view faq.View, rows int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.place(server)
	c.markStale(server)
	if change > e.change {
		e.change = change
		c.keep(e, view, rows, 0)
	}
}

// place is a server's place in the cache, made if there is none. The caller
// holds mu.
func (c *cache) place(server string) *cached {
	e, ok := c.views.Get(server)
	if !ok {
		e = new(cached)
		c.views.Add(server, e)
	}
	return e
}

// keep puts a view into its place. The caller holds mu.
func (c *cache) keep(e *cached, view faq.View, rows int, loaded uint64) {
	c.rows += rows - e.rows
	e.view, e.rows, e.known, e.loaded = view, rows, true, loaded
	for c.rows > maxRows && c.views.Len() > 1 {
		c.views.RemoveOldest()
	}
}

// invalidateAll makes all views stale.
func (c *cache) invalidateAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	c.allStale = c.generation
	c.loads = new(singleflight.Group)
}

// forget drops what is known of a server.
func (c *cache) forget(server string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.views.Remove(server)
	c.loads.Forget(server)
}

func (c *cache) close() {
	c.stop()
	c.running.Wait()
}
