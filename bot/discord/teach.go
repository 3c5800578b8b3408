package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/rest"
	"backfaq/config"
	"backfaq/faq"
)

// wordingField is where a moderator writes a wording. Nothing else is ever kept
// of a question, so it asks to leave people out.
func wordingField(value string) modalField {
	return modalField{
		TextInput: discordgo.TextInput{CustomID: "wording", Label: labelWording, Style: discordgo.TextInputParagraph, Required: true,
			Value: strings.Join(strings.Fields(value), " "), Placeholder: exampleWording, MaxLength: config.MaxWording},
		hint: hintWording,
	}
}

// pickAnswer opens the modal for the entry that was chosen on a card.
func (b *Bot) pickAnswer(ctx context.Context, i *interaction, _ customID) response {
	e := b.desk.View(ctx, string(i.Guild)).Book.Entry(firstValue(i.Data.Values))
	if e == nil {
		return say(b.notice(expired))
	}
	return response{modal: &modal{id: encodeCustomID("taught", "card", e.ID), title: titleTeachEntry + e.Title, fields: []modalField{wordingField("")}}}
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
	fields := []modalField{wordingField(text)}
	menus := menusOf("entry", pickEntryTaught, b.desk.View(ctx, string(i.Guild)).Book.Entries())
	for n, menu := range menus[:min(len(menus), 4)] {
		name := labelWhichEntry
		if len(menus) > 1 {
			name = fmt.Sprintf(labelWhichEntryOf, n+1, len(menus))
		}
		fields = append(fields, modalField{TextInput: discordgo.TextInput{Label: name, Required: len(menus) == 1}, menu: &menu})
	}
	return response{modal: &modal{id: encodeCustomID("taught", "message"), title: titleTeach, fields: fields}}
}

// taught saves a wording. A card says afterwards that it is done.
func (b *Bot) taught(ctx context.Context, i *interaction, id customID) response {
	entry := id.arg(1)
	for n := 0; entry == "" && n < 4; n++ {
		entry = i.field("entry" + strconv.Itoa(n))
	}
	view := b.desk.View(ctx, string(i.Guild))
	e := view.Book.Entry(entry)
	if e == nil {
		return say(b.notice(chooseEntry))
	}
	_, err := b.edit(ctx, i, func(doc *faq.Document) (string, error) {
		doc.Teach(faq.Taught{Wording: i.field("wording"), Entry: e.ID})
		return fmt.Sprintf(taughtOne, escapeMarkdown(e.Title)), nil
	})
	if err != nil {
		return say(b.rejectedForm(i, err, i.field("wording")))
	}
	if id.arg(0) == "card" {
		m := messageFor(view)
		m.text = fmt.Sprintf(cardDone, i.person().ID, e.Title)
		return response{change: &m}
	}
	r := say(b.notice(fmt.Sprintf(learned, e.Title)))
	r.after = func(ctx context.Context) { b.announce(ctx, i, view.Settings, fmt.Sprintf(taughtOne, e.Title)) }
	return r
}

// rejectedForm says why a form was refused, and gives back what was typed into it.
func (b *Bot) rejectedForm(i *interaction, err error, typed ...string) message {
	if row, ok := errors.AsType[*faq.RowError](err); ok {
		err = row.Err // which row it is stands in the form
	}
	m := b.notice(b.userError(i, err) + "\n\n" + youWrote)
	for _, text := range typed {
		m.text += "\n>>> " + escapeMarkdown(text)
	}
	return m
}

