package rest

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// scope is a set of calls that a block covers: one of these, one bucket, or the
// messages to one channel.
type scope string

const (
	scopeCallbacks scope = "callbacks" // interaction callbacks
	scopeAll       scope = "all"       // every call but interaction callbacks
	scopeToken     scope = "token"     // calls that carry the bot's token
	scopeMessages  scope = "messages"  // messages to any channel
)

func scopeBucket(key string) scope { return scope("bucket " + key) }
func scopeChannel(id string) scope { return scope("channel " + id) }

// scopes are those that cover a call, but for its bucket's.
func (to route) scopes() []scope {
	scopes := []scope{scopeAll}
	if !to.tokenAuth {
		scopes = append(scopes, scopeToken)
	}
	if to.channel != "" {
		scopes = append(scopes, scopeChannel(to.channel), scopeMessages)
	}
	return scopes
}

// block forbids the calls of a scope until a time. With err they fail at once;
// without, they wait.
type block struct {
	until time.Time
	err   error
}

// blocks is the one table of what must not be called yet. The caller holds the
// limiter's mutex.
type blocks struct {
	table *lru.Cache[scope, block]
}

// maxBlocks is more than channels and buckets can be blocked at once within
// Discord's global limit; the scopes of all calls are looked up all the time
// and stay.
const maxBlocks = 20_000

func newBlocks() blocks {
	table, _ := lru.New[scope, block](maxBlocks) // fails on a size below one only
	return blocks{table}
}

// add blocks a scope. An earlier block of it that lasts longer stays.
func (t blocks) add(s scope, until time.Time, err error) {
	if b, ok := t.table.Get(s); ok && b.until.After(until) {
		return
	}
	t.table.Add(s, block{until, err})
}

// longest is the block among the scopes that ends last, one that fails at once
// before all others; a block of the past if there is none.
func (t blocks) longest(now time.Time, scopes ...scope) (longest block) {
	for _, s := range scopes {
		b, ok := t.table.Get(s)
		switch {
		case !ok || !b.until.After(now):
		case b.err != nil:
			return b
		case b.until.After(longest.until):
			longest = b
		}
	}
	return longest
}
