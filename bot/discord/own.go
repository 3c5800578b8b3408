package discord

import (
	"context"
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"backfaq/faq"
)

// ownEntry shows one of the server's own entries as people will see it, with
// what can be done to it.
func (b *Bot) ownEntry(ctx context.Context, i *interaction, id customID) reply {
	want := id.arg(1)
	if len(i.Data.Values) > 0 {
		want = i.Data.Values[0]
	}
	return b.preview(ctx, i, want, "")
}

func (b *Bot) preview(ctx context.Context, i *interaction, id, news string) reply {
	view := b.Desk.View(ctx, string(i.Guild))
	e := view.Book.Entry(id)
	if e == nil || !e.Own {
		m := b.panel(ctx, i, "teach", entryGone)
		return reply{change: &m}
	}
	m := b.message(view)
	m.private = true
	m.panel = append([]discordgo.MessageComponent{
		discordgo.TextDisplay{Content: panelTitle + " · Preview" + news},
		discordgo.Separator{},
		discordgo.TextDisplay{Content: entry(e)},
		discordgo.Separator{},
	}, rows([]discordgo.MessageComponent{
		discordgo.Button{Label: "Edit", Style: discordgo.SecondaryButton, CustomID: custom("editentry", id)},
		discordgo.Button{Label: "Remove", Style: discordgo.DangerButton, CustomID: custom("removeentry", id)},
		discordgo.Button{Label: "Back", Style: discordgo.SecondaryButton, CustomID: custom("config", "teach")},
	})...)
	return reply{change: &m}
}

// editEntry opens the form of an own entry, empty for a new one.
func (b *Bot) editEntry(ctx context.Context, i *interaction, id customID) reply {
	e := &faq.Entry{}
	title := "Add an entry"
	if id.arg(0) != "" {
		known := b.Desk.View(ctx, string(i.Guild)).Book.Entry(id.arg(0))
		if known == nil || !known.Own {
			return say(b.sorry(entryGone))
		}
		e, title = known, "Edit the entry"
	}
	return reply{modal: &modal{id: custom("entrysaved", e.ID), title: title, fields: []modalField{
		{TextInput: discordgo.TextInput{CustomID: "title", Label: "Title", Style: discordgo.TextInputShort, Required: true, Value: e.Title, MaxLength: faq.MaxTitle,
			Placeholder: "the question, as people would ask it"}},
		{TextInput: discordgo.TextInput{CustomID: "answer", Label: "Answer", Style: discordgo.TextInputParagraph, Required: true, Value: e.Answer, MaxLength: faq.MaxAnswer},
			hint: "Discord Markdown. The disclaimer is added below it."},
		{TextInput: discordgo.TextInput{CustomID: "phrasings", Label: "Other ways to ask it", Style: discordgo.TextInputParagraph, Value: strings.Join(e.Phrasings, "\n"), MaxLength: faq.MaxOwnPhrasings},
			hint: "One to a line. The more there are, the better I find it."},
	}}}
}

func (b *Bot) entrySaved(ctx context.Context, i *interaction, id customID) reply {
	e := faq.Entry{ID: id.arg(0), Title: strings.TrimSpace(i.field("title")), Answer: strings.TrimSpace(i.field("answer"))}
	for line := range strings.Lines(i.field("phrasings")) {
		if line = strings.TrimSpace(line); line != "" {
			e.Phrasings = append(e.Phrasings, line)
		}
	}
	var saved faq.Entry
	_, err := b.edit(ctx, i, func(doc *faq.Document) (_ string, err error) {
		saved, err = doc.Put(e)
		return fmt.Sprintf(ownSaved, plain(e.Title)), err
	})
	if err != nil {
		return say(b.notTaken(i, err, e.Title, e.Answer, i.field("phrasings")))
	}
	r := b.preview(ctx, i, saved.ID, "\n**Saved.** This is how it looks.")
	before := b.Desk.View(ctx, string(i.Guild)).Settings
	r.after = func(ctx context.Context) { b.announce(ctx, i, before, fmt.Sprintf(ownSaved, plain(saved.Title))) }
	return r
}

// removeEntry removes an own entry, with the wordings taught for it.
func (b *Bot) removeEntry(ctx context.Context, i *interaction, id customID) reply {
	before := b.Desk.View(ctx, string(i.Guild)).Settings
	_, err := b.edit(ctx, i, func(doc *faq.Document) (string, error) {
		gone, err := doc.Remove(id.arg(0))
		return fmt.Sprintf(ownRemoved, plain(gone.Title)), err
	})
	return b.changed(ctx, i, before, "teach", entryRemoved, err)
}
