package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/endpoint"
)

// An interaction is dead after three seconds
// (interactions/receiving-and-responding). A handler gets two of them, however
// slow the database is, so that an apology can still be sent.
const (
	handlerTimeout  = 2 * time.Second
	handlerGrace    = 200 * time.Millisecond // to notice that its time is up
	interactionLife = 2800 * time.Millisecond
)

// response answers an interaction: one of the first five, or none if nothing is
// to be said.
type response struct {
	say     *message // a new message
	change  *message // in place of the message the component sits on
	choices []choice // autocomplete
	modal   *modal
	later   bool // the component's message changes when after is done; until then nothing does

	// after runs once the response is out, or could not be sent: consequences of
	// a change, and work that may take longer than Discord waits.
	after func(context.Context)
}

// say is the response with one message.
func say(m message) response { return response{say: &m} }

// change is the response with one message in place of the component's.
func change(m message) response { return response{change: &m} }

// respond finds the handler of an interaction, checks the permission of the
// person who acts, and runs it.
func (b *Bot) respond(ctx context.Context, i *interaction) response {
	if i.Type == discordgo.InteractionApplicationCommandAutocomplete {
		return b.complete(ctx, i)
	}
	h, id := b.handler(i)
	switch {
	case h == nil && i.Type == discordgo.InteractionApplicationCommand:
		return b.inform(i, unknownCommand)
	case h == nil:
		return b.inform(i, expired)
	}
	if refusal := b.refusal(h, i); refusal != "" {
		return b.inform(i, refusal)
	}
	return h.run(b, ctx, i, id)
}

// complete offers choices for the option that is being typed.
func (b *Bot) complete(ctx context.Context, i *interaction) response {
	h, _ := b.handler(i)
	if h == nil || h.complete == nil {
		return response{choices: []choice{}}
	}
	return response{choices: h.complete(b, ctx, i)}
}

// apology answers any interaction whose handler failed.
func (b *Bot) apology(i *interaction, sentence string) response {
	if i.Type == discordgo.InteractionApplicationCommandAutocomplete {
		return response{choices: []choice{}}
	}
	return b.inform(i, sentence)
}

// serve answers one interaction, however it came: it runs the handler with a
// deadline, apologises for one that panics or takes too long, and hands the
// encoded response to deliver. It returns when the handler has.
func (b *Bot) serve(worker context.Context, i *interaction, arrived time.Time, door string, deliver func(context.Context, encoded) error) {
	ctx, cancel := context.WithDeadline(worker, arrived.Add(interactionLife))
	defer cancel()
	if ctx.Err() != nil {
		b.metrics.dropped(dropLate)
		return
	}
	var taken atomic.Bool // by the first response
	sent := make(chan struct{})
	send := func(r response) {
		if taken.Swap(true) {
			<-sent
		} else {
			defer close(sent)
			b.deliver(ctx, i, r, arrived, door, deliver)
		}
		if r.after != nil && !b.messages.submit(r.after) {
			b.log.Warn("too busy for the work after a response")
		}
	}
	late := time.AfterFunc(time.Until(arrived.Add(handlerTimeout+handlerGrace)), func() {
		b.log.Warn("a handler took too long", "server", i.Guild, "type", int(i.Type))
		guard(b.log, b.metrics, func() { send(b.apology(i, tooSlow)) })
	})
	defer late.Stop()
	send(b.respondSafely(ctx, i, arrived))
}

// deliver encodes a response and hands it over.
func (b *Bot) deliver(ctx context.Context, i *interaction, r response, arrived time.Time, door string, hand func(context.Context, encoded) error) {
	out, err := r.encode()
	if err != nil {
		b.log.Error("could not encode a response", "err", err)
	}
	if err := hand(ctx, out); err != nil {
		b.log.Warn("could not answer an interaction", "server", i.Guild, "err", err)
	} else if out.body != nil {
		b.metrics.answered(door, arrived)
	}
}

func (b *Bot) respondSafely(ctx context.Context, i *interaction, arrived time.Time) (r response) {
	ctx, cancel := context.WithDeadline(ctx, arrived.Add(handlerTimeout))
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			logPanic(b.log, b.metrics, p)
			r = b.apology(i, wentWrong)
		}
	}()
	return b.respond(ctx, i)
}

