package discord

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"backfaq/config"
	"backfaq/faq"
)

// render is an answer in words and buttons, on every surface the same.
func render(a faq.Answer) message {
	m := messageFor(a.View)
	m.after = remark(a)
	var text strings.Builder
	text.WriteString(warningText(a))
	switch a.Outcome {
	case faq.Answered:
		text.WriteString(entryText(a.Entry))
		var second []discordgo.MessageComponent
		if a.Second != nil && a.Second != a.Entry {
			m.after = joinLines(fmt.Sprintf(alsoAsked, escapeMarkdown(a.Second.Title)), m.after)
			second = entryButtons([]*faq.Entry{a.Second})
		}
		m.rows = slices.Concat(actionRows(second), partsMenu(a), actionRows(relatedButtons(a), feedbackButtons(a)))
	case faq.Suggested:
		if a.Warning.Level == faq.Caution {
			text.WriteString(canAnswer + "\n")
		} else {
			text.WriteString(didYouMean + "\n")
		}
		for i, e := range a.Suggestions {
			fmt.Fprintf(&text, "%d. %s\n", i+1, e.Title)
		}
		text.WriteString("\n" + pressOne)
		m.rows = actionRows(entryButtons(a.Suggestions), []discordgo.MessageComponent{browseButton()})
	case faq.Talked:
		talk(&m, &text, a)
	case faq.Unknown:
		text.WriteString(unknownText(a))
		m.rows = actionRows([]discordgo.MessageComponent{browseButton()})
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

// talk shows the reply to small talk.
func talk(m *message, text *strings.Builder, a faq.Answer) {
	text.WriteString(a.Talk.Reply)
	var questions []discordgo.MessageComponent
	switch {
	case a.Talk.Help:
		text.WriteString("\n\n" + helpMessage(a.View))
	case a.Talk.Reply == "":
		text.WriteString(askAway)
		questions = entryButtons(firstQuestions(a.View))
	case a.Talk.Questions:
		questions = entryButtons(firstQuestions(a.View))
	}
	m.rows = actionRows(questions, []discordgo.MessageComponent{browseButton()})
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

// notice is a private message with one sentence.
func (b *Bot) notice(sentence string) message {
	return message{disclaimer: b.desk.Book.Disclaimer(), text: sentence, private: true}
}

// warningText stands above everything else when a question holds a warning
// sign; empty otherwise. A heading is what a screen reader reads out first.
func warningText(a faq.Answer) string {
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
		fmt.Fprintf(&text, emergencyHere+"\n", escapeMarkdown(a.Settings.EmergencyNumber))
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
func entryText(e *faq.Entry) string {
	text := "### " + e.Title + "\n"
	if e.Own {
		text += ownEntry + "\n" // above the answer, where nothing cuts it off
	}
	return text + strings.TrimSpace(e.Answer)
}

func unknownText(a faq.Answer) string {
	var text strings.Builder
	sorry := dontHave
	if a.Warning.Level >= faq.Sign {
		sorry = dontHaveMore
	}
	text.WriteString(sorry + " " + whatIHave + "\n")
	for _, e := range topEntries(a.View)[:min(5, len(topEntries(a.View)))] {
		text.WriteString("- " + e.Title + "\n")
	}
	text.WriteString("\n" + browseTopics)
	if where := helpPlaces(a.Settings); where != "" {
		fmt.Fprintf(&text, "\n"+askHere, where)
	}
	return text.String()
}

// help is the channel and the role that moderators named for what the bot does
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

// top lists the entries that are no part of another and are not switched off.
func topEntries(v faq.View) []*faq.Entry {
	var list []*faq.Entry
	for _, e := range v.Book.Entries() {
		if e.Parent == "" && v.Shows(e) {
			list = append(list, e)
		}
	}
	return list
}

// plain takes the meaning of Markdown out of a text.
func escapeMarkdown(text string) string {
	return markdown.Replace(text)
}

// unescapeMarkdown is the text that [escapeMarkdown] was given.
func unescapeMarkdown(text string) string { return escaped.ReplaceAllString(text, "$1") }

var escaped = regexp.MustCompile("\\\\([\\\\*_~`|>#\\[\\]<])")

var markdown = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "~", `\~`, "`", "\\`", "|", `\|`, ">", `\>`, "#", `\#`, "[", `\[`, "]", `\]`, "<", `\<`)

// Text is an answer as a message on Discord reads, for the terminal.
func Text(a faq.Answer) string { return render(a).content() }

// why is the sentence that tells a moderator what came of an error, and logs
// what they need not know.
func (b *Bot) userError(i *interaction, err error) string {
	if errors.Is(err, faq.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		b.log.Error("a change could not be saved", "server", i.Guild, "err", err)
		return notSaved
	}
	return notSavedWhy + escapeMarkdown(err.Error()) + "."
}

// cannotRead is the sentence for what could not be looked up.
func (b *Bot) cannotRead(i *interaction, err error) string {
	b.log.Error("could not read from the database", "server", i.Guild, "err", err)
	return cannotRead
}
