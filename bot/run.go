package main

import (
	"context"
	"errors"

	"backfaq/bot/discord"
	"backfaq/bot/store"
	"backfaq/config"
	"backfaq/faq"
)

type runCommand struct{ config.Operator }

func (c *runCommand) Run(ctx context.Context, std streams) error {
	if !c.Token.Set() {
		return usageError{errors.New("DISCORD_TOKEN is not set: copy the token from the Bot page of your application at https://discord.com/developers/applications, or try the bot without one: bot ask \"why does my upper back cramp?\"")}
	}
	book, err := load(c.FAQ)
	if err != nil {
		return err
	}
	log := logger(c.Logs, std)
	kept, err := store.Open(ctx, c.Database.URL, store.Options{Book: book, Log: log})
	if err != nil {
		return usageError{err}
	}
	bot := &discord.Bot{
		Desk:           &faq.Desk{Book: book, Servers: kept, Tally: kept, Log: log},
		Store:          kept,
		Token:          c.Token,
		API:            c.APIURL,
		MessageContent: c.MessageContent,
		Log:            log,
	}
	return errors.Join(bot.Run(ctx), kept.Close())
}
