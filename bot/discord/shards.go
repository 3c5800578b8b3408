package discord

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Copies of the bot that share a database share the shards: each shard is a
// lock, and who has the lock runs the shard. No copy knows of the others. A
// copy that dies loses its locks with its connection to the database, and
// whoever looks next has its shards.
//
// The database can go while the bot goes on. Then nobody can tell who has a
// shard, so each copy keeps what it has, takes nothing new, and claims its own
// again once the database is back. Where two answer for a moment, Discord lets
// the first through: a message by its nonce, an interaction by its token.
const (
	claimEvery = 2 * time.Second        // between two looks at what others have
	claimPause = 100 * time.Millisecond // per shard held: who has fewer asks first
	claimSlow  = 500 * time.Millisecond // at most
	claimWait  = 15 * time.Second       // for one shard to connect before the next is claimed
	claimRetry = time.Second / 2        // between tries for what was ours: well within claimEvery
	claimGrace = 10 * time.Second       // after trouble with the database everybody claims what was theirs
	claimGhost = 30 * time.Second       // the database may take our own broken connection for another copy
)

// Locks are held by one copy of the bot at a time, of all that share a
// database. Lock does not wait: a nil lease says that another copy has it.
type Locks interface {
	Lock(ctx context.Context, key int64) (Lease, error)
}

// Lease is a lock that this copy holds.
type Lease interface {
	Lost() <-chan struct{} // closed when it ends, by Release or otherwise
	Release()
}

// Numbers of locks: a name of ours, what is locked, and which one.
const (
	lockName     = 0x6261636b << 32
	lockShard    = lockName | 1<<28
	lockIdentify = lockName | 2<<28
	lockCommands = lockName | 3<<28
)

func shardLock(id, count int) int64 { return lockShard | int64(count)<<14 | int64(id) }
func identifyLock(key int) int64    { return lockIdentify | int64(key) }

// supervisor runs this copy's shards: those of first to last that it can get.
type supervisor struct {
	first, last, count int
	locks              Locks // nil: there are no other copies
	shard              func(id int) *shard
	log                *slog.Logger
	meter              *meter
	began              time.Time

	mu      sync.Mutex
	mine    map[int]*shard
	worked  bool              // the database did, once
	trouble time.Time         // when it last did not
	others  map[int]time.Time // shards that another copy was seen to have, and since when they seem to be free
	shared  bool              // another copy was seen
}

// run claims shards and keeps them connected until ctx ends, or until Discord
// refuses one for good. It calls claimed after it went over all of them once.
func (v *supervisor) run(ctx context.Context, claimed func()) error {
	v.began = time.Now()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { v.watch(ctx); return nil })
	v.claim(ctx, group)
	claimed()
	for v.locks != nil && sleep(ctx, claimEvery) {
		v.claim(ctx, group)
	}
	return group.Wait()
}

// claim goes once over the shards that are not ours.
func (v *supervisor) claim(ctx context.Context, group *errgroup.Group) {
	for id := v.first; id <= v.last && ctx.Err() == nil; id++ {
		v.mu.Lock()
		held, own := len(v.mine), v.mine[id] != nil
		v.mu.Unlock()
		if own {
			continue
		}
		lease, wait, ok := v.lock(ctx, id)
		if !ok {
			continue
		}
		next := make(chan struct{})
		s := v.start(ctx, group, id, lease, wait, sync.OnceFunc(func() { close(next) }))
		v.mu.Lock()
		v.mine[id] = s
		v.mu.Unlock()
		select {
		case <-next:
		case <-time.After(claimWait):
		case <-ctx.Done():
		}
		if v.locks != nil {
			sleep(ctx, min(time.Duration(held+1)*claimPause, claimSlow))
		}
	}
}

