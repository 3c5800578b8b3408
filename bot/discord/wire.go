package discord

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/gateway"
	"backfaq/bot/discord/locale"
	"backfaq/config"
)

// Discord's events are decoded here into the few fields that are used. The
// library's own types reject a whole message for one component they do not
// know (discordgo #1683) and lose the channel an interaction came from. Every
// field may be missing.

// snowflake is an id: a string on the wire, now and then a number.
type snowflake string

func (s *snowflake) UnmarshalJSON(data []byte) error {
	switch text := strings.Trim(string(data), `"`); {
	case text == "null", text == "":
		*s = ""
	case config.IsID(text):
		*s = snowflake(text)
	default:
		return fmt.Errorf("%.40q is not a Discord id", text)
	}
	return nil
}

// number is an id as Discord makes it, of 64 bits; one that is none of Discord's has
// some number, too.
func (s snowflake) number() uint64 {
	n, _ := strconv.ParseUint(string(s), 10, 64)
	return n
}

type user struct {
	ID  snowflake `json:"id"`
	Bot bool      `json:"bot"`
}

// messageCreate is a MESSAGE_CREATE or a MESSAGE_UPDATE.
type messageCreate struct {
	ID        snowflake             `json:"id"`
	Channel   snowflake             `json:"channel_id"`
	Guild     snowflake             `json:"guild_id"`
	Webhook   snowflake             `json:"webhook_id"`
	Type      discordgo.MessageType `json:"type"`
	Edited    *time.Time            `json:"edited_timestamp"`
	Author    *user                 `json:"author"`
	Member    *member               `json:"member"`
	Mentions  []user                `json:"mentions"`
	Reference *struct {
		messageBody
		Author *user `json:"author"`
	} `json:"referenced_message"`
	messageBody
}

type member struct {
	User        *user       `json:"user"`
	Roles       []snowflake `json:"roles"`
	Permissions string      `json:"permissions"` // interactions only
}

// interaction is an INTERACTION_CREATE, or the body of POST /interactions.
type interaction struct {
	ID        snowflake                 `json:"id"`
	App       snowflake                 `json:"application_id"`
	Type      discordgo.InteractionType `json:"type"`
	Token     string                    `json:"token"`
	Guild     snowflake                 `json:"guild_id"`
	ChannelID snowflake                 `json:"channel_id"`
	Channel   channel                   `json:"channel"`
	Member    *member                   `json:"member"`
	User      *user                     `json:"user"`
	// Locale is that of the person, GuildLocale that of the server; "" in direct messages.
	Locale      string `json:"locale"`
	GuildLocale string `json:"guild_locale"`
	// Message is the one that the component sits on.
	Message *struct {
		Attachments []uploaded `json:"attachments"`
		Components  []struct {
			Content string `json:"content"`
		} `json:"components"`
	} `json:"message"`
	Data interactionData `json:"data"`
}

type interactionData struct {
	Name    string                           `json:"name"`
	Type    discordgo.ApplicationCommandType `json:"type"`
	Options []option                         `json:"options"`
	Target  snowflake                        `json:"target_id"`

	Resolved struct {
		Messages    map[snowflake]messageBody `json:"messages"`
		Attachments map[snowflake]uploaded    `json:"attachments"`
	} `json:"resolved"`

	CustomID   string   `json:"custom_id"`
	Values     []string `json:"values"`
	Components []struct {
		Component  *field  `json:"component"`  // of a label
		Components []field `json:"components"` // of a row
	} `json:"components"` // of a modal
}

// uploaded is a file that was attached to a command or a message.
type uploaded struct {
	URL      string `json:"url"`
	Size     int    `json:"size"`
	Filename string `json:"filename"`
}

// field is what was entered in one field of a modal: a text, or a choice.
type field struct {
	CustomID string   `json:"custom_id"`
	Value    string   `json:"value"`
	Values   []string `json:"values"`
}

