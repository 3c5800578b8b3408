package form

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Limits of messages.
const (
	maxContent     = 2000 // code points
	maxAttachments = 10
)

// The flags of messages that concern their form.
const (
	Ephemeral    = 1 << 6
	ComponentsV2 = 1 << 15
)

// A Message is the form by which a message is written or edited. In an edit, a
// field that is nil stays as it is.
type Message struct {
	Content     *string         `json:"content"`
	Components  *[]Component    `json:"components"`
	Attachments *[]Attachment   `json:"attachments"`
	Mentions    *Mentions       `json:"allowed_mentions"`
	Flags       *int            `json:"flags"`
	TTS         bool            `json:"tts"`
	Nonce       json.RawMessage `json:"nonce"`
	Enforce     bool            `json:"enforce_nonce"`
	Reference   *Reply          `json:"message_reference"`
	// The bot has none of these, and libraries send empty lists.
	Embeds   []struct{} `json:"embeds"`
	Stickers []struct{} `json:"sticker_ids"`
}

// An Attachment describes a file that comes with the message. Those that an
// edited message had before go; the bot keeps none of them.
type Attachment struct {
	RawID       json.RawMessage `json:"id"` // a string or a number
	Filename    string          `json:"filename"`
	Description string          `json:"description"`
}

// ID is the number of the part that holds the file.
func (a Attachment) ID() string { return strings.Trim(string(a.RawID), `"`) }

// A Reply names the message that a message replies to.
type Reply struct {
	Type      int    `json:"type"`
	MessageID string `json:"message_id"`
	ChannelID string `json:"channel_id"`
	GuildID   string `json:"guild_id"`
	Fail      *bool  `json:"fail_if_not_exists"`
}

// Mentions are the allowed_mentions, without ids: the bot names nobody. A nil
// one allows what the way of sending allows by default.
type Mentions struct {
	Parse       []string `json:"parse"`
	RepliedUser *bool    `json:"replied_user"`
}

// Allow reports whether mentions of a kind ("users", "roles", "everyone") count.
func (m *Mentions) Allow(kind string) bool { return m == nil || slices.Contains(m.Parse, kind) }

func (m *Mentions) check(c *problems, at path) {
	for i, kind := range m.Parse {
		oneOf(c, at.in("parse").at(i), kind, "users", "roles", "everyone")
	}
}

// A Draft is what stands around the form of a message.
type Draft struct {
	Settable int      // flags that may be set
	Files    []string // names of the files that come with it, in order

	// Of an edit: the message as it stands.
	Flags       int
	Content     string
	Components  bool // it has some
	Attachments bool
}

// Message checks a form of a message, alone and together with what an edit
// leaves as it is. at is where it stands in the whole form.
func (d Draft) Message(raw json.RawMessage, at ...string) (*Message, error) {
	m := &Message{}
	if err := decode(at, raw, m); err != nil {
		return nil, err
	}
	var c problems
	d.check(&c, at, m)
	if err := c.err(); err != nil {
		return nil, err
	}
	filled := len(d.Files) > 0 || d.Attachments && m.Attachments == nil ||
		d.Components && m.Components == nil || len(value(m.Components, nil)) > 0
	if !filled && strings.TrimSpace(value(m.Content, d.Content)) == "" {
		return nil, &Error{Status: 400, Code: 50006, Message: "Cannot send an empty message"}
	}
	return m, nil
}

func (d Draft) check(c *problems, at path, m *Message) {
	content := value(m.Content, d.Content)
	c.length(at.in("content"), content, 0, maxContent)
	if len(strings.Trim(string(m.Nonce), `"`)) > 25 {
		c.add(at.in("nonce"), "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length.")
	}
	c.count(at.in("embeds"), len(m.Embeds), 0, 0)
	c.count(at.in("sticker_ids"), len(m.Stickers), 0, 0)
	if m.Mentions != nil {
		m.Mentions.check(c, at.in("allowed_mentions"))
	}
	flags := value(m.Flags, 0)
	v2 := (flags|d.Flags)&ComponentsV2 != 0
	if bad := flags &^ (d.Settable | d.Flags); bad != 0 {
		c.add(at.in("flags"), "BASE_TYPE_CHOICES", "Flags %d cannot be set here.", bad)
	}
	switch {
	case d.Flags&ComponentsV2 != 0 && m.Flags != nil && flags&ComponentsV2 == 0:
		c.add(at.in("flags"), "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "The IS_COMPONENTS_V2 flag cannot be removed.")
	case v2 && content != "":
		c.add(at.in("content"), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
	}
	list := value(m.Components, nil)
	if !v2 {
		c.count(at.in("components"), len(list), 0, maxRows)
	}
	c.tree(inMessage, v2, d.Files).check(at.in("components"), list)
	attachments := value(m.Attachments, nil)
	c.count(at.in("attachments"), len(attachments), 0, maxAttachments)
	for i, a := range attachments {
		if n, err := strconv.Atoi(a.ID()); err != nil || n < 0 || n >= len(d.Files) {
			c.add(at.in("attachments").at(i).in("id"), "ATTACHMENT_NOT_FOUND", "Attachment data for id %s is missing.", a.ID())
		}
	}
}
