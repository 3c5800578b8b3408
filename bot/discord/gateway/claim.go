package gateway

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Copies of the bot that share a database share the shards: each shard is a
// lock, and the copy that has the lock runs the shard. No copy knows of the
// others. A copy that dies loses its locks with its connection to the database,
// and the next copy that looks gets its shards.
//
// The database can go while the bot goes on. Then no copy can tell which other
// one has a shard, so each keeps its own, takes no new one, and claims its own
// again once the database is back. If two answer for a moment, Discord lets the
// first through: a message by its nonce, an interaction by its token.
const (
	claimEvery = 2 * time.Second        // between two looks at shards that others have
	claimPause = 100 * time.Millisecond // per shard held: the copy that has fewer asks first
	claimSlow  = 500 * time.Millisecond // at most
	claimWait  = 15 * time.Second       // for one shard to connect before the next is claimed
	claimRetry = time.Second / 2        // between tries for a shard whose lock was lost: well within claimEvery
	claimGrace = 10 * time.Second       // after trouble with the database, for every copy to claim its own again
	claimGhost = 30 * time.Second       // the database may take this copy's own broken connection for another copy
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

// Numbers of locks: the program, the kind of thing that is locked, and its
// number.
const (
	lockProgram  = 0x6261636b << 32
	lockShard    = lockProgram | 1<<28
	lockIdentify = lockProgram | 2<<28

	// LockCommands is held by the copy that registers the bot's commands.
	LockCommands = lockProgram | 3<<28
)

func shardLock(id, count int) int64 { return lockShard | int64(count)<<14 | int64(id) }
func identifyLock(key int) int64    { return lockIdentify | int64(key) }

// claim goes once over the shards that this copy does not run.
func (m *Manager) claim(ctx context.Context, group *errgroup.Group) {
	for id := m.first; id <= m.last && ctx.Err() == nil; id++ {
		m.mu.Lock()
		held, own := len(m.mine), m.mine[id] != nil
		m.mu.Unlock()
		if own {
			continue
		}
		lease, wait, ok := m.lock(ctx, id)
		if !ok {
			continue
		}
		next := make(chan struct{})
		s := m.start(ctx, group, id, lease, wait, sync.OnceFunc(func() { close(next) }))
		m.mu.Lock()
		m.mine[id] = s
		m.mu.Unlock()
		select {
		case <-next:
		case <-time.After(claimWait):
		case <-ctx.Done():
		}
		if m.Locks != nil {
			sleep(ctx, min(time.Duration(held+1)*claimPause, claimSlow))
		}
	}
}

// lock tries to make a shard this copy's. wait is how long to leave it alone
// yet: its last copy may have identified just before it died.
func (m *Manager) lock(ctx context.Context, id int) (lease Lease, wait time.Duration, ok bool) {
	if m.Locks == nil {
		return nil, 0, true
	}
	m.mu.Lock()
	reached, calm := m.reached, time.Since(m.trouble) >= claimGrace
	m.mu.Unlock()
	if !calm {
		// The curated answers need no database, so a copy that never had one
		// runs its shards and settles them with the others later.
		return nil, 0, !reached && time.Since(m.began) >= claimGrace
	}
	lease, err := m.Locks.Lock(ctx, shardLock(id, m.count))
	wait, ok = m.resolveClaim(id, lease != nil, err)
	if lease != nil && !ok {
		lease.Release() // without holding mu: the database may take a while
		lease = nil
	}
	return lease, wait, ok
}

// resolveClaim says whether a shard is this copy's after Lock got its lock, did
// not, or failed.
func (m *Manager) resolveClaim(id int, got bool, err error) (wait time.Duration, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		m.failed(err)
		return 0, false
	}
	m.reached = true
	free, foreign := m.foreign[id]
	switch {
	case !got:
		m.foreign[id], m.foreignCopy = time.Time{}, true
		return 0, false
	case foreign && free.IsZero():
		// Perhaps its copy lost its locks and goes on: that copy claims first.
		m.foreign[id] = time.Now()
		return 0, false
	case foreign:
		wait = time.Until(free.Add(identifyEvery))
	case m.foreignCopy: // and perhaps had this shard before the first look
		wait = identifyEvery
	}
	delete(m.foreign, id)
	return wait, true
}

// failed records trouble with the database. The caller holds mu.
func (m *Manager) failed(err error) {
	if time.Since(m.trouble) >= claimGrace {
		m.Log.Warn("no database to claim shards with, keeping those of this copy", "err", err)
	}
	m.trouble = time.Now()
}

// holdLease returns when the shard ended or another copy has it. It returns the
// lease as it is then; nil if there is none.
func (m *Manager) holdLease(ctx context.Context, ended <-chan struct{}, id int, lease Lease) Lease {
	if m.Locks == nil {
		<-ended
		return nil
	}
	for {
		if lease == nil {
			if lease = m.reclaim(ctx, id); lease == nil {
				return nil
			}
		}
		select {
		case <-ended:
			return lease
		case <-lease.Lost():
			lease = nil
		}
	}
}

// reclaim tries to get the lock of a running shard back. A nil lease says that
// ctx ended or another copy has the shard.
func (m *Manager) reclaim(ctx context.Context, id int) Lease {
	for ghost := time.Now().Add(claimGhost); ; {
		lease, err := m.Locks.Lock(ctx, shardLock(id, m.count))
		if lease != nil {
			m.mu.Lock()
			m.reached = true
			m.mu.Unlock()
			return lease
		}
		if err != nil {
			m.mu.Lock()
			m.failed(err)
			m.mu.Unlock()
			ghost = time.Now().Add(claimGhost)
		} else if time.Now().After(ghost) {
			m.mu.Lock()
			m.foreign[id] = time.Time{}
			m.mu.Unlock()
			m.Log.Warn("another copy of the bot runs this shard now", "shard", id)
			return nil
		}
		if !sleep(ctx, claimRetry) {
			return nil
		}
	}
}
