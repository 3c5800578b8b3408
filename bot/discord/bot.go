// Package discord is the conversation on Discord: it turns messages and
// interactions into questions for a [faq.Desk], and answers into messages.
//
// The tour, for one question. Events come by package gateway or, signed, by
// package endpoint, and are decoded into the few fields that are used (wire.go). A
// message is translated (translate.go) and goes through events.go: reply decides,
// a worker (pool.go) sends. An interaction goes through interactions.go: respond
// looks its handler up in the one table (commands.go), checks the permission in
// that row, and runs it; serve adds the deadline, the apology for a panic, and
// the metrics. The handlers return their response as a value: ask.go for
// everybody; panel.go, settings.go, entries.go, teach.go, card.go,
// transfer.go and stats.go for moderators. render.go and components.go show a [faq.Answer] in
// the words of sentences.go, which package locale says in the reader's language. All
// that is sent is a message (message.go), which
// ends with the disclaimer and pings nobody; package rest keeps Discord's limits.
package discord

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"backfaq/bot/discord/endpoint"
	"backfaq/bot/discord/gateway"
	"backfaq/bot/discord/membership"
	"backfaq/bot/discord/rest"
	"backfaq/config"
	"backfaq/faq"
)

const (
	firstRetry = time.Second / 2 // between tries to reach Discord at the start; doubles
	maxRetry   = time.Minute

	drainTimeout = 3500 * time.Millisecond // at shutdown, for answers that are being made
)

// Options says what a bot is made of. Desk, Token and Log are required.
type Options struct {
	Desk  *faq.Desk
	Store Store // what moderators decide; nil: they can decide nothing
	Token config.Secret
	API   string            // address of the REST API; "" is rest.DefaultAPI
	Key   ed25519.PublicKey // that Discord signs with what it sends to Endpoint; nil: it takes nothing
	Log   *slog.Logger

	// MessageContent asks for the privileged intent, without which messages
	// that are not put to the bot arrive without their text.
	MessageContent bool

	// Shards says which connections to Discord are this process's; the zero
	// value is all that Discord recommends. With Locks, several processes
	// share them.
	Shards config.Shards
	Locks  gateway.Locks // nil: there is no other process

	Metrics   prometheus.Registerer // nil: nowhere
	Now       func() time.Time      // the clock of this machine; nil is time.Now
	Transport http.RoundTripper     // of REST calls; nil: one that obeys the environment's proxy settings
	Dial      gateway.Dialer        // of the gateway; nil is the system's
}

// Store keeps the documents that moderators make, and counts. Every change is
// saved together with its line in the list of changes, or not at all. An error
// that wraps faq.ErrUnavailable is the database's; any other is a sentence for
// the moderator.
type Store interface {
	// Edit changes a server's document. alter returns the line in the list of
	// changes, which names no wording: that is gone once forgotten.
	Edit(ctx context.Context, server, actor string, alter func(*faq.Document) (what string, err error)) (faq.Change, error)
	// Document is all that the moderators of a server made, past any cache.
	Document(ctx context.Context, server string) (faq.Document, error)
	Audit(ctx context.Context, server string) ([]faq.Change, error)

	Stats(ctx context.Context, server string, days int) (faq.Stats, error)

	DeleteServer(ctx context.Context, server string) error
	membership.Store
}

// Bot answers on Discord.
type Bot struct {
	desk           *faq.Desk
	store          Store
	log            *slog.Logger
	messageContent bool
	httpOnly       bool
	locks          gateway.Locks

	rest     *rest.Client
	clock    *endpoint.Clock
	endpoint *endpoint.Handler
	gateway  *gateway.Manager
	metrics  *metrics

	handlers []handler
	settings []setting

	guilds  *guildState
	tracker *membership.Tracker
	cards   *guildLimiter          // of review cards
	carded  *carded                // questions that had one
	replies *guildLimiter          // in channels
	seen    map[string]*recent     // by kind, so that chatter does not push interactions out
	told    recent                 // direct messages; see toldToReply
	wiped   recent                 // servers of which all was deleted; see welcome
	self    atomic.Pointer[string] // the bot's user id; nil before READY

	interactions, messages *workerPool
	registered             sync.Once
	background             sync.WaitGroup

	status atomic.Pointer[string] // see Health
}

