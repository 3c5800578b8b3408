package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"backfaq/bot/discord"
	"backfaq/bot/store"
	"backfaq/config"
)

type checkCommand struct{ config.Operator }

func (c *checkCommand) Run(std streams) error {
	for _, err := range []error{c.CheckGiven(), discord.CheckAPI(c.APIURL), store.Check(c.Database.URL)} {
		if err != nil {
			return usageError{err}
		}
	}
	book, err := load(c.FAQ)
	if err != nil {
		return err
	}
	name := c.File
	if name == "" {
		name = "the built-in FAQ"
	}
	app, hint := "YOUR_APPLICATION_ID", "\nPut the Application ID from the General Information page of the developer portal in its place."
	if c.Token.Set() {
		if id, ok := applicationID(c.Token); ok {
			app, hint = id, ""
		} else {
			return usageError{errors.New("DISCORD_TOKEN does not begin with the bot's id: copy it again from the Bot page of the developer portal")}
		}
	}
	_, err = fmt.Fprintf(std.out, "%s is fine: %d entries.\nThe settings are fine.\nInvite the bot to a server with this link:\n%s%s\n", name, len(book.Entries()), discord.InviteLink(app), hint)
	return err
}

// applicationID reads the bot's id, which is that of its application, from the
// first part of its token.
func applicationID(token config.Secret) (string, bool) {
	first, _, ok := strings.Cut(strings.TrimSpace(token.Reveal()), ".")
	if !ok {
		return "", false
	}
	id, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(first, "="))
	return string(id), err == nil && config.IsID(string(id))
}
