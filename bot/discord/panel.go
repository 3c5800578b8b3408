package discord

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/locale"
	"backfaq/bot/discord/rest"
	"backfaq/config"
	"backfaq/faq"
)

// The panel is one private message of components. Its first page shows every
// setting in words; a menu leads to the pages that change them. Nothing of it
// is remembered here: each press is answered with the panel as it now is.

// place is a page of the panel; where that shows more entries than fit, a part
// of them, counted from 0.
type place struct {
	page string
	part int
}

// place is the page and the part that arguments of a custom_id name, from the n-th
// on. The page itself finds the nearest part that there is.
func (c customID) place(n int) place {
	part, err := strconv.Atoi(c.arg(n + 1))
	if err != nil {
		part = 0
	}
	return place{c.arg(n), part}
}

// news is what just happened, to be said above a page of the panel.
type news struct {
	text string
	undo int64 // number of the change that a button takes back; 0 is no button
}

// openPanel opens the panel at its first page.
func (b *Bot) openPanel(ctx context.Context, i *interaction, _ customID) response {
	return say(b.panel(ctx, i, place{}, news{}))
}

// openAnew opens the panel at the page of a step, for the one who presses a button
// of [Bot.welcome], which everyone sees.
func (b *Bot) openAnew(ctx context.Context, i *interaction, id customID) response {
	return say(b.panel(ctx, i, id.place(0), news{}))
}

// openPage turns the panel to the page chosen in its menu, or to the part of a
// page that a button names.
func (b *Bot) openPage(ctx context.Context, i *interaction, id customID) response {
	at := id.place(0)
	if len(i.Data.Values) > 0 {
		at = place{page: i.Data.Values[0]}
	}
	return change(b.panel(ctx, i, at, news{}))
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
		return b.inform(i, expired)
	}
	view, p := b.desk.View(ctx, string(i.Guild)), i.reader()
	return response{modal: &modal{id: encodeCustomID("written", s.id), title: p.Sprintf(s.label), fields: []modalField{{
		TextInput: discordgo.TextInput{
			CustomID: "text", Label: p.Sprintf(s.label), Style: discordgo.TextInputShort, Placeholder: truncate(p.Sprintf(s.text.placeholder), maxOption),
			Value: *s.text.field(&view.Settings), MaxLength: s.text.max,
		},
	}}}}
}

// saveText saves what was typed into that modal.
func (b *Bot) saveText(ctx context.Context, i *interaction, id customID) response {
	return b.apply(ctx, i, id.arg(0), []string{b.linked(ctx, i, i.field("text"))})
}

// apply saves a setting together with its line in the list of changes, and
// shows the page it stands on.
func (b *Bot) apply(ctx context.Context, i *interaction, id string, values []string) response {
	s := b.setting(id)
	if s == nil {
		return b.inform(i, expired)
	}
	view := b.desk.View(ctx, string(i.Guild))
	change, err := b.edit(ctx, i, func(doc *faq.Document) (changeLine, error) {
		err := s.apply(&doc.Settings, view.Book, values)
		return func(p locale.Printer) string {
			return truncate(p.Sprintf(s.label)+": "+s.show(p, doc.Settings, view.Book), maxChange)
		}, err
	})
	return b.changed(ctx, i, view.Settings, place{s.page, s.part(values)}, change, err)
}

// maxChange is how many code points a line in the list of changes has at most.
const maxChange = 300

// changed shows the panel after a change, with a button that takes it back, and
// tells the review channel: the one there is now, or the one there was before.
func (b *Bot) changed(ctx context.Context, i *interaction, before config.Settings, at place, c edited, err error) response {
	p := i.reader()
	switch {
	case err != nil:
		return change(b.panel(ctx, i, at, news{text: b.userError(i, err)}))
	case c.Number == 0:
		return change(b.panel(ctx, i, at, news{text: p.Sprintf(unchanged)}))
	}
	m := b.panel(ctx, i, at, news{p.Sprintf(saved) + c.toReader, c.Number})
	return response{change: &m, after: func(ctx context.Context) { b.announce(ctx, i, before, c.What) }}
}

// undo takes back a change, if nothing was changed since.
func (b *Bot) undo(ctx context.Context, i *interaction, id customID) response {
	number, err := strconv.ParseInt(id.arg(0), 10, 64)
	if err != nil {
		return b.inform(i, expired)
	}
	before := b.desk.View(ctx, string(i.Guild)).Settings
	change, err := b.edit(ctx, i, func(doc *faq.Document) (changeLine, error) { return inWords(undone), doc.Undo(number) })
	return b.changed(ctx, i, before, id.place(1), change, err)
}

// undoButton takes back a change and shows a page of the panel.
func undoButton(p locale.Printer, number int64, at place) discordgo.MessageComponent {
	return discordgo.Button{Label: p.Sprintf(labelUndo), Style: discordgo.SecondaryButton,
		CustomID: encodeCustomID("undo", strconv.FormatInt(number, 10), at.page, strconv.Itoa(at.part))}
}

