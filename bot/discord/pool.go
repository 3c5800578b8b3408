package discord

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// Interactions and messages have a pool each, so that channel replies waiting
// for a rate limit never keep an interaction waiting.
const (
	interactionWorkers = 128
	messageWorkers     = 32
	queuedPerWorker    = 16 // a flood past that is dropped and counted
)

// workerPool runs jobs, so many at a time, on goroutines that end when there is
// nothing to do.
type workerPool struct {
	ctx     context.Context // of the jobs
	workers int
	log     *slog.Logger
	metrics *metrics

	mu      sync.Mutex
	jobs    []func(context.Context)
	working int
	closed  bool
	running sync.WaitGroup // of the workers
}

func newWorkerPool(ctx context.Context, workers int, log *slog.Logger, metrics *metrics) *workerPool {
	return &workerPool{ctx: ctx, workers: workers, log: log, metrics: metrics}
}

// submit hands a job to the pool, or drops it and reports false if too many are
// waiting: it would come too late to be an answer.
func (p *workerPool) submit(job func(context.Context)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.jobs) >= p.workers*queuedPerWorker {
		p.metrics.dropped(dropBusy)
		return false
	}
	p.jobs = append(p.jobs, job)
	if p.working < p.workers {
		p.working++
		p.running.Go(p.work)
	}
	return true
}

func (p *workerPool) work() {
	for {
		p.mu.Lock()
		if len(p.jobs) == 0 {
			p.working--
			p.jobs = nil
			p.mu.Unlock()
			return
		}
		job := p.jobs[0]
		p.jobs[0] = nil
		p.jobs = p.jobs[1:]
		p.mu.Unlock()
		guard(p.log, p.metrics, func() { job(p.ctx) })
	}
}

// drain closes the pool and waits for the jobs that it took.
func (p *workerPool) drain() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.running.Wait()
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

// logPanic must be called from the deferred function that recovered. It logs the
// place and the type, not the text of the panic, which could quote somebody.
func logPanic(log *slog.Logger, metrics *metrics, p any) {
	metrics.panics.Inc()
	log.Error("a handler panicked", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
}

// Limits per server, so that a flood of questions does not become a flood of
// cards in its review channel, and one lively server does not use up the calls
// that Discord allows for all.
const (
	cardsAtOnce   = 10
	cardEvery     = 30 * time.Second
	repliesAtOnce = 30
	replyEvery    = time.Second / 3
	maxLimiters   = 10_000 // servers
)

// guildLimiter limits how often something happens per server.
type guildLimiter struct {
	every    time.Duration
	atOnce   int
	limiters *lru.Cache[string, *rate.Limiter]
}

func newGuildLimiter(every time.Duration, atOnce int) *guildLimiter {
	limiters, _ := lru.New[string, *rate.Limiter](maxLimiters) // fails on a size below one only
	return &guildLimiter{every: every, atOnce: atOnce, limiters: limiters}
}

func (l *guildLimiter) allow(server string) bool {
	limiter, ok := l.limiters.Get(server)
	if !ok {
		limiter = rate.NewLimiter(rate.Every(l.every), l.atOnce)
		if known, ok, _ := l.limiters.PeekOrAdd(server, limiter); ok {
			limiter = known
		}
	}
	return limiter.Allow()
}

// sleep waits, and reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-timer.Done()
	return ctx.Err() == nil
}
