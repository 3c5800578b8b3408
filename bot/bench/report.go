package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// report collects figures and prints them as a table.
type report struct {
	progress io.Writer
	load     string // the load that is being measured
	figures  []figure
}

// figure is one line of the table.
type figure struct {
	load, name    string
	target, value string // target "" for a figure without one
	ok            bool
}

func (r *report) say(format string, args ...any) { _, _ = fmt.Fprintf(r.progress, format, args...) }

// atMost adds a figure that should not be larger than a target.
func (r *report) atMost(name string, value, target float64, unit string) {
	r.add(figure{name: name, value: amount(value, unit), target: "≤ " + amount(target, unit), ok: value <= target})
}

// atLeast adds a figure that should not be smaller than a target.
func (r *report) atLeast(name string, value, target float64, unit string) {
	r.add(figure{name: name, value: amount(value, unit), target: "≥ " + amount(target, unit), ok: value >= target})
}

// shown adds a figure without a target.
func (r *report) shown(name string, value float64, unit string) {
	r.add(figure{name: name, value: amount(value, unit), ok: true})
}

func (r *report) add(f figure) {
	f.load = r.load
	r.figures = append(r.figures, f)
	r.say("   %s: %s\n", f.name, f.value)
}

func amount(value float64, unit string) string {
	text := fmt.Sprintf("%.0f", value)
	if value != math.Trunc(value) && math.Abs(value) < 100 {
		text = fmt.Sprintf("%.2f", value)
	}
	return strings.TrimSpace(text + " " + unit)
}

// durations adds percentiles in milliseconds. Targets are by percentile, such
// as "p99"; a percentile without one is shown.
func (r *report) durations(name string, list []time.Duration, targets map[string]float64) {
	if len(list) == 0 {
		r.add(figure{name: name, value: "nothing was answered", target: "something", ok: false})
		return
	}
	slices.Sort(list)
	for _, p := range []struct {
		name string
		at   float64
	}{{"p50", .5}, {"p99", .99}, {"p99.9", .999}, {"slowest", 1}} {
		value := float64(list[min(len(list)-1, int(p.at*float64(len(list))))]) / float64(time.Millisecond)
		if target, ok := targets[p.name]; ok {
			r.atMost(name+", "+p.name, value, target, "ms")
		} else {
			r.shown(name+", "+p.name, value, "ms")
		}
	}
}

// print writes the table. It returns [ErrMissed] if a figure is beyond its
// target.
func (r *report) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "load\tfigure\ttarget\tmeasured\t")
	missed := false
	for _, f := range r.figures {
		verdict := "ok"
		switch {
		case f.target == "":
			verdict = ""
		case !f.ok:
			verdict, missed = "MISSED", true
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", f.load, f.name, f.target, f.value, verdict)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if missed {
		return ErrMissed
	}
	return nil
}
