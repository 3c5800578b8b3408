package discord

import "backfaq/bot/discord/gateway"

// Health is the condition of the bot.
type Health struct {
	gateway.Health
	// Problem keeps the bot from answering, beside its shards; "" if nothing
	// does.
	Problem string
	Passing bool // the problem is a pause with an end
}

// Ready reports whether events that come to this process are answered, perhaps
// a little later. A pause of REST calls is no reason to take it off a load
// balancer: interactions need none.
func (h Health) Ready() bool { return h.Health.Ready() && (h.Problem == "" || h.Passing) }

// Well reports whether all is as it should be.
func (h Health) Well() bool { return h.Connected() && h.Problem == "" }

const starting = "starting"

// Health may be called at any time.
func (b *Bot) Health() Health {
	h := Health{Problem: starting}
	if b.gateway != nil {
		h.Health = b.gateway.Health()
	}
	if status := b.status.Load(); status != nil {
		h.Problem = *status
	}
	if h.Problem == "" {
		calls := b.rest.Health()
		h.Problem, h.Passing = calls.Problem, calls.Passing
	}
	return h
}

// setStatus says why the bot answers nothing; "" leaves it to the shards and the
// REST client to say how it is.
func (b *Bot) setStatus(why string) { b.status.Store(&why) }
