package discord

import (
	"context"
	"slices"

	"github.com/bwmarrin/discordgo"
)

// reply is what a handler answers an interaction with: one of the four, or none
// if nothing is to be said.
type reply struct {
	say     *message // a new message
	change  *message // in place of the message the component sits on
	choices []string // autocomplete
	modal   *modal

	// after runs once the reply is out, or could not be sent: what a change
	// brings with it, and what may take longer than Discord waits.
	after func(context.Context)
}

// say is the reply with one message.
func say(m message) reply { return reply{say: &m} }

// handler answers one interaction. It must not block on anything but the
// settings, which answer in bounded time.
type handler func(*Bot, context.Context, *interaction, customID) reply

// command is one row of the table: what Discord is told, and what runs.
type command struct {
	discordgo.ApplicationCommand
	run      handler
	complete func(*Bot, context.Context, *interaction) []string
}

// action is what a button, select or modal does.
type action struct {
	run handler
	// moderators: who presses must be allowed to manage the server. Discord
	// checks that for commands; for components it is ours to check.
	moderators bool
}

// Where commands can be used (interactions/application-commands#contexts).
var (
	anywhere  = []discordgo.InteractionContextType{discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM, discordgo.InteractionContextPrivateChannel}
	everybody = []discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall, discordgo.ApplicationIntegrationUserInstall}
	servers   = []discordgo.InteractionContextType{discordgo.InteractionContextGuild}
	toServers = []discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall}
)

// public is a command for everybody: in servers, direct messages and private
// channels, installed to a server or to a user.
func public(c discordgo.ApplicationCommand) discordgo.ApplicationCommand {
	c.Contexts, c.IntegrationTypes = &anywhere, &everybody
	return c
}

// moderators is a command for those who may manage the server, unless its
// administrators decide otherwise; in servers only.
func moderators(c discordgo.ApplicationCommand) discordgo.ApplicationCommand {
	manage := int64(discordgo.PermissionManageGuild)
	c.DefaultMemberPermissions, c.Contexts, c.IntegrationTypes = &manage, &servers, &toServers
	return c
}

// commands is the one table of commands. What people read in the command
// picker stands here; what they read in messages stands in render.go.
func commands() []command {
	one := 1
	return []command{
		{
			ApplicationCommand: public(discordgo.ApplicationCommand{
				Type: discordgo.ChatApplicationCommand, Name: "ask", Description: "Ask the FAQ a question in your own words",
				Options: []*discordgo.ApplicationCommandOption{
					{Type: discordgo.ApplicationCommandOptionString, Name: "question", Description: "Your question, or pick a title", Required: true, Autocomplete: true, MinLength: &one, MaxLength: 1000},
					{Type: discordgo.ApplicationCommandOptionBoolean, Name: "share", Description: "True: everyone here sees the answer. False: only you do"},
				},
			}),
			run: (*Bot).slashAsk, complete: (*Bot).completeTitle,
		},
		{
			ApplicationCommand: public(discordgo.ApplicationCommand{Type: discordgo.ChatApplicationCommand, Name: "topics", Description: "Browse everything the FAQ has an answer to"}),
			run:                (*Bot).topics,
		},
		{
			ApplicationCommand: public(discordgo.ApplicationCommand{Type: discordgo.MessageApplicationCommand, Name: "Answer from FAQ"}),
			run:                (*Bot).answerMessage,
		},
		{
			ApplicationCommand: public(discordgo.ApplicationCommand{Type: discordgo.ChatApplicationCommand, Name: "help", Description: "What this bot does and how to ask it"}),
			run:                (*Bot).help,
		},
		{
			ApplicationCommand: public(discordgo.ApplicationCommand{Type: discordgo.ChatApplicationCommand, Name: "privacy", Description: "What this bot keeps, and what it does not"}),
			run:                (*Bot).privacy,
		},
		{
			ApplicationCommand: moderators(discordgo.ApplicationCommand{
				Type: discordgo.ChatApplicationCommand, Name: "faq-config", Description: "See and change how the FAQ bot behaves on this server",
				Options: []*discordgo.ApplicationCommandOption{
					{Type: discordgo.ApplicationCommandOptionAttachment, Name: "import", Description: "A file that was exported here or on another server; it replaces everything"},
				},
			}),
			run: (*Bot).faqConfig,
		},
		{
			ApplicationCommand: moderators(discordgo.ApplicationCommand{
				Type: discordgo.ChatApplicationCommand, Name: "faq-test", Description: "See what the FAQ bot would say here, and why",
				Options: []*discordgo.ApplicationCommandOption{
					{Type: discordgo.ApplicationCommandOptionString, Name: "text", Description: "A question, as somebody would ask it", Required: true, MinLength: &one, MaxLength: 1000},
				},
			}),
			run: (*Bot).faqTest,
		},
		{
			ApplicationCommand: moderators(discordgo.ApplicationCommand{
				Type: discordgo.ChatApplicationCommand, Name: "faq-stats", Description: "See what was asked on this server, and what helped",
				Options: []*discordgo.ApplicationCommandOption{
					{Type: discordgo.ApplicationCommandOptionInteger, Name: "days", Description: "How far back; 30 days if you do not say", Choices: spanChoices()},
				},
			}),
			run: (*Bot).faqStats,
		},
		{
			ApplicationCommand: moderators(discordgo.ApplicationCommand{Type: discordgo.MessageApplicationCommand, Name: "Teach this to the FAQ"}),
			run:                (*Bot).teachMessage,
		},
	}
}

func spanChoices() []*discordgo.ApplicationCommandOptionChoice {
	var list []*discordgo.ApplicationCommandOptionChoice
	for _, days := range spans {
		list = append(list, &discordgo.ApplicationCommandOptionChoice{Name: plural(days, "day", "days"), Value: days})
	}
	return list
}

// actions is the one table of what components do, by the action in their
// custom_id.
func actions() map[string]action {
	return map[string]action{
		"entry":   {run: (*Bot).showEntry},
		"pick":    {run: (*Bot).pickEntry},
		"share":   {run: (*Bot).share},
		"helpful": {run: (*Bot).helpful},
		"other":   {run: (*Bot).notWhatIAsked},
		"topics":  {run: (*Bot).topics},

		"config":      {run: (*Bot).openPage, moderators: true},
		"set":         {run: (*Bot).set, moderators: true},
		"write":       {run: (*Bot).write, moderators: true},
		"written":     {run: (*Bot).written, moderators: true},
		"reset":       {run: (*Bot).reset, moderators: true},
		"wipe":        {run: (*Bot).wipe, moderators: true},
		"export":      {run: (*Bot).export, moderators: true},
		"pickanswer":  {run: (*Bot).pickAnswer, moderators: true},
		"teachnew":    {run: (*Bot).teachNew, moderators: true},
		"taught":      {run: (*Bot).taught, moderators: true},
		"forget":      {run: (*Bot).forget, moderators: true},
		"own":         {run: (*Bot).ownEntry, moderators: true},
		"editentry":   {run: (*Bot).editEntry, moderators: true},
		"entrysaved":  {run: (*Bot).entrySaved, moderators: true},
		"removeentry": {run: (*Bot).removeEntry, moderators: true},
	}
}

// find is the command that Discord named, by type and name.
func find(table []command, d interactionData) *command {
	kind := d.Type
	if kind == 0 {
		kind = discordgo.ChatApplicationCommand
	}
	i := slices.IndexFunc(table, func(c command) bool { return c.Type == kind && c.Name == d.Name })
	if i < 0 {
		return nil
	}
	return &table[i]
}
