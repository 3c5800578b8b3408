package discord

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"
	"golang.org/x/sync/errgroup"

	"backfaq/config"
	"backfaq/faq"
)

const maxTroubled = 15 // channels with missing permissions that are listed

// checksPage says what the bot lacks, and what was changed lately.
func (b *Bot) checksPage(ctx context.Context, i *interaction, view faq.View) []discordgo.MessageComponent {
	p := i.reader()
	return []discordgo.MessageComponent{
		discordgo.TextDisplay{Content: p.Sprintf(doctorTitle) + b.missingPermissions(ctx, i, view.Settings)},
		discordgo.TextDisplay{Content: p.Sprintf(changesTitle) + b.lastChanges(ctx, i)},
	}
}

// lastChanges lists who changed what, latest first. Discord shows the time in
// the reader's own language and zone.
func (b *Bot) lastChanges(ctx context.Context, i *interaction) string {
	list, err := b.store.Audit(ctx, string(i.Guild))
	if err != nil {
		return b.cannotRead(i, err)
	}
	if len(list) == 0 {
		return i.reader().Sprintf(noChanges)
	}
	var text strings.Builder
	for _, c := range list {
		text.WriteString("- <t:" + strconv.FormatInt(c.At.Unix(), 10) + ":R> <@" + c.Actor + ">: " + truncate(c.What, maxChange) + "\n")
	}
	return text.String()
}

// lack is a channel in which the bot is to speak and lacks permissions.
type lack struct {
	channel string
	bits    int64
	hidden  bool // the bot cannot see it, and no setting names it: that may be meant
}

// lacks looks up the channels in which a permission is missing: of those that the
// settings name, or of all where the bot answers everywhere.
func (b *Bot) lacks(ctx context.Context, i *interaction, s config.Settings) ([]lack, error) {
	ctx, cancel := context.WithTimeout(ctx, handlerTimeout/2)
	defer cancel()
	var roles []*discordgo.Role
	var all []*discordgo.Channel
	var me discordgo.Member
	guild := string(i.Guild)
	work, ctx := errgroup.WithContext(ctx)
	for endpoint, into := range map[string]any{
		discordgo.EndpointGuildRoles(guild):              &roles,
		discordgo.EndpointGuildChannels(guild):           &all,
		discordgo.EndpointGuildMember(guild, b.selfID()): &me,
	} {
		work.Go(func() error { return b.rest.Call(ctx, http.MethodGet, endpoint, nil, into) })
	}
	if err := work.Wait(); err != nil {
		b.log.Warn("could not look up permissions", "server", i.Guild, "err", err)
		return nil, err
	}
	var list []lack
	for _, c := range all {
		if !concerns(s, c) {
			continue
		}
		have := channelPermissions(guild, b.selfID(), me.Roles, roles, c)
		l := lack{channel: c.ID, hidden: have&discordgo.PermissionViewChannel == 0 && !names(s, c.ID)}
		for _, n := range needed {
			if have&n.bit == 0 && !slices.Contains(n.except, c.Type) {
				l.bits |= n.bit
			}
		}
		if l.bits != 0 {
			list = append(list, l)
		}
	}
	return list, nil
}

// missingPermissions names what is missing, channel by channel.
func (b *Bot) missingPermissions(ctx context.Context, i *interaction, s config.Settings) string {
	p := i.reader()
	list, err := b.lacks(ctx, i, s)
	switch {
	case err != nil:
		return p.Sprintf(doctorFailed)
	case len(list) == 0:
		return p.Sprintf(doctorFine)
	}
	var text strings.Builder
	for _, l := range list[:min(len(list), maxTroubled)] {
		var missing []string
		for _, n := range needed {
			if l.bits&n.bit != 0 {
				missing = append(missing, p.Sprintf(n.name))
			}
		}
		fmt.Fprintf(&text, "- <#%s>: %s\n", l.channel, strings.Join(missing, ", "))
	}
	if more := len(list) - maxTroubled; more > 0 {
		text.WriteString(p.Sprintf(doctorMore, p.Count(more, oneChannel, manyChannels)))
	}
	return text.String() + p.Sprintf(doctorHint)
}

