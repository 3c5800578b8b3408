package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/rest"
	"backfaq/faq"
)

// answerChannel answers a message with a plain reply, or not at all if that
// would come so late that the talk has moved on.
func (b *Bot) answerChannel(ctx context.Context, m *event, q faq.Question, arrived time.Time) {
	ctx, cancel := context.WithDeadline(ctx, arrived.Add(rest.Timeout))
	defer cancel()
	if ctx.Err() != nil {
		b.metrics.dropped(dropLate)
		return
	}
	a, out := b.think(ctx, q)
	if out == nil {
		return
	}
	if m.Guild != "" && a.Warning.Level < faq.Sign && !b.replies.allow(q.Server) {
		b.metrics.dropped(dropCrowd)
		return
	}
	soft := false // a question deleted meanwhile gets no error, just no arrow to it
	out.replyTo = &discordgo.MessageReference{MessageID: string(m.ID), ChannelID: string(m.Channel), GuildID: string(m.Guild), FailIfNotExists: &soft}
	out.nonce = "re-" + string(m.ID)
	switch err := b.post(ctx, string(m.Channel), *out); {
	case errors.Is(err, rest.ErrMuted), errors.Is(err, rest.ErrCrowded): // said when it was muted; counted
	case err != nil:
		b.Log.Warn("could not reply in a channel", "server", m.Guild, "channel", m.Channel, "err", err)
	default:
		b.metrics.answered("channel", arrived)
	}
	b.card(ctx, q, a, m.ID)
}

// think makes the reply to a message; nil for silence. A panic becomes an
// apology to whoever asked us.
func (b *Bot) think(ctx context.Context, q faq.Question) (a faq.Answer, out *message) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(b.Log, b.metrics, p)
			if out = nil; q.Source != faq.Overheard {
				m := b.sorry(wentWrong)
				m.private = false
				out = &m
			}
		}
	}()
	a = b.ask(ctx, q)
	out = b.inChannel(a)
	if q.Text == "" && out != nil {
		out = b.hello(a)
	}
	return a, out
}

// answerInteraction runs the handler and sends what it returned.
func (b *Bot) answerInteraction(ctx context.Context, i *interaction, arrived time.Time) {
	ctx, cancel := context.WithDeadline(ctx, arrived.Add(interactionLife))
	defer cancel()
	if ctx.Err() != nil {
		b.metrics.dropped(dropLate)
		return
	}
	r, idle := b.inTime(ctx, i, arrived.Add(handlerLife))
	defer func() { <-idle }()
	contentType, body, err := r.encode()
	if err != nil {
		b.Log.Error("could not encode a reply", "err", err)
		return
	}
	if body == nil {
		return
	}
	if err := b.rest.Callback(ctx, string(i.ID), i.Token, contentType, body); err != nil {
		b.Log.Warn("could not answer an interaction", "server", i.Guild, "err", err)
	} else {
		b.metrics.answered("gateway", arrived)
	}
	b.follow(r)
}

// follow runs what comes after a reply.
func (b *Bot) follow(r reply) {
	if r.after != nil && !b.messages.do(r.after) {
		b.Log.Warn("too busy for what comes after a reply")
	}
}

// inTime runs the handler, and says sorry for it if it is not done by until.
// idle is closed when the handler has returned.
func (b *Bot) inTime(ctx context.Context, i *interaction, until time.Time) (r reply, idle <-chan struct{}) {
	ctx, cancel := context.WithDeadline(ctx, until)
	done := make(chan struct{})
	var answer reply
	go func() {
		defer close(done)
		defer cancel()
		answer = b.handle(ctx, i)
	}()
	late := time.NewTimer(time.Until(until.Add(handlerGrace)))
	defer late.Stop()
	select {
	case <-done:
		return answer, done
	case <-late.C:
		b.Log.Warn("a handler took too long", "server", i.Guild, "type", int(i.Type))
		return b.apology(i, tooSlow), done
	}
}

// apology is what can be said to whoever acted, whatever they did.
func (b *Bot) apology(i *interaction, sentence string) reply {
	if i.Type == discordgo.InteractionApplicationCommandAutocomplete {
		return reply{choices: []string{}}
	}
	return say(b.sorry(sentence))
}

// handle finds the handler of an interaction and runs it. It is the one place
// where the permission of whoever acts is checked, and where a panic becomes
// an apology.
func (b *Bot) handle(ctx context.Context, i *interaction) (r reply) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(b.Log, b.metrics, p)
			r = b.apology(i, wentWrong)
		}
	}()
	switch i.Type {
	case discordgo.InteractionApplicationCommand:
		switch c := find(b.table, i.Data); {
		case c == nil:
			return say(b.sorry(unknownCommand))
		case c.Contexts == &servers && (i.Guild == "" || b.Store == nil):
			return say(b.sorry(notFromHere))
		default:
			return c.run(b, ctx, i, customID{})
		}
	case discordgo.InteractionApplicationCommandAutocomplete:
		if c := find(b.table, i.Data); c != nil && c.complete != nil {
			return reply{choices: c.complete(b, ctx, i)}
		}
		return reply{choices: []string{}}
	case discordgo.InteractionMessageComponent, discordgo.InteractionModalSubmit:
		id, ok := parseCustom(i.Data.CustomID)
		act, known := b.actions[id.action]
		switch {
		case !ok || !known:
			return say(b.sorry(expired))
		case act.moderators && b.Store == nil:
			return say(b.sorry(notFromHere))
		case act.moderators && !i.moderates():
			b.Log.Warn("refused a change without permission", "server", i.Guild, "action", id.action)
			return say(b.sorry(notAllowed))
		}
		return act.run(b, ctx, i, id)
	}
	return reply{}
}

// encode turns a reply into the body of an interaction response; nil if there
// is nothing to say.
func (r reply) encode() (contentType string, body []byte, err error) {
	response := struct {
		Type discordgo.InteractionResponseType `json:"type"`
		Data any                               `json:"data,omitempty"`
	}{}
	var files []*discordgo.File
	switch {
	case r.say != nil:
		response.Type, response.Data, files = discordgo.InteractionResponseChannelMessageWithSource, *r.say, r.say.parts()
	case r.change != nil:
		response.Type, response.Data, files = discordgo.InteractionResponseUpdateMessage, *r.change, r.change.parts()
	case r.modal != nil:
		response.Type, response.Data = discordgo.InteractionResponseModal, r.modal
	case r.choices != nil:
		response.Type, response.Data = discordgo.InteractionApplicationCommandAutocompleteResult, choiceList(r.choices)
	default:
		return "", nil, nil
	}
	if len(files) > 0 {
		return discordgo.MultipartBodyWithJSON(response, files)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(response); err != nil {
		return "", nil, fmt.Errorf("encoding an interaction response: %w", err)
	}
	return "application/json", buf.Bytes(), nil
}

// choiceList is a list of autocomplete choices: each is shown as it is sent.
func choiceList(texts []string) any {
	type choice struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	list := []choice{}
	for _, t := range texts[:min(len(texts), maxOptions)] {
		t = label(t, maxOption)
		list = append(list, choice{Name: t, Value: t})
	}
	return map[string]any{"choices": list}
}
