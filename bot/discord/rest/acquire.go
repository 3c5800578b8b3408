package rest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"backfaq/config"
)

// Errors of calls that were not made.
var (
	// ErrToken says that Discord refuses the bot's token.
	//lint:ignore ST1005 Discord is a name
	ErrToken = errors.New(config.RefusedToken)

	// ErrMuted says that a channel refused so many messages that it is left
	// alone for a while. That was logged when it began.
	ErrMuted = errors.New("the channel refused several messages and is left alone for now")

	// ErrCrowded says that a channel has too many messages waiting.
	ErrCrowded = errors.New("too many messages wait for this channel already")
)

// LimitedError says that a call would have to wait past its deadline.
type LimitedError struct{ Until time.Time }

func (e *LimitedError) Error() string {
	return "discord allows this call only after " + e.Until.UTC().Format(time.RFC3339)
}

// acquire waits until a call may go, or says why it may not. It takes the call
// out of the bucket that it returns; release ends it.
func (l *rateLimiter) acquire(ctx context.Context, to route, w *waiter) (*bucket, error) {
	for {
		b, pause, err := l.take(to, w)
		switch {
		case err != nil:
			return nil, err
		case pause != nil:
			if err := pause.wait(ctx); err != nil {
				return nil, err
			}
		case to.tokenAuth:
			return b, nil
		default:
			// The global limit comes last, so that calls that waited for other
			// limits do not go all at once.
			err := l.global.Wait(ctx)
			if err == nil && l.confirm(to, b) {
				return b, nil
			}
			l.mu.Lock()
			b.putBack()
			l.mu.Unlock()
			if err != nil {
				return nil, fmt.Errorf("too many calls at once: %w", err)
			}
		}
	}
}

// take takes a call out of its bucket, or says what to wait for.
func (l *rateLimiter) take(to route, w *waiter) (*bucket, *pause, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if block := l.blocks.longest(now, to.scopes()...); block.err != nil {
		return nil, nil, block.err
	} else if !block.until.IsZero() {
		return nil, &pause{until: block.until}, nil
	}
	b := l.bucket(to)
	p := &pause{until: l.blocks.longest(now, b.scope).until, answered: b.answered}
	if p.until.IsZero() {
		ok, wait := b.take(now)
		if ok {
			return b, nil, nil
		}
		if wait > 0 {
			p.until = now.Add(wait)
		}
	}
	if to.channel != "" {
		if err := w.join(b); err != nil {
			return nil, nil, err
		}
	}
	return nil, p, nil
}

// confirm reports whether no block was added while a taken call waited.
func (l *rateLimiter) confirm(to route, b *bucket) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.blocks.longest(time.Now(), append(to.scopes(), b.scope)...) == block{}
}

// pause is a wait until a time or, without one, until a call in flight ends.
type pause struct {
	until    time.Time
	answered <-chan struct{}
}

func (p *pause) wait(ctx context.Context) error {
	if p.until.IsZero() {
		select {
		case <-p.answered:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(p.until) {
		return &LimitedError{Until: p.until}
	}
	if !sleep(ctx, time.Until(p.until)) {
		return ctx.Err()
	}
	return nil
}

// waiter is the place of one call among those that wait for a channel's bucket.
// The call keeps it until it is over, however often it has to wait again.
type waiter struct{ bucket *bucket }

// join takes a place, unless there are too many. The caller holds the limiter's
// mutex.
func (w *waiter) join(b *bucket) error {
	if w.bucket != nil {
		return nil
	}
	if b.queued >= waitingPerChannel {
		return ErrCrowded
	}
	b.queued++
	w.bucket = b
	return nil
}

// leave gives up the place, if there is one.
func (l *rateLimiter) leave(w *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.bucket != nil {
		w.bucket.queued--
		w.bucket = nil
	}
}

// bucket is that of a route. The caller holds mu.
func (l *rateLimiter) bucket(to route) *bucket {
	key := to.path + " " + to.major
	if name := l.names[to.path]; name != "" {
		key = name + " " + to.major
	}
	b, ok := l.buckets.Get(key)
	if !ok {
		b = newBucket(key)
		l.buckets.Add(key, b)
	}
	return b
}

// rename keeps Discord's name of a route's bucket: routes of one name share it.
// The caller holds mu.
func (l *rateLimiter) rename(to route, b *bucket, name string) {
	if name == "" || l.names[to.path] == name || len(l.names) >= maxBuckets {
		return
	}
	l.names[to.path] = name
	if key := name + " " + to.major; !l.buckets.Contains(key) {
		l.buckets.Add(key, b)
	}
}

// sleepWithin sleeps, unless that would take longer than ctx lasts.
func sleepWithin(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return false
	}
	return sleep(ctx, d)
}

// sleep waits, and reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-timer.Done()
	return ctx.Err() == nil
}