// callback delivers the response to an interaction that came by the gateway.
func (b *Bot) callback(i *interaction) func(context.Context, encoded) error {
	return func(ctx context.Context, out encoded) error {
		if out.body == nil {
			return nil
		}
		return b.rest.Callback(ctx, string(i.ID), i.Token, out.contentType, out.body)
	}
}

// Endpoint answers interactions that Discord signed with Options.Key, for as long
// as Run runs.
func (b *Bot) Endpoint() http.Handler { return b.endpoint }

// answerByHTTP is an [endpoint.Answer].
func (b *Bot) answerByHTTP(w http.ResponseWriter, r *http.Request, body []byte, arrived time.Time) (endpoint.Result, int) {
	var i interaction
	err := json.Unmarshal(body, &i)
	switch {
	case err == nil && i.Type == discordgo.InteractionPing:
		write(w, encoded{"application/json", []byte(`{"type":1}`)})
		return endpoint.Ping, 0
	case err != nil || !i.valid():
		b.metrics.dropped(dropUnreadable)
		b.log.Warn("dropped an interaction that cannot be read", "err", err)
		return endpoint.Refused, http.StatusBadRequest
	case !b.firstSeen(seenInteractions, i.ID):
		return endpoint.Repeated, http.StatusConflict
	}
	ctx, cancel := context.WithDeadline(r.Context(), arrived.Add(interactionLife))
	defer cancel()
	answers, written := make(chan encoded), make(chan struct{})
	defer close(written)
	taken := b.interactions.submit(func(worker context.Context) {
		b.serve(worker, &i, arrived, doorHTTP, func(serving context.Context, out encoded) error {
			select {
			case answers <- out:
				<-written
				return nil
			case <-ctx.Done():
				return ctx.Err()
			case <-serving.Done():
				return serving.Err()
			}
		})
	})
	if !taken {
		return endpoint.Busy, http.StatusServiceUnavailable
	}
	select {
	case out := <-answers:
		if out.body == nil {
			return endpoint.Refused, http.StatusBadRequest
		}
		write(w, out)
		_ = http.NewResponseController(w).Flush()
		return endpoint.Answered, 0
	case <-ctx.Done():
		b.metrics.dropped(dropBusy)
		return endpoint.Busy, http.StatusServiceUnavailable
	}
}

func write(w http.ResponseWriter, out encoded) {
	w.Header().Set("Content-Type", out.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(out.body)))
	_, _ = w.Write(out.body) // a client that went away gets no answer
}

// encoded is the body of an interaction response; a nil body says nothing.
type encoded struct {
	contentType string
	body        []byte
}

func (r response) encode() (encoded, error) {
	envelope := struct {
		Type discordgo.InteractionResponseType `json:"type"`
		Data any                               `json:"data,omitempty"`
	}{}
	var files []*discordgo.File
	switch {
	case r.say != nil:
		envelope.Type, envelope.Data, files = discordgo.InteractionResponseChannelMessageWithSource, *r.say, r.say.attached()
	case r.change != nil:
		envelope.Type, envelope.Data, files = discordgo.InteractionResponseUpdateMessage, *r.change, r.change.attached()
	case r.modal != nil:
		envelope.Type, envelope.Data = discordgo.InteractionResponseModal, r.modal
	case r.later:
		envelope.Type = discordgo.InteractionResponseDeferredMessageUpdate
	case r.choices != nil:
		envelope.Type, envelope.Data = discordgo.InteractionApplicationCommandAutocompleteResult, choiceList(r.choices)
	default:
		return encoded{}, nil
	}
	if len(files) > 0 {
		contentType, body, err := discordgo.MultipartBodyWithJSON(envelope, files)
		if err != nil {
			return encoded{}, fmt.Errorf("packing an interaction response with files: %w", err)
		}
		return encoded{contentType, body}, nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(envelope); err != nil {
		return encoded{}, fmt.Errorf("encoding an interaction response: %w", err)
	}
	return encoded{"application/json", buf.Bytes()}, nil
}

// choiceList is a list of autocomplete choices as Discord reads it.
func choiceList(choices []choice) any {
	type wire struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	list := []wire{}
	for _, c := range choices {
		list = append(list, wire{Name: truncate(c.label, maxOption), Value: c.value})
	}
	return map[string]any{"choices": list}
}
