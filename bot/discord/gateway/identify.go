package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Discord lets one shard of a key identify every five seconds, and resets the
// token of a bot that identifies too often in a day (events/gateway#identifying).
// Half of the daily starts is left for faults of this program; a shard that
// needs more than 20 an hour is in trouble that identifying does not cure.
const (
	identifyEvery  = 5*time.Second + 100*time.Millisecond // and a little for the network's delays
	identifyHourly = 20                                   // by one shard
	identifyDaily  = 500                                  // by this process, or half of Discord's daily allowance if that is more
	identifySpare  = 10                                   // starts that are left alone, or one per key if that is more
	limitsMaxAge   = time.Minute                          // how long Discord's count of session starts is believed
	limitsRetry    = 5 * time.Minute                      // at most, between two looks whether there are starts again
	keyPoll        = 250 * time.Millisecond               // between tries for a key that another copy has
)

// Limits is Discord's answer to GET /gateway/bot.
type Limits struct {
	URL    string `json:"url"`
	Shards int    `json:"shards"` // that Discord recommends
	Start  struct {
		Total       int   `json:"total"`
		Remaining   int   `json:"remaining"`
		ResetAfter  int64 `json:"reset_after"` // milliseconds
		Concurrency int   `json:"max_concurrency"`
	} `json:"session_start_limit"`
}

// identifyLimiter lets shards identify, no more often than Discord wants it:
// all shards of this process and, with locks, of other copies.
type identifyLimiter struct {
	fetch func(context.Context) (Limits, error)
	locks Locks // nil: no other copies
	log   *slog.Logger
	held  *sync.WaitGroup // goroutines that hold a key's lock for identifyEvery

	fetching chan struct{} // holds one token while fetch runs
	mu       sync.Mutex    // guards all below
	known    Limits
	fetched  time.Time
	queues   map[int]*queue      // by key: shard number modulo max_concurrency
	hour     map[int][]time.Time // identifies of the last hour, by shard
	day      []time.Time         // identifies of the last day, by any shard
	pending  int                 // shards that may identify and have not yet
}

func newIdentifyLimiter(fetch func(context.Context) (Limits, error), locks Locks, log *slog.Logger, held *sync.WaitGroup) *identifyLimiter {
	return &identifyLimiter{
		fetch: fetch, locks: locks, log: log, held: held,
		fetching: make(chan struct{}, 1), queues: map[int]*queue{}, hour: map[int][]time.Time{},
	}
}

