package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/gateway"
	"backfaq/bot/discord/membership"
	"backfaq/bot/discord/rest"
	"backfaq/faq"
)

// Kinds of events that are answered at most once.
const (
	seenInteractions = "interactions"
	seenMessages     = "messages"
	seenOverheard    = "overheard" // an edit may yet put such a message to the bot
)

// newGateway prepares the connections of this process.
func (b *Bot) newGateway(o Options) *gateway.Manager {
	intents := discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages
	if b.messageContent {
		intents |= discordgo.IntentsMessageContent
	}
	return gateway.New(gateway.Options{
		Token: o.Token, Intents: int(intents), Shards: o.Shards, Locks: o.Locks, Dial: o.Dial, Log: o.Log, Metrics: o.Metrics,
		Limits: func(ctx context.Context) (limits gateway.Limits, err error) {
			err = b.rest.Call(ctx, http.MethodGet, discordgo.EndpointGatewayBot, nil, &limits)
			return limits, asFatal(err)
		},
		Dispatch: func(ctx context.Context, shard int, kind string, data json.RawMessage) {
			guard(b.log, b.metrics, func() { b.dispatch(ctx, shard, kind, data) })
		},
		Unreadable: func() { b.metrics.dropped(dropUnreadable) },
	})
}

// dispatch takes one gateway event. It runs on the goroutine that reads the
// connection, in order, and must not block: questions go to a worker.
func (b *Bot) dispatch(ctx context.Context, shard int, kind string, data json.RawMessage) {
	switch kind {
	case "READY":
		b.onReady(ctx, shard, data)
	case "MESSAGE_CREATE", "MESSAGE_UPDATE":
		var m messageCreate
		if err := json.Unmarshal(data, &m); err != nil {
			b.metrics.dropped(dropUnreadable)
			b.log.Debug("dropped a message that cannot be read", "err", err)
			return
		}
		if kind == "MESSAGE_UPDATE" && !m.justEdited() {
			return
		}
		source, ok := b.sourceOf(&m)
		seen := seenMessages
		if source == faq.Overheard {
			seen = seenOverheard
			ok = ok && !b.seen[seenMessages].has(m.ID)
		}
		if ok && b.firstSeen(seen, m.ID) {
			arrived := time.Now()
			b.messages.submit(func(ctx context.Context) {
				if q, ok := b.question(&m); ok {
					b.serveMessage(ctx, &m, q, arrived)
				}
			})
		}
	case "GUILD_CREATE", "GUILD_DELETE":
		b.onGuild(kind, data)
	case "INTERACTION_CREATE":
		arrived := time.Now()
		var i interaction
		if err := json.Unmarshal(data, &i); err != nil || !i.valid() {
			b.metrics.dropped(dropUnreadable)
			b.log.Warn("dropped an interaction that cannot be read", "err", err)
			return
		}
		if b.firstSeen(seenInteractions, i.ID) {
			b.interactions.submit(func(ctx context.Context) { b.serve(ctx, &i, arrived, doorGateway, b.callback(&i)) })
		}
	default:
		b.guilds.observe(kind, data)
	}
}

// onReady takes the bot's id and its servers from READY. One shard of all
// registers the commands.
func (b *Bot) onReady(ctx context.Context, shard int, data json.RawMessage) {
	var ready struct {
		User        user `json:"user"`
		Application struct {
			ID snowflake `json:"id"`
		} `json:"application"`
		Shard  [2]int64 `json:"shard"`
		Guilds []struct {
			ID snowflake `json:"id"`
		} `json:"guilds"`
	}
	if err := json.Unmarshal(data, &ready); err != nil || ready.User.ID == "" {
		b.log.Error("READY does not say who the bot is", "err", err)
		return
	}
	b.self.Store(new(string(ready.User.ID)))
	if shard == 0 {
		b.registerOnce(ctx, string(ready.Application.ID))
	}
	on := map[string]bool{}
	for _, g := range ready.Guilds {
		on[string(g.ID)] = true
	}
	b.tracker.Ready(ready.Shard, on)
}

// onGuild takes in that the bot is on a server, or no longer is. The event of a
// large server has some MiB, so it is decoded once.
func (b *Bot) onGuild(kind string, data json.RawMessage) {
	var g guildEvent
	if g.decode(data) != nil {
		b.metrics.dropped(dropUnreadable)
		return
	}
	deleted := kind == "GUILD_DELETE"
	b.guilds.onGuild(g, deleted)
	switch server := string(g.ID); {
	case server == "" || g.Unavailable:
	case deleted:
		b.tracker.Left(server, time.Now())
	default:
		b.tracker.Present(membership.Join{Server: server, Since: g.Joined, Channel: string(g.SystemChannel)})
	}
}

