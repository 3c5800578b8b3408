package discord

import (
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"backfaq/config"
	"backfaq/faq"
)

// The bot's voice: calm, plain, short. It says what it knows and what it does
// not know, and never more than the FAQ does. It speaks as "I", to one person,
// in sentences that a screen reader can read: no meaning in colour, emoji or
// layout alone. It does not repeat what a person wrote, does not apologise
// twice, does not joke about pain, and always shows a way on.
//
// Every sentence of the bot's own that people read stands in this file. What is
// said about health comes from the FAQ file alone.
const (
	didYouMean = "I am not sure which of these you mean:"
	canAnswer  = "What I can answer:"
	pressOne   = "Press one below, or ask again in other words."

	dontHave     = "I don't have an answer to that."
	dontHaveMore = "Beyond that I don't have an answer."
	whatIHave    = "What I can answer, for example:"
	browseTopics = "Press **Browse topics** to see everything, or ask again in other words."
	askHere      = "People who may know: %s"

	notHere      = "The moderators of this server have switched me off in this channel. You can send me a direct message."
	slowDown     = "That was a lot of questions at once. Please wait a few seconds, then ask again. `/topics` is always open."
	switchedOff  = "The moderators of this server have switched that answer off. `/topics` shows what there is."
	answerGone   = "That answer is not there any more, or I cannot reach it just now. `/topics` shows what there is."
	wentWrong    = "Something went wrong on my side, and it has been noted for the people who run me. Please try again."
	tooSlow      = "That took too long, so I stopped. Please try again in a moment; if you were changing something, look first whether it was saved."
	expired      = "This button is from an older version of me. Please ask again, or use `/topics`."
	notAllowed   = "Only people with the Manage Server permission can do that."
	notFromHere  = "That works in a server that I am on."
	thanks       = "Thank you, noted. I count it, without your name."
	otherAnswers = "Sorry about that. Perhaps one of these:"
	otherNothing = "Sorry about that. I have nothing closer. Ask again in other words, or press **Browse topics**."
	chooseTopic  = "Choose what you want to read:"
	moreTopics   = "There are %d more. Ask for them with `/ask`."

	emergencyHere = "Emergency numbers here: **%s**"
	ownEntry      = "-# Written by the moderators of this server."

	unknownCommand = "I no longer have that command. Please reload Discord, or use `/help`."
)

// What moderators read.
const (
	panelTitle      = "## FAQ settings"
	notSaved        = "I could not reach my database, so this may not have been saved. Please look again in a minute."
	settingsChanged = "FAQ settings, by <@%s>: %s"
	everythingGone  = "Everything of this server was deleted."
	lookOnly        = "You can look at everything here. Changing it takes the Manage Server permission."
	cannotRead      = "I cannot reach my database just now, so I cannot show that. Please try again in a minute. Answers go on with default settings."
	youWrote        = "You wrote:"
	noChanges       = "Nobody has changed anything yet."
	askReset        = "## Reset the settings?\nEvery setting goes back to its default. Your own entries and wordings stay."
	askWipe         = "## Delete everything of this server?\nSettings, your own entries and wordings, the list of changes and all counts are deleted now and cannot be brought back. Export first if you may want them again."
	everyDefault    = "Every setting is at its default."
	wiped           = "**Deleted.** I keep nothing of this server any more."
	dataHelp        = "Export gives you a file with all settings, entries and wordings. To bring one back, use **/faq-config** with **import** and attach it; it replaces everything at once, or nothing."
	exported        = "Here is everything the moderators of this server made. Keep it, or bring it to another server with **/faq-config** and **import**."
	importing       = "Reading the file. This message changes when it is done."
	imported        = "**Imported.** All settings, entries and wordings are now as in the file."
	importedFile    = "A file was imported: all settings, entries and wordings."
	noFile          = "I did not get a file. Attach it to **/faq-config** as **import**."
	fileTooLarge    = "That file is too large: at most %d KiB."
	doctorFine      = "None. I may do all I need in the channels where I am to answer."
	doctorFailed    = "I could not look that up just now. Please open this page again in a minute."
	doctorHint      = "-# Give them to my role in the channel's settings, under Permissions."

	cardUnknown   = "A question in <#%s> had no answer: [read it there](%s). None of its words are copied here."
	cardSuggested = "I was not sure about a question in <#%s> and offered a choice: [read it there](%s). None of its words are copied here."
	cardDone      = "<@%s> taught me a wording for **%s**."
	taughtOne     = "A wording was taught for “%s”."
	ownRemoved    = "An own entry was removed: %s"
	ownSaved      = "An own entry was saved: %s"
	learned       = "**Learned.** From now on, people here who ask it that way get **%s**."
	chooseEntry   = "Which entry answers it? Please open the form again and choose one."
	teachHelp     = "This server has **%s** of its own and taught me **%s**. Entries are shown as written by this server's moderators, with the disclaimer below."
	forgotten     = "A wording is forgotten."
	entryGone     = "That entry is no longer there."
	entryRemoved  = "The entry and what was taught for it are removed."

	noQuestions  = "Nobody asked anything in these days."
	testSilent   = "**Here I would stay silent:** %s. Otherwise I would say:"
	statsPrivacy = "Counts only: no words of anyone, no names. A word of mine is listed when at least five questions held it."
)

// Labels of buttons and menus.
const (
	labelHelpful = "Helpful"
	labelOther   = "Not what I asked"
	labelShare   = "Share"
	labelBrowse  = "Browse topics"
	labelChoose  = "Choose a topic"
	labelParts   = "More about this"
)

