package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// Discord lets one shard of a key identify every five seconds, and resets the
// token of a bot that identifies too often in a day (events/gateway#identifying).
// Half of that is for faults of ours; a shard that needs more than 20 an hour is
// in trouble that identifying does not cure.
const (
	identifyEvery  = 5*time.Second + 100*time.Millisecond // and a little for what the network adds
	identifyHourly = 20                                   // by one shard
	identifyDaily  = 500                                  // by this process, or half of what Discord allows if that is more
	identifySpare  = 10                                   // starts that are left alone, or one per key if that is more
	askAgain       = time.Minute                          // how long what Discord said about starts is believed
	askLatest      = 5 * time.Minute                      // between two looks whether there are starts again
	keyPoll        = 250 * time.Millisecond               // between tries for a key that another copy has
)

// limits is what Discord says of starting sessions (GET /gateway/bot).
type limits struct {
	URL    string `json:"url"`
	Shards int    `json:"shards"`
	Start  struct {
		Total       int   `json:"total"`
		Remaining   int   `json:"remaining"`
		ResetAfter  int64 `json:"reset_after"` // milliseconds
		Concurrency int   `json:"max_concurrency"`
	} `json:"session_start_limit"`
}

// gate lets shards identify, no more often than Discord wants it. All shards
// of this process pass it; with locks, those of other copies too.
type gate struct {
	ask   func(context.Context) (limits, error)
	locks Locks // nil: no other copies
	log   *slog.Logger
	// leases counts those that nobody waits for.
	leases *sync.WaitGroup

	asking chan struct{} // holds one while Discord is asked
	mu     sync.Mutex    // guards all below
	known  limits
	asked  time.Time
	keys   map[int]*queue      // by shard number modulo max_concurrency
	hour   map[int][]time.Time // identifies of the last hour, by shard
	day    []time.Time         // those of the last day, by any
	going  int                 // shards that may identify and have not yet
}

func newGate(ask func(context.Context) (limits, error), locks Locks, log *slog.Logger, leases *sync.WaitGroup) *gate {
	return &gate{ask: ask, locks: locks, log: log, leases: leases, asking: make(chan struct{}, 1), keys: map[int]*queue{}, hour: map[int][]time.Time{}}
}