// postReviewCard tells the review channel that a question was not answered: its
// place, and none of its words. It is for questions that others could read:
// mentions in channels and public threads. No link could lead to a question that
// was asked with /ask.
func (b *Bot) postReviewCard(ctx context.Context, q faq.Question, a faq.Answer, id snowflake) {
	if q.Source != faq.FromMention || q.Text == "" || a.Settings.ReviewChannel == "" || b.guilds.private(snowflake(q.Channel)) ||
		a.Outcome != faq.Unknown && a.Outcome != faq.Suggested || !b.cards.allow(q.Server) {
		return
	}
	m := messageFor(a.View)
	m.note, m.nonce = "", "card-"+string(id)
	said := cardUnknown
	if a.Outcome == faq.Suggested {
		said = cardSuggested
	}
	m.text = fmt.Sprintf(said, q.Channel, "https://discord.com/channels/"+q.Server+"/"+q.Channel+"/"+string(id))
	for n, menu := range menusOf("pickanswer", labelWhichEntry, a.Book.Entries()) {
		if n == maxRow {
			break
		}
		menu.CustomID = encodeCustomID("pickanswer", strconv.Itoa(n))
		m.rows = append(m.rows, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
	}
	ctx, cancel := context.WithTimeout(ctx, rest.Timeout) // of its own: the reply may have used up its time
	defer cancel()
	if err := b.post(ctx, a.Settings.ReviewChannel, m); err != nil {
		b.log.Warn("could not post a card to the review channel", "server", q.Server, "err", err)
	}
}

// teachPage lists what this server taught, and its own entries.
func (b *Bot) teachPage(ctx context.Context, i *interaction, view faq.View) []discordgo.MessageComponent {
	doc, err := b.store.Document(ctx, string(i.Guild))
	if err != nil {
		return []discordgo.MessageComponent{discordgo.TextDisplay{Content: b.cannotRead(i, err)}}
	}
	parts := []discordgo.MessageComponent{discordgo.TextDisplay{Content: fmt.Sprintf(teachHelp, plural(len(doc.Entries), "entry", "entries"), plural(len(doc.Taught), "wording", "wordings"))}}
	var own []*faq.Entry
	for n := range doc.Entries {
		own = append(own, &doc.Entries[n])
	}
	for n, menu := range menusOf("own", pickOwn, own) {
		menu.CustomID = encodeCustomID("own", strconv.Itoa(n))
		parts = append(parts, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
	}
	// The latest wordings: those a moderator wants back out of.
	recent := slices.Clone(doc.Taught)
	slices.Reverse(recent)
	if len(recent) > 0 {
		menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: encodeCustomID("forget"), Placeholder: pickForget}
		for _, t := range recent[:min(len(recent), maxOptions)] {
			menu.Options = append(menu.Options, discordgo.SelectMenuOption{Label: truncate(t.Wording, maxOption), Value: fingerprintOf(t), Description: truncate(titleOf(view.Book, t.Entry), maxOption)})
		}
		parts = append(parts, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
	}
	return append(parts, actionRows([]discordgo.MessageComponent{
		discordgo.Button{Label: labelAddEntry, Style: discordgo.SecondaryButton, CustomID: encodeCustomID("editentry")},
		discordgo.Button{Label: labelTeach, Style: discordgo.SecondaryButton, CustomID: encodeCustomID("teachnew")},
	})...)
}

// titleOf is the title of an entry, or its id if it is gone.
func titleOf(book *faq.Book, id string) string {
	if e := book.Entry(id); e != nil {
		return e.Title
	}
	return id
}

// fingerprintOf names a wording in a menu, where its words may be too long.
func fingerprintOf(t faq.Taught) string {
	sum := sha256.Sum256([]byte(t.Wording))
	return hex.EncodeToString(sum[:12])
}

func (b *Bot) forget(ctx context.Context, i *interaction, _ customID) response {
	_, err := b.edit(ctx, i, func(doc *faq.Document) (string, error) {
		at := slices.IndexFunc(doc.Taught, func(t faq.Taught) bool { return fingerprintOf(t) == firstValue(i.Data.Values) })
		if at < 0 {
			return "", faq.ErrUnchanged
		}
		_, err := doc.Forget(doc.Taught[at].Wording)
		return forgotten, err
	})
	return b.changed(ctx, i, b.desk.View(ctx, string(i.Guild)).Settings, "teach", forgotten, err)
}
