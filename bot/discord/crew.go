package discord

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

// Interactions and messages have a crew each, so that channel replies waiting
// for a rate limit never keep an interaction waiting.
const (
	interactionWorkers = 64
	messageWorkers     = 32
	waitingPerWorker   = 16 // a flood past that is dropped and counted
)

// crew runs jobs on a fixed number of goroutines.
type crew struct {
	jobs    chan func(context.Context)
	meter   *meter
	working sync.WaitGroup
}

func newCrew(ctx context.Context, workers int, log *slog.Logger, meter *meter) *crew {
	c := &crew{jobs: make(chan func(context.Context), workers*waitingPerWorker), meter: meter}
	for range workers {
		c.working.Go(func() {
			for job := range c.jobs {
				guard(log, meter, func() { job(ctx) })
			}
		})
	}
	return c
}

// do hands a job to the crew, or reports false if too many are waiting. What is
// turned away is lost on purpose: later it would be no answer any more.
func (c *crew) do(job func(context.Context)) bool {
	select {
	case c.jobs <- job:
		return true
	default:
		c.meter.dropped(dropBusy)
		return false
	}
}

// drain ends the crew when all it was given is done. Nothing may be handed to
// it any more.
func (c *crew) drain() {
	close(c.jobs)
	c.working.Wait()
}

// guard keeps a panic in one job from ending the program.
func guard(log *slog.Logger, meter *meter, job func()) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(log, meter, p)
		}
	}()
	job()
}

// logPanic must be called from the deferred function that recovered. It logs
// where we were and not what was said: a panic's text could quote somebody.
func logPanic(log *slog.Logger, meter *meter, p any) {
	meter.panics.Inc()
	log.Error("a handler panicked", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
}
