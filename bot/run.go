package main

import (
	"context"
	"errors"
	"net/http"

	"golang.org/x/sync/errgroup"

	"backfaq/bot/discord"
	"backfaq/bot/discord/gateway"
	"backfaq/bot/discord/rest"
	"backfaq/bot/store"
	"backfaq/config"
	"backfaq/faq"
)

type runCommand struct{ config.Operator }

func (c *runCommand) Run(ctx context.Context, std streams) error {
	for _, err := range []error{c.Check(), rest.CheckAPI(c.APIURL), store.Check(c.Database.URL)} {
		if err != nil {
			return usageError{err}
		}
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
	kept, err := store.Open(ctx, c.Database.URL, store.Options{Book: book, Log: log})
	if err != nil {
		if listener != nil {
			_ = listener.Close()
		}
		if ctx.Err() != nil {
			return nil // told to stop before there was anything to run
		}
		return usageError{err}
	}
	registry := newRegistry(kept.Ping)
	registry.MustRegister(program.gauge())
	shards, _ := c.Shard() // checked above, as is the key
	key, _ := c.Key()
	bot := &discord.Bot{
		Desk:           &faq.Desk{Book: book, Servers: kept, Counter: kept, Log: log},
		Store:          kept,
		Token:          c.Token,
		API:            c.APIURL,
		MessageContent: c.MessageContent,
		Shards:         shards,
		Metrics:        registry,
		Log:            log,
	}
	if kept.Shared() {
		bot.Locks = locks{kept}
	}
	answer := func(context.Context) error { return nil }
	if listener != nil {
		var door http.Handler
		if key != nil {
			door = bot.Door(key)
		}
		log.Info("serving HTTP", "addr", listener.Addr().String(), "interactions", door != nil)
		answer = func(ctx context.Context) error {
			return serve(ctx, listener, routes(bot, kept.Ping, registry, door), log)
		}
	}
	return errors.Join(together(ctx, bot.Run, answer), kept.Close())
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
