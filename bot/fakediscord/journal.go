package fakediscord

import (
	"context"
	"errors"
	"sync"
)

// errClosed is what a waiter gets when the server closes.
var errClosed = errors.New("fake discord: the server is closed")

// journal is a numbered list that grows at one end, forgets at the other and
// can be waited on. Readers hold a number, not a subscription: nothing is lost
// between a look and a wait, and nobody has to unsubscribe.
type journal[T any] struct {
	keep int // how many items are kept at least

	mu      sync.Mutex
	first   int // number of items[0]
	items   []T
	changed chan struct{} // made by the first waiter, closed by the next add
	closed  bool
}

// add appends what make returns for the number the item will have.
func (j *journal[T]) add(make func(n int) T) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.items = append(j.items, make(j.first+len(j.items)))
	if len(j.items) >= 2*j.keep {
		forget := len(j.items) - j.keep
		// A fresh array, because readers may hold slices of the old one.
		j.items = append([]T(nil), j.items[forget:]...)
		j.first += forget
	}
	j.wake()
}

// since returns the items numbered n and up, the number after the last, and a
// channel that is closed when there is more.
func (j *journal[T]) since(n int) (items []T, next int, more <-chan struct{}, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	next = j.first + len(j.items)
	from := min(max(n-j.first, 0), len(j.items))
	items = j.items[from:len(j.items):len(j.items)]
	if j.closed {
		return items, next, nil, errClosed
	}
	if j.changed == nil {
		j.changed = make(chan struct{})
	}
	return items, next, j.changed, nil
}

// wait returns the items numbered n and up as soon as there is one.
func (j *journal[T]) wait(ctx context.Context, n int) (items []T, next int, err error) {
	for {
		items, next, more, err := j.since(n)
		if len(items) > 0 || err != nil {
			if len(items) > 0 {
				err = nil
			}
			return items, next, err
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, next, ctx.Err()
		}
	}
}

func (j *journal[T]) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.closed = true
	j.wake()
}

// wake lets the waiters look again. The caller holds the lock.
func (j *journal[T]) wake() {
	if j.changed != nil {
		close(j.changed)
		j.changed = nil
	}
}
