package discord

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/locale"
	"backfaq/config"
	"backfaq/faq"
)

// teachPage lists what this server taught, and its own entries. Rows that today's
// FAQ leaves out stand among them and say so. Part is that of the wordings.
func teachPage(p locale.Printer, s server, at place) []discordgo.MessageComponent {
	text := p.Sprintf(teachHelp, p.Count(len(s.doc.Entries), oneEntry, manyEntries), p.Count(len(s.doc.Taught), oneWording, manyWordings))
	for n, row := range s.refused {
		if n == shownRows {
			text += p.Sprintf(andMore, len(s.refused)-n)
			break
		}
		text += "\n- " + p.Sprintf(leftOut) + rowText(p, s.View, row)
	}
	parts := []discordgo.MessageComponent{discordgo.TextDisplay{Content: text}}

	var own []*faq.Entry
	for n := range s.doc.Entries {
		own = append(own, &s.doc.Entries[n])
	}
	rows, _, _ := menuRows(own, p.Sprintf(pickOwn), 0, func(n int, menu *discordgo.SelectMenu) { // [config.MaxOwnEntries] fit
		menu.CustomID = encodeCustomID("own", strconv.Itoa(n))
		for o := range menu.Options {
			if err := s.refusal(func(r *faq.RowError) bool { return r.Entry != nil && r.Entry.ID == menu.Options[o].Value }); err != nil {
				menu.Options[o].Description = truncate(p.Sprintf(leftOut)+err.Error(), maxOption)
			}
		}
	})
	parts = append(parts, rows...)

	// The latest wordings first: those a moderator wants back out of.
	taught := slices.Clone(s.doc.Taught)
	slices.Reverse(taught)
	chunks := slices.Collect(slices.Chunk(taught, maxOptions))
	if part := max(0, min(at.part, len(chunks)-1)); len(chunks) > 0 {
		menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: encodeCustomID("forget", strconv.Itoa(part)), Placeholder: p.Sprintf(pickForget)}
		for _, t := range chunks[part] {
			description := titleOf(s.Book, t.Entry)
			if err := s.refusal(func(r *faq.RowError) bool { return r.Taught != nil && *r.Taught == t }); err != nil {
				description = p.Sprintf(leftOut) + err.Error()
			}
			menu.Options = append(menu.Options, discordgo.SelectMenuOption{Label: truncate(t.Wording, maxOption), Value: fingerprintOf(t), Description: truncate(description, maxOption)})
		}
		parts = append(parts, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
		parts = append(parts, pager(p, "config", part, len(chunks), "teach")...)
	}
	return append(parts, actionRows([]discordgo.MessageComponent{
		discordgo.Button{Label: p.Sprintf(labelAddEntry), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("editentry")},
		discordgo.Button{Label: p.Sprintf(labelTeach), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("teachnew")},
	})...)
}

// shownRows is how many rows of a list are named before the rest is counted.
const shownRows = 5

// refusal is why a row is left out; nil if it is not.
func (s server) refusal(is func(*faq.RowError) bool) error {
	if at := slices.IndexFunc(s.refused, is); at >= 0 {
		return s.refused[at].Err
	}
	return nil
}

// rowText is a row that is left out, and why, with the line of the file that it
// stands in, if any.
func rowText(p locale.Printer, v faq.View, r *faq.RowError) string {
	text := ""
	if r.Line > 0 {
		text = p.Sprintf(fileLine, r.Line)
	}
	switch {
	case r.Entry != nil && r.Entry.Title != "":
		text += "“" + escapeMarkdown(truncate(r.Entry.Title, maxLabel)) + "”: "
	case r.Taught != nil:
		text += "“" + escapeMarkdown(truncate(r.Taught.Wording, maxLabel)) + "”: "
	}
	return text + escapeMarkdown(truncate(reasonText(p, r.Err), maxChange))
}

// titleOf is the title of an entry, or its id if it is gone.
func titleOf(book *faq.Book, id string) string {
	if e := book.Entry(id); e != nil {
		return e.Title
	}
	return id
}

// own is one of the server's own entries as it is stored; nil if it is gone.
func (s server) own(id string) *faq.Entry {
	if at := slices.IndexFunc(s.doc.Entries, func(e faq.Entry) bool { return e.ID == id }); at >= 0 {
		e := s.doc.Entries[at]
		e.Own = true
		return &e
	}
	return nil
}

// ownEntry shows one of the server's own entries as people will see it, with
// what can be done to it.
func (b *Bot) ownEntry(ctx context.Context, i *interaction, id customID) response {
	want := id.arg(1)
	if len(i.Data.Values) > 0 {
		want = i.Data.Values[0]
	}
	return b.preview(ctx, i, want, news{})
}

func (b *Bot) preview(ctx context.Context, i *interaction, id string, n news) response {
	p, teaching := i.reader(), place{page: "teach"}
	s, err := b.server(ctx, i)
	if err != nil {
		return say(b.notice(b.cannotRead(i, err)))
	}
	e := s.own(id)
	if e == nil {
		return change(b.panel(ctx, i, teaching, news{text: p.Sprintf(entryGone)}))
	}
	m := messageFor(s.View)
	m.private = true
	head := p.Sprintf(panelTitle) + p.Sprintf(titlePreview)
	if n.text != "" {
		head += "\n" + n.text
	}
	if err := s.refusal(func(r *faq.RowError) bool { return r.Entry != nil && r.Entry.ID == id }); err != nil {
		head += "\n" + p.Sprintf(leftOut) + escapeMarkdown(err.Error()) + ". " + p.Sprintf(makeItFit)
	}
	buttons := []discordgo.MessageComponent{
		discordgo.Button{Label: p.Sprintf(labelEdit), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("editentry", id)},
		discordgo.Button{Label: p.Sprintf(labelRemove), Style: discordgo.DangerButton, CustomID: encodeCustomID("removeentry", id)},
	}
	if n.undo != 0 {
		buttons = append(buttons, undoButton(p, n.undo, teaching))
	}
	m.panel = append([]discordgo.MessageComponent{
		discordgo.TextDisplay{Content: head},
		discordgo.Separator{},
		discordgo.TextDisplay{Content: entryText(p, e)},
		discordgo.Separator{},
	}, append(actionRows(buttons), wayBack(p, teaching))...)
	return change(m)
}

