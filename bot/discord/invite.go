package discord

import (
	"net/url"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"backfaq/faq"
)

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

// Text is an answer as a message on Discord reads, for those who read it
// elsewhere.
func (b *Bot) Text(a faq.Answer) string { return b.answer(a).content() }
