package gateway

import (
	"context"
	"time"
)

// Discord was seen to stop sending interactions to a shard while everything
// else went on, until the bot was restarted (discord-api-docs#8162).
const (
	silenceWindow = 15 * time.Minute
	silenceLeast  = 20 // interactions in a window that make none in the next one suspicious
)

// traffic is the number of events that came by a shard in one window.
type traffic struct{ events, interactions int64 }

// watch looks for shards that stopped getting interactions, and lets them begin
// a new session unless it is so everywhere.
func (m *Manager) watch(ctx context.Context) {
	total := map[*shard]traffic{}
	last := map[*shard]traffic{} // in the window before
	for sleep(ctx, silenceWindow) {
		now, window := map[*shard]traffic{}, map[*shard]traffic{}
		interactions := int64(0) // of all shards in this window
		shards := m.running()
		for _, s := range shards {
			now[s] = traffic{events: s.events.Load(), interactions: s.interactions.Load()}
			window[s] = traffic{events: now[s].events - total[s].events, interactions: now[s].interactions - total[s].interactions}
			interactions += window[s].interactions
		}
		for _, s := range shards {
			if !window[s].silentAfter(last[s]) {
				continue
			}
			m.metrics.silences.Inc()
			m.Log.Error("a shard gets no interactions any more, only other events", "shard", s.id, "for", silenceWindow)
			if interactions >= silenceLeast || len(shards) == 1 {
				s.restart()
			}
		}
		total, last = now, window // shards that other copies run are forgotten
	}
}

func (t traffic) silentAfter(last traffic) bool {
	return last.interactions >= silenceLeast && t.interactions == 0 && t.events > 0
}
