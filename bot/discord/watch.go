package discord

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

// traffic is what came by a shard in one window.
type traffic struct{ events, asked int64 }

// watch looks for shards that stopped getting interactions, and lets them begin
// a new session unless it is so everywhere.
func (v *supervisor) watch(ctx context.Context) {
	seen := map[*shard]traffic{}   // in all
	before := map[*shard]traffic{} // in the window before
	for sleep(ctx, silenceWindow) {
		sofar, lately := map[*shard]traffic{}, map[*shard]traffic{}
		total := int64(0)
		shards := v.shards()
		for _, s := range shards {
			now := traffic{events: s.events.Load(), asked: s.asked.Load()}
			lately[s] = traffic{events: now.events - seen[s].events, asked: now.asked - seen[s].asked}
			total += lately[s].asked
			sofar[s] = now
		}
		for _, s := range shards {
			if !lately[s].silentAfter(before[s]) {
				continue
			}
			v.meter.silences.Inc()
			v.log.Error("a shard gets no interactions any more, only other events", "shard", s.id, "for", silenceWindow)
			if total >= silenceLeast || len(shards) == 1 {
				s.restart()
			}
		}
		seen, before = sofar, lately // only of shards that are still ours
	}
}

func (t traffic) silentAfter(before traffic) bool {
	return before.asked >= silenceLeast && t.asked == 0 && t.events > 0
}