// lock tries to make a shard ours. wait is how long to leave it alone yet:
// whoever had it may have identified just before it was gone.
func (v *supervisor) lock(ctx context.Context, id int) (lease Lease, wait time.Duration, ok bool) {
	if v.locks == nil {
		return nil, 0, true
	}
	v.mu.Lock()
	worked, calm := v.worked, time.Since(v.trouble) >= claimGrace
	v.mu.Unlock()
	if !calm {
		// The curated answers need no database, so a copy that never had one
		// takes what it may have and sorts it out with the others later.
		return nil, 0, !worked && time.Since(v.began) >= claimGrace
	}
	lease, err := v.locks.Lock(ctx, shardLock(id, v.count))
	wait, ok = v.ours(id, lease != nil, err)
	if lease != nil && !ok {
		lease.Release() // not under mu: it may take the database a while
		lease = nil
	}
	return lease, wait, ok
}

// ours says whether a shard is ours, now that we got its lock or did not.
func (v *supervisor) ours(id int, got bool, err error) (wait time.Duration, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err != nil {
		v.failed(err)
		return 0, false
	}
	v.worked = true
	free, taken := v.others[id]
	switch {
	case !got:
		v.others[id], v.shared = time.Time{}, true
		return 0, false
	case taken && free.IsZero():
		// Its copy may have lost its locks and nothing else: it goes first.
		v.others[id] = time.Now()
		return 0, false
	case taken:
		wait = time.Until(free.Add(identifyEvery))
	case v.shared: // and perhaps had this one before we looked
		wait = identifyEvery
	}
	delete(v.others, id)
	return wait, true
}

// failed takes note of trouble with the database. The caller holds mu.
func (v *supervisor) failed(err error) {
	if time.Since(v.trouble) >= claimGrace && err != nil {
		v.log.Warn("no database to claim shards with, keeping those we have", "err", err)
	}
	v.trouble = time.Now()
}

// start runs a shard until ctx ends, Discord refuses it for good, or another
// copy has it. next is called when it is time to look at the next one: alone,
// as soon as this one stands in line to identify, so that they go in order;
// among others, when it is connected, so that the others get some, too.
func (v *supervisor) start(ctx context.Context, group *errgroup.Group, id int, lease Lease, wait time.Duration, next func()) *shard {
	s := v.shard(id)
	if s.lined, s.live = next, func() {}; v.locks != nil {
		s.lined, s.live = s.live, s.lined
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	group.Go(func() (err error) {
		defer close(ended)
		defer next()
		if sleep(running, wait) {
			err = s.run(running)
		}
		return err
	})
	group.Go(func() error {
		lease := v.keep(ctx, ended, id, lease)
		stop()
		<-ended // before anybody else has it
		if lease != nil {
			lease.Release()
		}
		v.mu.Lock()
		delete(v.mine, id)
		v.mu.Unlock()
		return nil
	})
	return s
}

// keep returns when the shard ended or another copy has it. It returns the
// lease as it is then; nil if there is none.
func (v *supervisor) keep(ctx context.Context, ended <-chan struct{}, id int, lease Lease) Lease {
	if v.locks == nil {
		<-ended
		return nil
	}
	for {
		if lease != nil {
			select {
			case <-ended:
				return lease
			case <-lease.Lost():
				lease = nil
			}
		}
		for ghost := time.Now().Add(claimGhost); lease == nil; {
			var err error
			lease, err = v.locks.Lock(ctx, shardLock(id, v.count))
			v.mu.Lock()
			switch {
			case err != nil:
				ghost = time.Now().Add(claimGhost)
				v.failed(err)
			case lease != nil:
				v.worked = true
			case time.Now().After(ghost):
				v.others[id] = time.Time{}
				v.mu.Unlock()
				v.log.Warn("another copy of the bot runs this shard now", "shard", id)
				return nil
			}
			v.mu.Unlock()
			if lease == nil && !sleep(ctx, claimRetry) {
				return nil
			}
		}
	}
}

// shards are those that this copy runs now, in order.
func (v *supervisor) shards() []*shard {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.SortedFunc(maps.Values(v.mine), func(a, b *shard) int { return a.id - b.id })
}
