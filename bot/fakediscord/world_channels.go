package fakediscord

import (
	"slices"
	"time"
)

// ChannelType is what a channel is.
type ChannelType int

// The types of channels of this Discord, with the numbers of the wire.
const (
	Text         ChannelType = 0
	DM           ChannelType = 1
	Voice        ChannelType = 2
	GroupDM      ChannelType = 3
	Category     ChannelType = 4
	Announcement ChannelType = 5
	Thread       ChannelType = 11
	Stage        ChannelType = 13
	Forum        ChannelType = 15
	MediaForum   ChannelType = 16
)

// keepMessages is how many messages a channel remembers.
const keepMessages = 10_000

// A Channel is a place where people talk.
type Channel struct {
	srv  *Server
	ID   string
	Name string
	Type ChannelType

	guild      *Guild   // nil outside of guilds
	parent     *Channel // of a thread; the category of a channel
	overwrites map[string]overwrite
	people     []*Person  // of a DM or group
	hasBot     bool       // a DM with the bot
	messages   []*Message // oldest first; never changed, only replaced
}

// object is JSON under construction.
type object = map[string]any

// AddChannel makes a text channel.
func (g *Guild) AddChannel(name string) *Channel { return g.AddChannelOf(Text, name) }

// AddChannelOf makes a channel of a type.
func (g *Guild) AddChannelOf(t ChannelType, name string) *Channel {
	s := g.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := &Channel{srv: s, ID: s.ids.next(), Name: name, Type: t, guild: g, overwrites: map[string]overwrite{}}
	s.addChannel(ch)
	if g.botIn {
		s.dispatch(dispatch{typ: "CHANNEL_CREATE", guild: g.ID, needs: IntentGuilds, data: func(*session) any { return ch.wire() }})
	}
	return ch
}

// MoveTo puts a channel into a category, nil for none, and tells the bot.
func (ch *Channel) MoveTo(category *Channel) {
	s := ch.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	ch.parent = category
	if ch.guild.botIn {
		s.dispatch(dispatch{typ: "CHANNEL_UPDATE", guild: ch.guild.ID, needs: IntentGuilds, data: func(*session) any { return ch.wire() }})
	}
}

// General is the guild's first channel.
func (g *Guild) General() *Channel {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	return g.channels[0]
}

// Channels are the guild's channels and threads.
func (g *Guild) Channels() []*Channel {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	return slices.Clone(g.channels)
}

// AddThread makes a thread in a text channel, or a post in a forum, and tells
// the bot.
func (ch *Channel) AddThread(name string) *Channel {
	s := ch.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &Channel{srv: s, ID: s.ids.next(), Name: name, Type: Thread, guild: ch.guild, parent: ch}
	s.addChannel(t)
	if ch.guild.botIn {
		s.dispatch(dispatch{typ: "THREAD_CREATE", guild: ch.guild.ID, needs: IntentGuilds, data: func(*session) any { return t.wire() }})
	}
	return t
}

// Overwrite sets what a role or user (by id) may in this channel in
// difference to the guild.
func (ch *Channel) Overwrite(id string, allow, deny Permissions) {
	ch.srv.mu.Lock()
	defer ch.srv.mu.Unlock()
	ch.overwrites[id] = overwrite{allow, deny}
}

// AddGroup makes a private conversation between people that the bot is not
// part of: a group, or with two people a DM.
func (s *Server) AddGroup(name string, people ...*Person) *Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := GroupDM
	if len(people) <= 2 {
		t, name = DM, ""
	}
	ch := &Channel{srv: s, ID: s.ids.next(), Name: name, Type: t, people: people}
	s.addChannel(ch)
	return ch
}

// GuildID is the id of the channel's guild, or "".
func (ch *Channel) GuildID() string {
	if ch.guild == nil {
		return ""
	}
	return ch.guild.ID
}

