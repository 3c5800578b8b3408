package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"backfaq/bot/bench"
)

// benchCommand measures this very program, started as a process of its own.
type benchCommand struct {
	Only []string      `placeholder:"L1,L2" wants:"names of loads, such as L1,L2" help:"Which loads to measure. Default: all."`
	Load time.Duration `default:"1m" wants:"a length of time, such as 30s or 5m" help:"How long each load lasts."`
	Soak bool          `help:"Let the long run take an hour instead of two minutes."`
}

func (c *benchCommand) Run(ctx context.Context, std streams) error {
	if c.Load < time.Second {
		return usageError{errors.New("--load must be a second at least")}
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the program: %w", err)
	}
	return bench.Run(ctx, bench.Options{Program: self, Only: c.Only, Duration: c.Load, Soak: c.Soak, Out: std.out, Progress: std.err})
}
