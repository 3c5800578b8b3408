package discord

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/locale"
	"backfaq/config"
	"backfaq/faq"
)

// render is an answer in words and buttons, on every surface the same. Choices
// are buttons, and no words above them.
func render(p locale.Printer, a faq.Answer) message { return compose(p, a, true) }

// compose is an answer as a message. Where no buttons can be shown, the text names
// what there is to choose from.
func compose(p locale.Printer, a faq.Answer, buttons bool) message {
	m := messageFor(a.View)
	m.after = remark(a)
	var text strings.Builder
	text.WriteString(warningText(p, a))
	list := choices(a)
	switch a.Outcome {
	case faq.Answered:
		text.WriteString(entryText(p, a.Entry))
		var second []discordgo.MessageComponent
		if a.Second != nil && a.Second != a.Entry {
			m.after = joinLines(p.Sprintf(alsoAsked, escapeMarkdown(a.Second.Title)), m.after)
			second = entryButtons([]*faq.Entry{a.Second})
		}
		m.rows = slices.Concat(actionRows(second), partsMenu(p, a), actionRows(relatedButtons(a), feedbackButtons(p, a)))
	case faq.Suggested:
		text.WriteString(suggestedText(p, a))
	case faq.Talked:
		talk(&text, p, a)
	case faq.Unknown:
		text.WriteString(unknownText(p, a))
	}
	if !buttons || !labelsFit(list) {
		text.WriteString(titleList(list))
	}
	if a.Outcome == faq.Suggested || a.Outcome == faq.Talked || a.Outcome == faq.Unknown {
		m.rows = actionRows(entryButtons(list), []discordgo.MessageComponent{browseButton(p)})
	}
	if a.Warning.Level >= faq.Poison {
		m.note = "" // nothing stands beside it
	}
	if a.Warning.Level == faq.Crisis {
		m.rows = actionRows([]discordgo.MessageComponent{crisisLines})
	}
	if leads := a.Warning.Level == faq.Reason || a.Warning.Level == faq.Sign || a.Warning.Level == faq.Emergency; leads &&
		a.Warning.Entry != nil && a.Entry != a.Warning.Entry {
		m.rows = append(actionRows(entryButtons([]*faq.Entry{a.Warning.Entry})), m.rows...)
	}
	m.text = text.String()
	return m
}

// choices are the entries that an answer offers in place of one.
func choices(a faq.Answer) []*faq.Entry {
	switch {
	case a.Outcome == faq.Suggested:
		return a.Suggestions
	case a.Outcome == faq.Unknown,
		a.Outcome == faq.Talked && (a.Talk.Questions || a.Talk.Help || a.Talk.Reply == ""):
		return firstQuestions(a.View)
	}
	return nil
}

// labelsFit reports whether buttons show every title whole.
func labelsFit(list []*faq.Entry) bool {
	return !slices.ContainsFunc(list, func(e *faq.Entry) bool { return utf8.RuneCountInString(e.Title) > maxLabel })
}

// titleList names entries to choose from; empty for a single one, which the
// sentence above names.
func titleList(list []*faq.Entry) string {
	if len(list) < 2 {
		return ""
	}
	var text strings.Builder
	for _, e := range list {
		text.WriteString("\n- " + escapeMarkdown(e.Title))
	}
	return text.String()
}

// suggestedText stands above the choices. A single one is named.
func suggestedText(p locale.Printer, a faq.Answer) string {
	first := escapeMarkdown(a.Suggestions[0].Title)
	switch one := len(a.Suggestions) == 1; {
	case one && a.Suggestions[0] == a.Warning.Entry:
		return p.Sprintf(canAnswer, first)
	case one:
		return p.Sprintf(didYouMean, strings.TrimSuffix(first, "?")+"?")
	case a.Warning.Level == faq.Caution:
		return p.Sprintf(canAnswerThese)
	}
	return p.Sprintf(whichOne)
}

// talk writes the reply to small talk.
func talk(text *strings.Builder, p locale.Printer, a faq.Answer) {
	text.WriteString(a.Talk.Reply)
	switch {
	case a.Talk.Help:
		text.WriteString("\n\n" + howToAsk(p, a.View))
	case a.Talk.Reply == "":
		text.WriteString(p.Sprintf(askAway))
	}
}

// firstQuestions are the entries that stand for all where only a few have room.
func firstQuestions(v faq.View) []*faq.Entry {
	list := topEntries(v)
	return list[:min(len(list), maxRow)]
}

// messageFor is an empty message that ends as this server's messages do.
func messageFor(v faq.View) message {
	return message{disclaimer: v.Book.Disclaimer(), note: v.Settings.Note}
}

// inform is the response with one sentence in the language of the person who acted,
// for them alone.
func (b *Bot) inform(i *interaction, sentence string, args ...any) response {
	return say(b.notice(i.reader().Sprintf(sentence, args...)))
}

// notice is a private message with one sentence.
func (b *Bot) notice(sentence string) message {
	return message{disclaimer: b.desk.Book.Disclaimer(), text: sentence, private: true}
}

