package discord

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/rest"
	"backfaq/config"
	"backfaq/faq"
)

// The panel is one private message of components. Its first page shows every
// setting in words; a menu leads to the pages that change them. Nothing of it
// is remembered here: each press is answered with the panel as it now is.

// faqConfig opens the panel, or imports the file that came with the command.
func (b *Bot) faqConfig(ctx context.Context, i *interaction, _ customID) reply {
	if file := i.text("import"); file != "" {
		return b.importFile(ctx, i, file)
	}
	m := b.panel(ctx, i, "", "")
	return say(m)
}

// openPage turns the panel to the page chosen in its menu.
func (b *Bot) openPage(ctx context.Context, i *interaction, id customID) reply {
	page := id.arg(0)
	if len(i.Data.Values) > 0 {
		page = i.Data.Values[0]
	}
	m := b.panel(ctx, i, page, "")
	return reply{change: &m}
}

// set saves one setting: what was chosen in a menu, or what a button carries.
func (b *Bot) set(ctx context.Context, i *interaction, id customID) reply {
	values := i.Data.Values
	if len(id.args) > 1 {
		values = append(slices.Clone(id.args[1:]), values...)
	}
	return b.apply(ctx, i, id.arg(0), values)
}

// write opens the modal of a setting that is a line of text.
func (b *Bot) write(ctx context.Context, i *interaction, id customID) reply {
	s := b.setting(id.arg(0))
	if s == nil || s.text == nil {
		return say(b.sorry(expired))
	}
	view := b.Desk.View(ctx, string(i.Guild))
	return reply{modal: &modal{id: custom("written", s.id), title: s.label, fields: []modalField{{
		TextInput: discordgo.TextInput{
			CustomID: "text", Label: s.label, Style: discordgo.TextInputShort, Placeholder: label(s.text.placeholder, maxOption),
			Value: *s.text.field(&view.Settings), MaxLength: s.text.max,
		},
	}}}}
}

// written saves what was typed into that modal.
func (b *Bot) written(ctx context.Context, i *interaction, id customID) reply {
	return b.apply(ctx, i, id.arg(0), []string{i.field("text")})
}

// apply saves a setting together with its line in the list of changes, and
// shows the page it stands on.
func (b *Bot) apply(ctx context.Context, i *interaction, id string, values []string) reply {
	s := b.setting(id)
	if s == nil {
		return say(b.sorry(expired))
	}
	view := b.Desk.View(ctx, string(i.Guild))
	change, err := b.edit(ctx, i, func(doc *faq.Document) (string, error) {
		err := s.apply(&doc.Settings, view.Book, values)
		return label(s.label+": "+s.show(doc.Settings, view.Book), maxChange), err
	})
	return b.changed(ctx, i, view.Settings, s.page, change.What, err)
}

// edit changes the server's document in the name of the person who acts.
func (b *Bot) edit(ctx context.Context, i *interaction, alter func(*faq.Document) (what string, err error)) (faq.Change, error) {
	return b.Store.Edit(ctx, string(i.Guild), string(i.person().ID), alter)
}

// maxChange is how many code points a line in the list of changes has at most.
const maxChange = 300

// changed shows the panel after a change, and tells the review channel: the one
// there is now, or the one there was before.
func (b *Bot) changed(ctx context.Context, i *interaction, before config.Settings, page, what string, err error) reply {
	if err != nil {
		m := b.panel(ctx, i, page, b.why(i, err))
		return reply{change: &m}
	}
	m := b.panel(ctx, i, page, "**Saved.** "+what)
	return reply{change: &m, after: func(ctx context.Context) { b.announce(ctx, i, before, what) }}
}

// announce posts a change to the server's review channel: the one it has now,
// and the one it had before if that is another.
func (b *Bot) announce(ctx context.Context, i *interaction, before config.Settings, what string) {
	view := b.Desk.View(ctx, string(i.Guild))
	m := b.message(view)
	m.note = ""
	m.text = fmt.Sprintf(settingsChanged, i.person().ID, what)
	ctx, cancel := context.WithTimeout(ctx, rest.Timeout)
	defer cancel()
	channels := []string{before.ReviewChannel, view.Settings.ReviewChannel}
	for _, channel := range slices.Compact(channels) {
		if channel == "" {
			continue
		}
		if err := b.post(ctx, channel, m); err != nil {
			b.Log.Warn("could not post a change to the review channel", "server", i.Guild, "channel", channel, "err", err)
		}
	}
}

func (b *Bot) setting(id string) *setting {
	i := slices.IndexFunc(b.settings, func(s setting) bool { return s.id == id })
	if i < 0 {
		return nil
	}
	return &b.settings[i]
}