type option struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// guildEvent is a GUILD_CREATE, GUILD_UPDATE, GUILD_DELETE or THREAD_LIST_SYNC.
// During an outage a server is merely unavailable
// (events/gateway-events#guild-delete).
type guildEvent struct {
	ID          snowflake
	Unavailable bool
	Owner       snowflake
	Locale      string
	Roles       []role
	Channels    []channel // without threads; nil where the event does not tell
	Threads     []channel

	Joined        time.Time // when the bot did, whatever happened since
	SystemChannel snowflake
}

// decode reads the fields that are used. The rest of a large server, which is
// some MiB, is passed over.
func (g *guildEvent) decode(data []byte) (err error) {
	fields := map[string]any{
		"id": &g.ID, "unavailable": &g.Unavailable, "owner_id": &g.Owner, "preferred_locale": &g.Locale, "joined_at": &g.Joined,
		"roles": &g.Roles, "channels": &g.Channels, "threads": &g.Threads, "system_channel_id": &g.SystemChannel,
	}
	object := gateway.EachField(data, func(name, value []byte) {
		if into, ok := fields[string(name)]; ok {
			err = errors.Join(err, json.Unmarshal(value, into))
		}
	})
	if !object {
		return errors.New("the event holds no object")
	}
	return err
}

// channel is a channel or a thread. Parent is the channel of a thread, and the
// category of a channel.
type channel struct {
	ID     snowflake             `json:"id"`
	Parent snowflake             `json:"parent_id"`
	Type   discordgo.ChannelType `json:"type"`
}

type role struct {
	ID          snowflake `json:"id"`
	Permissions string    `json:"permissions"`
}

// valid reports whether an interaction has the fields that it takes to answer it.
func (i *interaction) valid() bool {
	return i.ID != "" && i.Token != "" && i.person() != nil && !i.person().Bot
}

// person is who acted, from the envelope alone; nil if Discord did not say.
func (i *interaction) person() *user {
	if i.Member != nil && i.Member.User != nil {
		return i.Member.User
	}
	return i.User
}

// reader speaks the language of the person who acted, for all that they alone see.
func (i *interaction) reader() locale.Printer { return locale.For(i.Locale) }

// everyone speaks the language of the server, for all that others see as well, or
// later: shared answers, cards, the list of changes. One person's language is not
// the channel's.
func (i *interaction) everyone() locale.Printer {
	return locale.For(cmp.Or(i.GuildLocale, i.Locale))
}

// permissions are those of the person who acted, in the channel where they did.
func (i *interaction) permissions() int64 {
	if i.Member == nil {
		return 0
	}
	p, err := strconv.ParseInt(i.Member.Permissions, 10, 64)
	if err != nil {
		return 0
	}
	return p
}

// moderates reports whether the person may change this server's settings.
func (i *interaction) moderates() bool {
	return i.Guild != "" && i.permissions()&(discordgo.PermissionManageGuild|discordgo.PermissionAdministrator) != 0
}

// text is a string option of a command; "" if it is not there.
func (i *interaction) text(name string) string {
	var s string
	if raw := i.option(name); raw != nil {
		_ = json.Unmarshal(raw, &s) // another type than asked for counts as empty
	}
	return s
}

// flag is a boolean option of a command; nil if the person did not choose.
func (i *interaction) flag(name string) *bool {
	var b bool
	if raw := i.option(name); raw == nil || json.Unmarshal(raw, &b) != nil {
		return nil
	}
	return &b
}

// number is an integer option of a command, or the usual one.
func (i *interaction) number(name string, usual int) int {
	if raw := i.option(name); raw == nil || json.Unmarshal(raw, &usual) != nil {
		return usual
	}
	return usual
}

func (i *interaction) option(name string) json.RawMessage {
	for _, o := range i.Data.Options {
		if o.Name == name {
			return o.Value
		}
	}
	return nil
}

// field is what was typed or chosen in a field of a modal.
func (i *interaction) field(id string) string {
	for _, part := range i.Data.Components {
		fields := part.Components
		if part.Component != nil {
			fields = append(fields, *part.Component)
		}
		for _, f := range fields {
			if f.CustomID == id && len(f.Values) > 0 {
				return f.Values[0]
			}
			if f.CustomID == id {
				return f.Value
			}
		}
	}
	return ""
}
