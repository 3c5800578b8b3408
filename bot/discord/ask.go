package discord

import (
	"context"
	"strings"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/locale"
	"backfaq/faq"
)

// ask puts a question to the desk and counts the outcome.
func (b *Bot) ask(ctx context.Context, q faq.Question) faq.Answer {
	a := b.desk.Ask(ctx, b.located(ctx, q))
	b.metrics.asked(q, a)
	return a
}

// interactionReply is the answer to somebody who used a command or a button.
func interactionReply(i *interaction, a faq.Answer, private bool) response {
	private = private || a.Silence != faq.NotSilent
	p := i.everyone()
	if private {
		p = i.reader()
	}
	m := render(p, a)
	switch a.Silence {
	case faq.SilentLimited, faq.SilentLimitedNow:
		m.text = p.Sprintf(slowDown)
	case faq.SilentChannel:
		if a.Warning.Level < faq.Poison {
			m.text = warningText(p, a) + p.Sprintf(notHere)
		}
	}
	m.private = private
	if private && a.Outcome == faq.Answered {
		m.rows = addButton(m.rows, shareButton(p, a.Entry))
	}
	return say(m)
}

// channelReply is the reply to a message in a channel; nil for silence. A warning
// sign is answered even where the bot is switched off.
func channelReply(p locale.Printer, a faq.Answer) *message {
	m := render(p, a)
	switch {
	case a.Outcome != faq.Silent:
	case a.Silence == faq.SilentLimitedNow:
		m.text = p.Sprintf(slowDown)
	case a.Silence == faq.SilentLimited, a.Warning.Level < faq.Sign:
		return nil
	}
	return &m
}

// addButton puts a button at the end of the last row.
func addButton(rows []discordgo.MessageComponent, button discordgo.MessageComponent) []discordgo.MessageComponent {
	last := rows[len(rows)-1].(discordgo.ActionsRow)
	last.Components = append(last.Components, button)
	rows[len(rows)-1] = last
	return rows
}

func (b *Bot) slashAsk(ctx context.Context, i *interaction, _ customID) response {
	text := i.text("question")
	q := i.ask(faq.FromSlash, text)
	if id, ok := parseCustomID(strings.TrimSpace(text)); ok && id.action == "entry" { // a choice of completeTitle
		q = i.ask(faq.FromSlash, "")
		q.Entry = id.arg(0)
	}
	a := b.ask(ctx, q)
	private := a.Settings.Private
	if share := i.flag("share"); share != nil {
		private = !*share
	}
	return b.shown(i, q, a, private)
}

// completeTitle offers titles. Their values are ids, because two long titles may
// begin alike, and a title of symbols has no words to search for.
func (b *Bot) completeTitle(ctx context.Context, i *interaction) []choice {
	list := []choice{}
	for _, e := range b.desk.Complete(ctx, i.ask(faq.FromSlash, i.text("question")), maxOptions) {
		list = append(list, choice{encodeCustomID("entry", e.ID), e.Title})
	}
	return list
}

func (b *Bot) askMessage(ctx context.Context, i *interaction, _ customID) response {
	target := i.Data.Resolved.Messages[i.Data.Target]
	q := i.ask(faq.FromMessage, target.written())
	if q.Text == "" {
		return b.inform(i, noText)
	}
	return interactionReply(i, b.ask(ctx, q), true)
}

// show is one entry, asked for by its id.
func (b *Bot) show(ctx context.Context, i *interaction, way faq.Source, id string) response {
	q := i.ask(way, "")
	q.Entry = id
	return b.shown(i, q, b.ask(ctx, q), way != faq.FromShare)
}

// shown is the answer to a question. An old button or choice may name an entry that
// is gone.
func (b *Bot) shown(i *interaction, q faq.Question, a faq.Answer, private bool) response {
	switch {
	case q.Entry == "" || a.Outcome != faq.Unknown:
		return interactionReply(i, a, private)
	case a.Book.Entry(q.Entry) != nil:
		return b.inform(i, switchedOff)
	}
	return b.inform(i, answerGone)
}

func (b *Bot) showEntry(ctx context.Context, i *interaction, id customID) response {
	return b.show(ctx, i, faq.FromButton, id.arg(0))
}

