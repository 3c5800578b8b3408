// Package membership tells the store which servers the bot is on and which it left,
// as Discord's events about servers say.
package membership

import (
	"context"
	"maps"
	"strconv"
	"sync"
	"time"
)

// retryAfter is the pause after the database failed.
const retryAfter = 30 * time.Second

// Store keeps something of servers.
type Store interface {
	// Known lists the servers that the store has something of and takes the bot
	// to be on.
	Known(ctx context.Context) ([]string, error)
	Removed(ctx context.Context, server string, at time.Time) error
	Returned(ctx context.Context, server string) error
}

// Tracker holds at most one entry a server, however many events come.
type Tracker struct {
	store Store // nil: nothing is tracked
	wake  chan struct{}

	mu        sync.Mutex
	left      map[string]time.Time         // when the bot left a server; zero: it is there
	snapshots map[[2]int64]map[string]bool // servers of READY that were not compared yet, by shard and number of shards
}

// New makes a tracker. Without a store it does nothing.
func New(store Store) *Tracker {
	return &Tracker{store: store, wake: make(chan struct{}, 1), left: map[string]time.Time{}, snapshots: map[[2]int64]map[string]bool{}}
}

// Present takes in that the bot is on a server.
func (t *Tracker) Present(server string) { t.set(server, time.Time{}) }

// Left takes in that the bot left a server.
func (t *Tracker) Left(server string, at time.Time) { t.set(server, at) }

func (t *Tracker) set(server string, left time.Time) {
	if t.store == nil {
		return
	}
	t.mu.Lock()
	t.left[server] = left
	t.mu.Unlock()
	t.signal()
}

// Ready takes in all servers of a shard, so that those that the bot left while it
// was not connected are found. Shard is its number and how many there are.
func (t *Tracker) Ready(shard [2]int64, on map[string]bool) {
	if t.store == nil {
		return
	}
	t.mu.Lock()
	t.snapshots[shard] = on
	t.mu.Unlock()
	t.signal()
}

func (t *Tracker) signal() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Run saves what comes in until ctx ends. onError is told of each failure.
func (t *Tracker) Run(ctx context.Context, onError func(error)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.wake:
		}
		if err := t.Flush(ctx); err != nil {
			onError(err)
			if !sleep(ctx, retryAfter) {
				return
			}
			t.signal()
		}
	}
}

// Flush saves all that came in, or stops at the first error.
func (t *Tracker) Flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := t.reconcile(ctx, time.Now()); err != nil {
		return err
	}
	t.mu.Lock()
	todo := maps.Clone(t.left)
	t.mu.Unlock()
	for server, at := range todo {
		save := func() error { return t.store.Removed(ctx, server, at) }
		if at.IsZero() {
			save = func() error { return t.store.Returned(ctx, server) }
		}
		if err := save(); err != nil {
			return err
		}
		t.mu.Lock()
		if t.left[server].Equal(at) { // nothing newer came meanwhile
			delete(t.left, server)
		}
		t.mu.Unlock()
	}
	return nil
}

// reconcile adds the servers that the store knows and Discord does not to those
// that the bot left.
func (t *Tracker) reconcile(ctx context.Context, now time.Time) error {
	t.mu.Lock()
	snapshots := t.snapshots
	t.snapshots = map[[2]int64]map[string]bool{}
	t.mu.Unlock()
	if len(snapshots) == 0 {
		return nil
	}
	known, err := t.store.Known(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	for shard, on := range snapshots {
		if err != nil {
			t.snapshots[shard] = on // to be tried again
			continue
		}
		for _, server := range known {
			// (guild_id >> 22) % shards (events/gateway#sharding)
			id, bad := strconv.ParseInt(server, 10, 64)
			mine := bad == nil && (id>>22)%max(shard[1], 1) == shard[0]
			if _, heard := t.left[server]; mine && !on[server] && !heard {
				t.left[server] = now
			}
		}
	}
	return err
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
