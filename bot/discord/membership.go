package discord

import (
	"context"
	"encoding/json"
	"maps"
	"strconv"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

const rollRetry = 30 * time.Second // after the database failed

// roll tells the store which servers the bot left and which it is on. It holds
// at most one entry a server, however many events come.
type roll struct {
	mu    sync.Mutex
	left  map[string]time.Time         // when; zero: the bot is there
	taken map[[2]int64]map[string]bool // censuses to look at, by shard and number of shards
	news  chan struct{}                // has room for one: there is something in left
	store Store
}

func newRoll(store Store) *roll {
	return &roll{left: map[string]time.Time{}, taken: map[[2]int64]map[string]bool{}, news: make(chan struct{}, 1), store: store}
}

// learn takes note of an event. During an outage a server is merely unavailable
// (events/gateway-events#guild-delete).
func (r *roll) learn(kind string, data json.RawMessage, now time.Time) {
	var server struct {
		ID          snowflake `json:"id"`
		Unavailable bool      `json:"unavailable"`
	}
	if r.store == nil || json.Unmarshal(data, &server) != nil || server.ID == "" || server.Unavailable {
		return
	}
	if kind != "GUILD_DELETE" {
		now = time.Time{}
	}
	r.mu.Lock()
	r.left[string(server.ID)] = now
	r.mu.Unlock()
	r.wake()
}

// census learns from READY which servers of a shard the bot is on, so that
// those that removed it while nobody listened are found.
func (r *roll) census(data json.RawMessage) {
	var ready struct {
		Shard  [2]int64 `json:"shard"`
		Guilds []struct {
			ID snowflake `json:"id"`
		} `json:"guilds"`
	}
	if r.store == nil || json.Unmarshal(data, &ready) != nil {
		return
	}
	on := map[string]bool{}
	for _, g := range ready.Guilds {
		on[string(g.ID)] = true
	}
	r.mu.Lock()
	r.taken[ready.Shard] = on
	r.mu.Unlock()
	r.wake()
}

// missing adds the servers that the store knows and Discord does not to those
// that the bot left.
func (r *roll) missing(ctx context.Context, now time.Time) error {
	r.mu.Lock()
	taken := r.taken
	r.taken = map[[2]int64]map[string]bool{}
	r.mu.Unlock()
	if len(taken) == 0 {
		return nil
	}
	known, err := r.store.Known(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	for shard, on := range taken {
		if err != nil {
			r.taken[shard] = on // to be tried again
			continue
		}
		for _, server := range known {
			// (guild_id >> 22) % shards (events/gateway#sharding)
			id, bad := strconv.ParseInt(server, 10, 64)
			mine := bad == nil && (id>>22)%max(shard[1], 1) == shard[0]
			if _, heard := r.left[server]; mine && !on[server] && !heard {
				r.left[server] = now
			}
		}
	}
	return err
}

func (r *roll) wake() {
	select {
	case r.news <- struct{}{}:
	default:
	}
}

// keep saves what was learned until ctx ends. failed is told of each error.
func (r *roll) keep(ctx context.Context, failed func(error)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.news:
		}
		if err := r.settle(ctx); err != nil {
			failed(err)
			if !sleep(ctx, rollRetry) {
				return
			}
			r.wake()
		}
	}
}

// settle saves all that was learned, or stops at the first error.
func (r *roll) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := r.missing(ctx, time.Now()); err != nil {
		return err
	}
	r.mu.Lock()
	todo := maps.Clone(r.left)
	r.mu.Unlock()
	for server, at := range todo {
		if err := r.save(ctx, server, at); err != nil {
			return err
		}
		r.mu.Lock()
		if r.left[server].Equal(at) { // nothing newer came meanwhile
			delete(r.left, server)
		}
		r.mu.Unlock()
	}
	return nil
}

func (r *roll) save(ctx context.Context, server string, left time.Time) error {
	if left.IsZero() {
		return r.store.Returned(ctx, server)
	}
	return r.store.Removed(ctx, server, left)
}

// How much of something a server gets, so that a flood of questions does not
// become a flood of cards in its review channel, and one lively server does not
// use up the calls that Discord allows for all.
const (
	cardsAtOnce     = 10
	cardEvery       = 30 * time.Second
	repliesAtOnce   = 30
	replyEvery      = time.Second / 3
	rememberServers = 10_000
)

// allowance limits how often something happens per server.
type allowance struct {
	every   time.Duration
	atOnce  int
	servers *lru.Cache[string, *rate.Limiter]
}

func newAllowance(every time.Duration, atOnce int) *allowance {
	servers, _ := lru.New[string, *rate.Limiter](rememberServers) // fails on a size below one only
	return &allowance{every: every, atOnce: atOnce, servers: servers}
}

func (a *allowance) allow(server string) bool {
	limit, ok := a.servers.Get(server)
	if !ok {
		limit = rate.NewLimiter(rate.Every(a.every), a.atOnce)
		if known, ok, _ := a.servers.PeekOrAdd(server, limit); ok {
			limit = known
		}
	}
	return limit.Allow()
}
