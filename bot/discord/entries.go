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
func (b *Bot) ownEntry(ctx context.Context, i *interaction, id customID) response {
	want := id.arg(1)
	if len(i.Data.Values) > 0 {
		want = i.Data.Values[0]
	}
	return b.preview(ctx, i, want, "")
}

func (b *Bot) preview(ctx context.Context, i *interaction, id, news string) response {
	view := b.desk.View(ctx, string(i.Guild))
	e := view.Book.Entry(id)
	if e == nil || !e.Own {
		m := b.panel(ctx, i, "teach", entryGone)
		return response{change: &m}
	}
	m := messageFor(view)
	m.private = true
	m.panel = append([]discordgo.MessageComponent{
		discordgo.TextDisplay{Content: panelTitle + titlePreview + news},
		discordgo.Separator{},
		discordgo.TextDisplay{Content: entryText(e)},
		discordgo.Separator{},
	}, actionRows([]discordgo.MessageComponent{
		discordgo.Button{Label: labelEdit, Style: discordgo.SecondaryButton, CustomID: encodeCustomID("editentry", id)},
		discordgo.Button{Label: labelRemove, Style: discordgo.DangerButton, CustomID: encodeCustomID("removeentry", id)},
		discordgo.Button{Label: labelBack, Style: discordgo.SecondaryButton, CustomID: encodeCustomID("config", "teach")},
	})...)
	return response{change: &m}
}

// editEntry opens the form of an own entry, empty for a new one.
func (b *Bot) editEntry(ctx context.Context, i *interaction, id customID) response {
	e := &faq.Entry{}
	title := labelAddEntry
	if id.arg(0) != "" {
		known := b.desk.View(ctx, string(i.Guild)).Book.Entry(id.arg(0))
		if known == nil || !known.Own {
			return say(b.notice(entryGone))
		}
		e, title = known, titleEditEntry
	}
	return response{modal: &modal{id: encodeCustomID("entrysaved", e.ID), title: title, fields: []modalField{
		{TextInput: discordgo.TextInput{CustomID: "title", Label: labelTitle, Style: discordgo.TextInputShort, Required: true, Value: e.Title, MaxLength: faq.MaxTitle,
			Placeholder: exampleTitle}},
		{TextInput: discordgo.TextInput{CustomID: "answer", Label: labelAnswer, Style: discordgo.TextInputParagraph, Required: true, Value: e.Answer, MaxLength: faq.MaxAnswer},
			hint: hintAnswer},
		{TextInput: discordgo.TextInput{CustomID: "phrasings", Label: labelPhrasings, Style: discordgo.TextInputParagraph, Value: strings.Join(e.Phrasings, "\n"), MaxLength: faq.MaxOwnPhrasings},
			hint: hintPhrasings},
	}}}
}

func (b *Bot) entrySaved(ctx context.Context, i *interaction, id customID) response {
	e := faq.Entry{ID: id.arg(0), Title: strings.TrimSpace(i.field("title")), Answer: strings.TrimSpace(i.field("answer"))}
	for line := range strings.Lines(i.field("phrasings")) {
		if line = strings.TrimSpace(line); line != "" {
			e.Phrasings = append(e.Phrasings, line)
		}
	}
	var saved faq.Entry
	_, err := b.edit(ctx, i, func(doc *faq.Document) (_ string, err error) {
		saved, err = doc.Put(e)
		return fmt.Sprintf(ownSaved, escapeMarkdown(e.Title)), err
	})
	if err != nil {
		return say(b.rejectedForm(i, err, e.Title, e.Answer, i.field("phrasings")))
	}
	r := b.preview(ctx, i, saved.ID, savedPreview)
	before := b.desk.View(ctx, string(i.Guild)).Settings
	r.after = func(ctx context.Context) {
		b.announce(ctx, i, before, fmt.Sprintf(ownSaved, escapeMarkdown(saved.Title)))
	}
	return r
}

// removeEntry removes an own entry, with the wordings taught for it.
func (b *Bot) removeEntry(ctx context.Context, i *interaction, id customID) response {
	before := b.desk.View(ctx, string(i.Guild)).Settings
	_, err := b.edit(ctx, i, func(doc *faq.Document) (string, error) {
		gone, err := doc.Remove(id.arg(0))
		return fmt.Sprintf(ownRemoved, escapeMarkdown(gone.Title)), err
	})
	return b.changed(ctx, i, before, "teach", entryRemoved, err)
}
