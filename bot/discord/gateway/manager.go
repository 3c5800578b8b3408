// Package gateway keeps a bot connected to Discord's gateway (Discord,
// events/gateway): one session or many, in one process or in several copies of
// the program that share a database. It knows connections, not conversations:
// every event goes to [Options].Dispatch.
//
// A [Manager] (manager.go) decides which shards this copy runs. A shard
// (shard.go) identifies or resumes, takes events, and connects again after
// every fault that can be survived. A conn (conn.go) is one WebSocket with its
// heartbeat; an inflater (inflate.go) undoes its compression. The
// identifyLimiter (identify.go) keeps within the session starts that Discord
// allows, and watchdog.go replaces a session that gets no interactions any more.
//
// The package speaks the protocol itself instead of calling discordgo's
// Session.Open, whose seams do not reach far enough: in v0.29.0 a reconnect
// request before Hello deadlocks Open for good (#513), an invalid session is
// answered by identifying again at once on the same socket (#1429), the session
// id and resume_gateway_url cannot be carried to a new connection (#1502), fatal
// close codes are retried for ever (#1544), and a heartbeat request during a
// close panics in a goroutine of the library (#1702), where no caller can
// recover it.
package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"backfaq/config"
)

// Options says how to connect. Token, Limits, Dispatch and Log are required.
type Options struct {
	Token   config.Secret
	Intents int // a sum of Discord's bits (events/gateway#gateway-intents)

	// Limits asks Discord (GET /gateway/bot). A *FatalError ends Run.
	Limits func(context.Context) (Limits, error)

	// Shards says which shards are this process's; the zero value is all that
	// Discord recommends. With Locks, several copies share them.
	Shards config.Shards
	Locks  Locks // nil: there is no other copy

	// Dispatch takes one event of a shard, in order, on the goroutine that reads
	// the connection, and must not block or keep data, whose place the next
	// event takes. ctx is that of Run. Of an event of more than 64 KiB the data
	// may be no valid JSON.
	Dispatch func(ctx context.Context, shard int, kind string, data json.RawMessage)

	// Unreadable is called for every frame that is no JSON or far too large; nil
	// is none.
	Unreadable func()

	Dial    Dialer // nil is the system's
	Log     *slog.Logger
	Metrics prometheus.Registerer // nil: nowhere
}

// Manager runs the shards of this copy.
type Manager struct {
	Options
	metrics  *metrics
	identify *identifyLimiter
	held     sync.WaitGroup // of identifyLimiter

	mu          sync.Mutex
	first, last int            // of the shards that this copy may run
	count       int            // of all shards; 0 until Prepare
	mine        map[int]*shard // that this copy runs
	began       time.Time
	reached     bool              // the database was, once
	trouble     time.Time         // when the database last failed
	foreign     map[int]time.Time // shards that another copy was seen to have, and since when they seem to be free
	foreignCopy bool              // another copy was seen
}

// New prepares a Manager. Nothing is connected before Run.
func New(o Options) *Manager {
	m := &Manager{Options: o, mine: map[int]*shard{}, foreign: map[int]time.Time{}}
	if m.Unreadable == nil {
		m.Unreadable = func() {}
	}
	m.metrics = newMetrics(o.Metrics, m.Health)
	m.identify = newIdentifyLimiter(o.Limits, o.Locks, o.Log, &m.held)
	return m
}

// Prepare asks Discord how many shards there are to be. It must succeed before
// Run, and may be tried again.
func (m *Manager) Prepare(ctx context.Context) error {
	limits, err := m.identify.limits(ctx, 0)
	if err != nil {
		return err
	}
	if limits.Shards > config.MaxShards {
		return fmt.Errorf("discord, or a proxy in front of it, recommends %d shards, and no bot has more than %d: check DISCORD_API_URL", limits.Shards, config.MaxShards)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count = max(1, limits.Shards)
	m.first, m.last = 0, m.count-1
	if m.Shards.Count > 0 {
		m.first, m.last, m.count = m.Shards.First, m.Shards.Last, m.Shards.Count
	}
	return nil
}

// Run claims shards and keeps them connected until ctx ends, which is no error,
// or until Discord refuses one for good with a *FatalError. It calls onClaimed
// after it went over all shards once.
func (m *Manager) Run(ctx context.Context, onClaimed func()) error {
	m.began = time.Now()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { m.watch(ctx); return nil })
	m.claim(ctx, group)
	onClaimed()
	for m.Locks != nil && sleep(ctx, claimEvery) {
		m.claim(ctx, group)
	}
	return group.Wait()
}

// Wait returns after Run when the locks that outlive shards are released, which
// takes a few seconds.
func (m *Manager) Wait() { m.held.Wait() }

// newShard makes a shard that has not started.
func (m *Manager) newShard(ctx context.Context, id int) *shard {
	s := &shard{
		id: id, count: m.count, token: m.Token, intents: m.Intents, dial: m.Dial, log: m.Log, metrics: m.metrics,
		address: m.identify.address, acquireIdentify: m.identify.acquire, unreadable: m.Unreadable,
		dispatch:    func(shard int, kind string, data json.RawMessage) { m.Dispatch(ctx, shard, kind, data) },
		onQueued:    func() {},
		onConnected: func() {},
	}
	s.setState(Waiting, "")
	return s
}

// start runs a shard until ctx ends, Discord refuses it for good, or another
// copy has it. next is called when it is time to look at the next shard. A copy
// that is alone looks as soon as this shard stands in line to identify, so that
// they go in order; a copy among others looks when this shard is connected, so
// that the others get some, too.
func (m *Manager) start(ctx context.Context, group *errgroup.Group, id int, lease Lease, wait time.Duration, next func()) *shard {
	s := m.newShard(ctx, id)
	if m.Locks == nil {
		s.onQueued = next
	} else {
		s.onConnected = next
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
		lease := m.holdLease(ctx, ended, id, lease)
		stop()
		<-ended // before another copy has it
		if lease != nil {
			lease.Release()
		}
		m.mu.Lock()
		delete(m.mine, id)
		m.mu.Unlock()
		return nil
	})
	return s
}

// running lists the shards that this copy runs, in order.
func (m *Manager) running() []*shard {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Values(m.mine), func(a, b *shard) int { return a.id - b.id })
}
