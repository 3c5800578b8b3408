package discord

import (
	"context"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/locale"
)

// handler is one row of the table: how an interaction names it, who may use it,
// and what runs. A handler must not block on anything but the settings, which
// answer in bounded time.
type handler struct {
	name string // of a command, or the action in a component's custom_id
	with string // the option that a command must carry; "" is none
	may  permission
	spec *discordgo.ApplicationCommand // what Discord is told of a command; nil: no more than it is told already
	run  func(*Bot, context.Context, *interaction, customID) response

	// complete offers choices for the option that is being typed; nil is none.
	complete func(*Bot, context.Context, *interaction) []choice
}

// permission is who may use a handler.
type permission int

const (
	everyone permission = iota
	// viewer is a person on a server who may use the command there. Discord
	// checks that: people who may manage the server, unless its administrators
	// decide otherwise (interactions/application-commands#permissions).
	viewer
	// manager is a person who may manage the server. The interaction says so,
	// which Discord signs; a custom_id cannot.
	manager
)

// handlers is the one table of commands and components. The names and
// descriptions in the command picker stand here; sentences.go says where the rest is.
func handlers() []handler {
	return []handler{
		{name: "ask", run: (*Bot).slashAsk, complete: (*Bot).completeTitle, spec: slash("Ask the FAQ a question in your own words",
			completed(text("question", "Your question, or pick a title")),
			param(discordgo.ApplicationCommandOptionBoolean, "share", "True: everyone here sees the answer. False: only you do"))},
		{name: "topics", run: (*Bot).topics, spec: slash("Browse everything the FAQ has an answer to")},
		{name: "Answer from FAQ", run: (*Bot).askMessage, spec: onMessage()},
		{name: "help", run: (*Bot).help, spec: slash("What this bot does and how to ask it")},
		{name: "privacy", run: (*Bot).privacy, spec: slash("What this bot keeps, and what it does not")},

		// The command may be granted to a role; bringing in a file is not.
		{name: "faq-config", with: "import", may: manager, run: (*Bot).importFile},
		{name: "faq-config", may: viewer, run: (*Bot).openPanel, spec: slash("See and change how the FAQ bot behaves on this server",
			param(discordgo.ApplicationCommandOptionAttachment, "import", "A file to bring in: exported, or questions and answers as CSV, YAML, JSON, Markdown. I ask first"))},
		{name: "faq-test", may: viewer, run: (*Bot).faqTest, spec: slash("See what the FAQ bot would say here, and why",
			text("text", "A question, as somebody would ask it"))},
		{name: "faq-stats", may: viewer, run: (*Bot).faqStats, spec: slash("See what was asked on this server, and what helped",
			chosen(param(discordgo.ApplicationCommandOptionInteger, "days", "How far back; 30 days if you do not say"), dayChoices()))},
		{name: "Teach this to the FAQ", may: manager, run: (*Bot).teachMessage, spec: onMessage()},

		{name: "entry", run: (*Bot).showEntry},
		{name: "pick", run: (*Bot).pickEntry},
		{name: "share", run: (*Bot).share},
		{name: "helpful", run: (*Bot).helpful},
		{name: "other", run: (*Bot).notWhatIAsked},
		{name: "topics", run: (*Bot).topics},

		{name: "explain", may: viewer, run: (*Bot).explain},
		{name: "setup", may: manager, run: (*Bot).openAnew},
		{name: "config", may: manager, run: (*Bot).openPage},
		{name: "set", may: manager, run: (*Bot).set},
		{name: "write", may: manager, run: (*Bot).openTextForm},
		{name: "written", may: manager, run: (*Bot).saveText},
		{name: "undo", may: manager, run: (*Bot).undo},
		{name: "import", may: manager, run: (*Bot).runImport},
		{name: "reset", may: manager, run: (*Bot).reset},
		{name: "wipe", may: manager, run: (*Bot).wipe},
		{name: "export", may: manager, run: (*Bot).export},
		{name: "cardmenu", may: manager, run: (*Bot).cardMenu},
		{name: "cardignore", may: manager, run: (*Bot).cardIgnore},
		{name: "cardundo", may: manager, run: (*Bot).cardUndo},
		{name: "tell", may: manager, run: (*Bot).tell},
		{name: "pickanswer", may: manager, run: (*Bot).pickAnswer},
		{name: "teachnew", may: manager, run: (*Bot).teachNew},
		{name: "taught", may: manager, run: (*Bot).taught},
		{name: "forget", may: manager, run: (*Bot).forget},
		{name: "own", may: manager, run: (*Bot).ownEntry},
		{name: "editentry", may: manager, run: (*Bot).editEntry},
		{name: "entrysaved", may: manager, run: (*Bot).entrySaved},
		{name: "removeentry", may: manager, run: (*Bot).removeEntry},
	}
}

// handler finds the row that an interaction names; nil if there is none. The id
// is that of a component.
func (b *Bot) handler(i *interaction) (*handler, customID) {
	switch i.Type {
	case discordgo.InteractionApplicationCommand, discordgo.InteractionApplicationCommandAutocomplete:
		kind := max(i.Data.Type, discordgo.ChatApplicationCommand)
		return b.row(func(h handler) bool {
			named := h.name == i.Data.Name && (h.spec != nil && h.spec.Type == kind || h.with != "")
			return named && (h.with == "" || i.text(h.with) != "")
		}), customID{}
	case discordgo.InteractionMessageComponent, discordgo.InteractionModalSubmit:
		id, ok := parseCustomID(i.Data.CustomID)
		return b.row(func(h handler) bool { return ok && h.spec == nil && h.with == "" && h.name == id.action }), id
	}
	return nil, customID{}
}

