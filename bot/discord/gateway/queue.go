package gateway

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// queue lets one shard of a key in at a time, the one with the lowest number
// first.
type queue struct {
	last time.Time // of the last identify; belongs to the shard that is in

	mu      sync.Mutex
	busy    bool
	waiting map[int]chan struct{} // by shard; closed when it is in
}

// enter waits for the shard's turn. It reports false if ctx ended first.
func (q *queue) enter(ctx context.Context, shard int, onQueued func()) bool {
	q.mu.Lock()
	if !q.busy {
		q.busy = true
		q.mu.Unlock()
		onQueued()
		return true
	}
	if q.waiting == nil {
		q.waiting = map[int]chan struct{}{}
	}
	turn := make(chan struct{})
	q.waiting[shard] = turn
	q.mu.Unlock()
	onQueued()
	select {
	case <-turn:
		return true
	case <-ctx.Done():
	}
	q.mu.Lock()
	_, waiting := q.waiting[shard]
	delete(q.waiting, shard)
	q.mu.Unlock()
	if !waiting { // the turn came just then
		q.leave()
	}
	return false
}

// leave lets the next shard in.
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
