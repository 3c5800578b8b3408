package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"
)

// connect takes what comes by the gateway until ctx ends.
func (b *Bot) connect(ctx context.Context) error {
	g := newGate(b.rest.limits, b.Locks, b.Log, &b.leases)
	var count int
	err := b.insist(ctx, "asking Discord where to connect", func() error {
		l, err := g.limits(ctx, 0)
		count = max(1, l.Shards)
		return err
	})
	if err != nil || ctx.Err() != nil {
		return err
	}
	v := &supervisor{
		last: count - 1, count: count, locks: b.Locks, log: b.Log, meter: b.meter,
		mine: map[int]*shard{}, others: map[int]time.Time{},
	}
	if b.Shards.Count > 0 {
		v.first, v.last, v.count = b.Shards.First, b.Shards.Last, b.Shards.Count
	}
	intents := discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages
	if b.MessageContent {
		intents |= discordgo.IntentsMessageContent
	}
	v.shard = func(id int) *shard {
		s := &shard{
			id: id, count: v.count, token: b.Token, intents: intents, dial: b.dial, log: b.Log, meter: b.meter,
			gateway: g.address, turn: g.take,
			dispatch: func(s *shard, kind string, data json.RawMessage) {
				guard(b.Log, b.meter, func() { b.dispatch(ctx, s.id, kind, data) })
			},
		}
		s.note(Waiting, "")
		return s
	}
	b.running.Store(v)
	if b.Locks != nil { // ready to take over, whatever it gets
		b.healthy()
	}
	return v.run(ctx, b.healthy)
}

// standBy is for a process that answers by HTTP alone. That needs nothing of
// Discord's; who we are and which commands there are can come later.
func (b *Bot) standBy(ctx context.Context) error {
	b.running.Store(&supervisor{})
	b.healthy()
	var app struct {
		ID  snowflake `json:"id"`
		Bot user      `json:"bot"`
	}
	err := b.insist(ctx, "asking Discord who we are", func() error {
		return b.rest.call(ctx, http.MethodGet, discordgo.EndpointApplication("@me"), nil, &app)
	})
	if err != nil || ctx.Err() != nil {
		return err
	}
	self := string(app.Bot.ID)
	b.self.Store(&self)
	b.registerOnce(ctx, string(app.ID))
	<-ctx.Done()
	return nil
}

// insist tries until it works, ctx ends, or Discord refuses us for good.
func (b *Bot) insist(ctx context.Context, what string, do func() error) error {
	for wait := firstBackoff; ; wait = min(2*wait, maxBackoff) {
		err := do()
		if err == nil || ctx.Err() != nil {
			return nil
		}
		if fatal := judge(err); fatal != nil {
			return fatal
		}
		if b.running.Load() == nil {
			why := fmt.Sprintf("%s: %v", what, err)
			b.problem.Store(&why)
		}
		b.Log.Error(what+" failed", "err", err, "retry_in", wait)
		if late, ok := errors.AsType[*limitedError](err); ok {
			wait = max(wait, time.Until(late.until))
		}
		if !sleep(ctx, wait) {
			return nil
		}
	}
}

// healthy says that from now on the shards tell how the bot is.
func (b *Bot) healthy() {
	fine := ""
	b.problem.Store(&fine)
}

// ends says for the time that is left that the bot takes nothing any more.
func (b *Bot) ends(err error) {
	why := "stopping"
	if err != nil {
		why = err.Error()
	}
	b.problem.Store(&why)
}