// limits returns limits that are at most maxAge old. If Discord does not
// answer, older ones count.
func (l *identifyLimiter) limits(ctx context.Context, maxAge time.Duration) (Limits, error) {
	select {
	case l.fetching <- struct{}{}:
		defer func() { <-l.fetching }()
	case <-ctx.Done():
		return Limits{}, ctx.Err()
	}
	l.mu.Lock()
	known, fetched := l.known, l.fetched
	l.mu.Unlock()
	if !fetched.IsZero() && time.Since(fetched) < maxAge {
		return known, nil
	}
	now := time.Now()
	fresh, err := l.fetch(ctx)
	if err == nil && fresh.URL == "" {
		err = errors.New("discord named no gateway address")
	}
	if err != nil {
		if fetched.IsZero() || asFatal(err) != nil || ctx.Err() != nil {
			return Limits{}, err
		}
		l.log.Warn("could not ask for the gateway's limits, using older ones", "err", err)
		return known, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known, l.fetched = fresh, now
	return fresh, nil
}

// address is the gateway's.
func (l *identifyLimiter) address(ctx context.Context) (string, error) {
	limits, err := l.limits(ctx, time.Hour)
	return limits.URL, err
}

// acquire waits until the shard may identify, and keeps the others of its key
// waiting until done is called. onWait is told the reason of the wait, and
// onQueued is called as the shard takes its place in the queue of its key.
func (l *identifyLimiter) acquire(ctx context.Context, shard int, onWait func(why string), onQueued func()) (done func(identified bool), err error) {
	limits, err := l.limits(ctx, limitsMaxAge)
	if err != nil {
		return nil, fmt.Errorf("asking for the session start limits: %w", err)
	}
	for { // outside the queue: a shard in trouble holds up no other
		wait, reason := l.reserve(shard, time.Now())
		if wait <= 0 {
			break
		}
		l.reportWait(shard, reason, wait, onWait)
		if !sleep(ctx, wait) {
			return nil, ctx.Err()
		}
	}
	onWait("for its turn to identify")
	key := shard % max(1, limits.Start.Concurrency)
	q := l.queue(key)
	onQueued()
	select {
	case q.turn <- struct{}{}:
	case <-ctx.Done():
		l.record(shard, false)
		return nil, ctx.Err()
	}
	release := l.lock(ctx, key)
	if err = l.awaitSessionStarts(ctx, shard, onWait); err == nil && !sleep(ctx, time.Until(q.last.Add(identifyEvery))) {
		err = ctx.Err()
	}
	if err != nil {
		l.record(shard, false)
		release()
		<-q.turn
		return nil, err
	}
	return func(identified bool) {
		defer func() { <-q.turn }()
		l.record(shard, identified)
		if !identified {
			release()
			return
		}
		q.last = time.Now()
		if l.locks == nil {
			return
		}
		// No other copy may use the key for as long, even if this one stops: the
		// program ends after this goroutine.
		l.held.Go(func() {
			time.Sleep(identifyEvery)
			release()
		})
	}, nil
}

// reserve takes one identify out of this program's own budgets, to be settled
// by record, or says how long the shard has to wait for one.
func (l *identifyLimiter) reserve(shard int, now time.Time) (wait time.Duration, why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	expire := func(list []time.Time, age time.Duration) []time.Time {
		return slices.DeleteFunc(list, func(t time.Time) bool { return now.Sub(t) >= age })
	}
	l.hour[shard] = expire(l.hour[shard], time.Hour)
	l.day = expire(l.day, 24*time.Hour)
	if daily := max(identifyDaily, l.known.Start.Total/2); len(l.day)+l.pending >= daily {
		free := now.Add(identifyEvery) // a pending shard may give its identify back
		if len(l.day) >= daily {
			free = l.day[len(l.day)-daily].Add(24 * time.Hour)
		}
		return free.Sub(now), fmt.Sprintf("%d sessions were started today, more than that is not safe", daily)
	}
	if past := l.hour[shard]; len(past) >= identifyHourly {
		return past[len(past)-identifyHourly].Add(time.Hour).Sub(now), fmt.Sprintf("%d sessions were started in an hour", identifyHourly)
	}
	l.pending++
	return 0, ""
}

// record settles a reservation: the shard identified, or gives it back.
func (l *identifyLimiter) record(shard int, identified bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending--
	if identified {
		now := time.Now()
		l.hour[shard] = append(l.hour[shard], now)
		l.day = append(l.day, now)
		l.known.Start.Remaining--
	}
}

// awaitSessionStarts waits until Discord has session starts left, as Discord
// resets the token of a bot that goes over. The caller has its key, so of all
// others each other key may spend one start meanwhile. The start of the caller
// counts from record on.
func (l *identifyLimiter) awaitSessionStarts(ctx context.Context, shard int, onWait func(string)) error {
	for {
		l.mu.Lock()
		keys, left := max(1, l.known.Start.Concurrency), l.known.Start.Remaining
		l.mu.Unlock()
		spare, maxAge := max(identifySpare, keys), limitsMaxAge
		if left < spare+keys*int(limitsMaxAge/identifyEvery+1) { // other copies may have used them up since
			maxAge = 0
		}
		if _, err := l.limits(ctx, maxAge); err != nil {
			return fmt.Errorf("asking for the session start limits: %w", err)
		}
		l.mu.Lock()
		left, reset := l.known.Start.Remaining, l.fetched.Add(time.Duration(l.known.Start.ResetAfter)*time.Millisecond)
		l.mu.Unlock()
		if left > spare {
			return nil
		}
		wait := max(time.Until(reset), identifyEvery)
		l.reportWait(shard, "discord allows no more session starts today", wait, onWait)
		if !sleep(ctx, min(wait, limitsRetry)) { // Discord may give some back before the reset
			return ctx.Err()
		}
	}
}

// reportWait logs a long wait and shows it in the shard's health.
func (l *identifyLimiter) reportWait(shard int, reason string, wait time.Duration, onWait func(string)) {
	until := time.Now().Add(wait).UTC().Format(time.RFC3339)
	onWait(fmt.Sprintf("until %s: %s", until, reason))
	l.log.Error("waiting before a new session", "shard", shard, "reason", reason, "until", until)
}

// lock keeps a key from all other copies. After a while without the database,
// copies go by their own clocks, and Discord refuses an identify that comes too
// early.
func (l *identifyLimiter) lock(ctx context.Context, key int) (release func()) {
	for trouble := time.Now(); l.locks != nil; {
		lease, err := l.locks.Lock(ctx, identifyLock(key))
		switch {
		case err == nil && lease != nil:
			return lease.Release
		case err == nil:
			trouble = time.Now()
		case time.Since(trouble) > claimGrace:
			l.log.Warn("identifying without the lock of other copies", "key", key, "err", err)
			return func() {}
		}
		if !sleep(ctx, keyPoll) {
			break
		}
	}
	return func() {}
}

// queue lets one shard of a key in at a time, in the order in which they came.
type queue struct {
	turn chan struct{} // holds one token while a shard is in
	last time.Time     // of the last identify; belongs to the shard that is in
}

func (l *identifyLimiter) queue(key int) *queue {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.queues[key] == nil {
		l.queues[key] = &queue{turn: make(chan struct{}, 1)}
	}
	return l.queues[key]
}
