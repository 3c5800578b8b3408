// Package discord is all of Discord: it turns what people do there into
// questions for a [faq.Desk], and answers into messages.
//
// Events come in through the gateway (gateway.go) and are decoded into the few
// fields that are used (envelope.go). dispatch.go is the one funnel: it decides
// what concerns us, runs the handler found in the tables of commands.go, and
// sends the reply that the handler returned. Every sentence a person reads
// stands in render.go, and whatever is sent is a message (message.go), which
// ends with the disclaimer and pings nobody.
package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	lru "github.com/hashicorp/golang-lru/v2"

	"backfaq/config"
	"backfaq/faq"
)

const (
	rememberEvents = 65_536          // ids of events already handled, so that none is answered twice
	drainTimeout   = 4 * time.Second // what is being answered at shutdown gets this long
)

// Bot is the bot on Discord. Desk, Token and Log are required.
type Bot struct {
	Desk  *faq.Desk
	Store Store // what moderators decide; nil: they can decide nothing
	Token config.Secret
	API   string // where the REST API is; "" is DefaultAPI
	Log   *slog.Logger

	// MessageContent asks for the privileged intent, without which messages
	// that are not put to the bot arrive without their text.
	MessageContent bool

	// Transport carries the REST calls; nil is http.DefaultTransport.
	Transport http.RoundTripper

	rest     *rest
	table    []command
	actions  map[string]action
	settings []setting
	places   *places
	roll     *roll
	cards    *allowance
	seen     *lru.Cache[string, struct{}]
	self     atomic.Pointer[string] // our own user id, known from READY on

	interactions, messages *crew
	registered             sync.Once
	background             sync.WaitGroup
}

// Run connects and answers until ctx ends. Then it takes no more events,
// finishes what it is answering, and returns nil. A *FatalError means that
// Discord will not have us and trying again is pointless.
func (b *Bot) Run(ctx context.Context) error {
	if err := b.prepare(); err != nil {
		return err
	}
	// What is being answered when ctx ends is answered to its end.
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	b.interactions = newCrew(working, interactionWorkers, b.Log)
	b.messages = newCrew(working, messageWorkers, b.Log)

	b.background.Go(func() {
		b.roll.keep(ctx, func(err error) { b.Log.Warn("could not note which servers the bot is on", "err", err) })
	})

	intents := discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages
	if b.MessageContent {
		intents |= discordgo.IntentsMessageContent
	}
	turns := newTurns(1)
	one := &shard{
		count: 1, token: b.Token, log: b.Log, turn: turns.take,
		intents:  intents,
		gateway:  b.rest.gateway,
		dispatch: func(_ int, kind string, data json.RawMessage) { b.dispatch(working, kind, data) },
	}
	err := one.run(ctx)

	drained := make(chan struct{})
	go func() {
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
		b.API = DefaultAPI
	}
	if b.Transport == nil {
		b.Transport = http.DefaultTransport
	}
	if b.rest, err = newREST(b.API, b.Token, b.Transport); err != nil {
		return err
	}
	b.table, b.actions, b.settings = commands(), actions(), settings()
	b.places, b.roll, b.cards = newPlaces(), newRoll(b.Store), newAllowance()
	if b.seen, err = lru.New[string, struct{}](rememberEvents); err != nil {
		return fmt.Errorf("discord: %w", err)
	}
	return nil
}
