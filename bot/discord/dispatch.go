package discord

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/faq"
)

// An interaction is dead after three seconds
// (interactions/receiving-and-responding). A handler gets two of them, however
// slow the database is, so that something can still be said.
const (
	handlerLife     = 2 * time.Second
	handlerGrace    = 200 * time.Millisecond // to notice that its time is up
	interactionLife = 2800 * time.Millisecond
)

// dispatch takes one gateway event. It runs on the goroutine that reads the
// gateway, in order, and must not block: what concerns us goes to a crew.
func (b *Bot) dispatch(ctx context.Context, shard int, kind string, data json.RawMessage) {
	switch kind {
	case "READY":
		b.welcome(ctx, shard, data)
		b.roll.census(data)
	case "MESSAGE_CREATE":
		var m event
		if err := json.Unmarshal(data, &m); err != nil {
			b.metrics.dropped(dropUnreadable)
			b.Log.Debug("dropped a message that cannot be read", "err", err)
			return
		}
		if q, ok := b.question(&m); ok && b.once("m", m.ID) {
			arrived := time.Now()
			b.messages.do(func(ctx context.Context) { b.answerChannel(ctx, &m, q, arrived) })
		}
	case "GUILD_CREATE", "GUILD_DELETE":
		b.places.learn(kind, data)
		b.roll.learn(kind, data, time.Now())
	case "INTERACTION_CREATE":
		arrived := time.Now()
		var i interaction
		if err := json.Unmarshal(data, &i); err != nil || !i.whole() {
			b.metrics.dropped(dropUnreadable)
			b.Log.Warn("dropped an interaction that cannot be read", "err", err)
			return
		}
		if !b.once("i", i.ID) {
			return
		}
		b.interactions.do(func(ctx context.Context) { b.answerInteraction(ctx, &i, arrived) })
	default:
		b.places.learn(kind, data)
	}
}

// welcome learns who we are. One shard of all registers the commands.
func (b *Bot) welcome(ctx context.Context, shard int, data json.RawMessage) {
	var ready struct {
		User        user `json:"user"`
		Application struct {
			ID snowflake `json:"id"`
		} `json:"application"`
	}
	if err := json.Unmarshal(data, &ready); err != nil || ready.User.ID == "" {
		b.Log.Error("READY does not say who we are", "err", err)
		return
	}
	self := string(ready.User.ID)
	b.self.Store(&self)
	if shard == 0 {
		b.registerOnce(ctx, string(ready.Application.ID))
	}
}

// once reports whether an event is seen for the first time. Discord sends
// events at least once (reference#consistency).
func (b *Bot) once(kind string, id snowflake) bool {
	known, _ := b.seen[kind].ContainsOrAdd(id, struct{}{})
	if known {
		b.metrics.dropped(dropRepeated)
	}
	return !known
}

// whole reports whether an interaction has what it takes to answer it.
func (i *interaction) whole() bool {
	return i.ID != "" && i.Token != "" && i.person() != nil && !i.person().Bot
}

// markup is what stands for people, roles, channels and emoji in a text.
var markup = regexp.MustCompile(`<(@[!&]?|#|a?:\w{1,40}:|/[^<>:]{1,80}:|t:)[\w:]{0,30}>`)

// question reports whether a message is put to us, or may be overheard, and
// what it asks. Bots, webhooks and ourselves are never answered; neither are
// mentions of everyone or of a role.
func (b *Bot) question(m *event) (faq.Question, bool) {
	self := b.self.Load()
	if self == nil || m.ID == "" || m.Channel == "" || m.Author == nil || m.Author.Bot || m.Webhook != "" || string(m.Author.ID) == *self ||
		m.Type != discordgo.MessageTypeDefault && m.Type != discordgo.MessageTypeReply {
		return faq.Question{}, false
	}
	q := faq.Question{
		Text:    strings.TrimSpace(markup.ReplaceAllString(m.Content, " ")),
		Server:  string(m.Guild),
		Channel: string(m.Channel),
		Parent:  string(b.places.parent(m.Channel)),
		Person:  string(m.Author.ID),
	}
	mentioned := slices.ContainsFunc(m.Mentions, func(u user) bool { return string(u.ID) == *self })
	toUs := m.Reference != nil && m.Reference.Author != nil && string(m.Reference.Author.ID) == *self && m.Content != ""
	switch {
	case m.Guild == "":
		q.Source = faq.FromDM
	case mentioned || toUs:
		q.Source = faq.FromMention
	case b.MessageContent && q.Text != "":
		q.Source = faq.Overheard
		q.Moderator = b.places.moderates(m)
	default:
		return faq.Question{}, false
	}
	return q, true
}

// ask puts a question to the desk and counts what came of it.
func (b *Bot) ask(ctx context.Context, q faq.Question) faq.Answer {
	a := b.Desk.Ask(ctx, q)
	b.metrics.asked(q, a)
	return a
}
