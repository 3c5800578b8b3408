package main

import (
	"context"
	"errors"
	"fmt"

	"backfaq/bot/store"
	"backfaq/config"
)

type backupCommand struct {
	config.Database
	To string `arg:"" name:"file" type:"path" help:"The copy to write. It must not exist yet."`
}

// Run copies the database, also while the bot is running on it.
func (c *backupCommand) Run(ctx context.Context, std streams) error {
	err := store.Backup(ctx, c.Database.URL, c.To)
	if _, ok := errors.AsType[store.MistakeError](err); ok {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, "wrote", c.To)
	return err
}
