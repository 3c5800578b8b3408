package fakediscord

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// Permissions is a set of Discord permissions.
type Permissions uint64

// The permissions that matter to a bot that answers.
const (
	ManageGuild            Permissions = 1 << 5
	ViewChannel            Permissions = 1 << 10
	SendMessages           Permissions = 1 << 11
	ManageMessages         Permissions = 1 << 13
	EmbedLinks             Permissions = 1 << 14
	AttachFiles            Permissions = 1 << 15
	ReadMessageHistory     Permissions = 1 << 16
	MentionEveryone        Permissions = 1 << 17
	UseExternalEmojis      Permissions = 1 << 18
	UseApplicationCommands Permissions = 1 << 31
	SendMessagesInThreads  Permissions = 1 << 38
)

// EveryonePermissions is what @everyone may in a new guild.
const EveryonePermissions = ViewChannel | SendMessages | SendMessagesInThreads | EmbedLinks | AttachFiles |
	ReadMessageHistory | UseApplicationCommands

// BotPermissions is what the bot's own role may in a new guild: what an invite
// link with the least permissions asks for.
const BotPermissions = ViewChannel | SendMessages | SendMessagesInThreads | EmbedLinks | AttachFiles | ReadMessageHistory

// dmPermissions are an app's permissions where there is no guild.
const dmPermissions = AttachFiles | EmbedLinks | MentionEveryone | UseExternalEmojis

// Has reports whether all of p are in the set.
func (have Permissions) Has(p Permissions) bool { return have&p == p }

// String is the form the wire has: decimal digits.
func (have Permissions) String() string { return strconv.FormatUint(uint64(have), 10) }

type overwrite struct{ allow, deny Permissions }

// permissions computes what a member may in a channel of the guild, in the
// order Discord documents. The caller holds the server's lock.
func (g *Guild) permissions(userID string, ch *Channel) Permissions {
	m := g.members[userID]
	if m == nil {
		return 0
	}
	p := g.roles[0].perms
	for _, r := range g.roles[1:] {
		if m.roles[r.ID] {
			p |= r.perms
		}
	}
	if ch.isThread() {
		ch = ch.parent
	}
	apply := func(o overwrite) { p = p&^o.deny | o.allow }
	apply(ch.overwrites[g.ID])
	var roles overwrite
	for id := range m.roles {
		roles.allow |= ch.overwrites[id].allow
		roles.deny |= ch.overwrites[id].deny
	}
	apply(roles)
	apply(ch.overwrites[userID])
	if !p.Has(ViewChannel) {
		return 0
	}
	return p
}

// botMay is what the bot may in a channel. The caller holds the lock.
func (s *Server) botMay(ch *Channel) Permissions {
	switch {
	case ch.guild != nil:
		return ch.guild.permissions(s.app.id, ch)
	case ch.hasBot:
		return dmPermissions | ViewChannel | SendMessages | ReadMessageHistory
	}
	return 0
}

// A Role of a guild.
type Role struct {
	guild *Guild
	ID    string
	Name  string
	perms Permissions
}

type member struct {
	user   User
	nick   *string
	roles  map[string]bool
	joined time.Time
}

// wire is a member as the gateway and the REST API show it.
func (m *member) wire() object {
	roles := slices.AppendSeq([]string{}, maps.Keys(m.roles))
	slices.Sort(roles)
	return object{
		"user": m.user, "nick": m.nick, "avatar": nil, "banner": nil, "roles": roles, "joined_at": m.joined,
		"premium_since": nil, "deaf": false, "mute": false, "pending": false, "flags": 0,
		"communication_disabled_until": nil,
	}
}

// AddRole makes a role.
func (g *Guild) AddRole(name string, perms Permissions) *Role {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	r := &Role{guild: g, ID: g.srv.ids.next(), Name: name, perms: perms}
	g.roles = append(g.roles, r)
	return r
}

// Everyone is the role that every member has.
func (g *Guild) Everyone() *Role {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	return g.roles[0]
}

// Join makes a person a member with the given roles, or gives a member more.
func (g *Guild) Join(p *Person, roles ...*Role) {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	m := g.members[p.user.ID]
	if m == nil {
		m = &member{user: p.user, roles: map[string]bool{}, joined: time.Now()}
		g.members[p.user.ID] = m
	}
	for _, r := range roles {
		m.roles[r.ID] = true
	}
}

// TakeRole takes a role from a member.
func (g *Guild) TakeRole(p *Person, r *Role) {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	delete(g.members[p.user.ID].roles, r.ID)
}

// Allow lets a person use a command whatever its default permissions, as an
// administrator can in Server Settings, Integrations.
func (g *Guild) Allow(command string, p *Person) {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	g.grants[command+" "+p.user.ID] = true
}

type roleWire struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	Color       int     `json:"color"`
	Colors      object  `json:"colors"`
	Hoist       bool    `json:"hoist"`
	Icon        *string `json:"icon"`
	Emoji       *string `json:"unicode_emoji"`
	Position    int     `json:"position"`
	Permissions string  `json:"permissions"`
	Managed     bool    `json:"managed"`
	Mentionable bool    `json:"mentionable"`
	Flags       int     `json:"flags"`
}

var noColors = object{"primary_color": 0, "secondary_color": nil, "tertiary_color": nil}

func (g *Guild) wireRoles() []roleWire {
	roles := make([]roleWire, len(g.roles))
	for i, r := range g.roles {
		roles[i] = roleWire{
			ID: r.ID, Name: r.Name, Position: i, Permissions: r.perms.String(), Colors: noColors,
			Managed: i > 0 && r.Name == g.srv.app.bot.Username,
		}
	}
	return roles
}

func (g *Guild) role(id string) *Role {
	for _, r := range g.roles {
		if r.ID == id {
			return r
		}
	}
	return nil
}
