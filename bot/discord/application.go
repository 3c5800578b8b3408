package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/gateway"
	"backfaq/bot/discord/rest"
	"backfaq/config"
)

// APIVersion is the version of Discord's API that the program speaks.
func APIVersion() string { return discordgo.APIVersion }

// Flags of an application that say whether it may have the message content
// intent (resources/application#application-object-application-flags).
const contentAllowed = 1<<18 | 1<<19 // verified, and limited to 100 servers

const onlineTimeout = 5 * time.Second // for all that is asked of Discord

// Finding is one thing that an online check found out.
type Finding struct {
	What string // what was looked at
	Said string // how it is, and what to do if it is not well
	// Err is why it could not be asked, or what is wrong with it; nil if all
	// is well.
	Err error
}

// CheckOnline asks Discord whether it would have the bot with these settings:
// the token, the message content intent, the public key, how people can add
// the bot, and the commands. It changes nothing.
func CheckOnline(ctx context.Context, o *config.Operator) []Finding {
	ctx, cancel := context.WithTimeout(ctx, onlineTimeout)
	defer cancel()
	r, err := rest.New(rest.Options{API: o.APIURL, Token: o.Token, Transport: http.DefaultTransport, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return []Finding{{What: "Discord", Err: err}}
	}
	var app struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Flags   int    `json:"flags"`
		Key     string `json:"verify_key"`
		Public  bool   `json:"bot_public"`
		Address string `json:"interactions_endpoint_url"`
	}
	if err := r.Call(ctx, http.MethodGet, discordgo.EndpointApplications+"/@me", nil, &app); err != nil {
		return []Finding{{What: "token", Err: notAsked(err)}}
	}
	all := []Finding{{What: "token", Said: fmt.Sprintf("accepted; the application is %q", app.Name)}}

	intent := Finding{What: "message content intent", Said: "not asked for"}
	switch allowed := app.Flags&contentAllowed != 0; {
	case o.MessageContent && !allowed:
		intent.Err = errors.New("switched off: switch on Message Content Intent on the Bot page of the developer portal, or unset DISCORD_MESSAGE_CONTENT")
	case o.MessageContent:
		intent.Said = "switched on"
	case allowed:
		intent.Said = "switched on, but DISCORD_MESSAGE_CONTENT is not true: the bot cannot listen in"
	}
	all = append(all, intent, checkKey(o, app.Key, app.Address))

	link := Finding{What: "install link", Said: "everybody may add the bot"}
	if !app.Public {
		link.Said = "only you may add the bot: switch on Public Bot on the Bot page for others"
	}
	all = append(all, link)

	registered := Finding{What: "commands", Said: "registered and up to date"}
	if known, err := registeredCommands(ctx, r, app.ID); err != nil {
		registered.Err = notAsked(err)
	} else if fingerprint(known) != fingerprint(commandsOf(handlers())) {
		registered.Said = "not up to date: the bot registers them when it starts"
	}
	return append(all, registered)
}

// checkKey compares the public key with the application's.
func checkKey(o *config.Operator, verify, address string) Finding {
	f := Finding{What: "public key", Said: "not set: interactions come by the gateway"}
	key, _ := o.Key()
	theirs, err := hex.DecodeString(verify)
	switch {
	case key == nil && address != "":
		f.Err = errors.New("DISCORD_PUBLIC_KEY is not set, but the application has an Interactions Endpoint URL: set the key, or remove the address on the General Information page")
	case key == nil:
	case err != nil || !key.Equal(ed25519.PublicKey(theirs)):
		f.Err = errors.New("DISCORD_PUBLIC_KEY is not this application's: copy it again from the General Information page of the developer portal")
	case address == "":
		f.Said = "right; no Interactions Endpoint URL is set, so interactions come by the gateway"
	default:
		f.Said = "right; interactions come by HTTP"
	}
	return f
}

// notAsked says why a question to Discord has no answer.
func notAsked(err error) error {
	if fatal, ok := errors.AsType[*FatalError](asFatal(err)); ok {
		return fatal
	}
	return fmt.Errorf("could not be asked: %w: check DISCORD_API_URL and the network", err)
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
	b.self.Store(new(string(app.Bot.ID)))
	b.registerOnce(ctx, string(app.ID))
	<-ctx.Done()
	return nil
}

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
	known, err := registeredCommands(ctx, b.rest, app)
	if err != nil {
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

// registeredCommands are those that Discord has, with their localizations, which it
// leaves out otherwise (interactions/application-commands#get-global-application-commands).
func registeredCommands(ctx context.Context, client *rest.Client, app string) (list []*discordgo.ApplicationCommand, err error) {
	err = client.Call(ctx, http.MethodGet, discordgo.EndpointApplicationGlobalCommands(app)+"?with_localizations=true", nil, &list)
	return list, err
}

// fingerprint is the same for two lists of commands that people cannot tell
// apart, whatever order and defaults Discord returns them with.
func fingerprint(list []*discordgo.ApplicationCommand) string {
	type option struct {
		Type                   discordgo.ApplicationCommandOptionType
		Name, Description      string
		Names, Descriptions    map[discordgo.Locale]string
		Required, Autocomplete bool
		MinLength, MaxLength   int
		Choices                string
	}
	type command struct {
		Type              discordgo.ApplicationCommandType
		Name, Description string
		Names             map[discordgo.Locale]string
		Descriptions      map[discordgo.Locale]string
		Permissions       int64
		Contexts          []discordgo.InteractionContextType
		Installs          []discordgo.ApplicationIntegrationType
		Options           []option
	}
	var commands []string
	for _, c := range list {
		seen := command{
			Type: max(c.Type, discordgo.ChatApplicationCommand), Name: c.Name, Description: c.Description,
			Names: value(c.NameLocalizations, nil), Descriptions: value(c.DescriptionLocalizations, nil),
			Permissions: value(c.DefaultMemberPermissions, -1),
			Contexts:    slices.Sorted(slices.Values(value(c.Contexts, nil))),
			Installs:    slices.Sorted(slices.Values(value(c.IntegrationTypes, nil))),
		}
		for _, o := range c.Options {
			var choices []string
			for _, c := range o.Choices {
				choices = append(choices, fmt.Sprint(c.Name, c.NameLocalizations, "=", c.Value))
			}
			seen.Options = append(seen.Options, option{o.Type, o.Name, o.Description, o.NameLocalizations, o.DescriptionLocalizations, o.Required, o.Autocomplete, value(o.MinLength, 0), o.MaxLength, strings.Join(choices, ",")})
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
