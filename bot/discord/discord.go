// Package discord is all of Discord: it turns what people do there into
// questions for a [faq.Desk], and answers into messages.
//
// Events come in through the gateway (gateway.go, shards.go) or by HTTP (door.go)
// and are decoded into the few fields that are used (envelope.go). dispatch.go
// decides what concerns us. answer.go is the one funnel: it checks permission,
// runs the handler found in the tables of commands.go, and sends the reply that
// the handler returned, by the rules of the REST API (rest.go, transport.go).
// Every sentence a person reads stands in render.go, and whatever is sent is a
// message (message.go), which ends with the disclaimer and pings nobody. What
// moderators set is one table (settings.go) and one panel (panel.go).
package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/prometheus/client_golang/prometheus"

	"backfaq/bot/discord/gateway"
	"backfaq/bot/discord/rest"
	"backfaq/config"
	"backfaq/faq"
)

const (
	rememberEvents = 65_536                  // ids of each kind of event already handled, so that none is answered twice
	drainTimeout   = 3500 * time.Millisecond // what is being answered at shutdown gets this long
)

// Bot is the bot on Discord. Desk, Token and Log are required.
type Bot struct {
	Desk  *faq.Desk
	Store Store // what moderators decide; nil: they can decide nothing
	Token config.Secret
	API   string // where the REST API is; "" is rest.DefaultAPI
	Log   *slog.Logger

	// MessageContent asks for the privileged intent, without which messages
	// that are not put to the bot arrive without their text.
	MessageContent bool

	// Shards says which connections to Discord are this process's; the zero
	// value is all that Discord recommends. With Locks, several processes
	// share them.
	Shards config.Shards
	Locks  gateway.Locks // nil: there is no other process

	// Metrics is where counters are registered; nil: nowhere.
	Metrics prometheus.Registerer

	// Transport carries the REST calls; nil is one that verifies certificates
	// and obeys the proxy settings of the environment.
	Transport http.RoundTripper

	rest     *rest.Client
	gateway  *gateway.Manager
	table    []command
	actions  map[string]action
	settings []setting
	places   *places
	roll     *roll
	cards    *allowance
	replies  *allowance
	seen     map[string]*lru.Cache[snowflake, struct{}] // by kind: chatter does not push interactions out
	self     atomic.Pointer[string]                     // our own user id, known from READY on
	metrics  *metrics
	dial     gateway.Dialer // nil is the system's

	interactions, messages *crew
	registered             sync.Once
	background             sync.WaitGroup

	gate   sync.RWMutex // of the door
	open   bool
	inside sync.WaitGroup // requests to the door

	status atomic.Pointer[string] // see Health; nil before Run
}

// Run connects and answers until ctx ends. Then it takes no more events,
// finishes what it is answering, and returns nil. A *FatalError means that
// Discord will not have us and trying again is pointless.
func (b *Bot) Run(ctx context.Context) error {
	if err := b.prepare(); err != nil {
		return err
	}
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	// What is being answered when ctx ends is answered to its end.
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	b.interactions = newCrew(working, interactionWorkers, b.Log, b.metrics)
	b.messages = newCrew(working, messageWorkers, b.Log, b.metrics)

	b.background.Go(func() {
		b.roll.keep(ctx, func(err error) { b.Log.Warn("could not note which servers the bot is on", "err", err) })
	})

	b.background.Go(func() { b.rest.Probe(ctx) })

	connect := b.runGateway
	if b.Shards.None {
		connect = b.runHTTPOnly
	}
	b.admit(true)
	err := connect(ctx)
	if err != nil {
		b.setStatus(err.Error())
	} else {
		b.setStatus("stopping")
	}
	b.admit(false)
	leave()

	drained := make(chan struct{})
	go func() {
		b.inside.Wait()
		b.interactions.drain()
		b.messages.drain()
		b.background.Wait()
		close(drained)
	}()
	select {
	case <-drained:
	case <-time.After(drainTimeout):
		b.Log.Warn("gave up on unfinished answers", "after", drainTimeout)
		stop()
		<-drained
	}
	b.gateway.Wait()
	return err
}

func (b *Bot) prepare() (err error) {
	switch {
	case b.Desk == nil || b.Desk.Book == nil:
		return errors.New("discord: no FAQ to answer from")
	case b.Log == nil:
		return errors.New("discord: no logger")
	}
	if b.API == "" {
		b.API = rest.DefaultAPI
	}
	if b.Transport == nil {
		b.Transport = rest.NewTransport()
	}
	b.setStatus(starting)
	b.metrics = newMetrics(b.Metrics)
	b.rest, err = rest.New(rest.Options{API: b.API, Token: b.Token, Transport: b.Transport, Log: b.Log, Metrics: b.Metrics})
	if err != nil {
		return err
	}
	b.gateway = b.newGateway()
	b.table, b.actions, b.settings = commands(), actions(), settings()
	b.places, b.roll, b.cards = newPlaces(), newRoll(b.Store), newAllowance(cardEvery, cardsAtOnce)
	b.replies = newAllowance(replyEvery, repliesAtOnce)
	b.seen = map[string]*lru.Cache[snowflake, struct{}]{}
	for _, kind := range []string{"i", "m"} {
		if b.seen[kind], err = lru.New[snowflake, struct{}](rememberEvents); err != nil {
			return fmt.Errorf("discord: %w", err)
		}
	}
	return nil
}
