package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/faq"
)

// Every way of asking is turned into a faq.Question here: messages by question,
// interactions by ask. testdata/shapes.txt has one of each shape that Discord sends.

// editTime is how long after a message an edit of it may still ask.
const editTime = time.Minute

// messageBody is the part of a message that may hold a question.
type messageBody struct {
	Content   string `json:"content"`
	Snapshots []struct {
		Message struct {
			Content string `json:"content"`
		} `json:"message"`
	} `json:"message_snapshots"` // of a forwarded message (resources/message#message-snapshot-object)

	Attachments []json.RawMessage `json:"attachments"`
	Embeds      []json.RawMessage `json:"embeds"`
	Stickers    []json.RawMessage `json:"sticker_items"`
	Poll        json.RawMessage   `json:"poll"`

	Rows []struct {
		Components []struct {
			CustomID string `json:"custom_id"`
		} `json:"components"`
	} `json:"components"`
}

// entry is the id of the entry that a message of the bot shows; "" for none. The
// buttons below an answer carry it. The message replied to comes with the event
// as Discord keeps it, so nobody else can have written it.
func (m *messageBody) entry() string {
	for _, row := range m.Rows {
		for _, c := range row.Components {
			if id, ok := parseCustomID(c.CustomID); ok && id.action == "helpful" {
				return id.arg(0)
			}
		}
	}
	return ""
}

// written is what somebody wrote: in the message, and in one it forwards.
func (m *messageBody) written() string {
	parts := []string{m.Content}
	for _, s := range m.Snapshots {
		parts = append(parts, s.Message.Content)
	}
	return strings.TrimSpace(strings.Join(parts, "\n"))
}

// wordless reports whether a message holds something other than text.
func (m *messageBody) wordless() bool {
	return len(m.Attachments)+len(m.Embeds)+len(m.Stickers)+len(m.Snapshots) > 0 || len(m.Poll) > 0 && string(m.Poll) != "null"
}

var (
	// markup stands for people, roles, channels, commands, times and emoji.
	markup = regexp.MustCompile(`<(@[!&]?|#|a?:\w{1,40}:|/[^<>:]{1,80}:|t:)[\w:]{0,30}>`)
	link   = regexp.MustCompile(`<?https?://[^\s<>]+>?`)
	code   = regexp.MustCompile("(?s)```.*?```|`[^`\n]+`")
	ticks  = strings.NewReplacer("`", " ")
)

// put fills in what a question asks. A warning sign may stand in code as well.
func put(q *faq.Question, written string) {
	q.Text = wordsOf(written)
	if whole := withoutMarkup(written); whole != q.Text {
		q.Whole = whole
	}
}

// wordsOf is a text without links and code, which name files and errors rather
// than complaints. A text of nothing but code is read as words.
func wordsOf(written string) string {
	prose := link.ReplaceAllString(withoutMarkup(written), " ")
	if words := strings.TrimSpace(code.ReplaceAllString(prose, " ")); words != "" {
		return words
	}
	return strings.TrimSpace(ticks.Replace(prose))
}

func withoutMarkup(written string) string {
	return strings.TrimSpace(markup.ReplaceAllString(written, " "))
}

// sourceOf reports whether a message is put to the bot, or may be overheard, and
// which. It looks at no text, as the goroutine that reads the gateway calls it
// for every message. Bots, webhooks and the bot itself are never answered; neither
// are mentions of everyone or of a role.
func (b *Bot) sourceOf(m *messageCreate) (faq.Source, bool) {
	self := b.self.Load()
	if self == nil || m.ID == "" || m.Channel == "" || m.Author == nil || m.Author.Bot || m.Webhook != "" || string(m.Author.ID) == *self ||
		m.Type != discordgo.MessageTypeDefault && m.Type != discordgo.MessageTypeReply {
		return "", false
	}
	switch {
	case m.Guild == "":
		return faq.FromDM, true
	case slices.ContainsFunc(m.Mentions, func(u user) bool { return string(u.ID) == *self }), m.repliesTo(*self) && m.Content != "":
		return faq.FromMention, true
	}
	return faq.Overheard, b.messageContent
}

