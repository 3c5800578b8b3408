package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/rest"
	"backfaq/config"
)

// APIVersion is the version of Discord's API that the program speaks.
func APIVersion() string { return discordgo.APIVersion }

// Flags of an application that say whether it may have the message content
// intent (resources/application#application-object-application-flags).
const contentAllowed = 1<<18 | 1<<19 // verified, and limited to 100 servers

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
	var known []*discordgo.ApplicationCommand
	if err := r.Call(ctx, http.MethodGet, discordgo.EndpointApplicationGlobalCommands(app.ID), nil, &known); err != nil {
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
