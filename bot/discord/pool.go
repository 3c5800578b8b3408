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

// crew runs jobs, so many at a time, on goroutines that end when there is
// nothing to do.
type crew struct {
	ctx     context.Context // of the jobs
	workers int
	log     *slog.Logger
	metrics *metrics

	mu      sync.Mutex
	jobs    []func(context.Context)
	working int
	closed  bool
	all     sync.WaitGroup // those that work
}

func newCrew(ctx context.Context, workers int, log *slog.Logger, metrics *metrics) *crew {
	return &crew{ctx: ctx, workers: workers, log: log, metrics: metrics}
}

// do hands a job to the crew, or reports false if too many are waiting. What is
// turned away is lost on purpose: later it would be no answer any more.
func (c *crew) do(job func(context.Context)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.jobs) >= c.workers*waitingPerWorker {
		c.metrics.dropped(dropBusy)
		return false
	}
	c.jobs = append(c.jobs, job)
	if c.working < c.workers {
		c.working++
		c.all.Go(c.work)
	}
	return true
}

func (c *crew) work() {
	for {
		c.mu.Lock()
		if len(c.jobs) == 0 {
			c.working--
			c.jobs = nil
			c.mu.Unlock()
			return
		}
		job := c.jobs[0]
		c.jobs[0] = nil
		c.jobs = c.jobs[1:]
		c.mu.Unlock()
		guard(c.log, c.metrics, func() { job(c.ctx) })
	}
}

// drain ends the crew when all it was given is done.
func (c *crew) drain() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.all.Wait()
}

// guard keeps a panic in one job from ending the program.
func guard(log *slog.Logger, metrics *metrics, job func()) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(log, metrics, p)
		}
	}()
	job()
}

// logPanic must be called from the deferred function that recovered. It logs
// where we were and not what was said: a panic's text could quote somebody.
func logPanic(log *slog.Logger, metrics *metrics, p any) {
	metrics.panics.Inc()
	log.Error("a handler panicked", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
}
