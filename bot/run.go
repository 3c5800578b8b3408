package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"backfaq/bot/discord"
	"backfaq/bot/discord/gateway"
	"backfaq/bot/discord/rest"
	"backfaq/bot/store"
	"backfaq/config"
	"backfaq/faq"
)

type runCommand struct{ config.Operator }

// gcPercent is half of Go's headroom for garbage. All that lives is about 10 MiB
// and hardly grows, so collecting more often costs little and saves 5 MiB.
const gcPercent = 50

func (c *runCommand) Run(ctx context.Context, std streams) error {
	for _, err := range []error{c.Check(), rest.CheckAPI(c.APIURL), store.Check(c.Database.URL)} {
		if err != nil {
			return usageError{err}
		}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	book, err := load(c.FAQ)
	if err != nil {
		return err
	}
	listener, err := listen(c.HTTP)
	if err != nil {
		return err
	}
	log, program := logger(c.Logs, std), describe(book)
	log.Info("starting", "program", program)
	return inTime(ctx, log, func() error { return c.serve(ctx, book, program, listener, log) })
}

// stopTimeout bounds all that happens after a signal: what is being answered is
// answered to its end, HTTP is shut down, and counters are saved.
const stopTimeout = 4500 * time.Millisecond

// inTime runs the program, and waits for it no longer than stopTimeout after ctx
// ended. Work that hangs then, such as waiting for a locked database, ends
// with the process.
func inTime(ctx context.Context, log *slog.Logger, run func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- run() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(stopTimeout):
		log.Warn("stopped without waiting any longer for what is unfinished", "after", stopTimeout)
		return nil
	}
}

// serve answers by HTTP at once, opens the database, and runs the bot until ctx
// ends.
func (c *runCommand) serve(ctx context.Context, book *faq.Book, program build, listener net.Listener, log *slog.Logger) error {
	var front front
	var open connections
	answer := func(context.Context) error { return nil }
	if listener != nil {
		key, _ := c.Key() // checked before
		log.Info("serving HTTP", "addr", listener.Addr().String(), "interactions", key != nil)
		answer = func(ctx context.Context) error { return serve(ctx, listener, &front, &open, log) }
	}
	return together(ctx, func(ctx context.Context) error {
		kept, err := store.Open(ctx, c.Database.URL, store.Options{Book: book, Log: log})
		switch {
		case err != nil && ctx.Err() != nil:
			return nil // told to stop before there was anything to run
		case err != nil:
			return usageError{err}
		}
		registry := newRegistry(kept.Ping)
		registry.MustRegister(program.gauge(), open.gauge())
		bot, err := discord.New(c.options(book, kept, registry, log))
		if err != nil {
			return errors.Join(err, kept.Close())
		}
		var interactions http.Handler
		if key, _ := c.Key(); key != nil {
			interactions = bot.Endpoint()
		}
		front.set(routes(bot, kept.Ping, registry, interactions))
		err = bot.Run(ctx)
		if closed := kept.Close(); closed != nil {
			log.Error("the last counts could not be saved", "err", closed)
		}
		return err
	}, answer)
}

// options says what the bot is made of.
func (c *runCommand) options(book *faq.Book, kept *store.Store, metrics prometheus.Registerer, log *slog.Logger) discord.Options {
	shards, _ := c.Shard() // checked before, as the key
	key, _ := c.Key()
	o := discord.Options{
		Desk:           &faq.Desk{Book: book, Servers: kept, Counter: kept, Log: log},
		Store:          kept,
		Token:          c.Token,
		API:            c.APIURL,
		Key:            key,
		MessageContent: c.MessageContent,
		Shards:         shards,
		Metrics:        metrics,
		Log:            log,
	}
	if kept.Shared() {
		o.Locks = locks{kept}
	}
	return o
}

// together runs the bot until ctx ends, and HTTP for a little longer: what the
// bot finishes after that still goes out. If one fails, the other ends in good
// order, so that whoever restarts programs notices.
func together(ctx context.Context, bot, web func(context.Context) error) error {
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	running, ctx := errgroup.WithContext(ctx)
	running.Go(func() error { return web(serving) })
	running.Go(func() error {
		defer stop()
		return bot(ctx)
	})
	return running.Wait()
}

// locks lets copies of the bot on one PostgreSQL share its shards.
type locks struct{ store *store.Store }

func (l locks) Lock(ctx context.Context, key int64) (gateway.Lease, error) {
	lease, err := l.store.Lock(ctx, key)
	if lease == nil {
		return nil, err // not a nil *store.Lease in an interface
	}
	return lease, err
}