// panel is the settings as they are now, on a page of them. News is what just
// happened.
func (b *Bot) panel(ctx context.Context, i *interaction, page, news string) message {
	view := b.Desk.View(ctx, string(i.Guild))
	m := b.message(view)
	m.private = true
	now, err := b.Store.Document(ctx, string(i.Guild)) // not from the cache: it is what is saved
	if err != nil {
		m.panel = []discordgo.MessageComponent{discordgo.TextDisplay{Content: panelTitle + "\n" + cmp.Or(news, b.cannotRead(i, err))}}
		return m
	}
	view.Settings = now.Settings
	at := slices.IndexFunc(pages, func(p panelPage) bool { return p.id == page })

	head := panelTitle
	if at >= 0 {
		head += " · " + pages[at].label
	}
	if news != "" {
		head += "\n" + news
	}
	if !i.moderates() {
		head += "\n" + lookOnly
	}
	parts := []discordgo.MessageComponent{discordgo.TextDisplay{Content: head}}
	if at < 0 {
		parts = append(parts, discordgo.TextDisplay{Content: b.overview(view)})
	} else {
		parts = append(parts, b.page(ctx, i, view, page)...)
	}
	m.panel = append(parts, discordgo.Separator{}, discordgo.ActionsRow{Components: []discordgo.MessageComponent{pageMenu(page)}})
	return m
}

// overview is every setting in words, a line each.
func (b *Bot) overview(view faq.View) string {
	var text strings.Builder
	for _, s := range b.settings {
		if !s.hidden {
			fmt.Fprintf(&text, "**%s:** %s\n", s.label, label(s.show(view.Settings, view.Book), maxChange))
		}
	}
	return text.String()
}

// page is the controls of one page.
func (b *Bot) page(ctx context.Context, i *interaction, view faq.View, page string) []discordgo.MessageComponent {
	switch page {
	case "teach":
		return b.teachPage(ctx, i, view)
	case "checks":
		return b.checksPage(ctx, i, view)
	case "data":
		return dataPage()
	}
	var parts []discordgo.MessageComponent
	for _, s := range b.settings {
		if s.page == page && !s.hidden {
			parts = append(parts, discordgo.TextDisplay{Content: fmt.Sprintf("**%s:** %s\n-# %s", s.label, s.show(view.Settings, view.Book), s.hint)})
			parts = append(parts, s.control(b, view.Settings, view.Book)...)
		}
	}
	return parts
}

func pageMenu(current string) discordgo.SelectMenu {
	menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: custom("config"), Placeholder: "Change something"}
	for _, p := range pages {
		menu.Options = append(menu.Options, discordgo.SelectMenuOption{Label: p.label, Value: p.id, Description: p.description, Default: p.id == current})
	}
	if current != "" {
		menu.Options = append(menu.Options, discordgo.SelectMenuOption{Label: "All settings", Value: "all", Description: "Back to the list"})
	}
	return menu
}

// dataPage is what is done to all settings at once.
func dataPage() []discordgo.MessageComponent {
	return append([]discordgo.MessageComponent{discordgo.TextDisplay{Content: dataHelp}}, rows([]discordgo.MessageComponent{
		discordgo.Button{Label: "Export as a file", Style: discordgo.SecondaryButton, CustomID: custom("export")},
		discordgo.Button{Label: "Reset to defaults", Style: discordgo.SecondaryButton, CustomID: custom("reset", "ask")},
		discordgo.Button{Label: "Delete everything of this server", Style: discordgo.DangerButton, CustomID: custom("wipe", "ask")},
	})...)
}

// confirm asks a second time before something that cannot be taken back.
func (b *Bot) confirm(ctx context.Context, i *interaction, question, yes string, id string) reply {
	m := b.message(b.Desk.View(ctx, string(i.Guild)))
	m.private = true
	m.panel = append([]discordgo.MessageComponent{discordgo.TextDisplay{Content: question}}, rows([]discordgo.MessageComponent{
		discordgo.Button{Label: yes, Style: discordgo.DangerButton, CustomID: custom(id, "yes")},
		discordgo.Button{Label: "No, go back", Style: discordgo.SecondaryButton, CustomID: custom("config", "data")},
	})...)
	return reply{change: &m}
}

func (b *Bot) reset(ctx context.Context, i *interaction, id customID) reply {
	if id.arg(0) != "yes" {
		return b.confirm(ctx, i, askReset, "Yes, reset the settings", "reset")
	}
	before := b.Desk.View(ctx, string(i.Guild)).Settings
	_, err := b.edit(ctx, i, func(doc *faq.Document) (string, error) {
		doc.Reset()
		return everyDefault, nil
	})
	return b.changed(ctx, i, before, "", everyDefault, err)
}

func (b *Bot) wipe(ctx context.Context, i *interaction, id customID) reply {
	if id.arg(0) != "yes" {
		return b.confirm(ctx, i, askWipe, "Yes, delete everything", "wipe")
	}
	before := b.Desk.View(ctx, string(i.Guild)).Settings
	if err := b.Store.DeleteServer(ctx, string(i.Guild)); err != nil {
		m := b.panel(ctx, i, "data", b.why(i, err))
		return reply{change: &m}
	}
	m := b.panel(ctx, i, "", wiped)
	return reply{change: &m, after: func(ctx context.Context) { b.announce(ctx, i, before, everythingGone) }}
}

// lastChanges lists who changed what, latest first. Discord shows the time in
// the reader's own language and zone.
func (b *Bot) lastChanges(ctx context.Context, i *interaction) string {
	list, err := b.Store.Audit(ctx, string(i.Guild))
	if err != nil {
		return b.cannotRead(i, err)
	}
	if len(list) == 0 {
		return noChanges
	}
	var text strings.Builder
	for _, c := range list {
		text.WriteString("- <t:" + strconv.FormatInt(c.At.Unix(), 10) + ":R> <@" + c.Actor + ">: " + label(c.What, maxChange) + "\n")
	}
	return text.String()
}
