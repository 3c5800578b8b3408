package discord

import (
	"encoding/json"

	lru "github.com/hashicorp/golang-lru/v2"
)

// How many threads are remembered with the channel they belong to. A thread
// that was forgotten counts as a channel of its own until it is seen again.
// 100,000 are about 12 MiB.
const rememberThreads = 100_000

// places knows which channel a thread or forum post belongs to. Messages do
// not say; the events about servers and threads do.
type places struct {
	parents *lru.Cache[snowflake, snowflake]
}

func newPlaces() *places {
	parents, _ := lru.New[snowflake, snowflake](rememberThreads) // fails on a size below one only
	return &places{parents: parents}
}

// parent is the channel of a thread; "" for what is no thread.
func (p *places) parent(channel snowflake) snowflake {
	parent, _ := p.parents.Get(channel)
	return parent
}

type thread struct {
	ID     snowflake `json:"id"`
	Parent snowflake `json:"parent_id"`
}

// learn takes note of the threads that an event names.
func (p *places) learn(kind string, data json.RawMessage) {
	switch kind {
	case "THREAD_CREATE", "THREAD_UPDATE":
		var t thread
		if json.Unmarshal(data, &t) == nil {
			p.add(t)
		}
	case "THREAD_DELETE":
		var t thread
		if json.Unmarshal(data, &t) == nil {
			p.parents.Remove(t.ID)
		}
	case "GUILD_CREATE", "THREAD_LIST_SYNC":
		var list struct {
			Threads []thread `json:"threads"`
		}
		if json.Unmarshal(data, &list) == nil {
			p.add(list.Threads...)
		}
	}
}

func (p *places) add(threads ...thread) {
	for _, t := range threads {
		if t.ID != "" && t.Parent != "" {
			p.parents.Add(t.ID, t.Parent)
		}
	}
}
