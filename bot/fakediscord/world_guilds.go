package fakediscord

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// discordEpoch is the first millisecond a snowflake can express.
const discordEpoch = 1420070400000

// ids hands out snowflakes. The server's lock guards it.
type ids struct {
	last   uint64
	guilds uint64
}

func (g *ids) next() string {
	g.last = max(g.last+1, uint64(max(0, time.Now().UnixMilli()-discordEpoch))<<22)
	return strconv.FormatUint(g.last, 10)
}

// guild numbers guilds one per millisecond of the year 2020, so they spread
// evenly over any number of shards.
func (g *ids) guild() string {
	g.guilds++
	return strconv.FormatUint((1577836800000-discordEpoch+g.guilds)<<22, 10)
}

type application struct {
	id    string
	token string
	bot   User
}

// A User is a Discord account as others see it.
type User struct {
	ID            string  `json:"id"`
	Username      string  `json:"username"`
	GlobalName    *string `json:"global_name"`
	Discriminator string  `json:"discriminator"`
	Avatar        *string `json:"avatar"`
	Bot           bool    `json:"bot,omitempty"`
}

// Mention is the text that mentions the user.
func (u User) Mention() string { return "<@" + u.ID + ">" }

// A Guild is a Discord server.
type Guild struct {
	srv  *Server
	ID   string
	Name string

	owner       string  // id of somebody who does nothing
	system      *string // id of the system channel
	locale      string
	botIn       bool
	unavailable bool
	roles       []*Role // the first is @everyone
	members     map[string]*member
	channels    []*Channel
	grants      map[string]bool // "command user": allowed in the server's settings
}

// AddGuild makes a guild with a channel "general", owned by someone else, that
// the bot is a member of.
func (s *Server) AddGuild(name string) *Guild {
	g := s.AddForeignGuild(name)
	g.BotJoins()
	return g
}

// AddForeignGuild makes a guild like [Server.AddGuild] that the bot has not
// joined; whoever installed the app for themselves can use it there.
func (s *Server) AddForeignGuild(name string) *Guild {
	g := s.newGuild(name)
	g.AddChannel("general")
	return g
}

// Size is how many channels and roles each guild of [Server.AddGuilds] has.
type Size struct{ Channels, Roles int }

// AddGuilds makes n guilds at once, each with at least one channel, all of them in a
// category.
func (s *Server) AddGuilds(n int, size Size) []*Guild {
	made := make([]*Guild, n)
	for i := range made {
		g := s.newGuild(fmt.Sprintf("Guild %d", i+1))
		for c := range max(1, size.Channels) {
			g.AddChannel(fmt.Sprintf("channel-%d", c+1))
		}
		category := g.AddChannelOf(Category, "category")
		for _, ch := range g.channels[:len(g.channels)-1] {
			ch.parent = category
		}
		for r := range size.Roles {
			g.AddRole(fmt.Sprintf("role %d", r+1), 0)
		}
		g.BotJoins()
		made[i] = g
	}
	return made
}

func (s *Server) newGuild(name string) *Guild {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &Guild{srv: s, ID: s.ids.guild(), Name: name, owner: s.ids.next(), locale: english, members: map[string]*member{}, grants: map[string]bool{}}
	g.roles = []*Role{{guild: g, ID: g.ID, Name: "@everyone", perms: EveryonePermissions}}
	s.guilds[g.ID] = g
	s.order = append(s.order, g)
	return g
}

// BotJoins makes the bot a member, with a role of its own that has
// [BotPermissions], and tells it so.
func (g *Guild) BotJoins() {
	s := g.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	g.botIn = true
	role := &Role{guild: g, ID: s.ids.next(), Name: s.app.bot.Username, perms: BotPermissions}
	g.roles = append(g.roles, role)
	g.members[s.app.id] = &member{user: s.app.bot, roles: map[string]bool{role.ID: true}, joined: time.Now()}
	s.dispatch(dispatch{typ: "GUILD_CREATE", guild: g.ID, needs: IntentGuilds, data: func(*session) any { return g.wire() }})
}

// BotLeaves removes the bot, as a kick does.
func (g *Guild) BotLeaves() {
	s := g.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	g.botIn = false
	delete(g.members, s.app.id)
	g.roles = slices.DeleteFunc(g.roles, func(r *Role) bool { return r.Name == s.app.bot.Username })
	s.dispatch(dispatch{typ: "GUILD_DELETE", guild: g.ID, needs: IntentGuilds, data: func(*session) any { return object{"id": g.ID} }})
}

// SetUnavailable starts or ends an outage of the guild.
func (g *Guild) SetUnavailable(down bool) {
	s := g.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	g.unavailable = down
	if down {
		s.dispatch(dispatch{typ: "GUILD_DELETE", guild: g.ID, needs: IntentGuilds, data: func(*session) any { return object{"id": g.ID, "unavailable": true} }})
		return
	}
	s.dispatch(dispatch{typ: "GUILD_CREATE", guild: g.ID, needs: IntentGuilds, data: func(*session) any { return g.wire() }})
}

// SetSystemChannel sets the channel for messages of Discord's own; nil for none.
func (g *Guild) SetSystemChannel(ch *Channel) {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	g.system = nil
	if ch != nil {
		g.system = &ch.ID
	}
}

// SetLocale sets the language that the guild prefers, and tells the bot.
func (g *Guild) SetLocale(locale string) {
	s := g.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	g.locale = locale
	if g.botIn {
		s.dispatch(dispatch{typ: "GUILD_UPDATE", guild: g.ID, needs: IntentGuilds, data: func(*session) any { return g.basics() }})
	}
}

// wire is the guild as GUILD_CREATE shows it. The caller holds the lock.
func (g *Guild) wire() object {
	o := g.basics()
	channels, threads := []channelWire{}, []channelWire{}
	for _, ch := range g.channels {
		if ch.isThread() {
			threads = append(threads, ch.wire())
		} else {
			channels = append(channels, ch.wire())
		}
	}
	me := g.members[g.srv.app.id]
	maps.Copy(o, object{
		"joined_at": me.joined, "large": false, "unavailable": false, "member_count": len(g.members),
		"voice_states": []any{}, "members": []object{me.wire()}, "channels": channels, "threads": threads,
		"presences": []any{}, "stage_instances": []any{}, "guild_scheduled_events": []any{}, "soundboard_sounds": []any{},
	})
	return o
}

// basics is the guild as GUILD_UPDATE shows it.
func (g *Guild) basics() object {
	return object{
		"id": g.ID, "name": g.Name, "icon": nil, "splash": nil, "discovery_splash": nil, "owner_id": g.owner,
		"afk_channel_id": nil, "afk_timeout": 300, "verification_level": 1, "default_message_notifications": 0,
		"explicit_content_filter": 0, "roles": g.wireRoles(), "emojis": []any{}, "features": []string{},
		"mfa_level": 0, "application_id": nil, "system_channel_id": g.system, "system_channel_flags": 0,
		"rules_channel_id": nil, "vanity_url_code": nil, "description": nil, "banner": nil, "premium_tier": 0,
		"preferred_locale": g.locale, "public_updates_channel_id": nil, "nsfw_level": 0, "stickers": []any{},
		"premium_progress_bar_enabled": false, "safety_alerts_channel_id": nil,
	}
}
