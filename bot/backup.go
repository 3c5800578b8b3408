package main

import (
	"context"
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
	if err := store.Backup(ctx, c.Database.URL, c.To); err != nil {
		return err
	}
	_, err := fmt.Fprintln(std.out, "wrote", c.To)
	return err
}
