package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/locale"
	"backfaq/config"
	"backfaq/faq"
)

// wordingField is where a moderator writes a wording. Nothing else is ever kept
// of a question, so it asks to leave people out.
func wordingField(p locale.Printer, value string) modalField {
	return modalField{
		TextInput: discordgo.TextInput{CustomID: "wording", Label: p.Sprintf(labelWording), Style: discordgo.TextInputParagraph, Required: true,
			Value: strings.Join(strings.Fields(value), " "), Placeholder: p.Sprintf(exampleWording), MaxLength: config.MaxWording},
		hint: p.Sprintf(hintWording),
	}
}

// teachMessage opens the same modal for any message, filled with it. The entry
// is chosen in the modal.
func (b *Bot) teachMessage(ctx context.Context, i *interaction, _ customID) response {
	target := i.Data.Resolved.Messages[i.Data.Target]
	text := wordsOf(target.written())
	return b.teachModal(ctx, i, text)
}

// teachNew opens it from the panel, empty.
func (b *Bot) teachNew(ctx context.Context, i *interaction, _ customID) response {
	return b.teachModal(ctx, i, "")
}

func (b *Bot) teachModal(ctx context.Context, i *interaction, text string) response {
	p := i.reader()
	fields := []modalField{wordingField(p, text)}
	menus := menusOf("entry", p.Sprintf(pickEntryTaught), b.desk.View(ctx, string(i.Guild)).Book.Entries())
	if len(menus) > menusShown { // a form has no further pages
		menus = nil
		fields = append(fields, modalField{hint: p.Sprintf(hintEntryTitle), TextInput: discordgo.TextInput{CustomID: "title", Label: p.Sprintf(labelWhichEntry), Style: discordgo.TextInputShort, Required: true, MaxLength: faq.MaxTitle}})
	}
	for n, menu := range menus {
		name := p.Sprintf(labelWhichEntry)
		if len(menus) > 1 {
			name = p.Sprintf(labelWhichEntryOf, n+1, len(menus))
		}
		fields = append(fields, modalField{TextInput: discordgo.TextInput{Label: name, Required: len(menus) == 1}, menu: &menu})
	}
	return response{modal: &modal{id: encodeCustomID("taught", "message"), title: p.Sprintf(titleTeach), fields: fields}}
}

// taught saves a wording, with what it does besides. A wording that was written
// for a review card becomes that card's news.
func (b *Bot) taught(ctx context.Context, i *interaction, id customID) response {
	view := b.desk.View(ctx, string(i.Guild))
	e := view.Book.Entry(b.chosenEntry(ctx, i, id.arg(1)))
	if e == nil {
		return b.inform(i, chooseEntry)
	}
	made, err := b.edit(ctx, i, func(doc *faq.Document) (changeLine, error) {
		doc.Teach(faq.Taught{Wording: i.field("wording"), Entry: e.ID})
		return inWords(taughtOne, escapeMarkdown(e.Title)), nil
	})
	if err != nil {
		return say(b.rejectedForm(i, err, i.field("wording")))
	}
	if asked, ok := askedAt(id, 2); ok {
		return b.cardTaught(ctx, i, asked, view.Book, e.ID, made)
	}
	p := i.reader()
	m := messageFor(b.desk.View(ctx, string(i.Guild)))
	m.private = true
	m.panel = append([]discordgo.MessageComponent{discordgo.TextDisplay{
		Content: p.Sprintf(learned, escapeMarkdown(e.Title)) + b.alsoCaught(ctx, i, p, view.Book, e.ID),
	}}, actionRows([]discordgo.MessageComponent{undoButton(p, made.Number, place{page: "teach"})})...)
	return response{say: &m, after: func(ctx context.Context) { b.announce(ctx, i, view.Settings, made.What) }}
}

// chosenEntry is the id of the entry that a wording is taught for: the one that
// the form was opened for, that a menu of it names, or whose title was typed.
func (b *Bot) chosenEntry(ctx context.Context, i *interaction, known string) string {
	for n := 0; known == "" && n < menusShown; n++ {
		known = i.field("entry" + strconv.Itoa(n))
	}
	if title := i.field("title"); known == "" && title != "" {
		if list := b.desk.Complete(ctx, i.ask(faq.FromSlash, title), 1); len(list) > 0 {
			known = list[0].ID
		}
	}
	return known
}

// alsoCaught lists what else is answered with an entry since a book was taught
// something: titles and phrasings of other entries.
func (b *Bot) alsoCaught(ctx context.Context, i *interaction, p locale.Printer, before *faq.Book, entry string) string {
	caught := before.Caught(b.desk.View(ctx, string(i.Guild)).Book, entry)
	if len(caught) == 0 {
		return ""
	}
	text := "\n\n" + p.Sprintf(catchesToo)
	for n, c := range caught {
		if n == shownRows {
			return text + p.Sprintf(andMore, len(caught)-n)
		}
		text += "\n- " + p.Sprintf(caughtFrom, escapeMarkdown(c.Question), escapeMarkdown(c.Entry.Title))
	}
	return text
}

// rejectedForm says why a form was refused, and gives back what was typed into it.
func (b *Bot) rejectedForm(i *interaction, err error, typed ...string) message {
	if row, ok := errors.AsType[*faq.RowError](err); ok {
		err = row.Err // which row it is stands in the form
	}
	m := b.notice(b.userError(i, err) + "\n\n" + i.reader().Sprintf(youWrote))
	for _, text := range typed {
		m.text += "\n>>> " + escapeMarkdown(text)
	}
	return m
}

// fingerprintOf names a wording in a menu, where its words may be too long.
func fingerprintOf(t faq.Taught) string {
	sum := sha256.Sum256([]byte(t.Wording))
	return hex.EncodeToString(sum[:12])
}

func (b *Bot) forget(ctx context.Context, i *interaction, id customID) response {
	before := b.desk.View(ctx, string(i.Guild)).Settings
	made, err := b.edit(ctx, i, func(doc *faq.Document) (changeLine, error) {
		at := slices.IndexFunc(doc.Taught, func(t faq.Taught) bool { return fingerprintOf(t) == firstValue(i.Data.Values) })
		if at < 0 {
			return nil, faq.ErrUnchanged
		}
		_, err := doc.Forget(doc.Taught[at].Wording)
		return inWords(forgotten), err
	})
	part, _ := strconv.Atoi(id.arg(0)) // the first, if it is no number
	return b.changed(ctx, i, before, place{"teach", part}, made, err)
}
