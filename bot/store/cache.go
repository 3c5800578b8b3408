package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"backfaq/config"
	"backfaq/faq"
)

const (
	// viewTimeout is how long one question waits for the database. Discord
	// gives an answer 3 s, and the search needs a few milliseconds of them.
	viewTimeout = time.Second
	// viewRest is how long nobody asks a database that just took too long, so
	// that a stalled one holds up a question now and then, not every question.
	viewRest = time.Second
	// keptViews is how many servers the cache holds. One that nobody configured
	// costs about 400 bytes, so all of them about 4 MiB.
	keptViews = 10_000
	// keptRows bounds what configured ones cost beyond that: own entries and
	// taught wordings over all servers in the cache, at 400 to 800 bytes each.
	keptRows = 20_000
)

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

// load reads a view from the database; rows is what it weighs in the cache.
func (s *Store) load(ctx context.Context, server string) (view faq.View, rows int, err error) {
	doc, err := s.document(ctx, server)
	if err != nil {
		return faq.View{}, 0, err
	}
	rows = len(doc.Entries) + len(doc.Taught)
	book := s.book.Load()
	view = faq.View{Settings: doc.Settings, Book: book}
	if rows == 0 {
		return view, 0, nil
	}
	if view.Book, err = withoutOrphans(doc, book).Over(book); err != nil {
		// The error may quote what moderators wrote, so it is not logged.
		s.log.Error("own entries do not fit the FAQ any more and are left out", "server", server)
		view.Book = book
	}
	return view, rows, nil
}

// document reads what a server's moderators made.
func (s *Store) document(ctx context.Context, server string) (faq.Document, error) {
	if err := s.ready(); err != nil {
		return faq.Document{}, err
	}
	var text string
	err := s.read.QueryRowContext(ctx, `SELECT doc FROM servers WHERE server = $1`, server).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return faq.NewDocument(), nil
	}
	if err != nil {
		return faq.Document{}, err
	}
	return decode(text)
}

// decode reads a stored document. A setting that is not in it yet has its
// default.
func decode(text string) (faq.Document, error) {
	doc := faq.NewDocument()
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return faq.Document{}, fmt.Errorf("stored settings cannot be read: %w", err)
	}
	if doc.Version != faq.DocumentVersion {
		return faq.Document{}, fmt.Errorf("stored settings have version %d: this program reads %d", doc.Version, faq.DocumentVersion)
	}
	return doc, nil
}

// withoutOrphans is doc without the wordings of entries that the FAQ no longer has.
// They stay stored: the next version of the FAQ may have them again.
func withoutOrphans(doc faq.Document, book *faq.Book) faq.Document {
	doc.Taught = slices.DeleteFunc(slices.Clone(doc.Taught), func(t faq.Taught) bool { return !has(doc, book, t.Entry) })
	return doc
}

// has reports whether the FAQ or the server itself has an entry.
func has(doc faq.Document, book *faq.Book, id string) bool {
	return book.Entry(id) != nil || slices.ContainsFunc(doc.Entries, func(e faq.Entry) bool { return e.ID == id })
}

// views is the cache. A view is fresh until its server changes; a stale one is
// kept for when the database does not answer.
type views struct {
	load func(context.Context, string) (faq.View, int, error)
	stop context.CancelFunc
	ctx  context.Context // ends with the store; loads outlive the question that began them

	mu      sync.Mutex
	kept    *simplelru.LRU[string, *kept]
	rows    int // in kept
	epoch   int // views of an earlier epoch are stale
	loading map[string]*loading
	failed  error     // why a load took too long
	resting time.Time // until when no other is begun
	running sync.WaitGroup
}

type kept struct {
	view  faq.View
	rows  int
	epoch int // 0: stale
}

// loading is a load under way, which all who ask meanwhile wait for.
type loading struct {
	done  chan struct{}
	view  faq.View
	err   error
	stale bool // the server changed since it began
	gone  bool // the server was deleted since it began
}

func newViews(load func(context.Context, string) (faq.View, int, error)) *views {
	v := &views{load: load, epoch: 1, loading: make(map[string]*loading)}
	v.ctx, v.stop = context.WithCancel(context.Background())
	// NewLRU fails on a size below one only.
	v.kept, _ = simplelru.NewLRU(keptViews, func(_ string, k *kept) { v.rows -= k.rows })
	return v
}

func (v *views) get(ctx context.Context, server string) (faq.View, error) {
	v.mu.Lock()
	k, _ := v.kept.Get(server)
	if k != nil && k.epoch == v.epoch {
		v.mu.Unlock()
		return k.view, nil
	}
	l := v.loading[server]
	if l == nil && time.Now().Before(v.resting) {
		defer v.mu.Unlock()
		return k.orElse(v.failed)
	}
	if l == nil {
		l = v.begin(server)
	}
	v.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, viewTimeout)
	defer cancel()
	select {
	case <-l.done:
		if l.err == nil {
			return l.view, nil
		}
		return k.orElse(l.err)
	case <-ctx.Done():
		return k.orElse(ctx.Err())
	}
}

// begin begins a load. The caller holds mu.
func (v *views) begin(server string) *loading {
	l := &loading{done: make(chan struct{})}
	v.loading[server] = l
	v.running.Go(func() { v.fill(server, l) })
	return l
}

// orElse is the stale view, if there is one.
func (k *kept) orElse(err error) (faq.View, error) {
	if k == nil {
		return faq.View{}, err
	}
	return k.view, nil
}

// fill loads a view for all who wait, and keeps it. One that was overtaken by a
// change is kept for want of a better one only.
func (v *views) fill(server string, l *loading) {
	ctx, cancel := context.WithTimeout(v.ctx, viewTimeout)
	defer cancel()
	view, rows, err := v.load(ctx, server)

	v.mu.Lock()
	defer v.mu.Unlock()
	l.view, l.err = view, err
	close(l.done)
	if err != nil && ctx.Err() != nil { // a failure that comes at once holds nobody up
		v.failed, v.resting = err, time.Now().Add(viewRest)
	}
	if v.loading[server] == l {
		delete(v.loading, server)
	}
	epoch := v.epoch
	if l.stale {
		epoch = 0
	}
	if err != nil || l.gone || l.stale && v.kept.Contains(server) {
		return
	}
	v.kept.Remove(server) // which takes its rows off
	v.kept.Add(server, &kept{view: view, rows: rows, epoch: epoch})
	for v.rows += rows; v.rows > keptRows && v.kept.Len() > 1; {
		v.kept.RemoveOldest()
	}
}

// invalidate makes a server's view stale at once: who asks from now on waits for a
// load that begins from now on.
func (v *views) invalidate(server string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if k, ok := v.kept.Peek(server); ok {
		k.epoch = 0
	}
	if l := v.loading[server]; l != nil {
		l.stale = true
		delete(v.loading, server)
	}
}

// invalidateAll makes all views stale.
func (v *views) invalidateAll() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.epoch++
	for _, l := range v.loading {
		l.stale = true
	}
	clear(v.loading)
}

// forget drops what is known of a server.
func (v *views) forget(server string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.kept.Remove(server)
	if l := v.loading[server]; l != nil {
		l.gone = true
		delete(v.loading, server)
	}
}

func (v *views) close() {
	v.stop()
	v.running.Wait()
}

var _ faq.Servers = (*Store)(nil)

// SetBook lays the servers' own entries and wordings over another FAQ from now
// on. What is stored stays, also what the new FAQ has no entry for.
func (s *Store) SetBook(book *faq.Book) {
	s.book.Store(book)
	s.views.invalidateAll()
}
