// Package membership tells the store which servers the bot is on and which it left,
// as Discord's events about servers say, and has each welcomed once that it joins.
package membership

import (
	"context"
	"maps"
	"strconv"
	"sync"
	"time"
)

const (
	retryAfter  = 30 * time.Second // the pause after the database failed
	saveTimeout = time.Minute      // for one server, its welcome included
)

// Store keeps something of servers.
type Store interface {
	// Known lists the servers that the store has something of and takes the bot
	// to be on.
	Known(ctx context.Context) ([]string, error)
	Removed(ctx context.Context, server string, at time.Time) error
	// Joined takes note that the bot is on a server since a time, and reports
	// whether it has just joined, which is so once.
	Joined(ctx context.Context, server string, since time.Time) (bool, error)
}

// Join is that the bot is on a server.
type Join struct {
	Server  string
	Since   time.Time // zero: unknown
	Channel string    // for messages of Discord's own, such as that somebody joined; "" for none
}

// change is what was last heard of a server.
type change struct {
	left time.Time // zero: the bot is there
	Join
}

// Tracker holds at most one entry a server, however many events come.
type Tracker struct {
	store   Store // nil: nothing is tracked
	welcome func(context.Context, Join)
	wake    chan struct{}

	mu        sync.Mutex
	changes   map[string]change            // by server
	snapshots map[[2]int64]map[string]bool // servers of READY that were not compared yet, by shard and number of shards
}

// New makes a tracker. Without a store it does nothing. Welcome is called once for
// each server that the bot joined, and must return in a few seconds.
func New(store Store, welcome func(context.Context, Join)) *Tracker {
	return &Tracker{store: store, welcome: welcome, wake: make(chan struct{}, 1), changes: map[string]change{}, snapshots: map[[2]int64]map[string]bool{}}
}

// Present takes in that the bot is on a server.
func (t *Tracker) Present(j Join) { t.set(change{Join: j}) }

// Left takes in that the bot left a server.
func (t *Tracker) Left(server string, at time.Time) {
	t.set(change{left: at, Join: Join{Server: server}})
}

func (t *Tracker) set(c change) {
	if t.store == nil {
		return
	}
	t.mu.Lock()
	t.changes[c.Server] = c
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
			select {
			case <-ctx.Done():
			case <-time.After(retryAfter):
				t.signal()
			}
		}
	}
}

// Flush saves all that came in, or stops at the first error.
func (t *Tracker) Flush(ctx context.Context) error {
	if err := t.reconcile(ctx, time.Now()); err != nil {
		return err
	}
	t.mu.Lock()
	todo := maps.Clone(t.changes)
	t.mu.Unlock()
	for server, c := range todo {
		if err := t.save(ctx, c); err != nil {
			return err
		}
		t.mu.Lock()
		if t.changes[server] == c { // nothing newer came meanwhile
			delete(t.changes, server)
		}
		t.mu.Unlock()
	}
	return nil
}

func (t *Tracker) save(ctx context.Context, c change) error {
	ctx, cancel := context.WithTimeout(ctx, saveTimeout)
	defer cancel()
	if !c.left.IsZero() {
		return t.store.Removed(ctx, c.Server, c.left)
	}
	first, err := t.store.Joined(ctx, c.Server, c.Since)
	if first {
		t.welcome(ctx, c.Join)
	}
	return err
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
	ctx, cancel := context.WithTimeout(ctx, saveTimeout)
	defer cancel()
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
			if _, heard := t.changes[server]; mine && !on[server] && !heard {
				t.changes[server] = change{left: now, Join: Join{Server: server}}
			}
		}
	}
	return err
}
