package discord

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"backfaq/config"
	"backfaq/faq"
)

const maxTroubled = 15 // channels with missing permissions that are listed

// checksPage says what the bot lacks, and what was changed lately.
func (b *Bot) checksPage(ctx context.Context, i *interaction, view faq.View) []discordgo.MessageComponent {
	return []discordgo.MessageComponent{
		discordgo.TextDisplay{Content: doctorTitle + b.missingPermissions(ctx, i, view.Settings)},
		discordgo.TextDisplay{Content: changesTitle + b.lastChanges(ctx, i)},
	}
}

// doctor names the channels in which a permission is missing, of those the
// settings name; of all, where the bot answers everywhere.
func (b *Bot) missingPermissions(ctx context.Context, i *interaction, s config.Settings) string {
	var roles []*discordgo.Role
	var all []*discordgo.Channel
	var me discordgo.Member
	guild := string(i.Guild)
	for _, get := range []struct {
		endpoint string
		into     any
	}{
		{discordgo.EndpointGuildRoles(guild), &roles},
		{discordgo.EndpointGuildChannels(guild), &all},
		{discordgo.EndpointGuildMember(guild, b.selfID()), &me},
	} {
		if err := b.rest.Call(ctx, http.MethodGet, get.endpoint, nil, get.into); err != nil {
			b.log.Warn("could not look up permissions", "server", i.Guild, "err", err)
			return doctorFailed
		}
	}
	var text strings.Builder
	troubled := 0
	for _, c := range all {
		if !concerns(s, c) {
			continue
		}
		missing := lacking(channelPermissions(guild, b.selfID(), me.Roles, roles, c))
		if len(missing) == 0 {
			continue
		}
		if troubled++; troubled <= maxTroubled {
			fmt.Fprintf(&text, "- <#%s>: %s\n", c.ID, strings.Join(missing, ", "))
		}
	}
	switch {
	case troubled == 0:
		return doctorFine
	case troubled > maxTroubled:
		fmt.Fprintf(&text, doctorMore, plural(troubled-maxTroubled, "channel", "channels"))
	}
	return text.String() + doctorHint
}

// concerns reports whether the bot is to speak in a channel.
func concerns(s config.Settings, c *discordgo.Channel) bool {
	if !slices.Contains(channelTypes, c.Type) {
		return false
	}
	listed := slices.Contains(s.Channels, c.ID)
	return slices.Contains(s.Listen, c.ID) || c.ID == s.ReviewChannel ||
		s.Mode == config.Everywhere || s.Mode == config.OnlyThese && listed || s.Mode == config.AllBut && !listed
}

func lacking(have int64) []string {
	var names []string
	for _, p := range needed {
		if have&p.bit == 0 {
			names = append(names, p.name)
		}
	}
	return names
}

// channelPermissions is what a member may do in a channel: roles, then the
// channel's overwrites for everyone, for the roles, for the member
// (topics/permissions#permission-overwrites).
func channelPermissions(guild, member string, memberRoles []string, roles []*discordgo.Role, c *discordgo.Channel) int64 {
	var base int64
	for _, r := range roles {
		if r.ID == guild || slices.Contains(memberRoles, r.ID) {
			base |= r.Permissions
		}
	}
	if base&discordgo.PermissionAdministrator != 0 {
		return -1
	}
	var everyone, role, own discordgo.PermissionOverwrite
	for _, o := range c.PermissionOverwrites {
		switch {
		case o.ID == guild:
			everyone = *o
		case o.Type == discordgo.PermissionOverwriteTypeRole && slices.Contains(memberRoles, o.ID):
			role.Allow, role.Deny = role.Allow|o.Allow, role.Deny|o.Deny
		case o.Type == discordgo.PermissionOverwriteTypeMember && o.ID == member:
			own = *o
		}
	}
	for _, o := range []discordgo.PermissionOverwrite{everyone, role, own} {
		base = base&^o.Deny | o.Allow
	}
	return base
}

func (b *Bot) selfID() string {
	if id := b.self.Load(); id != nil {
		return *id
	}
	return strconv.Itoa(0)
}

// permissions is all that the bot asks for on a server: see a channel, answer
// there and in its threads, reply (Discord wants Read Message History for
// that), and attach the chart of the statistics.
const permissions = discordgo.PermissionViewChannel |
	discordgo.PermissionSendMessages |
	discordgo.PermissionSendMessagesInThreads |
	discordgo.PermissionReadMessageHistory |
	discordgo.PermissionAttachFiles

// InviteLink is the address that invites the bot to a server, with the least
// permissions it needs.
func InviteLink(application string) string {
	q := url.Values{
		"client_id":   {application},
		"scope":       {"bot applications.commands"},
		"permissions": {strconv.FormatInt(permissions, 10)},
	}
	return "https://discord.com/oauth2/authorize?" + q.Encode()
}
