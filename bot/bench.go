package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"backfaq/bot/bench"
)

// benchCommand measures this very program, started as a process of its own.
type benchCommand struct {
	Only []string      `placeholder:"L1,L2" help:"Which loads to measure. Default: all."`
	Load time.Duration `default:"1m" help:"How long each load lasts."`
	Soak bool          `help:"Let the long run take an hour instead of two minutes."`
}

func (c *benchCommand) Run(ctx context.Context, std streams) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the program: %w", err)
	}
	return bench.Run(ctx, bench.Options{Program: self, Only: c.Only, Duration: c.Load, Soak: c.Soak, Out: std.out, Progress: std.err})
}
