// Package bench measures the program under load, against the stand-in for
// Discord, and prints a table of targets and figures. The program under test is
// a process of its own, so its memory and its processor time are its own.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"backfaq/bot/fakediscord"
)

// Options say what to measure.
type Options struct {
	Program  string        // path of the binary under test
	Only     []string      // names of loads, such as "L1"; empty for all
	Duration time.Duration // of each steady load
	Soak     bool          // the long run takes an hour instead of two minutes
	Out      io.Writer     // the table
	Progress io.Writer     // what is being measured, line by line
}

// latency is a round trip to Discord.
const latency = 50 * time.Millisecond

// ErrMissed says that a figure is beyond its target.
var ErrMissed = errors.New("not every target was met")

// load is something to measure: a Discord with a fixture, the program connected
// to it, and what happens then.
type load struct {
	name, about       string
	discord           fakediscord.Options
	channels, members int // of the fixture
	run               func(*bench, context.Context, *program, *fixture) error
}

func loads() []load {
	return []load{
		{"L1", "2,500 servers with 50 channels and 30 roles each, on one shard",
			fakediscord.Options{KeepEvents: 10_000, Shards: 1}, 1, 1, (*bench).manyServers},
		{"L2", "2,000 messages a second that do not concern the bot, beside 20 questions a second",
			fakediscord.Options{Heartbeat: beat, KeepEvents: 20_000}, 200, 500, (*bench).chatter},
		{"L3", "400 interactions a second, by gateway", fakediscord.Options{}, 50, 2000, (*bench).interactionsByGateway},
		{"L3", "400 interactions a second, by HTTP", fakediscord.Options{}, 50, 2000, (*bench).interactionsByHTTP},
		{"L4", "40 questions in channels a second, with Discord's limits", fakediscord.Options{KeepEvents: 200_000}, 400, 1000, (*bench).replies},
		{"L5", "500 good requests a second to the interactions endpoint beside 5,000 forged ones", fakediscord.Options{}, 50, 5000, (*bench).forgeries},
		{"L7", "100 changes of settings a second by 16 moderators, on SQLite", fakediscord.Options{}, 1, 1, (*bench).changes},
		{"L8", "16 shards, all cut off at once", fakediscord.Options{Shards: 16, KeepEvents: 100_000}, 640, 64, (*bench).cut},
		{"L9", "10 interactions a second and a lost connection now and then, for long", fakediscord.Options{KeepEvents: 20_000}, 50, 500, (*bench).soak},
		{"L11", "start and stop", fakediscord.Options{}, 30, 50, (*bench).startAndStop},
	}
}

// bench is a run of loads and the figures they gave.
type bench struct {
	Options
	report
}

// Run measures and prints. It returns [ErrMissed] when everything was measured
// and a figure is beyond its target.
func Run(ctx context.Context, o Options) error {
	b := &bench{Options: o, report: report{progress: o.Progress}}
	var names []string
	for _, l := range loads() {
		names = append(names, l.name)
	}
	for _, name := range o.Only {
		if !slices.Contains(names, name) {
			return fmt.Errorf("--only names a load that does not exist: use some of %s", strings.Join(names, ","))
		}
	}
	b.say("%s, %d CPUs, %s; Discord is %v away\n", runtime.Version(), runtime.NumCPU(), runtime.GOARCH, latency)
	for _, l := range loads() {
		if len(o.Only) > 0 && !slices.Contains(o.Only, l.name) {
			continue
		}
		b.load = l.name
		b.say("%s: %s\n", l.name, l.about)
		if err := b.measure(ctx, l); err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return b.print(o.Out)
}

// measure starts a program with a fixture and runs a load on it.
func (b *bench) measure(ctx context.Context, l load) (err error) {
	var f *fixture
	p, err := b.start(ctx, l.discord, func(srv *fakediscord.Server) { f = newFixture(srv, l.channels, l.members) })
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	if err := p.connected(ctx, max(1, l.discord.Shards)); err != nil {
		return err
	}
	return l.run(b, ctx, p, f)
}

// every calls do so many times a second until the time is over. A call that
// takes longer than its share does not move the ones after it.
func every(ctx context.Context, perSecond int, duration time.Duration, do func(n int) error) error {
	began := time.Now()
	gap := time.Second / time.Duration(perSecond)
	for n := 0; ; n++ {
		due := time.Duration(n) * gap
		if due >= duration {
			return nil
		}
		select {
		case <-time.After(time.Until(began.Add(due))):
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := do(n); err != nil {
			return err
		}
	}
}
