package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/rest"
)

// Discord's limits on what a message holds, in code points
// (resources/message#embed-limits, components/reference).
const (
	maxContent = 2000
	maxPanel   = 4000 // all texts of a message of components together
	maxLabel   = 80   // a button's
	maxAlt     = 1024 // a picture's description
	maxOption  = 100  // a select's option, an autocomplete choice
	maxModal   = 45   // a modal's title and labels
	maxRow     = 5    // buttons in a row
	maxOptions = 25   // options in a select, choices in an autocomplete
)

// message is the one thing this package can send to people. However it is
// made, what leaves ends with the disclaimer and pings nobody: both are added
// where it turns into JSON, and nothing else here turns into a message.
type message struct {
	disclaimer string

	// text is Discord Markdown. Too long a text is cut at its end.
	text  string
	after string // a line below text that is never cut
	note  string // the server's own sentence, between text and disclaimer

	rows []discordgo.MessageComponent
	// panel, if set, makes this a message of components (Components V2) and
	// stands in place of text and rows.
	panel []discordgo.MessageComponent
	files []file

	private bool // only the person who asked sees it; interactions only
	replyTo *discordgo.MessageReference
	nonce   string // makes Discord drop a second copy; channel messages only
}

// payload is a message as Discord reads it (resources/message). The same form
// serves channel messages, interaction responses and edits.
type payload struct {
	Content         *string                      `json:"content,omitempty"`
	Components      []discordgo.MessageComponent `json:"components"`
	Flags           discordgo.MessageFlags       `json:"flags,omitempty"`
	AllowedMentions allowedMentions              `json:"allowed_mentions"`
	Attachments     []attachment                 `json:"attachments,omitzero"`
	Reference       *discordgo.MessageReference  `json:"message_reference,omitempty"`
	Nonce           string                       `json:"nonce,omitempty"`
	EnforceNonce    bool                         `json:"enforce_nonce,omitempty"`
}

// allowedMentions is {"parse":[],"replied_user":false}: nobody is pinged. Any
// other value, null included, lets Discord find mentions in the text.
type allowedMentions struct {
	Parse       [0]string `json:"parse"`
	RepliedUser bool      `json:"replied_user"`
}

type attachment struct {
	ID          string `json:"id"` // the number of the part of the form that holds it
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
}

// MarshalJSON is the one place where a message becomes what people see.
func (m message) MarshalJSON() ([]byte, error) { return json.Marshal(m.payload()) }

func (m message) payload() payload {
	p := payload{Components: withoutRepeats(m.rows), Reference: m.replyTo, Nonce: m.nonce, EnforceNonce: m.nonce != ""}
	if m.private {
		p.Flags |= discordgo.MessageFlagsEphemeral
	}
	if m.panel != nil {
		p.Attachments = []attachment{} // those of the message before go
	}
	for i, f := range m.files {
		p.Attachments = append(p.Attachments, attachment{ID: strconv.Itoa(i), Filename: f.name, Description: truncate(f.description, maxAlt)})
	}
	if m.panel != nil {
		p.Flags |= discordgo.MessageFlagsIsComponentsV2
		p.Components = m.fitted()
		return p
	}
	p.Content = new(m.content())
	// A link in an answer or in a server's note stays a link; Discord adds no
	// preview card below the disclaimer.
	p.Flags |= discordgo.MessageFlagsSuppressEmbeds
	return p
}

// above is the text of the message as it stands above the disclaimer.
func (m message) above() string {
	return strings.TrimSpace(strings.TrimSuffix(m.content(), subtext(m.disclaimer)))
}

// content is the text of the message, the note, and the disclaimer as the last
// line. Where that is too much the note goes first, then the end of the text.
func (m message) content() string {
	tail := subtext(m.disclaimer)
	text := strings.TrimSpace(m.text)
	if text == "" {
		return tail
	}
	const gap = "\n\n"
	if m.after != "" {
		tail = m.after + gap + tail
	}
	room := maxContent - utf8.RuneCountInString(gap+tail)
	if m.note != "" && utf8.RuneCountInString(text+m.note+"\n") <= room {
		return text + gap + m.note + "\n" + tail
	}
	return truncateMarkdown(text, room) + gap + tail
}

