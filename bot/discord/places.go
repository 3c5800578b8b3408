package discord

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/bwmarrin/discordgo"
	lru "github.com/hashicorp/golang-lru/v2"
)

// How much is remembered of the world. A thread that was forgotten counts as a
// channel of its own, and the moderators of a server that was forgotten as
// anyone else, until they are seen again.
const (
	rememberThreads = 100_000 // about 12 MiB
	rememberStaff   = 25_000  // servers; about 5 MiB
)

// moderating are the permissions that make somebody a moderator to the bot,
// where nobody asked it anything.
const moderating = discordgo.PermissionAdministrator | discordgo.PermissionManageGuild | discordgo.PermissionManageMessages

// places knows what messages do not say: which channel a thread or forum post
// belongs to, and who moderates a server. The events about servers tell.
type places struct {
	parents *lru.Cache[snowflake, thread]
	staffs  *lru.Cache[snowflake, staff]
}

// staff is who moderates a server. It is replaced, never changed.
type staff struct {
	owner snowflake
	roles []snowflake
}

func newPlaces() *places {
	// lru.New fails on a size below one only.
	parents, _ := lru.New[snowflake, thread](rememberThreads)
	staffs, _ := lru.New[snowflake, staff](rememberStaff)
	return &places{parents: parents, staffs: staffs}
}

// parent is the channel of a thread; "" for what is no thread.
func (p *places) parent(channel snowflake) snowflake {
	t, _ := p.parents.Get(channel)
	return t.Parent
}

// secret reports whether a thread is private: only those who were invited and
// moderators see it.
func (p *places) secret(channel snowflake) bool {
	t, _ := p.parents.Get(channel)
	return t.Type == discordgo.ChannelTypeGuildPrivateThread
}

// moderates reports whether a message is a moderator's.
func (p *places) moderates(m *event) bool {
	s, _ := p.staffs.Get(m.Guild)
	if m.Author.ID == s.owner {
		return true
	}
	return m.Member != nil && slices.ContainsFunc(m.Member.Roles, func(r snowflake) bool { return slices.Contains(s.roles, r) })
}

type thread struct {
	ID     snowflake             `json:"id"`
	Parent snowflake             `json:"parent_id"`
	Type   discordgo.ChannelType `json:"type"`
}

type role struct {
	ID          snowflake `json:"id"`
	Permissions string    `json:"permissions"`
}

func (r role) moderates() bool {
	bits, err := strconv.ParseInt(r.Permissions, 10, 64)
	return err == nil && bits&moderating != 0
}

// learn takes note of what an event tells.
func (p *places) learn(kind string, data json.RawMessage) {
	switch kind {
	case "THREAD_CREATE", "THREAD_UPDATE":
		var t thread
		if json.Unmarshal(data, &t) == nil {
			p.add(t)
		}
	case "THREAD_DELETE":
		var t thread
		if json.Unmarshal(data, &t) == nil {
			p.parents.Remove(t.ID)
		}
	case "GUILD_CREATE", "GUILD_UPDATE", "THREAD_LIST_SYNC":
		var g struct {
			ID      snowflake `json:"id"`
			Owner   snowflake `json:"owner_id"`
			Roles   []role    `json:"roles"`
			Threads []thread  `json:"threads"`
		}
		if json.Unmarshal(data, &g) != nil {
			return
		}
		p.add(g.Threads...)
		if g.ID != "" && g.Owner != "" {
			s := staff{owner: g.Owner}
			for _, r := range g.Roles {
				s = s.with(r)
			}
			p.staffs.Add(g.ID, s)
		}
	case "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE":
		var change struct {
			Guild snowflake `json:"guild_id"`
			Role  role      `json:"role"`
			Gone  snowflake `json:"role_id"`
		}
		if json.Unmarshal(data, &change) != nil {
			return
		}
		if s, ok := p.staffs.Get(change.Guild); ok {
			if change.Gone != "" {
				change.Role = role{ID: change.Gone}
			}
			p.staffs.Add(change.Guild, s.with(change.Role))
		}
	case "GUILD_DELETE":
		var g struct {
			ID          snowflake `json:"id"`
			Unavailable bool      `json:"unavailable"`
		}
		if json.Unmarshal(data, &g) == nil && !g.Unavailable {
			p.staffs.Remove(g.ID)
		}
	}
}

func (p *places) add(threads ...thread) {
	for _, t := range threads {
		if t.ID != "" && t.Parent != "" {
			p.parents.Add(t.ID, t)
		}
	}
}

// with is the staff after a role was made or changed.
func (s staff) with(r role) staff {
	kept := slices.DeleteFunc(slices.Clone(s.roles), func(id snowflake) bool { return id == r.ID })
	if r.moderates() {
		kept = append(kept, r.ID)
	}
	return staff{owner: s.owner, roles: kept}
}