func (b *Bot) pickEntry(ctx context.Context, i *interaction, _ customID) response {
	if len(i.Data.Values) == 0 {
		return b.inform(i, expired)
	}
	return b.show(ctx, i, faq.FromButton, i.Data.Values[0])
}

// share posts an entry for everyone. It is the curated answer and nothing of
// what was asked.
func (b *Bot) share(ctx context.Context, i *interaction, id customID) response {
	return b.show(ctx, i, faq.FromShare, id.arg(0))
}

func (b *Bot) helpful(ctx context.Context, i *interaction, id customID) response {
	b.feedback(ctx, i, id.arg(0), true)
	return b.inform(i, thanks)
}

// notWhatIAsked offers what came next in the search.
func (b *Bot) notWhatIAsked(ctx context.Context, i *interaction, id customID) response {
	b.feedback(ctx, i, id.arg(0), false)
	view := b.desk.View(ctx, string(i.Guild))
	m := messageFor(view)
	m.private = true
	var next []*faq.Entry
	for _, id := range id.args[min(1, len(id.args)):] {
		if e := view.Book.Entry(id); e != nil && view.Shows(e) && len(next) < faq.MaxSuggestions {
			next = append(next, e)
		}
	}
	p := i.reader()
	m.text = p.Sprintf(otherNothing)
	if len(next) > 0 {
		m.text = p.Sprintf(otherAnswers)
	}
	if !labelsFit(next) {
		m.text += titleList(next)
	}
	m.rows = actionRows(entryButtons(next), []discordgo.MessageComponent{browseButton(p)})
	return say(m)
}

// feedback counts what people think of an answer.
func (b *Bot) feedback(ctx context.Context, i *interaction, entry string, helpful bool) {
	if b.desk.Counter != nil && b.desk.View(ctx, string(i.Guild)).Book.Entry(entry) != nil {
		b.desk.Counter.Feedback(string(i.Guild), entry, helpful)
	}
}

// topics lists what there is to read, a hundred entries at a time: all that are no
// part of another, or the parts of the section that a button names. The buttons of
// the list itself name a part of it, too, which takes its place.
func (b *Bot) topics(ctx context.Context, i *interaction, id customID) response {
	view := b.desk.View(ctx, string(i.Guild))
	section, at := id.arg(0), id.place(0)
	list := entriesBelow(view, section)
	if len(list) == 0 {
		return b.inform(i, answerGone)
	}
	m := messageFor(view)
	m.private = true
	p := i.reader()
	m.text = "## " + p.Sprintf(labelBrowse) + "\n" + p.Sprintf(chooseTopic)
	rows, part, parts := menuRows(list, p.Sprintf(labelChoose), at.part, pickMenu)
	m.rows = append(rows, pager(p, "topics", part, parts, section)...)
	if id.arg(1) != "" {
		return change(m)
	}
	return say(m)
}

func (b *Bot) help(ctx context.Context, i *interaction, _ customID) response {
	m := helpMessage(i.reader(), b.desk.View(ctx, string(i.Guild)))
	m.private = true
	return say(m)
}

// helpMessage says how to ask, with questions as buttons. It answers /help, those who
// ask for help, and a message that holds nothing but a mention of the bot.
func helpMessage(p locale.Printer, view faq.View) message { return render(p, askedForHelp(view)) }

func askedForHelp(view faq.View) faq.Answer {
	return faq.Answer{View: view, Reading: faq.Reading{Outcome: faq.Talked}, Talk: &faq.SmallTalk{Help: true}}
}

// howToAsk stands above the questions of a [helpMessage].
func howToAsk(p locale.Printer, view faq.View) string {
	slash, mention := askPublic, askByMention
	if view.Settings.Private {
		slash = askPrivate
	}
	if !view.Settings.Mentions {
		mention = askByDMAlone
	}
	return p.Sprintf(helpText, p.Sprintf(slash), p.Sprintf(mention))
}

func (b *Bot) privacy(ctx context.Context, i *interaction, _ customID) response {
	m := messageFor(b.desk.View(ctx, string(i.Guild)))
	m.private, m.text = true, i.reader().Sprintf(privacyText)
	return say(m)
}
