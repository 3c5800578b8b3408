package discord

import (
	"context"
	"sync"
	"time"
)

// Discord lets one shard of a key identify every five seconds, and resets the
// token of a bot that identifies more than 1000 times a day
// (events/gateway#identifying). A shard that needs more than 20 an hour is in
// trouble that identifying does not cure.
const (
	identifyEvery  = 5*time.Second + 100*time.Millisecond // and a little for what the network adds
	identifyHourly = 20
)

// turns spaces the identifies of one process. Shards of one key, which is the
// shard's number modulo max_concurrency, go one after the other.
type turns struct {
	keys []turn // by key
}

type turn struct {
	mu   sync.Mutex // held while a shard identifies
	last time.Time
	past map[int][]time.Time // identifies of the last hour, by shard
}

func newTurns(maxConcurrency int) *turns {
	return &turns{keys: make([]turn, max(1, maxConcurrency))}
}

// take waits until the shard may identify and keeps the others of its key
// waiting until done is called.
func (t *turns) take(ctx context.Context, shard int) (done func(), err error) {
	k := &t.keys[shard%len(t.keys)]
	k.mu.Lock()
	now := time.Now()
	next := k.last.Add(identifyEvery)
	if k.past == nil {
		k.past = map[int][]time.Time{}
	}
	past := k.past[shard]
	for len(past) > 0 && now.Sub(past[0]) > time.Hour {
		past = past[1:]
	}
	if len(past) >= identifyHourly {
		if hour := past[0].Add(time.Hour); hour.After(next) {
			next = hour
		}
	}
	k.past[shard] = past
	if !sleep(ctx, time.Until(next)) {
		k.mu.Unlock()
		return nil, ctx.Err()
	}
	return func() {
		k.last = time.Now()
		k.past[shard] = append(k.past[shard], k.last)
		k.mu.Unlock()
	}, nil
}