// repliesTo reports whether a message is a reply to a user's.
func (m *messageCreate) repliesTo(user string) bool {
	return m.Reference != nil && m.Reference.Author != nil && string(m.Reference.Author.ID) == user
}

// question is what a message asks, if it is put to the bot or may be overheard.
func (b *Bot) question(m *messageCreate) (faq.Question, bool) {
	source, ok := b.sourceOf(m)
	if !ok {
		return faq.Question{}, false
	}
	q := faq.Question{
		Source:  source,
		Server:  string(m.Guild),
		Channel: string(m.Channel),
		Parent:  string(b.guilds.parent(m.Channel)),
		Person:  string(m.Author.ID),
	}
	written := m.written()
	if m.ID == m.Channel { // the first message of a post has the post's id
		written = b.guilds.title(m.Channel) + "\n" + written
	}
	put(&q, written)
	if q.Replied = m.repliesTo(*b.self.Load()); q.Replied {
		q.About = m.Reference.entry()
	}
	if source == faq.Overheard {
		q.Moderator = b.guilds.moderates(m)
		return q, q.Text != ""
	}
	if q.Text == "" && !m.wordless() && m.Reference != nil && !q.Replied {
		// A mention alone points at the message it replies to. Discord shows its
		// text where the bot may read it.
		put(&q, m.Reference.written())
	}
	return q, true
}

// justEdited reports whether a MESSAGE_UPDATE is of an edit shortly after the
// message. Discord sends that event for previews of links and pins as well.
func (m *messageCreate) justEdited() bool {
	if m.Edited == nil {
		return false
	}
	const epoch = 1_420_070_400_000 // of snowflakes, in milliseconds (reference#snowflakes)
	return m.Edited.Sub(time.UnixMilli(int64(m.ID.number()>>22)+epoch)) <= editTime
}

// ask is the question that an interaction stands for.
func (i *interaction) ask(way faq.Source, written string) faq.Question {
	q := faq.Question{
		Source:    way,
		Server:    string(i.Guild),
		Channel:   string(i.ChannelID),
		Person:    string(i.person().ID),
		Moderator: i.moderates(),
	}
	put(&q, written)
	i.Channel.locate(&q)
	return q
}

// locate fills in where a question stands that was asked in the channel.
func (c channel) locate(q *faq.Question) {
	switch c.Type {
	case discordgo.ChannelTypeGuildNewsThread, discordgo.ChannelTypeGuildPublicThread, discordgo.ChannelTypeGuildPrivateThread:
		q.Parent = string(c.Parent)
	default:
		q.Category = string(c.Parent)
	}
}

// located is a question with the category of its channel, or of its thread's channel.
// What Discord sends with an interaction in a thread does not hold that; a process that
// has no connection for the server asks for it, if it can matter. Where that fails the
// channel counts as in no category.
func (b *Bot) located(ctx context.Context, q faq.Question) faq.Question {
	if q.Server == "" || q.Category != "" {
		return q
	}
	known := false
	q.Category, known = b.guilds.category(snowflake(q.Server), snowflake(cmp.Or(q.Parent, q.Channel)))
	if known || q.Parent == "" || len(b.desk.View(ctx, q.Server).Settings.Channels) == 0 {
		return q
	}
	ctx, cancel := context.WithTimeout(ctx, handlerTimeout/2)
	defer cancel()
	var c channel
	if err := b.rest.Call(ctx, http.MethodGet, discordgo.EndpointChannel(q.Parent), nil, &c); err != nil {
		b.log.Warn("could not look up the category of a channel", "server", q.Server, "channel", q.Parent, "err", err)
	}
	q.Category = string(c.Parent)
	return q
}