// warningText stands above everything else when a question holds a warning
// sign; empty otherwise. A heading is what a screen reader reads out first.
func warningText(p locale.Printer, a faq.Answer) string {
	if a.Warning.Level < faq.Caution {
		return ""
	}
	var text strings.Builder
	for _, t := range a.Warning.Texts {
		if t.Heading != "" {
			text.WriteString("# " + t.Heading + "\n" + t.Text + "\n")
			continue
		}
		for line := range strings.Lines(t.Text) {
			text.WriteString("> " + strings.TrimSuffix(line, "\n") + "\n")
		}
	}
	if a.Warning.Level >= faq.Emergency && a.Settings.EmergencyNumber != "" {
		text.WriteString(p.Sprintf(emergencyHere, escapeMarkdown(a.Settings.EmergencyNumber)) + "\n")
	}
	return text.String() + "\n"
}

// remark is the line below an answer for a complaint that is no warning sign by
// itself, or that was denied.
func remark(a faq.Answer) string {
	if a.Warning.Level == faq.NoWarning || a.Warning.Level >= faq.Caution || a.Outcome == faq.Silent {
		return ""
	}
	return a.Warning.Texts[0].Text
}

// joinLines is the texts that are not empty, one to a line.
func joinLines(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(t string) bool { return t == "" }), "\n")
}

// crisisLines leads to people who listen, by country.
var crisisLines = discordgo.Button{Label: "findahelpline.com", Style: discordgo.LinkButton, URL: "https://findahelpline.com"}

// entryText is one curated answer under its own title.
func entryText(p locale.Printer, e *faq.Entry) string {
	text := "### " + escapeMarkdown(e.Title) + "\n"
	if e.Own {
		text += p.Sprintf(ownEntry) + "\n" // above the answer, where nothing cuts it off
	}
	return text + strings.TrimSpace(e.Answer)
}

// unknownText is a refusal: what is the matter, and the ways on.
func unknownText(p locale.Printer, a faq.Answer) string {
	sorry := dontHave
	if a.Warning.Level >= faq.Sign {
		sorry = dontHaveMore
	}
	text := p.Sprintf(sorry) + "\n" + p.Sprintf(browseTopics)
	if where := helpPlaces(a.Settings); where != "" {
		text += "\n" + p.Sprintf(askHere, where)
	}
	return text
}

// helpPlaces are the channel and the role that moderators named for what the bot does
// not know. Naming them pings nobody.
func helpPlaces(s config.Settings) string {
	var places []string
	if s.HelpChannel != "" {
		places = append(places, "<#"+s.HelpChannel+">")
	}
	if s.HelpRole != "" {
		places = append(places, "<@&"+s.HelpRole+">")
	}
	return strings.Join(places, " ")
}

// topEntries lists the entries that are no part of another and are not switched off.
func topEntries(v faq.View) []*faq.Entry { return entriesBelow(v, "") }

// entriesBelow lists the parts of a section that are not switched off. Those of a
// section that is stand at the top, "", where they can be found.
func entriesBelow(v faq.View, section string) []*faq.Entry {
	var list []*faq.Entry
	for _, e := range v.Book.Entries() {
		parent := e.Parent
		if above := v.Book.Entry(parent); above == nil || !v.Shows(above) {
			parent = ""
		}
		if parent == section && v.Shows(e) {
			list = append(list, e)
		}
	}
	return list
}

// escapeMarkdown takes the meaning of Markdown out of a text.
func escapeMarkdown(text string) string {
	return markdown.Replace(text)
}

// unescapeMarkdown is the text that [escapeMarkdown] was given.
func unescapeMarkdown(text string) string { return escaped.ReplaceAllString(text, "$1") }

var escaped = regexp.MustCompile("\\\\([\\\\*_~`|>#\\[\\]<])")

var markdown = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "~", `\~`, "`", "\\`", "|", `\|`, ">", `\>`, "#", `\#`, "[", `\[`, "]", `\]`, "<", `\<`)

// Text is an answer as a message on Discord reads, in English, for the terminal.
func Text(a faq.Answer) string { return compose(locale.English, a, false).content() }

// userError is the sentence that tells a moderator what came of an error, and logs
// what they need not know.
func (b *Bot) userError(i *interaction, err error) string {
	if errors.Is(err, faq.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		b.log.Error("a change could not be saved", "server", i.Guild, "err", err)
		return i.reader().Sprintf(notSaved)
	}
	return i.reader().Sprintf(notSavedWhy) + escapeMarkdown(reasonText(i.reader(), err)) + "."
}

// reasonText is an error in the reader's language, if it is one that moderators make.
func reasonText(p locale.Printer, err error) string {
	if r, ok := errors.AsType[config.Reason](err); ok {
		return p.Sprintf(r.Sentence, r.Args...)
	}
	return err.Error()
}

// cannotRead is the sentence for what could not be looked up.
func (b *Bot) cannotRead(i *interaction, err error) string {
	b.log.Error("could not read from the database", "server", i.Guild, "err", err)
	return i.reader().Sprintf(cannotRead)
}
