package discord

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/gateway"
)

const (
	registerRetry = 30 * time.Second // doubles up to an hour
	registerTime  = time.Minute
	lockPoll      = 2 * time.Second // between tries for the lock of another copy
)

// registerOnce registers the commands in the background, until it worked.
func (b *Bot) registerOnce(ctx context.Context, app string) {
	b.registered.Do(func() {
		b.background.Go(func() {
			for wait := registerRetry; ; wait = min(2*wait, time.Hour) {
				err := b.registerAlone(ctx, app)
				if err == nil || ctx.Err() != nil {
					return
				}
				b.log.Error("commands are not up to date", "err", err, "retry_in", wait)
				if !sleep(ctx, wait) {
					return
				}
			}
		})
	})
}

// registerAlone registers while no other copy of the bot does.
func (b *Bot) registerAlone(ctx context.Context, app string) error {
	ctx, cancel := context.WithTimeout(ctx, registerTime)
	defer cancel()
	for b.locks != nil {
		lease, err := b.locks.Lock(ctx, gateway.LockCommands)
		if err != nil {
			break // without the database there is nobody to agree with
		}
		if lease != nil {
			defer lease.Release()
			break
		}
		if !sleep(ctx, lockPoll) {
			return fmt.Errorf("another copy of the bot is registering commands: %w", ctx.Err())
		}
	}
	return b.register(ctx, app)
}

// register tells Discord the commands, in one bulk overwrite, and only when
// what Discord has differs: at most 200 commands may be created a day, and a
// program that restarts in a loop would use them up
// (interactions/application-commands#registering-a-command).
func (b *Bot) register(ctx context.Context, app string) error {
	endpoint := discordgo.EndpointApplicationGlobalCommands(app)
	wanted := commandsOf(b.handlers)
	var known []*discordgo.ApplicationCommand
	if err := b.rest.Call(ctx, http.MethodGet, endpoint, nil, &known); err != nil {
		return fmt.Errorf("asking which commands are registered: %w", err)
	}
	if fingerprint(known) == fingerprint(wanted) {
		b.log.Info("commands are up to date", "commands", len(wanted))
		return nil
	}
	if err := b.rest.Call(ctx, http.MethodPut, endpoint, wanted, nil); err != nil {
		return fmt.Errorf("registering commands: %w", err)
	}
	b.log.Info("commands registered", "commands", len(wanted))
	return nil
}

// fingerprint is the same for two lists of commands that people cannot tell
// apart, whatever order and defaults Discord returns them with.
func fingerprint(list []*discordgo.ApplicationCommand) string {
	type option struct {
		Type                   discordgo.ApplicationCommandOptionType
		Name, Description      string
		Required, Autocomplete bool
		MinLength, MaxLength   int
		Choices                string
	}
	type command struct {
		Type              discordgo.ApplicationCommandType
		Name, Description string
		Permissions       int64
		Contexts          []discordgo.InteractionContextType
		Installs          []discordgo.ApplicationIntegrationType
		Options           []option
	}
	var commands []string
	for _, c := range list {
		seen := command{
			Type: max(c.Type, discordgo.ChatApplicationCommand), Name: c.Name, Description: c.Description,
			Permissions: value(c.DefaultMemberPermissions, -1),
			Contexts:    slices.Sorted(slices.Values(value(c.Contexts, nil))),
			Installs:    slices.Sorted(slices.Values(value(c.IntegrationTypes, nil))),
		}
		for _, o := range c.Options {
			var choices []string
			for _, c := range o.Choices {
				choices = append(choices, fmt.Sprint(c.Name, "=", c.Value))
			}
			seen.Options = append(seen.Options, option{o.Type, o.Name, o.Description, o.Required, o.Autocomplete, value(o.MinLength, 0), o.MaxLength, strings.Join(choices, ",")})
		}
		commands = append(commands, fmt.Sprintf("%+v", seen))
	}
	slices.Sort(commands)
	return strings.Join(commands, "\n")
}

// value is what a pointer of Discord's points to, or the default for nil.
func value[T any](p *T, unset T) T {
	if p == nil {
		return unset
	}
	return *p
}