func (b *Bot) row(match func(handler) bool) *handler {
	n := slices.IndexFunc(b.handlers, match)
	if n < 0 {
		return nil
	}
	return &b.handlers[n]
}

// refusal is the sentence for a person who may not use a handler; "" for one
// who may. It is the one place where permissions are checked.
func (b *Bot) refusal(h *handler, i *interaction) string {
	switch {
	case h.may == everyone:
		return ""
	case i.Guild == "" || b.store == nil:
		return notFromHere
	case h.may == manager && !i.moderates():
		b.log.Warn("refused a change without permission", "server", i.Guild, "action", h.name)
		return notAllowed
	}
	return ""
}

// commandsOf is what Discord is told of a table of handlers: commands for
// everyone work in servers, direct messages and private channels, installed to a
// server or to a user; the others in servers only, for people who may manage
// them (interactions/application-commands#contexts).
func commandsOf(table []handler) []*discordgo.ApplicationCommand {
	var list []*discordgo.ApplicationCommand
	for _, h := range table {
		if h.spec == nil {
			continue
		}
		contexts := []discordgo.InteractionContextType{discordgo.InteractionContextGuild}
		installs := []discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall}
		h.spec.Name = h.name
		if h.may == everyone {
			contexts = append(contexts, discordgo.InteractionContextBotDM, discordgo.InteractionContextPrivateChannel)
			installs = append(installs, discordgo.ApplicationIntegrationUserInstall)
		} else {
			h.spec.DefaultMemberPermissions = new(int64(discordgo.PermissionManageGuild))
		}
		h.spec.Contexts, h.spec.IntegrationTypes = &contexts, &installs
		localize(h.spec)
		list = append(list, h.spec)
	}
	return list
}

// localize adds a command's name and texts in every language that the bot speaks
// (interactions/application-commands#localization).
func localize(c *discordgo.ApplicationCommand) {
	c.NameLocalizations = new(translations(c.Name))
	if c.Description != "" {
		c.DescriptionLocalizations = new(translations(c.Description))
	}
	for _, o := range c.Options {
		o.NameLocalizations, o.DescriptionLocalizations = translations(o.Name), translations(o.Description)
	}
}

// translations are those of one sentence by Discord's name of each language.
func translations(sentence string) map[discordgo.Locale]string {
	return locale.Each[discordgo.Locale](func(p locale.Printer) string { return p.Sprintf(sentence) })
}

// slash is a command that is typed.
func slash(description string, options ...*discordgo.ApplicationCommandOption) *discordgo.ApplicationCommand {
	return &discordgo.ApplicationCommand{Type: discordgo.ChatApplicationCommand, Description: description, Options: options}
}

// onMessage is a command in the menu of a message.
func onMessage() *discordgo.ApplicationCommand {
	return &discordgo.ApplicationCommand{Type: discordgo.MessageApplicationCommand}
}

func param(kind discordgo.ApplicationCommandOptionType, name, description string) *discordgo.ApplicationCommandOption {
	return &discordgo.ApplicationCommandOption{Type: kind, Name: name, Description: description}
}

// text is a required option of one to a thousand characters.
func text(name, description string) *discordgo.ApplicationCommandOption {
	o := param(discordgo.ApplicationCommandOptionString, name, description)
	o.Required, o.MinLength, o.MaxLength = true, new(1), 1000
	return o
}

// completed is an option with autocomplete.
func completed(o *discordgo.ApplicationCommandOption) *discordgo.ApplicationCommandOption {
	o.Autocomplete = true
	return o
}

// chosen is an option with fixed choices.
func chosen(o *discordgo.ApplicationCommandOption, choices []*discordgo.ApplicationCommandOptionChoice) *discordgo.ApplicationCommandOption {
	o.Choices = choices
	return o
}

func dayChoices() []*discordgo.ApplicationCommandOptionChoice {
	var list []*discordgo.ApplicationCommandOptionChoice
	for _, days := range statDays {
		list = append(list, &discordgo.ApplicationCommandOptionChoice{Name: locale.English.Count(days, oneDay, manyDays), Value: days,
			NameLocalizations: locale.Each[discordgo.Locale](func(p locale.Printer) string { return p.Count(days, oneDay, manyDays) })})
	}
	return list
}

// customID is what a button, select or modal carries: a version, the action,
// and its arguments. Nothing else is remembered, so components outlive a
// restart. Anyone can forge one: it says what is wanted, never who wants it.
type customID struct {
	action string
	args   []string
}

const (
	customVersion = "1"
	maxCustomID   = 100
)

// encodeCustomID joins an id, leaving out the last arguments that do not fit.
func encodeCustomID(action string, args ...string) string {
	id := customVersion + ":" + action
	for _, a := range args {
		if len(id)+1+len(a) > maxCustomID {
			break
		}
		id += ":" + a
	}
	return id
}

// parseCustomID reports false for ids of another version or none at all.
func parseCustomID(id string) (customID, bool) {
	parts := strings.Split(id, ":")
	if len(id) > maxCustomID || len(parts) < 2 || parts[0] != customVersion {
		return customID{}, false
	}
	return customID{action: parts[1], args: parts[2:]}, true
}

// arg is the n-th argument; "" if it is not there.
func (c customID) arg(n int) string {
	if n >= len(c.args) {
		return ""
	}
	return c.args[n]
}
