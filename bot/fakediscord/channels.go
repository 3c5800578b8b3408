package fakediscord

import "slices"

// ChannelType is what a channel is.
type ChannelType int

// The types of channels of this Discord, with the numbers of the wire.
const (
	Text         ChannelType = 0
	DM           ChannelType = 1
	GroupDM      ChannelType = 3
	Category     ChannelType = 4
	Announcement ChannelType = 5
	Thread       ChannelType = 11
	Forum        ChannelType = 15
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
	parent     *Channel // of a thread
	overwrites map[string]overwrite
	people     []*Person // of a DM or group
	hasBot     bool      // a DM with the bot
	archived   bool
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
	ch := &Channel{srv: s, ID: s.ids.next(), Name: name, Type: t, guild: g}
	s.addChannel(ch)
	if g.botIn {
		s.dispatch(dispatch{typ: "CHANNEL_CREATE", guild: g.ID, needs: IntentGuilds, data: func(*session) any { return ch.wire() }})
	}
	return ch
}

// General is the guild's first channel.
func (g *Guild) General() *Channel {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	return g.channels[0]
}

// FindChannel finds a channel by id, nil when there is none.
func (s *Server) FindChannel(id string) *Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.channels[id]
}

// Channels are the guild's channels and threads.
func (g *Guild) Channels() []*Channel {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	return slices.Clone(g.channels)
}

// AddThread makes a thread in a text channel, or a post in a forum.
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

// SetArchived archives and locks a thread, or opens it again.
func (ch *Channel) SetArchived(archived bool) {
	ch.srv.mu.Lock()
	defer ch.srv.mu.Unlock()
	ch.archived = archived
}

// Overwrite sets what a role or user (by id) may in this channel in
// difference to the guild.
func (ch *Channel) Overwrite(id string, allow, deny Permissions) {
	ch.srv.mu.Lock()
	defer ch.srv.mu.Unlock()
	if ch.overwrites == nil {
		ch.overwrites = map[string]overwrite{}
	}
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

// Mention is the text that links to the channel.
func (ch *Channel) Mention() string { return "<#" + ch.ID + ">" }

func (ch *Channel) isThread() bool { return ch.Type == Thread }

// addChannel puts a new channel into the world. The caller holds the lock.
func (s *Server) addChannel(ch *Channel) {
	s.channels[ch.ID] = ch
	if ch.guild != nil {
		ch.guild.channels = append(ch.guild.channels, ch)
	}
	s.change(Change{Type: "channel", ChannelID: ch.ID})
}

// dmWith is the conversation of the bot with a person, made when needed. The
// caller holds the lock.
func (s *Server) dmWith(p *Person) *Channel {
	if p.dm == nil {
		p.dm = &Channel{srv: s, ID: s.ids.next(), Type: DM, people: []*Person{p}, hasBot: true}
		s.addChannel(p.dm)
	}
	return p.dm
}

// sees reports whether a person can read the channel. The caller holds the lock.
func (ch *Channel) sees(p *Person) bool {
	if ch.guild == nil {
		return slices.Contains(ch.people, p)
	}
	return ch.guild.permissions(p.user.ID, ch).Has(ViewChannel)
}

// last is the id of the latest message, or nil.
func (ch *Channel) last() any {
	if len(ch.messages) == 0 {
		return nil
	}
	return ch.messages[len(ch.messages)-1].ID
}

// wire is the channel as the gateway and the REST API show it. The caller
// holds the lock.
func (ch *Channel) wire() object {
	o := object{"id": ch.ID, "type": ch.Type, "last_message_id": ch.last(), "flags": 0}
	if ch.guild == nil {
		users := []User{}
		for _, p := range ch.people {
			users = append(users, p.user)
		}
		o["recipients"] = users
		if ch.Type == GroupDM {
			o["name"], o["icon"], o["owner_id"] = ch.Name, nil, ch.people[0].user.ID
		}
		return o
	}
	o["guild_id"], o["name"], o["parent_id"] = ch.guild.ID, ch.Name, nil
	if ch.isThread() {
		o["parent_id"], o["owner_id"], o["message_count"], o["member_count"] = ch.parent.ID, ch.guild.owner, len(ch.messages), 1
		o["thread_metadata"] = object{
			"archived": ch.archived, "locked": ch.archived, "auto_archive_duration": 1440,
			"archive_timestamp": ch.srv.now(),
		}
		return o
	}
	over := []object{}
	for id, w := range ch.overwrites {
		kind := 1
		for _, r := range ch.guild.roles {
			if r.ID == id {
				kind = 0
			}
		}
		over = append(over, object{"id": id, "type": kind, "allow": w.allow.String(), "deny": w.deny.String()})
	}
	o["position"], o["permission_overwrites"], o["nsfw"], o["topic"], o["rate_limit_per_user"] = 0, over, false, nil, 0
	return o
}