// editEntry opens the form of an own entry, empty for a new one. A new one that
// is the answer to a question of a review card comes with the place of that.
func (b *Bot) editEntry(ctx context.Context, i *interaction, id customID) response {
	e := &faq.Entry{}
	p := i.reader()
	title := labelAddEntry
	if id.arg(0) != "" {
		s, err := b.server(ctx, i)
		if err != nil {
			return say(b.notice(b.cannotRead(i, err)))
		}
		known := s.own(id.arg(0))
		if known == nil {
			return b.inform(i, entryGone)
		}
		e, title = known, titleEditEntry
	}
	return response{modal: &modal{id: encodeCustomID("entrysaved", append([]string{e.ID}, id.args[min(1, len(id.args)):]...)...), title: p.Sprintf(title), fields: []modalField{
		{TextInput: discordgo.TextInput{CustomID: "title", Label: p.Sprintf(labelTitle), Style: discordgo.TextInputShort, Required: true, Value: e.Title, MaxLength: faq.MaxTitle,
			Placeholder: p.Sprintf(exampleTitle)}},
		{TextInput: discordgo.TextInput{CustomID: "answer", Label: p.Sprintf(labelAnswer), Style: discordgo.TextInputParagraph, Required: true, Value: e.Answer, MaxLength: faq.MaxAnswer},
			hint: p.Sprintf(hintAnswer)},
		{TextInput: discordgo.TextInput{CustomID: "phrasings", Label: p.Sprintf(labelPhrasings), Style: discordgo.TextInputParagraph, Value: strings.Join(e.Phrasings, "\n"), MaxLength: faq.MaxOwnPhrasings},
			hint: p.Sprintf(hintPhrasings)},
	}}}
}

func (b *Bot) entrySaved(ctx context.Context, i *interaction, id customID) response {
	e := faq.Entry{ID: id.arg(0), Title: strings.TrimSpace(i.field("title")), Answer: b.linked(ctx, i, strings.TrimSpace(i.field("answer")))}
	for line := range strings.Lines(i.field("phrasings")) {
		if line = strings.TrimSpace(line); line != "" {
			e.Phrasings = append(e.Phrasings, line)
		}
	}
	before := b.desk.View(ctx, string(i.Guild))
	var saved faq.Entry
	made, err := b.edit(ctx, i, func(doc *faq.Document) (_ changeLine, err error) {
		saved, err = doc.Put(e)
		return inWords(ownSaved, escapeMarkdown(e.Title)), err
	})
	if err != nil {
		return say(b.rejectedForm(i, err, e.Title, e.Answer, i.field("phrasings")))
	}
	if asked, ok := askedAt(id, 1); ok {
		return b.cardTaught(ctx, i, asked, before.Book, saved.ID, made)
	}
	r := b.preview(ctx, i, saved.ID, news{i.reader().Sprintf(savedPreview), made.Number})
	r.after = func(ctx context.Context) { b.announce(ctx, i, before.Settings, made.What) }
	return r
}

// removeEntry removes an own entry, with the wordings taught for it.
func (b *Bot) removeEntry(ctx context.Context, i *interaction, id customID) response {
	before := b.desk.View(ctx, string(i.Guild)).Settings
	made, err := b.edit(ctx, i, func(doc *faq.Document) (changeLine, error) {
		gone, err := doc.Remove(id.arg(0))
		return inWords(ownRemoved, escapeMarkdown(gone.Title)), err
	})
	return b.changed(ctx, i, before, place{page: "teach"}, made, err)
}

// offMenus lets moderators choose what is switched off, 25 entries to a menu.
func offMenus(_ *Bot, p locale.Printer, s config.Settings, book *faq.Book, part int) []discordgo.MessageComponent {
	rows, part, parts := menuRows(switchable(book), p.Sprintf(pickOff), part, func(n int, menu *discordgo.SelectMenu) {
		menu.CustomID, menu.MinValues, menu.MaxValues = encodeCustomID("set", "off", strconv.Itoa(n)), new(0), len(menu.Options)
		for o := range menu.Options {
			menu.Options[o].Default = slices.Contains(s.Off, menu.Options[o].Value)
		}
	})
	return append(rows, pager(p, "config", part, parts, "says")...)
}

// applyOff takes the number of a menu and the entries chosen in it. The entries
// of other menus stay as they are.
func applyOff(s *config.Settings, book *faq.Book, v []string) error {
	n, err := strconv.Atoi(firstValue(v))
	menus := slices.Collect(slices.Chunk(switchable(book), maxOptions))
	if err != nil || n < 0 || n >= len(menus) {
		return config.Refuse(menuGone)
	}
	chosen := v[1:]
	for _, e := range menus[n] {
		s.Off = slices.DeleteFunc(s.Off, func(id string) bool { return id == e.ID })
		if slices.Contains(chosen, e.ID) {
			s.Off = append(s.Off, e.ID)
		}
	}
	return nil
}

// switchable lists the entries that can be switched off. Own entries are
// removed instead.
func switchable(book *faq.Book) []*faq.Entry {
	var list []*faq.Entry
	for _, e := range book.Entries() {
		if !e.Own && e != book.WarningEntry() {
			list = append(list, e)
		}
	}
	return list
}
