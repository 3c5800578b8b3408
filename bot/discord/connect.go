package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/gateway"
	"backfaq/bot/discord/rest"
	"backfaq/config"
)

// Pauses between tries to reach Discord at the start.
const (
	firstRetry = time.Second / 2 // doubles
	maxRetry   = time.Minute
)

// FatalError says that Discord refuses this bot for good, and the remedy.
type FatalError = gateway.FatalError

// asFatal makes a FatalError of an error after which no other call can work.
func asFatal(err error) error {
	if errors.Is(err, rest.ErrToken) {
		return &FatalError{Code: http.StatusUnauthorized, Hint: config.RefusedToken}
	}
	return err
}

// newGateway prepares the connections of this process.
func (b *Bot) newGateway(o Options) *gateway.Manager {
	intents := discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages
	if b.messageContent {
		intents |= discordgo.IntentsMessageContent
	}
	return gateway.New(gateway.Options{
		Token: o.Token, Intents: int(intents), Shards: o.Shards, Locks: o.Locks, Dial: o.Dial, Log: o.Log, Metrics: o.Metrics,
		Limits: func(ctx context.Context) (limits gateway.Limits, err error) {
			err = b.rest.Call(ctx, http.MethodGet, discordgo.EndpointGatewayBot, nil, &limits)
			return limits, asFatal(err)
		},
		Dispatch: func(ctx context.Context, shard int, kind string, data json.RawMessage) {
			guard(b.log, b.metrics, func() { b.dispatch(ctx, shard, kind, data) })
		},
		Unreadable: func() { b.metrics.dropped(dropUnreadable) },
	})
}

// runGateway takes events from the gateway until ctx ends.
func (b *Bot) runGateway(ctx context.Context) error {
	err := b.retry(ctx, "asking Discord where to connect", b.gateway.Prepare)
	if err != nil || ctx.Err() != nil {
		return err
	}
	if b.locks != nil { // ready to take over, whichever shards it gets
		b.setStatus("")
	}
	return b.gateway.Run(ctx, func() { b.setStatus("") })
}

// runHTTPOnly is for a process that takes interactions by HTTP alone, which
// needs no call to Discord; its own id and the commands can come later.
func (b *Bot) runHTTPOnly(ctx context.Context) error {
	b.setStatus("")
	var app struct {
		ID  snowflake `json:"id"`
		Bot user      `json:"bot"`
	}
	err := b.retry(ctx, "asking Discord for the application", func(ctx context.Context) error {
		return b.rest.Call(ctx, http.MethodGet, discordgo.EndpointApplication("@me"), nil, &app)
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

// retry tries until it works, ctx ends, or Discord refuses the bot for good.
// Until the bot answers, its health tells of the last try.
func (b *Bot) retry(ctx context.Context, what string, try func(context.Context) error) error {
	for wait := firstRetry; ; wait = min(2*wait, maxRetry) {
		err := try(ctx)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		if fatal, ok := errors.AsType[*FatalError](asFatal(err)); ok {
			return fatal
		}
		if *b.status.Load() != "" {
			b.setStatus(fmt.Sprintf("%s: %v", what, err))
		}
		b.log.Error(what+" failed", "err", err, "retry_in", wait)
		if late, ok := errors.AsType[*rest.LimitedError](err); ok {
			wait = max(wait, time.Until(late.Until))
		}
		if !sleep(ctx, wait) {
			return nil
		}
	}
}