// firstSeen reports whether an event is seen for the first time. Discord sends
// events at least once (reference#consistency).
func (b *Bot) firstSeen(kind string, id snowflake) bool {
	first := b.seen[kind].add(id)
	if !first {
		b.metrics.dropped(dropRepeated)
	}
	return first
}

const (
	// maxSeen is how many ids of each kind of event are remembered, so that none is
	// answered twice: at ten a second those of 14 to 27 minutes. An interaction
	// can be answered for 15.
	maxSeen = 16_384
	// maxTold is how many direct messages, and wiped servers, are.
	maxTold = 4_096
)

// recent remembers the ids that were added last: most at most, half of them at
// least. Two sets of numbers take a tenth of the memory of an LRU cache: 600 KiB for
// maxSeen. They have their full size from the first id on, so that memory that keeps
// growing is a fault and not this.
type recent struct {
	most        int
	mu          sync.Mutex
	now, before map[uint64]struct{}
}

// add reports whether an id was not remembered.
func (r *recent) add(id snowflake) bool {
	n := id.number()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.holds(n) {
		return false
	}
	switch len(r.now) {
	case 0:
		r.now, r.before = make(map[uint64]struct{}, r.most/2), make(map[uint64]struct{}, r.most/2)
	case r.most / 2:
		r.now, r.before = r.before, r.now
		clear(r.now)
	}
	r.now[n] = struct{}{}
	return true
}

// has reports whether an id is remembered.
func (r *recent) has(id snowflake) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.holds(id.number())
}

// holds is has. The caller holds mu.
func (r *recent) holds(n uint64) bool {
	_, now := r.now[n]
	_, before := r.before[n]
	return now || before
}

// reply makes the reply to a message; nil for silence.
func (b *Bot) reply(ctx context.Context, m *messageCreate, q faq.Question) (faq.Answer, *message) {
	a := b.ask(ctx, q)
	p := b.guilds.printer(m.Guild)
	out := channelReply(p, a)
	if q.Source == faq.FromDM && a.Outcome == faq.Answered && !b.toldToReply(m.Channel) {
		out.after = joinLines(out.after, p.Sprintf(replyToAskMore))
	}
	if out == nil || q.Text != "" {
		return a, out
	}
	switch {
	case m.wordless() || q.Whole != "":
		out.text, out.rows = p.Sprintf(noText), actionRows([]discordgo.MessageComponent{browseButton(p)})
	case m.Reference != nil:
		out.text, out.rows = p.Sprintf(cannotSee), actionRows([]discordgo.MessageComponent{browseButton(p)})
	default: // nothing but a mention of the bot
		out = new(helpMessage(p, a.View))
	}
	return a, out
}

// toldToReply reports whether a person was told in a direct message that a question
// about an answer must be a reply to it, without which nothing says what it is about.
// Once is enough, and once more after a restart: nothing of it is stored.
func (b *Bot) toldToReply(channel snowflake) bool {
	return !b.told.add(channel)
}

// serveMessage sends the reply to a message, if any, unless that would come so
// late that the talk has moved on. A panic becomes an apology to the person who
// asked.
func (b *Bot) serveMessage(worker context.Context, m *messageCreate, q faq.Question, arrived time.Time) {
	ctx, cancel := context.WithDeadline(worker, arrived.Add(rest.Timeout))
	defer cancel()
	if ctx.Err() != nil {
		b.metrics.dropped(dropLate)
		return
	}
	a, out := b.replySafely(ctx, m, q)
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
	case errors.Is(err, rest.ErrMuted), errors.Is(err, rest.ErrCrowded): // logged when it was muted; counted
	case err != nil:
		b.log.Warn("could not reply in a channel", "server", m.Guild, "channel", m.Channel, "err", err)
	default:
		b.metrics.answered(doorChannel, arrived)
		b.postReviewCard(worker, q, a, m.ID)
	}
}

func (b *Bot) replySafely(ctx context.Context, m *messageCreate, q faq.Question) (a faq.Answer, out *message) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(b.log, b.metrics, p)
			if out = nil; q.Source != faq.Overheard {
				sorry := b.notice(b.guilds.printer(m.Guild).Sprintf(wentWrong))
				sorry.private = false
				out = &sorry
			}
		}
	}()
	return b.reply(ctx, m, q)
}
