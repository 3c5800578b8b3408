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

	"backfaq/config"
	"backfaq/faq"
)

// wordingField is where a moderator writes a wording. What they type is all
// that is ever kept of a question, so it asks to leave people out.
func wordingField(value string) modalField {
	return modalField{
		TextInput: discordgo.TextInput{CustomID: "wording", Label: "How do people ask it?", Style: discordgo.TextInputParagraph, Required: true,
			Value: strings.Join(strings.Fields(value), " "), Placeholder: "for example: my traps are on fire after raid night", MaxLength: config.MaxWording},
		hint: "Short, in their words. Leave out names and personal details.",
	}
}

// pickAnswer opens the modal for the entry that was chosen on a card.
func (b *Bot) pickAnswer(ctx context.Context, i *interaction, _ customID) reply {
	e := b.Desk.View(ctx, string(i.Guild)).Book.Entry(first(i.Data.Values))
	if e == nil {
		return say(b.sorry(expired))
	}
	return reply{modal: &modal{id: custom("taught", "card", e.ID), title: "Teach: " + e.Title, fields: []modalField{wordingField("")}}}
}

// teachMessage opens the same modal for any message, filled with it. The entry
// is chosen in the modal.
func (b *Bot) teachMessage(ctx context.Context, i *interaction, _ customID) reply {
	if !i.moderates() { // before they have typed anything
		return say(b.sorry(notAllowed))
	}
	text := strings.TrimSpace(markup.ReplaceAllString(i.Data.Resolved.Messages[i.Data.Target].Content, " "))
	return b.teachModal(ctx, i, text)
}

// teachNew opens it from the panel, empty.
func (b *Bot) teachNew(ctx context.Context, i *interaction, _ customID) reply {
	return b.teachModal(ctx, i, "")
}

func (b *Bot) teachModal(ctx context.Context, i *interaction, text string) reply {
	fields := []modalField{wordingField(text)}
	menus := menusOf("entry", "Choose the entry", b.Desk.View(ctx, string(i.Guild)).Book.Entries())
	for n, menu := range menus[:min(len(menus), 4)] {
		name := "Which entry answers this?"
		if len(menus) > 1 {
			name = fmt.Sprintf("Which entry answers this? (%d of %d)", n+1, len(menus))
		}
		fields = append(fields, modalField{TextInput: discordgo.TextInput{Label: name, Required: len(menus) == 1}, menu: &menu})
	}
	return reply{modal: &modal{id: custom("taught", "message"), title: "Teach this to the FAQ", fields: fields}}
}

// taught saves a wording. A card says afterwards that it is done.
func (b *Bot) taught(ctx context.Context, i *interaction, id customID) reply {
	entry := id.arg(1)
	for n := 0; entry == "" && n < 4; n++ {
		entry = i.field("entry" + strconv.Itoa(n))
	}
	view := b.Desk.View(ctx, string(i.Guild))
	e := view.Book.Entry(entry)
	if e == nil {
		return say(b.sorry(chooseEntry))
	}
	_, err := b.edit(ctx, i, func(doc *faq.Document) (string, error) {
		doc.Teach(faq.Taught{Wording: i.field("wording"), Entry: e.ID})
		return fmt.Sprintf(taughtOne, plain(e.Title)), nil
	})
	if err != nil {
		return say(b.notTaken(i, err, i.field("wording")))
	}
	if id.arg(0) == "card" {
		m := b.message(view)
		m.text = fmt.Sprintf(cardDone, i.person().ID, e.Title)
		return reply{change: &m}
	}
	r := say(b.sorry(fmt.Sprintf(learned, e.Title)))
	r.after = func(ctx context.Context) { b.announce(ctx, i, view.Settings, fmt.Sprintf(taughtOne, e.Title)) }
	return r
}

// notTaken says why a form was refused, and gives back what was typed into it.
func (b *Bot) notTaken(i *interaction, err error, typed ...string) message {
	if row, ok := errors.AsType[*faq.RowError](err); ok {
		err = row.Err // which row it is stands in the form
	}
	m := b.sorry(b.why(i, err) + "\n\n" + youWrote)
	for _, text := range typed {
		m.text += "\n>>> " + plain(text)
	}
	return m
}

