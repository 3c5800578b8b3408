package discord

import (
	"context"
	"encoding/json"
	"maps"
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
	left  map[string]time.Time // when; zero: the bot is there
	news  chan struct{}        // has room for one: there is something in left
	store Store
}

func newRoll(store Store) *roll {
	return &roll{left: map[string]time.Time{}, news: make(chan struct{}, 1), store: store}
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
		r.mu.Lock()
		todo := maps.Clone(r.left)
		r.mu.Unlock()
		for server, at := range todo {
			if err := r.save(ctx, server, at); err != nil {
				failed(err)
				if !sleep(ctx, rollRetry) {
					return
				}
				r.wake()
				break
			}
			r.mu.Lock()
			if r.left[server].Equal(at) { // nothing newer came meanwhile
				delete(r.left, server)
			}
			r.mu.Unlock()
		}
	}
}

func (r *roll) save(ctx context.Context, server string, left time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, restTimeout)
	defer cancel()
	if left.IsZero() {
		return r.store.Returned(ctx, server)
	}
	return r.store.Removed(ctx, server, left)
}

// How many cards a server's review channel gets, so that a flood of questions
// does not become a flood of cards.
const (
	cardsAtOnce   = 10
	cardEvery     = 30 * time.Second
	rememberCards = 10_000 // servers
)

// allowance limits how often something happens per server.
type allowance struct {
	servers *lru.Cache[string, *rate.Limiter]
}

func newAllowance() *allowance {
	servers, _ := lru.New[string, *rate.Limiter](rememberCards) // fails on a size below one only
	return &allowance{servers: servers}
}

func (a *allowance) allow(server string) bool {
	limit, ok := a.servers.Get(server)
	if !ok {
		limit = rate.NewLimiter(rate.Every(cardEvery), cardsAtOnce)
		if known, ok, _ := a.servers.PeekOrAdd(server, limit); ok {
			limit = known
		}
	}
	return limit.Allow()
}
