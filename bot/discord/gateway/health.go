package gateway

import (
	"slices"
	"time"
)

// State is the phase of a shard's connection.
type State string

// The states of a shard.
const (
	Waiting    State = "waiting" // for its turn, or to try again
	Connecting State = "connecting"
	Connected  State = "connected"
	Stopped    State = "stopped"
)

// ShardHealth is the condition of one shard.
type ShardHealth struct {
	Shard int
	State State
	Why   string // the reason to wait, or to have stopped
	Since time.Time

	lost time.Time // when it was connected last; zero if it never was
}

// Health is the condition of the shards of this process.
type Health struct {
	Shards []ShardHealth // in order
	Count  int           // shards of all processes; 0 until Discord said
}

// lostFor is how long a shard may take to connect again before the process
// counts as not ready. Discord ends connections all the time and replays the
// events of the meantime.
const lostFor = 10 * time.Second

// Ready reports whether events of every shard arrive, perhaps a little later. A
// process whose shards are all run by other copies is ready to take over.
func (h Health) Ready() bool {
	return !slices.ContainsFunc(h.Shards, func(s ShardHealth) bool {
		return s.State == Stopped || s.State != Connected && time.Since(s.lost) > lostFor
	})
}

// Connected reports whether every shard is connected at this moment.
func (h Health) Connected() bool {
	return !slices.ContainsFunc(h.Shards, func(s ShardHealth) bool { return s.State != Connected })
}

// Health may be called at any time.
func (m *Manager) Health() Health {
	var h Health
	m.mu.Lock()
	h.Count = m.count
	m.mu.Unlock()
	for _, s := range m.running() {
		h.Shards = append(h.Shards, *s.health.Load())
	}
	return h
}

// setState publishes the phase of this shard.
func (s *shard) setState(state State, why string) {
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