// New prepares a bot. Nothing is called or connected before Run.
func New(o Options) (*Bot, error) {
	switch {
	case o.Desk == nil || o.Desk.Book == nil:
		return nil, errors.New("discord: no FAQ to answer from")
	case o.Log == nil:
		return nil, errors.New("discord: no logger")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	clock := endpoint.NewClock(o.Now, o.Log)
	client, err := rest.New(rest.Options{API: o.API, Token: o.Token, Transport: o.Transport, Log: o.Log, Metrics: o.Metrics, Date: clock.Observe})
	if err != nil {
		return nil, fmt.Errorf("discord: %w", err)
	}
	b := &Bot{
		desk: o.Desk, store: o.Store, log: o.Log, messageContent: o.MessageContent, httpOnly: o.Shards.None, locks: o.Locks,
		rest: client, clock: clock, metrics: newMetrics(o.Metrics),
		handlers: handlers(), settings: settings(),
		guilds: newGuildState(),
		cards:  newGuildLimiter(cardEvery, cardsAtOnce), carded: newCarded(), replies: newGuildLimiter(replyEvery, repliesAtOnce),
		seen: map[string]*recent{seenInteractions: {most: maxSeen}, seenMessages: {most: maxSeen}, seenOverheard: {most: maxSeen}},
		told: recent{most: maxTold}, wiped: recent{most: maxTold},
	}
	b.tracker = membership.New(o.Store, b.welcome)
	b.gateway = b.newGateway(o)
	b.endpoint = endpoint.New(o.Key, clock, b.answerByHTTP, b.metrics.requested)
	b.setStatus("starting")
	return b, nil
}

// Run connects and answers until ctx ends. Then it takes no more events,
// finishes the answers that are being made, and returns nil. A *FatalError means
// that Discord refuses the bot and another try is pointless. Run may be called
// once.
func (b *Bot) Run(ctx context.Context) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	// Workers outlive ctx, so that they finish.
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	b.interactions = newWorkerPool(working, interactionWorkers, b.log, b.metrics)
	b.messages = newWorkerPool(working, messageWorkers, b.log, b.metrics)

	b.background.Go(func() {
		b.tracker.Run(ctx, func(err error) { b.log.Warn("could not note which servers the bot is on", "err", err) })
	})

	b.background.Go(func() { b.rest.Probe(ctx) })

	connect := b.runGateway
	if b.httpOnly {
		connect = b.runHTTPOnly
	}
	b.endpoint.Open()
	err := connect(ctx)
	if err != nil {
		b.setStatus(err.Error())
	} else {
		b.setStatus("stopping")
	}
	b.endpoint.Close()
	leave()

	drained := make(chan struct{})
	go func() {
		b.endpoint.Wait()
		b.interactions.drain()
		b.messages.drain()
		b.background.Wait()
		close(drained)
	}()
	select {
	case <-drained:
	case <-time.After(drainTimeout):
		b.log.Warn("gave up on unfinished answers", "after", drainTimeout)
		stop()
		<-drained
	}
	b.gateway.Wait()
	return err
}

// runGateway takes events from the gateway until ctx ends.
func (b *Bot) runGateway(ctx context.Context) error {
	err := b.retry(ctx, "asking Discord where to connect", b.gateway.Prepare)
	if err != nil || ctx.Err() != nil {
		return err
	}
	if b.locks != nil { // ready to take over, whichever shards it gets
		b.setStatus("")
	}
	return b.gateway.Run(ctx, func() { b.setStatus("") })
}

// retry tries until it works, ctx ends, or Discord refuses the bot for good.
// Until the bot answers, its health tells of the last try.
func (b *Bot) retry(ctx context.Context, what string, try func(context.Context) error) error {
	for wait := firstRetry; ; wait = min(2*wait, maxRetry) {
		err := try(ctx)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		if fatal, ok := errors.AsType[*FatalError](asFatal(err)); ok {
			return fatal
		}
		if *b.status.Load() != "" {
			b.setStatus(fmt.Sprintf("%s: %v", what, err))
		}
		b.log.Error(what+" failed", "err", err, "retry_in", wait)
		if late, ok := errors.AsType[*rest.LimitedError](err); ok {
			wait = max(wait, time.Until(late.Until))
		}
		if !sleep(ctx, wait) {
			return nil
		}
	}
}

// FatalError says that Discord refuses this bot for good, and the remedy.
type FatalError = gateway.FatalError

// asFatal makes a FatalError of an error after which no other call can work.
func asFatal(err error) error {
	if errors.Is(err, rest.ErrToken) {
		return &FatalError{Code: http.StatusUnauthorized, Hint: config.RefusedToken}
	}
	return err
}

// Health is the condition of the bot.
type Health struct {
	gateway.Health
	// Problem keeps the bot from answering, beside its shards; "" if nothing
	// does.
	Problem string
	Passing bool // the problem keeps nothing from being answered, or not for long
}

// Ready reports whether events that come to this process are answered, perhaps
// a little later. A pause of REST calls is no reason to take it off a load
// balancer: interactions need none.
func (h Health) Ready() bool { return h.Health.Ready() && (h.Problem == "" || h.Passing) }

// Well reports whether all is as it should be.
func (h Health) Well() bool { return h.Connected() && h.Problem == "" }

// Health may be called at any time.
func (b *Bot) Health() Health {
	h := Health{Health: b.gateway.Health(), Problem: *b.status.Load()}
	if h.Problem == "" {
		calls := b.rest.Health()
		h.Problem, h.Passing = calls.Problem, calls.Passing
	}
	if h.Problem == "" {
		h.Problem, h.Passing = b.clock.Problem(), true
	}
	return h
}

// setStatus says why the bot answers nothing; "" leaves it to the shards and the
// REST client to say how it is.
func (b *Bot) setStatus(why string) { b.status.Store(&why) }