// card tells the review channel that a question was not answered: where it
// stands, and none of its words. It is for questions that others could read:
// mentions in channels and public threads. What somebody asked with /ask stands
// nowhere that a link could lead to.
func (b *Bot) card(ctx context.Context, q faq.Question, a faq.Answer, id snowflake) {
	if q.Source != faq.FromMention || q.Text == "" || a.Settings.ReviewChannel == "" || b.places.secret(snowflake(q.Channel)) ||
		a.Outcome != faq.Unknown && a.Outcome != faq.Suggested || !b.cards.allow(q.Server) {
		return
	}
	m := b.message(a.View)
	m.note, m.nonce = "", "card-"+string(id)
	said := cardUnknown
	if a.Outcome == faq.Suggested {
		said = cardSuggested
	}
	m.text = fmt.Sprintf(said, q.Channel, "https://discord.com/channels/"+q.Server+"/"+q.Channel+"/"+string(id))
	for n, menu := range menusOf("pickanswer", "Which entry answers this?", a.Book.Entries()) {
		if n == maxRow {
			break
		}
		menu.CustomID = custom("pickanswer", strconv.Itoa(n))
		m.rows = append(m.rows, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
	}
	if err := b.post(ctx, a.Settings.ReviewChannel, m); err != nil {
		b.Log.Warn("could not post a card to the review channel", "server", q.Server, "err", err)
	}
}

// teachPage lists what this server taught, and its own entries.
func (b *Bot) teachPage(ctx context.Context, i *interaction, view faq.View) []discordgo.MessageComponent {
	doc, err := b.Store.Document(ctx, string(i.Guild))
	if err != nil {
		return []discordgo.MessageComponent{discordgo.TextDisplay{Content: b.cannotRead(i, err)}}
	}
	parts := []discordgo.MessageComponent{discordgo.TextDisplay{Content: fmt.Sprintf(teachHelp, plural(len(doc.Entries), "entry", "entries"), plural(len(doc.Taught), "wording", "wordings"))}}
	var own []*faq.Entry
	for n := range doc.Entries {
		own = append(own, &doc.Entries[n])
	}
	for n, menu := range menusOf("own", "Edit, preview or remove an entry of yours", own) {
		menu.CustomID = custom("own", strconv.Itoa(n))
		parts = append(parts, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
	}
	// The latest wordings: those a moderator wants back out of.
	recent := slices.Clone(doc.Taught)
	slices.Reverse(recent)
	if len(recent) > 0 {
		menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: custom("forget"), Placeholder: "Forget a wording"}
		for _, t := range recent[:min(len(recent), maxOptions)] {
			menu.Options = append(menu.Options, discordgo.SelectMenuOption{Label: label(t.Wording, maxOption), Value: fingerprintOf(t), Description: label(titleOf(view.Book, t.Entry), maxOption)})
		}
		parts = append(parts, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
	}
	return append(parts, rows([]discordgo.MessageComponent{
		discordgo.Button{Label: "Add an entry", Style: discordgo.SecondaryButton, CustomID: custom("editentry")},
		discordgo.Button{Label: "Teach a wording", Style: discordgo.SecondaryButton, CustomID: custom("teachnew")},
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

func (b *Bot) forget(ctx context.Context, i *interaction, _ customID) reply {
	_, err := b.edit(ctx, i, func(doc *faq.Document) (string, error) {
		at := slices.IndexFunc(doc.Taught, func(t faq.Taught) bool { return fingerprintOf(t) == first(i.Data.Values) })
		if at < 0 {
			return "", faq.ErrUnchanged
		}
		_, err := doc.Forget(doc.Taught[at].Wording)
		return forgotten, err
	})
	return b.changed(ctx, i, b.Desk.View(ctx, string(i.Guild)).Settings, "teach", forgotten, err)
}
