package fakediscord

import (
	"encoding/json"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"

	"backfaq/bot/fakediscord/form"
)

// Flags of a message.
const (
	FlagSuppressEmbeds = 1 << 2
	FlagEphemeral      = form.Ephemeral
	FlagComponentsV2   = form.ComponentsV2
)

// The types of components that people operate.
const (
	Button       = form.Button
	StringSelect = form.StringSelect
)

// What messages and interactions are made of is the same in the forms.
type (
	Component    = form.Component
	SelectOption = form.SelectOption
	Choice       = form.Choice
)

// A Message as it stands in a channel. Marshalled, it is what the REST API
// shows. Values are never changed: an edit makes a new one.
type Message struct {
	ID              string            `json:"id"`
	ChannelID       string            `json:"channel_id"`
	Type            int               `json:"type"`
	Author          User              `json:"author"`
	Content         string            `json:"content"`
	Timestamp       time.Time         `json:"timestamp"`
	EditedTimestamp *time.Time        `json:"edited_timestamp"`
	TTS             bool              `json:"tts"`
	MentionEveryone bool              `json:"mention_everyone"`
	Mentions        []User            `json:"mentions"`
	MentionRoles    []string          `json:"mention_roles"`
	Attachments     []Attachment      `json:"attachments"`
	Embeds          []json.RawMessage `json:"embeds"`
	Components      []Component       `json:"components"`
	Pinned          bool              `json:"pinned"`
	Flags           int               `json:"flags"`
	Nonce           json.RawMessage   `json:"nonce,omitempty"`
	WebhookID       string            `json:"webhook_id,omitempty"`
	ApplicationID   string            `json:"application_id,omitempty"`
	Interaction     *InteractionNote  `json:"interaction_metadata,omitempty"`
	Reference       *Reference        `json:"message_reference,omitempty"`
	Referenced      *Message          `json:"referenced_message,omitempty"` // of a reply
	Snapshots       []object          `json:"message_snapshots,omitempty"`  // of a forward

	// GuildID is the guild's id or "". Only events show it on the wire.
	GuildID string `json:"-"`
	// VisibleTo is the id of the one person who sees an ephemeral message.
	VisibleTo string `json:"-"`
}

// A Reference names the message that is replied to, or forwarded.
type Reference struct {
	Type      int    `json:"type"` // 0 a reply, 1 a forward
	MessageID string `json:"message_id"`
	ChannelID string `json:"channel_id"`
	GuildID   string `json:"guild_id,omitempty"`
}

// An Attachment is a file of a message.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Size        int    `json:"size"`
	URL         string `json:"url"`
	ProxyURL    string `json:"proxy_url"`
	ContentType string `json:"content_type,omitempty"`
	Description string `json:"description,omitempty"`
	Ephemeral   bool   `json:"ephemeral,omitempty"`
}

// An InteractionNote says which interaction a message answers.
type InteractionNote struct {
	ID     string            `json:"id"`
	Type   InteractionType   `json:"type"`
	User   User              `json:"user"`
	Owners map[string]string `json:"authorizing_integration_owners"`
	Name   string            `json:"name,omitempty"`
}

// number gives components their ids, as Discord does with those of a bot that
// gives none.
func number(list []Component) {
	id := 0
	for c := range form.All(list) {
		id++
		c.ID = id
	}
}

// Ephemeral reports whether only one person sees the message.
func (m Message) Ephemeral() bool { return m.Flags&FlagEphemeral != 0 }

// All yields every component of the message, the nested ones too.
func (m Message) All() iter.Seq[*Component] { return form.All(m.Components) }

// Component finds a component by its custom_id.
func (m Message) Component(customID string) (Component, bool) {
	return m.find(func(c *Component) bool { return c.CustomID == customID && customID != "" })
}

// Button finds a button by the text on it.
func (m Message) Button(label string) (Component, bool) {
	return m.find(func(c *Component) bool { return c.Type == Button && c.Label == label })
}

func (m Message) find(is func(*Component) bool) (Component, bool) {
	for c := range m.All() {
		if is(c) {
			return *c, true
		}
	}
	return Component{}, false
}

// Buttons are the message's buttons in order.
func (m Message) Buttons() []Component {
	var found []Component
	for c := range m.All() {
		if c.Type == Button {
			found = append(found, *c)
		}
	}
	return found
}

// Text is all text of the message: the content, or what the text displays say.
func (m Message) Text() string {
	var parts []string
	if m.Content != "" {
		parts = append(parts, m.Content)
	}
	for c := range m.All() {
		if c.Type == form.TextDisplay {
			parts = append(parts, c.Content)
		}
	}
	return strings.Join(parts, "\n")
}

var mentionPattern = regexp.MustCompile(`<@(!|&)?(\d+)>|@everyone\b|@here\b`)

// ping fills in whom the message mentions. everyone says whether the author
// may mention everyone. The caller holds the lock.
func (s *Server) ping(m *Message, ch *Channel, allowed *form.Mentions, everyone bool) {
	m.Mentions, m.MentionRoles = []User{}, []string{}
	add := func(id string) {
		if p := s.people[id]; p != nil && !slices.ContainsFunc(m.Mentions, func(o User) bool { return o.ID == id }) {
			m.Mentions = append(m.Mentions, p.user)
		}
	}
	if m.Referenced != nil && (allowed == nil || allowed.RepliedUser != nil && *allowed.RepliedUser) {
		add(m.Referenced.Author.ID)
	}
	for _, found := range mentionPattern.FindAllStringSubmatch(m.Text(), -1) {
		switch id := found[2]; {
		case id == "":
			m.MentionEveryone = m.MentionEveryone || everyone && allowed.Allow("everyone")
		case found[1] == "&":
			if ch.guild != nil && ch.guild.role(id) != nil && !slices.Contains(m.MentionRoles, id) && allowed.Allow("roles") {
				m.MentionRoles = append(m.MentionRoles, id)
			}
		case allowed.Allow("users"):
			add(id)
		}
	}
}
