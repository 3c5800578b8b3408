package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/rest"
)

// post sends a message to a channel. With a nonce Discord drops a second copy,
// so that it may be tried again.
func (b *Bot) post(ctx context.Context, channel string, m message) error {
	if m.nonce != "" {
		ctx = rest.Repeatable(ctx)
	}
	endpoint := discordgo.EndpointChannelMessages(channel)
	var err error
	if len(m.files) == 0 {
		err = b.rest.Call(ctx, http.MethodPost, endpoint, m, nil)
	} else {
		kind, body, packed := discordgo.MultipartBodyWithJSON(m, m.parts())
		if packed != nil {
			return fmt.Errorf("packing a message with files: %w", packed)
		}
		_, err = b.rest.Send(ctx, http.MethodPost, endpoint, kind, body)
	}
	if errors.Is(err, rest.ErrCrowded) {
		b.metrics.dropped(dropCrowd)
	}
	return err
}

// editReply replaces the first answer to an interaction.
func (b *Bot) editReply(ctx context.Context, i *interaction, m message) error {
	return b.rest.Call(ctx, http.MethodPatch, discordgo.EndpointWebhookMessage(string(i.App), i.Token, "@original"), m, nil)
}

// sleep waits, and reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