// announce posts a change to the server's review channel: the one it has now,
// and the one it had before if that is another.
func (b *Bot) announce(ctx context.Context, i *interaction, before config.Settings, what string) {
	view := b.desk.View(ctx, string(i.Guild))
	m := messageFor(view)
	m.note = ""
	m.text = i.everyone().Sprintf(settingsChanged, i.person().ID, what)
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

// server is what the panel shows of a server: as it is stored, not as it may be
// in a cache.
type server struct {
	faq.View
	doc     faq.Document
	refused []*faq.RowError // rows of doc that today's FAQ leaves out
}

func (b *Bot) server(ctx context.Context, i *interaction) (server, error) {
	doc, err := b.store.Document(ctx, string(i.Guild))
	if err != nil {
		return server{}, err
	}
	book, refused := doc.Over(b.desk.Book)
	return server{faq.View{Settings: doc.Settings, Book: book}, doc, refused}, nil
}

// panel is the settings as they are, on a page of them.
func (b *Bot) panel(ctx context.Context, i *interaction, at place, n news) message {
	p := i.reader()
	s, err := b.server(ctx, i)
	if err != nil {
		m := messageFor(b.desk.View(ctx, string(i.Guild)))
		m.private = true
		m.panel = []discordgo.MessageComponent{discordgo.TextDisplay{Content: p.Sprintf(panelTitle) + "\n" + cmp.Or(n.text, b.cannotRead(i, err))}}
		return m
	}
	m := messageFor(s.View)
	m.private = true
	page := slices.IndexFunc(pages, func(page panelPage) bool { return page.id == at.page })

	head := p.Sprintf(panelTitle)
	if page >= 0 {
		head += " · " + p.Sprintf(pages[page].label)
	}
	if n.text != "" {
		head += "\n" + n.text
	}
	if !i.moderates() {
		head += "\n" + p.Sprintf(lookOnly)
	}
	parts := []discordgo.MessageComponent{discordgo.TextDisplay{Content: head}}
	if n.undo != 0 {
		parts = append(parts, actionRows([]discordgo.MessageComponent{undoButton(p, n.undo, at)})...)
	}
	if page < 0 {
		parts = append(parts, discordgo.TextDisplay{Content: b.lackSummary(ctx, i, s.Settings) + b.overview(p, s)})
	} else {
		parts = append(parts, b.page(ctx, i, s, at)...)
	}
	parts = append(parts, discordgo.Separator{}, discordgo.ActionsRow{Components: []discordgo.MessageComponent{pageMenu(p, at.page)}})
	if page >= 0 {
		parts = append(parts, wayBack(p, place{}))
	}
	m.panel = parts
	return m
}

// wayBack is the row that every page but the first ends with.
func wayBack(p locale.Printer, to place) discordgo.MessageComponent {
	return discordgo.ActionsRow{Components: []discordgo.MessageComponent{
		discordgo.Button{Label: p.Sprintf(labelBack), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("config", to.page, strconv.Itoa(to.part))},
		discordgo.Button{Label: p.Sprintf(labelHome), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("config", "home")},
	}}
}

// overview is every setting in words, a line each: first those that are missing,
// each with the reason why it is wanted. A word says what the mark's colour does.
func (b *Bot) overview(p locale.Printer, sv server) string {
	var missing, present strings.Builder
	for _, s := range b.settings {
		if s.hidden {
			continue
		}
		line := fmt.Sprintf("**%s:** %s\n", p.Sprintf(s.label), truncate(s.show(p, sv.Settings, sv.Book), maxChange))
		why := ""
		if s.missing != nil {
			why = s.missing(sv.Settings)
		}
		switch {
		case why != "":
			missing.WriteString(p.Sprintf(markMissing) + line + "-# " + p.Sprintf(why) + "\n")
		case s.show(p, config.DefaultSettings(), sv.Book) == s.show(p, sv.Settings, sv.Book):
			present.WriteString(p.Sprintf(markDefault) + line)
		default:
			present.WriteString(p.Sprintf(markSet) + line)
		}
	}
	if n := len(sv.refused); n > 0 {
		missing.WriteString(p.Sprintf(markLeftOut) + p.Sprintf(leftOutRows, p.Count(n, oneRow, manyRows)))
	}
	return missing.String() + present.String()
}

// page is the controls of one page.
func (b *Bot) page(ctx context.Context, i *interaction, sv server, at place) []discordgo.MessageComponent {
	p := i.reader()
	switch at.page {
	case "teach":
		return teachPage(p, sv, at)
	case "checks":
		return b.checksPage(ctx, i, sv.View)
	case "data":
		return dataPage(p)
	}
	var parts []discordgo.MessageComponent
	for _, s := range b.settings {
		if s.page == at.page && !s.hidden {
			parts = append(parts, discordgo.TextDisplay{Content: fmt.Sprintf("**%s:** %s\n-# %s", p.Sprintf(s.label), s.show(p, sv.Settings, sv.Book), p.Sprintf(s.hint))})
			parts = append(parts, s.control(b, p, sv.Settings, sv.Book, at.part)...)
		}
	}
	return parts
}

func pageMenu(p locale.Printer, current string) discordgo.SelectMenu {
	menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: encodeCustomID("config"), Placeholder: p.Sprintf(pickPage)}
	for _, page := range pages {
		menu.Options = append(menu.Options, discordgo.SelectMenuOption{Label: p.Sprintf(page.label), Value: page.id, Description: p.Sprintf(page.description), Default: page.id == current})
	}
	return menu
}