// limits is what Discord said in the last maxAge. Without an answer, what it
// said before counts.
func (g *gate) limits(ctx context.Context, maxAge time.Duration) (limits, error) {
	select {
	case g.asking <- struct{}{}:
		defer func() { <-g.asking }()
	case <-ctx.Done():
		return limits{}, ctx.Err()
	}
	g.mu.Lock()
	known, asked := g.known, g.asked
	g.mu.Unlock()
	if !asked.IsZero() && time.Since(asked) < maxAge {
		return known, nil
	}
	now := time.Now()
	l, err := g.ask(ctx)
	if err == nil && l.URL == "" {
		err = errors.New("discord named no gateway address")
	}
	if err != nil {
		if asked.IsZero() || judge(err) != nil || ctx.Err() != nil {
			return limits{}, err
		}
		g.log.Warn("could not ask where the gateway is, using what was known", "err", err)
		return known, nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known, g.asked = l, now
	return l, nil
}

// address is where to connect.
func (g *gate) address(ctx context.Context) (string, error) {
	l, err := g.limits(ctx, time.Hour)
	return l.URL, err
}

// take waits until the shard may identify and keeps the others of its key
// waiting until done is called. why is told what is waited for, and lined is
// called when the shard has its place in the line.
func (g *gate) take(ctx context.Context, shard int, why func(string), lined func()) (done func(identified bool), err error) {
	l, err := g.limits(ctx, askAgain)
	if err != nil {
		return nil, fmt.Errorf("asking how many sessions may be started: %w", err)
	}
	for { // outside the queue: a shard in trouble holds up no other
		wait, reason := g.budget(shard, time.Now())
		if wait <= 0 {
			break
		}
		g.pause(shard, reason, wait, why)
		if !sleep(ctx, wait) {
			return nil, ctx.Err()
		}
	}
	why("for its turn to identify")
	key := shard % max(1, l.Start.Concurrency)
	q := g.queue(key)
	if !q.enter(ctx, shard, lined) {
		g.went(shard, false)
		return nil, ctx.Err()
	}
	release := g.lease(ctx, key)
	if err = g.start(ctx, shard, why); err == nil && !sleep(ctx, time.Until(q.last.Add(identifyEvery))) {
		err = ctx.Err()
	}
	if err != nil {
		g.went(shard, false)
		release()
		q.leave()
		return nil, err
	}
	return func(identified bool) {
		defer q.leave()
		g.went(shard, identified)
		if !identified {
			release()
			return
		}
		q.last = time.Now()
		if g.locks == nil {
			return
		}
		// Nobody else of this key for as long, even if we go: the program ends
		// when this has, while it finishes what it is answering.
		g.leases.Go(func() {
			time.Sleep(identifyEvery)
			release()
		})
	}, nil
}

// went counts an identify, or takes back that there would be one.
func (g *gate) went(shard int, identified bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.going--
	if identified {
		now := time.Now()
		g.hour[shard] = append(g.hour[shard], now)
		g.day = append(g.day, now)
		g.known.Start.Remaining--
	}
}

// budget says how long the shard has to rest after too many identifies. If it
// need not, went must be called later.
func (g *gate) budget(shard int, now time.Time) (wait time.Duration, why string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	expire := func(list []time.Time, age time.Duration) []time.Time {
		return slices.DeleteFunc(list, func(t time.Time) bool { return now.Sub(t) >= age })
	}
	g.hour[shard] = expire(g.hour[shard], time.Hour)
	g.day = expire(g.day, 24*time.Hour)
	if daily := max(identifyDaily, g.known.Start.Total/2); len(g.day)+g.going >= daily {
		free := now.Add(identifyEvery) // some may yet not go
		if len(g.day) >= daily {
			free = g.day[len(g.day)-daily].Add(24 * time.Hour)
		}
		return free.Sub(now), fmt.Sprintf("%d sessions were started today, more than that is not safe", daily)
	}
	if past := g.hour[shard]; len(past) >= identifyHourly {
		return past[len(past)-identifyHourly].Add(time.Hour).Sub(now), fmt.Sprintf("%d sessions were started in an hour", identifyHourly)
	}
	g.going++
	return 0, ""
}

// start waits until Discord has session starts left. Going over means that it
// resets the token. Whoever calls has the key, so what Discord says now holds
// but for the other keys, of which one start each may be spent meanwhile. Ours
// counts once it is sent.
func (g *gate) start(ctx context.Context, shard int, why func(string)) error {
	for {
		g.mu.Lock()
		keys, left := max(1, g.known.Start.Concurrency), g.known.Start.Remaining
		g.mu.Unlock()
		spare, maxAge := max(identifySpare, keys), askAgain
		if left < spare+keys*int(askAgain/identifyEvery+1) { // others may have used it since
			maxAge = 0
		}
		if _, err := g.limits(ctx, maxAge); err != nil {
			return fmt.Errorf("asking how many sessions may be started: %w", err)
		}
		g.mu.Lock()
		left, reset := g.known.Start.Remaining, g.asked.Add(time.Duration(g.known.Start.ResetAfter)*time.Millisecond)
		g.mu.Unlock()
		if left > spare {
			return nil
		}
		wait := max(time.Until(reset), identifyEvery)
		g.pause(shard, "discord allows no more session starts today", wait, why)
		if !sleep(ctx, min(wait, askLatest)) { // there may be some before
			return ctx.Err()
		}
	}
}

// pause tells everybody who may want to know about a long wait.
func (g *gate) pause(shard int, reason string, wait time.Duration, why func(string)) {
	until := time.Now().Add(wait).UTC().Format(time.RFC3339)
	why(fmt.Sprintf("until %s: %s", until, reason))
	g.log.Error("waiting before a new session", "shard", shard, "reason", reason, "until", until)
}

// lease takes the key from all other copies. Without the database, after a
// while, copies go by their own clocks, and Discord turns away who comes too
// early.
func (g *gate) lease(ctx context.Context, key int) (release func()) {
	for trouble := time.Now(); g.locks != nil; {
		lease, err := g.locks.Lock(ctx, identifyLock(key))
		switch {
		case err == nil && lease != nil:
			return lease.Release
		case err == nil:
			trouble = time.Now()
		case time.Since(trouble) > claimGrace:
			g.log.Warn("identifying without the lock of other copies", "key", key, "err", err)
			return func() {}
		}
		if !sleep(ctx, keyPoll) {
			break
		}
	}
	return func() {}
}

func (g *gate) queue(key int) *queue {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.keys[key] == nil {
		g.keys[key] = &queue{}
	}
	return g.keys[key]
}

// queue lets one shard in at a time, the one with the lowest number first.
type queue struct {
	last time.Time // of the last identify; for whoever is in

	mu      sync.Mutex
	busy    bool
	waiting map[int]chan struct{}
}

// enter waits for its turn. It reports false if ctx ended first.
func (q *queue) enter(ctx context.Context, shard int, lined func()) bool {
	q.mu.Lock()
	if !q.busy {
		q.busy = true
		q.mu.Unlock()
		lined()
		return true
	}
	if q.waiting == nil {
		q.waiting = map[int]chan struct{}{}
	}
	turn := make(chan struct{})
	q.waiting[shard] = turn
	q.mu.Unlock()
	lined()
	select {
	case <-turn:
		return true
	case <-ctx.Done():
	}
	q.mu.Lock()
	_, still := q.waiting[shard]
	delete(q.waiting, shard)
	q.mu.Unlock()
	if !still { // the turn came just then
		q.leave()
	}
	return false
}

// leave lets the next one in.
func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.busy = false
		return
	}
	next := slices.Min(slices.Collect(maps.Keys(q.waiting)))
	close(q.waiting[next])
	delete(q.waiting, next)
}