// lackSummary names each permission that is missing, with the channels, and why it
// is wanted. Channels that people hide from the bot are left out.
func (b *Bot) lackSummary(ctx context.Context, i *interaction, s config.Settings) string {
	p := i.reader()
	list, err := b.lacks(ctx, i, s)
	if err != nil {
		return p.Sprintf(doctorTitle) + p.Sprintf(doctorFailed) + "\n"
	}
	var text strings.Builder
	for _, n := range needed {
		var where []string
		for _, l := range list {
			if l.bits&n.bit != 0 && !l.hidden {
				where = append(where, l.channel)
			}
		}
		if len(where) > 0 {
			text.WriteString(p.Sprintf(markMissing) + p.Sprintf(lackedIn, p.Sprintf(n.name), channelLinks(p, where)) + "-# " + p.Sprintf(n.why) + "\n")
		}
	}
	if text.Len() > 0 {
		text.WriteString(p.Sprintf(doctorHint) + "\n")
	}
	return text.String()
}

// mentionName is the beginning of a channel's or role's name as people type it.
var mentionName = regexp.MustCompile(`(^|[\s(])([#@])([\p{L}\p{N}_-])`)

// linked is a text in which the names of channels and roles, typed as #name and
// @role, are links that Discord shows as such. They ping nobody. If they cannot be
// looked up, the text stays as it is.
func (b *Bot) linked(ctx context.Context, i *interaction, text string) string {
	if !mentionName.MatchString(text) {
		return text
	}
	ctx, cancel := context.WithTimeout(ctx, handlerTimeout/2) // the rest is for saving the text
	defer cancel()
	var roles []*discordgo.Role
	var channels []*discordgo.Channel
	for endpoint, into := range map[string]any{discordgo.EndpointGuildRoles(string(i.Guild)): &roles, discordgo.EndpointGuildChannels(string(i.Guild)): &channels} {
		if err := b.rest.Call(ctx, http.MethodGet, endpoint, nil, into); err != nil {
			b.log.Warn("could not look up names in a text", "server", i.Guild, "err", err)
			return text
		}
	}
	links := map[string]string{}
	for _, r := range roles {
		links["@"+strings.ToLower(strings.TrimPrefix(r.Name, "@"))] = "<@&" + r.ID + ">"
	}
	for _, c := range channels {
		if c.Type != discordgo.ChannelTypeGuildCategory {
			links["#"+strings.ToLower(c.Name)] = "<#" + c.ID + ">"
		}
	}
	delete(links, "@everyone")
	names := slices.SortedFunc(maps.Keys(links), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var out strings.Builder
	for rest := text; rest != ""; {
		at := mentionName.FindStringSubmatchIndex(rest)
		if at == nil {
			out.WriteString(rest)
			break
		}
		out.WriteString(rest[:at[4]])
		rest = rest[at[4]:]
		n := slices.IndexFunc(names, func(name string) bool { return startsWithName(rest, name) })
		if n < 0 {
			out.WriteString(rest[:1])
			rest = rest[1:]
			continue
		}
		out.WriteString(links[names[n]])
		rest = rest[len(names[n]):]
	}
	return out.String()
}

// startsWithName reports whether a text begins with a name in lower case, and no
// letter or digit follows.
func startsWithName(text, name string) bool {
	if len(text) < len(name) || !strings.EqualFold(text[:len(name)], name) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(text[len(name):])
	return len(text) == len(name) || !unicode.IsLetter(next) && !unicode.IsDigit(next) && next != '_' && next != '-'
}

// concerns reports whether the bot is to speak in a channel.
func concerns(s config.Settings, c *discordgo.Channel) bool {
	if !slices.Contains(talkTypes, c.Type) {
		return false
	}
	return names(s, c.ID) || c.ParentID != "" && names(s, c.ParentID) || s.Mode == config.Everywhere || s.Mode == config.OnlyThese && len(s.Channels) == 0 ||
		s.Mode == config.AllBut && !slices.Contains(s.Channels, c.ID) && !slices.Contains(s.Channels, c.ParentID)
}

// names reports whether the settings name a channel or category, as one to speak in.
func names(s config.Settings, channel string) bool {
	return channel == s.ReviewChannel || slices.Contains(s.Listen, channel) || s.Mode == config.OnlyThese && slices.Contains(s.Channels, channel)
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
	return "0" // nobody's
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
