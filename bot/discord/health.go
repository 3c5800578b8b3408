package discord

import "time"

// State is what a shard is doing.
type State string

// The states of a shard.
const (
	Waiting    State = "waiting" // for its turn, or to try again
	Connecting State = "connecting"
	Connected  State = "connected"
	Stopped    State = "stopped"
)

// ShardHealth is how one connection to Discord is.
type ShardHealth struct {
	Shard int
	State State
	Why   string // what it waits for, or what stopped it
	Since time.Time
}

// Health is how the bot is, for those who watch it.
type Health struct {
	Shards []ShardHealth // those of this process, in order
	Count  int           // shards of all processes; 0 until Discord said
	// Problem is what keeps the bot from answering, beside its shards; "" if
	// nothing does.
	Problem string
}

// Ready reports whether what comes to this process is answered. A process
// whose shards are all run by other copies is ready to take over.
func (h Health) Ready() bool {
	for _, s := range h.Shards {
		if s.State != Connected {
			return false
		}
	}
	return h.Problem == ""
}

// Health may be called at any time.
func (b *Bot) Health() Health {
	h := Health{Problem: "starting"}
	if why := b.problem.Load(); why != nil {
		h.Problem = *why
	}
	v := b.running.Load()
	if v == nil {
		return h
	}
	if h.Problem == "" {
		h.Problem = b.rest.courier.problem()
	}
	h.Count = v.count
	for _, s := range v.shards() {
		h.Shards = append(h.Shards, *s.health.Load())
	}
	return h
}

// note keeps what this shard is doing, for those who watch.
func (s *shard) note(state State, why string) {
	now := ShardHealth{Shard: s.id, State: state, Why: why, Since: time.Now()}
	if was := s.health.Load(); was != nil && was.State == state {
		now.Since = was.Since
	}
	s.health.Store(&now)
}
