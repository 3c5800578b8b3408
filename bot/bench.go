package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// benchCommand measures the program under load, on one machine, against the
// stand-in for Discord. The program under test is a process of its own, the
// very one that runs the command, so its memory is its own.
type benchCommand struct {
	Only []string      `placeholder:"L1,L2" help:"Which loads to measure. Default: all."`
	Load time.Duration `default:"1m" help:"How long each load lasts."`
	Soak bool          `help:"Let the long run take an hour instead of two minutes."`
}

// benchLatency is a round trip to Discord.
const benchLatency = 50 * time.Millisecond

// figure is one line of the table.
type figure struct {
	load, what  string
	target      string
	value       string
	ok          bool
	informative bool // there is no target
}

// bench collects figures.
type bench struct {
	*benchCommand
	std     streams
	figures []figure
	load    string // the one that is being measured
}

// trial is something to measure.
type trial struct {
	name, what string
	run        func(*bench, context.Context) error
}

func trials() []trial {
	return []trial{
		{"L1", "2,500 servers with 50 channels and 30 roles each, on one shard", (*bench).manyServers},
		{"L2", "2,000 messages a second that are none of our business, beside 20 questions a second", (*bench).crowd},
		{"L3", "200 interactions a second, by gateway and by HTTP", (*bench).interactions},
		{"L4", "40 questions in channels a second, with Discord's limits", (*bench).replies},
		{"L5", "500 good requests a second to the HTTP door beside 5,000 forged ones", (*bench).forgeries},
		{"L6", "the matcher alone, with 1,000 entries", (*bench).matcher},
		{"L7", "100 changes of settings a second by 16 moderators, on SQLite", (*bench).changes},
		{"L8", "16 shards, all cut off at once", (*bench).cut},
		{"L9", "10 interactions a second and a lost connection now and then, for long", (*bench).soak},
		{"L11", "start and stop", (*bench).startAndStop},
	}
}

// errMissed says that a figure is beyond its target.
var errMissed = errors.New("not every target was met")

func (c *benchCommand) Run(ctx context.Context, std streams) error {
	b := &bench{benchCommand: c, std: std}
	b.say("%s, %d CPUs, %s; Discord is %v away\n", runtime.Version(), runtime.NumCPU(), runtime.GOARCH, benchLatency)
	for _, l := range trials() {
		if len(c.Only) > 0 && !slices.Contains(c.Only, l.name) {
			continue
		}
		b.load = l.name
		b.say("%s: %s\n", l.name, l.what)
		if err := l.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return b.print()
}

func (b *bench) say(format string, args ...any) { _, _ = fmt.Fprintf(b.std.err, format, args...) }

// atMost notes a figure that should not be larger than a target.
func (b *bench) atMost(what string, value, target float64, unit string) {
	b.note(figure{what: what, value: amount(value, unit), target: "≤ " + amount(target, unit), ok: value <= target})
}

// atLeast notes a figure that should not be smaller than a target.
func (b *bench) atLeast(what string, value, target float64, unit string) {
	b.note(figure{what: what, value: amount(value, unit), target: "≥ " + amount(target, unit), ok: value >= target})
}

// shown notes a figure without a target.
func (b *bench) shown(what string, value float64, unit string) {
	b.note(figure{what: what, value: amount(value, unit), ok: true, informative: true})
}

func (b *bench) note(f figure) {
	f.load = b.load
	b.figures = append(b.figures, f)
	b.say("   %s: %s\n", f.what, f.value)
}

func amount(value float64, unit string) string {
	text := fmt.Sprintf("%.0f", value)
	if value != math.Trunc(value) && math.Abs(value) < 100 {
		text = fmt.Sprintf("%.2f", value)
	}
	return strings.TrimSpace(text + " " + unit)
}

// took notes percentiles of durations, in milliseconds.
func (b *bench) took(what string, list []time.Duration, targets map[string]float64) {
	if len(list) == 0 {
		b.note(figure{what: what, value: "nothing was answered", target: "something", ok: false})
		return
	}
	slices.Sort(list)
	for _, p := range []struct {
		name string
		at   float64
	}{{"p50", .5}, {"p99", .99}, {"p99.9", .999}, {"slowest", 1}} {
		value := float64(list[min(len(list)-1, int(p.at*float64(len(list))))]) / float64(time.Millisecond)
		if target, ok := targets[p.name]; ok {
			b.atMost(what+", "+p.name, value, target, "ms")
		} else {
			b.shown(what+", "+p.name, value, "ms")
		}
	}
}

func (b *bench) print() error {
	w := tabwriter.NewWriter(b.std.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "load\tfigure\ttarget\tmeasured\t")
	missed := false
	for _, f := range b.figures {
		verdict := "ok"
		switch {
		case f.informative:
			verdict = ""
		case !f.ok:
			verdict, missed = "MISSED", true
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", f.load, f.what, f.target, f.value, verdict)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if missed {
		return errMissed
	}
	return nil
}

// every calls do so many times a second until the time is over, on time even
// if a call takes longer than its share.
func every(ctx context.Context, perSecond int, last time.Duration, do func(n int) error) error {
	began := time.Now()
	gap := time.Second / time.Duration(perSecond)
	for n := 0; ; n++ {
		due := began.Add(time.Duration(n) * gap)
		if due.Sub(began) >= last {
			return nil
		}
		if wait := time.Until(due); wait > 0 {
			t := time.NewTimer(wait)
			select {
			case <-t.C:
			case <-ctx.Done():
				t.Stop()
				return ctx.Err()
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := do(n); err != nil {
			return err
		}
	}
}