const helpText = `## Ask me in your own words
I look for the right one of a few answers that people have written and checked. I do not write answers myself, and when I do not have one, I say so.

- **/ask** and your question. %s
- %s
- **Apps, then Answer from FAQ** on somebody's message.
- **/topics** to browse everything I know.
- **/privacy** for what I keep.

%s`

// The two ways that settings change what people are told about asking.
const (
	askPrivate   = "Only you see the answer; press **Share** to show it to everyone."
	askPublic    = "Everyone here sees the answer, unless you choose **share: False**."
	askByMention = "**Mention me** in a message, **reply to me**, or send me a **direct message**."
	askByDMAlone = "Send me a **direct message**. On this server I do not answer mentions."
)

const privacyText = `## What I keep
- **Your words: no.** I read a question to find the answer, and then it is gone. It is not stored and not logged.
- **Who asked: no.** I do not store who asked what.
- **Counts: yes, for 90 days.** How often each answer was given in a server on a day, by which way of asking, and whether it helped; and which words of the FAQ's own vocabulary stood in questions that I could not answer.
- **A link, at most.** When I cannot answer a question that mentions me in a channel, this server's moderators may get a link to that message, without its words.
- **What moderators set up: yes.** Settings, and wordings and entries that they write themselves, with who changed what. Moderators can delete all of it with **/faq-config**.

Please do not post personal details about your health where others can read them. If you did, delete your message: I keep no copy.`

// answer is what the bot says to a question, on every surface the same.
func (b *Bot) answer(a faq.Answer) message {
	m := b.message(a.View)
	m.after = remark(a)
	var text strings.Builder
	text.WriteString(warning(a))
	switch a.Outcome {
	case faq.Warned:
		m.note = ""
		if a.Warning.Level == faq.Crisis {
			m.rows = rows([]discordgo.MessageComponent{crisisLines})
		}
	case faq.Answered:
		text.WriteString(entry(a.Entry))
		m.rows = append(parts(a), rows(related(a), feedback(a))...)
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
		m.rows = rows(entryButtons(a.Suggestions), []discordgo.MessageComponent{browse()})
	case faq.Unknown:
		text.WriteString(unknown(a))
		m.rows = rows([]discordgo.MessageComponent{browse()})
	}
	if leads := a.Warning.Level == faq.Reason || a.Warning.Level == faq.Sign || a.Warning.Level == faq.Emergency; leads &&
		a.Warning.Entry != nil && a.Entry != a.Warning.Entry {
		m.rows = append(rows(entryButtons([]*faq.Entry{a.Warning.Entry})), m.rows...)
	}
	m.text = text.String()
	return m
}

// message is an empty message that ends as this server's messages do.
func (b *Bot) message(v faq.View) message {
	return message{disclaimer: b.Desk.Book.Disclaimer(), note: v.Settings.Note}
}

// sorry is a private message with one sentence.
func (b *Bot) sorry(sentence string) message {
	return message{disclaimer: b.Desk.Book.Disclaimer(), text: sentence, private: true}
}

// warning is what stands above everything else when a question holds a warning
// sign; empty otherwise. A heading is what a screen reader reads out first.
func warning(a faq.Answer) string {
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
		fmt.Fprintf(&text, emergencyHere+"\n", plain(a.Settings.EmergencyNumber))
	}
	return text.String() + "\n"
}

// remark is the line below an answer for what is no warning sign by itself, or
// was denied.
func remark(a faq.Answer) string {
	if a.Warning.Level == faq.NoWarning || a.Warning.Level >= faq.Caution || a.Outcome == faq.Silent {
		return ""
	}
	return a.Warning.Texts[0].Text
}

// crisisLines leads to people who listen, by country.
var crisisLines = discordgo.Button{Label: "findahelpline.com", Style: discordgo.LinkButton, URL: "https://findahelpline.com"}

// entry is one curated answer under its own title.
func entry(e *faq.Entry) string {
	text := "### " + e.Title + "\n"
	if e.Own {
		text += ownEntry + "\n" // above the answer, where nothing cuts it off
	}
	return text + strings.TrimSpace(e.Answer)
}

func unknown(a faq.Answer) string {
	var text strings.Builder
	sorry := dontHave
	if a.Warning.Level >= faq.Sign {
		sorry = dontHaveMore
	}
	text.WriteString(sorry + " " + whatIHave + "\n")
	for _, e := range top(a.View)[:min(5, len(top(a.View)))] {
		text.WriteString("- " + e.Title + "\n")
	}
	text.WriteString("\n" + browseTopics)
	if where := help(a.Settings); where != "" {
		fmt.Fprintf(&text, "\n"+askHere, where)
	}
	return text.String()
}

// help is the channel and the role that moderators named for what the bot does
// not know. Naming them pings nobody.
func help(s config.Settings) string {
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
func top(v faq.View) []*faq.Entry {
	var list []*faq.Entry
	for _, e := range v.Book.Entries() {
		if e.Parent == "" && v.Shows(e) {
			list = append(list, e)
		}
	}
	return list
}

// plain takes the meaning of Markdown out of a text.
func plain(text string) string {
	return markdown.Replace(text)
}

var markdown = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "~", `\~`, "`", "\\`", "|", `\|`, ">", `\>`, "#", `\#`, "[", `\[`, "]", `\]`, "<", `\<`)
