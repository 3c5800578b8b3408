package fakediscord

import "strconv"

// Permissions is a set of Discord permissions.
type Permissions uint64

// The permissions that matter to a bot that answers.
const (
	ManageChannels         Permissions = 1 << 4
	Administrator          Permissions = 1 << 3
	ManageGuild            Permissions = 1 << 5
	AddReactions           Permissions = 1 << 6
	ViewChannel            Permissions = 1 << 10
	SendMessages           Permissions = 1 << 11
	ManageMessages         Permissions = 1 << 13
	EmbedLinks             Permissions = 1 << 14
	AttachFiles            Permissions = 1 << 15
	ReadMessageHistory     Permissions = 1 << 16
	MentionEveryone        Permissions = 1 << 17
	UseExternalEmojis      Permissions = 1 << 18
	ManageRoles            Permissions = 1 << 28
	UseApplicationCommands Permissions = 1 << 31
	CreatePublicThreads    Permissions = 1 << 35
	SendMessagesInThreads  Permissions = 1 << 38
	UseExternalApps        Permissions = 1 << 50

	allPermissions Permissions = 1<<53 - 1
)

// EveryonePermissions is what @everyone may in a new guild.
const EveryonePermissions = ViewChannel | SendMessages | SendMessagesInThreads | EmbedLinks | AttachFiles |
	ReadMessageHistory | AddReactions | UseApplicationCommands | UseExternalApps | CreatePublicThreads

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

// permissions computes what a member may in the guild, or in a channel of it,
// in the order Discord documents. The caller holds the server's lock.
func (g *Guild) permissions(userID string, ch *Channel) Permissions {
	m := g.members[userID]
	if m == nil {
		return 0
	}
	if g.owner == userID {
		return allPermissions
	}
	p := g.roles[0].perms
	for _, r := range g.roles[1:] {
		if m.roles[r.ID] {
			p |= r.perms
		}
	}
	if p.Has(Administrator) {
		return allPermissions
	}
	if ch == nil {
		return p
	}
	if ch.parent != nil && ch.isThread() {
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
