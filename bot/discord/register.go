package discord

import (
	"backfaq/bot/discord/gateway"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
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
				b.Log.Error("commands are not up to date", "err", err, "retry_in", wait)
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
	for b.Locks != nil {
		lease, err := b.Locks.Lock(ctx, gateway.LockCommands)
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
	wanted := wantedCommands(b.table)
	var known []*discordgo.ApplicationCommand
	if err := b.rest.Call(ctx, http.MethodGet, endpoint, nil, &known); err != nil {
		return fmt.Errorf("asking which commands are registered: %w", err)
	}
	if fingerprint(known) == fingerprint(wanted) {
		b.Log.Info("commands are up to date", "commands", len(wanted))
		return nil
	}
	if err := b.rest.Call(ctx, http.MethodPut, endpoint, wanted, nil); err != nil {
		return fmt.Errorf("registering commands: %w", err)
	}
	b.Log.Info("commands registered", "commands", len(wanted))
	return nil
}

// wantedCommands is what Discord is told of a table of commands.
func wantedCommands(table []command) []*discordgo.ApplicationCommand {
	var wanted []*discordgo.ApplicationCommand
	for _, c := range table {
		wanted = append(wanted, &c.ApplicationCommand)
	}
	return wanted
}

// fingerprint is the same for two lists of commands that people cannot tell
// apart, whatever order and defaults Discord returns them with.
func fingerprint(list []*discordgo.ApplicationCommand) [sha256.Size]byte {
	type option struct {
		Type                   discordgo.ApplicationCommandOptionType
		Name, Description      string
		Required, Autocomplete bool
		MinLength, MaxLength   int
		Choices                []string
	}
	type command struct {
		Type              discordgo.ApplicationCommandType
		Name, Description string
		Permissions       int64
		Contexts          []discordgo.InteractionContextType
		Installs          []discordgo.ApplicationIntegrationType
		Options           []option
	}
	var all []command
	for _, c := range list {
		one := command{Type: max(c.Type, discordgo.ChatApplicationCommand), Name: c.Name, Description: c.Description, Permissions: -1}
		if c.DefaultMemberPermissions != nil {
			one.Permissions = *c.DefaultMemberPermissions
		}
		if c.Contexts != nil {
			one.Contexts = slices.Sorted(slices.Values(*c.Contexts))
		}
		if c.IntegrationTypes != nil {
			one.Installs = slices.Sorted(slices.Values(*c.IntegrationTypes))
		}
		for _, o := range c.Options {
			opt := option{Type: o.Type, Name: o.Name, Description: o.Description, Required: o.Required, Autocomplete: o.Autocomplete, MaxLength: o.MaxLength}
			for _, c := range o.Choices {
				opt.Choices = append(opt.Choices, fmt.Sprint(c.Name, "=", c.Value))
			}
			if o.MinLength != nil {
				opt.MinLength = *o.MinLength
			}
			one.Options = append(one.Options, opt)
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b command) int {
		return strings.Compare(fmt.Sprint(a.Type, a.Name), fmt.Sprint(b.Type, b.Name))
	})
	data, _ := json.Marshal(all) // plain values always encode
	return sha256.Sum256(data)
}
