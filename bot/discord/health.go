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

	lost time.Time // when it was connected last; zero if it never was
}

// Health is how the bot is, for those who watch it.
type Health struct {
	Shards []ShardHealth // those of this process, in order
	Count  int           // shards of all processes; 0 until Discord said
	// Problem is what keeps the bot from answering, beside its shards; "" if
	// nothing does.
	Problem string
	Passing bool // the problem is a pause with an end
}

// lostFor is how long a shard may take to connect again before the process
// counts as not ready. Discord ends connections all the time and replays what
// was said meanwhile.
const lostFor = 10 * time.Second

// Ready reports whether what comes to this process is answered, perhaps a
// little later. A process whose shards are all run by other copies is ready to
// take over. Nothing is gained by keeping interactions from a process that
// Discord lets make no REST calls for now: they need none.
func (h Health) Ready() bool {
	for _, s := range h.Shards {
		if s.State == Stopped || s.State != Connected && time.Since(s.lost) > lostFor {
			return false
		}
	}
	return h.Problem == "" || h.Passing
}

// Well reports whether all is as it should be.
func (h Health) Well() bool {
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
		h.Problem, h.Passing = b.rest.courier.problem()
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
	if was := s.health.Load(); was != nil {
		if was.State == state {
			now.Since = was.Since
		}
		if now.lost = was.lost; was.State == Connected {
			now.lost = time.Now()
		}
	}
	s.health.Store(&now)
}