// withoutRepeats leaves out buttons that are there already. Discord refuses the
// whole message for two components with one custom_id.
func withoutRepeats(rows []discordgo.MessageComponent) []discordgo.MessageComponent {
	out := []discordgo.MessageComponent{}
	seen := map[string]bool{}
	for _, r := range rows {
		row, ok := r.(discordgo.ActionsRow)
		if !ok {
			out = append(out, r)
			continue
		}
		row.Components = slices.DeleteFunc(slices.Clone(row.Components), func(c discordgo.MessageComponent) bool {
			b, ok := c.(discordgo.Button)
			again := ok && seen[b.CustomID]
			seen[b.CustomID] = true
			return again
		})
		if len(row.Components) > 0 {
			out = append(out, row)
		}
	}
	return out
}

// fitted is the panel with the disclaimer as its last text. Texts that are too
// long together are cut at their end.
func (m message) fitted() []discordgo.MessageComponent {
	tail := subtext(m.disclaimer)
	room := maxPanel - utf8.RuneCountInString(tail)
	var out []discordgo.MessageComponent
	for _, c := range m.panel {
		text, ok := c.(discordgo.TextDisplay)
		switch {
		case !ok:
			out = append(out, c)
		case room > maxLabel:
			text.Content = truncateMarkdown(text.Content, room)
			room -= utf8.RuneCountInString(text.Content)
			out = append(out, text)
		}
	}
	return append(out, discordgo.TextDisplay{Content: tail})
}

// subtext is one line in small print.
func subtext(line string) string {
	return "-# " + strings.Join(strings.Fields(line), " ")
}

// truncateMarkdown shortens text to at most max code points, between words if it can, and
// closes a code block it would leave open.
func truncateMarkdown(text string, max int) string {
	if utf8.RuneCountInString(text) <= max {
		return text
	}
	const more = " …"
	const fence = "\n```"
	room := max - utf8.RuneCountInString(more) - len(fence)
	runes := []rune(text)[:room]
	short := string(runes)
	if at := strings.LastIndexAny(short, " \n"); at > len(short)/2 {
		short = short[:at]
	}
	short = strings.TrimRight(short, " \n") + more
	if strings.Count(short, "```")%2 == 1 {
		short += fence
	}
	return short
}

// truncate shortens a title to what a button, option or modal may show.
func truncate(text string, max int) string {
	if utf8.RuneCountInString(text) <= max {
		return text
	}
	return string([]rune(text)[:max-1]) + "…"
}

// file is an attachment of a message. Its bytes can be sent again, unlike a
// reader's.
type file struct {
	name, contentType string
	description       string // read aloud in place of a picture
	data              []byte
}

func (m message) attached() []*discordgo.File {
	var list []*discordgo.File
	for _, f := range m.files {
		list = append(list, &discordgo.File{Name: f.name, ContentType: f.contentType, Reader: bytes.NewReader(f.data)})
	}
	return list
}

// post sends a message to a channel. With a nonce Discord drops a second copy,
// so that it may be tried again.
func (b *Bot) post(ctx context.Context, channel string, m message) error {
	if m.nonce != "" {
		ctx = rest.Repeatable(ctx)
	}
	err := b.send(ctx, http.MethodPost, discordgo.EndpointChannelMessages(channel), m)
	if errors.Is(err, rest.ErrCrowded) {
		b.metrics.dropped(dropCrowd)
	}
	return err
}

// editReply replaces the first answer to an interaction.
func (b *Bot) editReply(ctx context.Context, i *interaction, m message) error {
	return b.send(ctx, http.MethodPatch, discordgo.EndpointWebhookMessage(string(i.App), i.Token, "@original"), m)
}

// send calls the API with a message and its files.
func (b *Bot) send(ctx context.Context, method, endpoint string, m message) error {
	if len(m.files) == 0 {
		return b.rest.Call(ctx, method, endpoint, m, nil)
	}
	kind, body, err := discordgo.MultipartBodyWithJSON(m, m.attached())
	if err != nil {
		return fmt.Errorf("packing a message with files: %w", err)
	}
	_, err = b.rest.Send(ctx, method, endpoint, kind, body)
	return err
}