// context is where an interaction in the channel happens: 0 in a guild, 1 in
// the bot's DM, 2 in a private conversation of others.
func (ch *Channel) context() int {
	switch {
	case ch.guild != nil:
		return 0
	case ch.hasBot:
		return 1
	}
	return 2
}

func (ch *Channel) isThread() bool { return ch.Type == Thread }

// takesMessages reports whether messages are written in the channel itself.
func (ch *Channel) takesMessages() bool {
	return ch.Type != Forum && ch.Type != MediaForum && ch.Type != Category
}

// writing is the permission that writing in the channel takes.
func (ch *Channel) writing() Permissions {
	if ch.isThread() {
		return SendMessagesInThreads
	}
	return SendMessages
}

// addChannel puts a new channel into the world. The caller holds the lock.
func (s *Server) addChannel(ch *Channel) {
	s.channels[ch.ID] = ch
	if ch.guild != nil {
		ch.guild.channels = append(ch.guild.channels, ch)
	}
}

// sees reports whether a person can read the channel. The caller holds the lock.
func (ch *Channel) sees(p *Person) bool {
	if ch.guild == nil {
		return slices.Contains(ch.people, p)
	}
	return ch.guild.permissions(p.user.ID, ch).Has(ViewChannel)
}

// channelWire is a channel as the gateway and the REST API show it. These are
// structs because large worlds are mostly channels and roles.
type channelWire struct {
	ID          string          `json:"id"`
	Type        ChannelType     `json:"type"`
	LastMessage *string         `json:"last_message_id"`
	Flags       int             `json:"flags"`
	Name        string          `json:"name,omitempty"`
	Owner       string          `json:"owner_id,omitempty"` // of a thread or group
	GuildID     string          `json:"guild_id,omitempty"`
	Parent      *string         `json:"parent_id,omitempty"`
	Thread      *threadMetadata `json:"thread_metadata,omitempty"` // of a thread
	Recipients  []User          `json:"recipients,omitempty"`      // of a DM or group
	Permissions string          `json:"permissions,omitempty"`     // of who acts, in interactions
	*textPart
}

type textPart struct {
	Position   int             `json:"position"`
	Overwrites []overwriteWire `json:"permission_overwrites"`
	NSFW       bool            `json:"nsfw"`
	Topic      *string         `json:"topic"`
	Slowmode   int             `json:"rate_limit_per_user"`
}

type overwriteWire struct {
	ID    string `json:"id"`
	Type  int    `json:"type"` // 0 a role, 1 a member
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

type threadMetadata struct {
	Archived    bool      `json:"archived"`
	Locked      bool      `json:"locked"`
	AutoArchive int       `json:"auto_archive_duration"`
	At          time.Time `json:"archive_timestamp"`
}

// wire is the channel as others see it. The caller holds the lock.
func (ch *Channel) wire() channelWire {
	w := channelWire{ID: ch.ID, Type: ch.Type, Name: ch.Name}
	if n := len(ch.messages); n > 0 {
		w.LastMessage = &ch.messages[n-1].ID
	}
	if ch.guild == nil {
		for _, p := range ch.people {
			w.Recipients = append(w.Recipients, p.user)
		}
		if ch.Type == GroupDM {
			w.Owner = ch.people[0].user.ID
		}
		return w
	}
	w.GuildID = ch.guild.ID
	if ch.parent != nil {
		w.Parent = &ch.parent.ID
	}
	if ch.isThread() {
		w.Owner = ch.guild.owner
		w.Thread = &threadMetadata{AutoArchive: 1440, At: time.Now()}
		return w
	}
	w.textPart = &textPart{Overwrites: []overwriteWire{}}
	for id, o := range ch.overwrites {
		kind := 1
		if ch.guild.role(id) != nil {
			kind = 0
		}
		w.Overwrites = append(w.Overwrites, overwriteWire{id, kind, o.allow.String(), o.deny.String()})
	}
	return w
}
