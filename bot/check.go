package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"backfaq/bot/discord"
	"backfaq/bot/discord/rest"
	"backfaq/bot/store"
	"backfaq/config"
	"backfaq/faq"
)

type checkCommand struct {
	config.Operator
	Online bool `help:"Ask Discord and the database, too. Changes nothing there."`
}

func (c *checkCommand) Run(ctx context.Context, std streams) error {
	for _, err := range []error{c.CheckGiven(), rest.CheckAPI(c.APIURL), store.Check(c.Database.URL)} {
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
	for _, n := range book.Notes() {
		if _, err := fmt.Fprintf(std.out, "%s:%d: %s\n", name, n.Line, n.Text); err != nil {
			return err
		}
	}
	if err := c.confusions(std); err != nil {
		return err
	}
	app, hint := "YOUR_APPLICATION_ID", "\nPut the Application ID from the General Information page of the developer portal in its place."
	if c.Token.Set() {
		if id, ok := applicationID(c.Token); ok {
			app, hint = id, ""
		} else {
			return usageError{errors.New("DISCORD_TOKEN does not begin with the bot's id: copy it again from the Bot page of the developer portal")}
		}
	}
	entries, settings := "1 entry", "The settings are fine."
	if n := len(book.Entries()); n != 1 {
		entries = fmt.Sprint(n, " entries")
	}
	if !c.Token.Set() {
		settings = "The settings are fine, as far as they are set: bot run needs DISCORD_TOKEN, too."
	}
	_, err = fmt.Fprintf(std.out, "%s is fine: %s.\n%s\nInvite the bot to a server with this link:\n%s%s\n", name, entries, settings, discord.InviteLink(app), hint)
	if err != nil || !c.Online {
		return err
	}
	return c.online(ctx, std)
}

// maxConfusions is how many phrasings that would be misunderstood are listed.
const maxConfusions = 20

// confusions says which phrasings of the operator's file the rest of it would
// answer with another entry.
func (c *checkCommand) confusions(std streams) error {
	if c.File == "" {
		return nil // the tests of the program look after the built-in FAQ
	}
	data, err := readFile("FAQ_FILE (--faq-file)", c.File)
	if err != nil {
		return err
	}
	list, err := faq.Confusions(c.File, data)
	if err != nil {
		return usageError{err}
	}
	for i, x := range list {
		if i == maxConfusions {
			_, err = fmt.Fprintf(std.out, "and %d more: give these entries more phrasings first\n", len(list)-maxConfusions)
			break
		}
		if _, err = fmt.Fprintf(std.out, "%s:%d: %s\n", c.File, x.Line, x.Text); err != nil {
			break
		}
	}
	return err
}

// onlinePatience bounds all questions of an online check together.
const onlinePatience = 20 * time.Second

// online asks Discord and the database, prints how each of them is, and fails
// if something is not well.
func (c *checkCommand) online(ctx context.Context, std streams) error {
	ctx, cancel := context.WithTimeout(ctx, onlinePatience)
	defer cancel()
	findings := []discord.Finding{{What: "Discord", Err: errors.New("not asked: DISCORD_TOKEN is not set: copy the token from the Bot page of the developer portal")}}
	if c.Token.Set() {
		findings = discord.CheckOnline(ctx, &c.Operator)
	}
	database := discord.Finding{What: "database", Said: "answers"}
	if err := store.Reach(ctx, c.Database.URL); err != nil {
		database.Err = fmt.Errorf("DATABASE_URL: %w", err)
	}
	failed := false
	for _, f := range append(findings, database) {
		said := f.Said
		if f.Err != nil {
			failed, said = true, "NOT WELL: "+f.Err.Error()
		}
		if _, err := fmt.Fprintf(std.out, "%s: %s\n", f.What, said); err != nil {
			return err
		}
	}
	if failed {
		return errors.New("not everything is well: see NOT WELL above")
	}
	return nil
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
