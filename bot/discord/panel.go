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

// openPanel opens the panel at its first page.
func (b *Bot) openPanel(ctx context.Context, i *interaction, _ customID) response {
	return say(b.panel(ctx, i, "", ""))
}

// openPage turns the panel to the page chosen in its menu.
func (b *Bot) openPage(ctx context.Context, i *interaction, id customID) response {
	page := id.arg(0)
	if len(i.Data.Values) > 0 {
		page = i.Data.Values[0]
	}
	return change(b.panel(ctx, i, page, ""))
}

// set saves one setting: what was chosen in a menu, or what a button carries.
func (b *Bot) set(ctx context.Context, i *interaction, id customID) response {
	values := i.Data.Values
	if len(id.args) > 1 {
		values = append(slices.Clone(id.args[1:]), values...)
	}
	return b.apply(ctx, i, id.arg(0), values)
}

// openTextForm opens the modal of a setting that is a line of text.
func (b *Bot) openTextForm(ctx context.Context, i *interaction, id customID) response {
	s := b.setting(id.arg(0))
	if s == nil || s.text == nil {
		return say(b.notice(expired))
	}
	view := b.desk.View(ctx, string(i.Guild))
	return response{modal: &modal{id: encodeCustomID("written", s.id), title: s.label, fields: []modalField{{
		TextInput: discordgo.TextInput{
			CustomID: "text", Label: s.label, Style: discordgo.TextInputShort, Placeholder: truncate(s.text.placeholder, maxOption),
			Value: *s.text.field(&view.Settings), MaxLength: s.text.max,
		},
	}}}}
}

// saveText saves what was typed into that modal.
func (b *Bot) saveText(ctx context.Context, i *interaction, id customID) response {
	return b.apply(ctx, i, id.arg(0), []string{i.field("text")})
}

// apply saves a setting together with its line in the list of changes, and
// shows the page it stands on.
func (b *Bot) apply(ctx context.Context, i *interaction, id string, values []string) response {
	s := b.setting(id)
	if s == nil {
		return say(b.notice(expired))
	}
	view := b.desk.View(ctx, string(i.Guild))
	change, err := b.edit(ctx, i, func(doc *faq.Document) (string, error) {
		err := s.apply(&doc.Settings, view.Book, values)
		return truncate(s.label+": "+s.show(doc.Settings, view.Book), maxChange), err
	})
	return b.changed(ctx, i, view.Settings, s.page, change.What, err)
}

// edit changes the server's document in the name of the person who acts.
func (b *Bot) edit(ctx context.Context, i *interaction, alter func(*faq.Document) (what string, err error)) (faq.Change, error) {
	return b.store.Edit(ctx, string(i.Guild), string(i.person().ID), alter)
}

// maxChange is how many code points a line in the list of changes has at most.
const maxChange = 300

// changed shows the panel after a change, and tells the review channel: the one
// there is now, or the one there was before.
func (b *Bot) changed(ctx context.Context, i *interaction, before config.Settings, page, what string, err error) response {
	if err != nil {
		return change(b.panel(ctx, i, page, b.userError(i, err)))
	}
	m := b.panel(ctx, i, page, saved+what)
	return response{change: &m, after: func(ctx context.Context) { b.announce(ctx, i, before, what) }}
}

// announce posts a change to the server's review channel: the one it has now,
// and the one it had before if that is another.
func (b *Bot) announce(ctx context.Context, i *interaction, before config.Settings, what string) {
	view := b.desk.View(ctx, string(i.Guild))
	m := messageFor(view)
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
			b.log.Warn("could not post a change to the review channel", "server", i.Guild, "channel", channel, "err", err)
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
	view := b.desk.View(ctx, string(i.Guild))
	m := messageFor(view)
	m.private = true
	now, err := b.store.Document(ctx, string(i.Guild)) // not from the cache: it is what is saved
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
			fmt.Fprintf(&text, "**%s:** %s\n", s.label, truncate(s.show(view.Settings, view.Book), maxChange))
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
	menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: encodeCustomID("config"), Placeholder: pickPage}
	for _, p := range pages {
		menu.Options = append(menu.Options, discordgo.SelectMenuOption{Label: p.label, Value: p.id, Description: p.description, Default: p.id == current})
	}
	if current != "" {
		menu.Options = append(menu.Options, discordgo.SelectMenuOption{Label: labelAllSettings, Value: "all", Description: hintAllSettings})
	}
	return menu
}

// dataPage is what is done to all settings at once.
func dataPage() []discordgo.MessageComponent {
	return append([]discordgo.MessageComponent{discordgo.TextDisplay{Content: dataHelp}}, actionRows([]discordgo.MessageComponent{
		discordgo.Button{Label: labelExport, Style: discordgo.SecondaryButton, CustomID: encodeCustomID("export")},
		discordgo.Button{Label: labelReset, Style: discordgo.SecondaryButton, CustomID: encodeCustomID("reset", "ask")},
		discordgo.Button{Label: labelWipe, Style: discordgo.DangerButton, CustomID: encodeCustomID("wipe", "ask")},
	})...)
}

// confirm asks a second time before something that cannot be taken back.
func (b *Bot) confirm(ctx context.Context, i *interaction, question, yes string, id string) response {
	m := messageFor(b.desk.View(ctx, string(i.Guild)))
	m.private = true
	m.panel = append([]discordgo.MessageComponent{discordgo.TextDisplay{Content: question}}, actionRows([]discordgo.MessageComponent{
		discordgo.Button{Label: yes, Style: discordgo.DangerButton, CustomID: encodeCustomID(id, "yes")},
		discordgo.Button{Label: labelGoBack, Style: discordgo.SecondaryButton, CustomID: encodeCustomID("config", "data")},
	})...)
	return response{change: &m}
}

func (b *Bot) reset(ctx context.Context, i *interaction, id customID) response {
	if id.arg(0) != "yes" {
		return b.confirm(ctx, i, askReset, labelYesReset, "reset")
	}
	before := b.desk.View(ctx, string(i.Guild)).Settings
	_, err := b.edit(ctx, i, func(doc *faq.Document) (string, error) {
		doc.Reset()
		return everyDefault, nil
	})
	return b.changed(ctx, i, before, "", everyDefault, err)
}

func (b *Bot) wipe(ctx context.Context, i *interaction, id customID) response {
	if id.arg(0) != "yes" {
		return b.confirm(ctx, i, askWipe, labelYesWipe, "wipe")
	}
	before := b.desk.View(ctx, string(i.Guild)).Settings
	if err := b.store.DeleteServer(ctx, string(i.Guild)); err != nil {
		return change(b.panel(ctx, i, "data", b.userError(i, err)))
	}
	m := b.panel(ctx, i, "", wiped)
	return response{change: &m, after: func(ctx context.Context) { b.announce(ctx, i, before, everythingGone) }}
}

// lastChanges lists who changed what, latest first. Discord shows the time in
// the reader's own language and zone.
func (b *Bot) lastChanges(ctx context.Context, i *interaction) string {
	list, err := b.store.Audit(ctx, string(i.Guild))
	if err != nil {
		return b.cannotRead(i, err)
	}
	if len(list) == 0 {
		return noChanges
	}
	var text strings.Builder
	for _, c := range list {
		text.WriteString("- <t:" + strconv.FormatInt(c.At.Unix(), 10) + ":R> <@" + c.Actor + ">: " + truncate(c.What, maxChange) + "\n")
	}
	return text.String()
}
