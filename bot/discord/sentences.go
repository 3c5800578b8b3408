package discord

// The rules of the voice: calm, plain, short. The bot says what it knows and what
// it does not know, and never more than the FAQ does. It speaks as "I", to one
// person, in sentences that a screen reader can read: no meaning in colour, emoji
// or layout alone. It does not repeat a person's words, does not apologise twice,
// does not joke about pain, and always shows a way on.
//
// Every sentence of the bot's own that people read stands here: those for everybody
// in this file, those for moderators alone in sentences_moderators.go, and the
// descriptions of commands in commands.go. They are said by a [locale.Printer]:
// locale has a file of translations for each language. All words about health come
// from the FAQ file.
const (
	whichOne       = "I am not sure which of these you mean. Choose one, or ask again in other words."
	didYouMean     = "Did you mean: **%s** If not, ask again in other words."
	canAnswer      = "What I can answer: **%s**"
	canAnswerThese = "Here is what I can answer. Choose one, or ask again in other words."

	alsoAsked      = "You also asked: **%s**"
	replyToAskMore = "Reply to ask more."

	dontHave     = "I don't have an answer to that."
	dontHaveMore = "Beyond that I don't have an answer."
	browseTopics = "Choose one of these, press **Browse topics** to see everything, or ask again in other words."
	askHere      = "People who may know: %s"

	askAway   = "Ask me in your own words, or choose one of these."
	noText    = "That holds no text that I can read. Write your question in words."
	cannotSee = "Discord does not show me the message you replied to. On that message, use **Apps**, then **Answer from FAQ**, or write the question."

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
	otherAnswers = "Sorry about that. Perhaps one of these? If not, ask again in other words."
	otherNothing = "Sorry about that. I have nothing closer. Ask again in other words, or press **Browse topics**."
	chooseTopic  = "Choose what you want to read:"

	emergencyHere = "Emergency numbers here: **%s**"
	ownEntry      = "-# Written by the moderators of this server."

	unknownCommand = "I no longer have that command. Please reload Discord, or use `/help`."
)

// Counts of things.
const (
	oneSecond, manySeconds   = "%d second", "%d seconds"
	oneMinute, manyMinutes   = "%d minute", "%d minutes"
	oneHour, manyHours       = "%d hour", "%d hours"
	oneDay, manyDays         = "%d day", "%d days"
	oneEntry, manyEntries    = "%d entry", "%d entries"
	oneWording, manyWordings = "%d wording", "%d wordings"
	oneRow, manyRows         = "%d row", "%d rows"
	oneChannel, manyChannels = "%d channel", "%d channels"
)

// Dates, in the notation of Go's package time.
const (
	dateLong  = "2 January 2006"
	dateShort = "2 Jan"
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

What I can answer, for example:`

// The lines of helpText that depend on settings.
const (
	askPrivate   = "Only you see the answer; press **Share** to show it to everyone."
	askPublic    = "Everyone here sees the answer, unless you choose **share: False**."
	askByMention = "**Mention me** in a message, **reply to my answer** there and leave the mention on, or send me a **direct message**. Forgot the mention? Edit your message within a minute."
	askByDMAlone = "Send me a **direct message**. On this server I do not answer mentions."
)

const privacyText = `## What I keep
- **Your words: no.** I read a question to find the answer, and then it is gone. It is not stored and not logged.
- **Who asked: no.** I do not store who asked what.
- **Counts: yes, for 90 days.** How often each answer was given in a server on a day, by which way of asking, and whether it helped; and which words of the FAQ's own vocabulary stood in questions that I could not answer.
- **A link, at most.** When I cannot answer a question that mentions me in a channel, this server's moderators may get a link to that message, without its words. For a day I keep a fingerprint of it in memory, from which no words can be read, so that they get one link, not ten.
- **What moderators set up: yes.** Settings, and wordings and entries that they write themselves, with who changed what. Moderators can delete all of it with **/faq-config**.

Please do not post personal details about your health where others can read them. If you did, delete your message: I keep no copy.`
