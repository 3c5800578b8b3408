package discord

import (
	"github.com/bwmarrin/discordgo"

	"backfaq/config"
	"backfaq/faq"
)

// Sentences for moderators, in the voice of sentences.go.
const (
	welcomeText     = "## Hello!\nI look for the right one of a few answers that people have written and checked. Ask me with **/ask**, **mention me**, or send me a **direct message**; **/help** says more.\n\n**Three steps for moderators:**"
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
	dataHelp        = "Export gives you a file with all settings, entries and wordings. To bring one back, use **/faq-config** with **import** and attach it; I show what would change, and ask. It may also be questions and answers as CSV, YAML, JSON or Markdown."
	exported        = "Here is everything the moderators of this server made. Keep it, or bring it to another server with **/faq-config** and **import**."
	importing       = "Reading the file. This message changes when it is done."
	importedFile    = "A file was imported: "
	importTitle     = "## What this file would change\nNothing is changed yet.\n"
	importMerge     = "### If you merge\nWhat you have stays; rows of the file are added, or take the place of the same entry or wording.\n"
	importReplace   = "### If you replace\nThe file takes the place of what you have.\n"
	importRefused   = "### Left out: %s\nEverything else can be imported.\n"
	planNothing     = "- Nothing would change.\n"
	planAdded       = "Added"
	planReplaced    = "Replaced"
	planRemoved     = "Removed"
	planSettings    = "- **Settings** would be as in the file.\n"
	fileLine        = "line %d, "
	andMore         = " and %d more"
	leftOut         = "**Left out:** "
	makeItFit       = "People do not see it. Edit it so that it fits, or remove it."
	leftOutRows     = "%s that the FAQ of today does not take. **Teaching** shows them.\n"
	undone          = "The change before was taken back."
	unchanged       = "There was nothing to change."
	noFile          = "I did not get a file. Attach it to **/faq-config** as **import**."
	fileTooLarge    = "That file is too large: at most %d KiB."
	doctorFine      = "None. I may do all I need in the channels where I am to answer."
	doctorFailed    = "I could not look that up just now. Please open this page again in a minute."
	lackedIn        = "**Permission “%s”** in %s\n"
	whyView         = "I cannot see what is asked there, nor write there."
	whySend         = "I cannot answer there."
	whyThreads      = "I cannot answer in threads and posts there."
	whyHistory      = "Discord lets me reply to a message only with it."
	whyFiles        = "I cannot show the chart of /faq-stats or an export there."
	doctorHint      = "-# Give them to my role in the channel's settings, under Permissions."

	cardUnknown   = "A question in <#%s> had no answer: [read it there](%s). None of its words are copied here."
	cardSuggested = "I was not sure about a question in <#%s> and offered a choice: [read it there](%s). None of its words are copied here."
	cardChoose    = "Which entry answers [this question](%s)? None of its words are copied here."
	cardDone      = "<@%s> taught me **%s** for [this question](%s)."
	cardIgnored   = "<@%s> set [this question](%s) aside."
	cardTold      = "<@%s> taught me **%s**, and [the person who asked](%s) has it as a reply."
	cardReopened  = "What was taught for a question in <#%s> was taken back: [read it there](%s). None of its words are copied here."
	notTold       = "I could not reply to that question. It may be deleted, or I may not write there."
	notToldHere   = "I may not reply to that question: %s."
	catchesToo    = "**It catches these, too,** which had another answer before. If that is wrong, press **Undo** and teach it with more words."
	caughtFrom    = "“%s” (%s)"
	taughtOne     = "A wording was taught for “%s”."
	ownRemoved    = "An own entry was removed: %s"
	ownSaved      = "An own entry was saved: %s"
	learned       = "**Learned.** From now on, people here who ask it that way get **%s**."
	chooseEntry   = "Which entry answers it? Please open the form again and choose one."
	teachHelp     = "This server has **%s** of its own and taught me **%s**. Entries are shown as written by this server's moderators, with the disclaimer below."
	forgotten     = "A wording is forgotten."
	entryGone     = "That entry is no longer there."

	noQuestions       = "Nobody asked anything in these days."
	testSilent        = "Here I would stay silent: %s. Otherwise:"
	testWarned        = "It holds a warning sign, which comes first."
	testAnswered      = "I am sure enough that it asks for **%s**."
	testUnknown       = "Nothing that I know is close enough, so I say so."
	testAsked         = "**Question:** "
	testSuggested     = "I am not sure, so I offer %s to choose from."
	testNothingBeside = "Nothing else may stand beside it."
	statsPrivacy      = "Counts only: no words of anyone, no names. A word of mine is listed when at least five questions held it."
)

// Settings: their labels, hints and values.
const (
	labelChannels    = "Channels"
	hintChannels     = "Where I answer. Threads and posts follow their channel, channels their category."
	choiceEverywhere = "Everywhere"
	choiceOnly       = "Only in these channels"
	choiceExcept     = "Everywhere but in these channels"
	pickChannels     = "These channels"
	labelMentions    = "Mentions"
	hintMentions     = "Whether I answer when somebody mentions me or replies to me."
	valueAnswered    = "answered"
	valueNotAnswered = "not answered"
	labelListen      = "Listening in"
	hintListen       = "Channels where I also answer what nobody asked me, when I am sure. It takes a permission to read messages that the people who run me must ask Discord for."
	pickListen       = "Channels to listen in"
	labelPrivate     = "Answers to /ask"
	hintPrivate      = "Who sees them, unless the person chooses."
	valuePrivate     = "private: only the person who asks"
	valuePublic      = "public: everyone in the channel"
	labelStrictness  = "How sure I must be"
	hintStrictness   = "Strict: I answer less and am wrong less. Lenient: the other way round."
	choiceStrict     = "Strict"
	choiceBalanced   = "Balanced"
	choiceLenient    = "Lenient"
	labelCooldown    = "Saying it again"
	hintCooldown     = "Where I listen in, how long I wait before I give the same answer in a channel again."
	labelQuestions   = "Questions per person"
	hintQuestions    = "How many questions a person may ask in 10 seconds."
	valueQuestions   = "%d in 10 seconds"
	labelNote        = "Your sentence"
	hintNote         = "Stands above the disclaimer in every message, never instead of it."
	exampleNote      = "for example: Our physio answers questions on Fridays."
	labelEmergency   = "Emergency numbers"
	hintEmergency    = "Shown first when somebody tells of an emergency."
	exampleEmergency = "for example: 112, poison 19240"
	labelOff         = "Entries switched off"
	hintOff          = "Choose the entries I shall not show here. Where warning signs lead cannot be switched off."
	pickOff          = "Entries to switch off"
	labelHelpChannel = "Help channel"
	hintHelpChannel  = "Named when I do not have an answer."
	labelHelpRole    = "Help role"
	hintHelpRole     = "Named when I do not have an answer. Nobody is pinged."
	labelReview      = "Review channel"
	hintReview       = "Questions I could not answer appear here as cards, without their text, so that you can teach me. So do changes of settings."
	valueNowhere     = "nowhere"
	valueUntilChosen = "everywhere, until a channel is chosen"
	valueEverywhere  = "everywhere"
	valueNone        = "none"
	wantedChannels   = "Choose the channels: this begins with the first one."
	wantedEmergency  = "People who tell of an emergency should see the number to call here."
	wantedHelp       = "When I have no answer, I cannot say where people may help."
	wantedReview     = "Without one, nobody hears of the questions that I could not answer."
	markMissing      = "🔴 missing · "
	markLeftOut      = "🔴 left out · "
	markSet          = "🟢 set · "
	markDefault      = "⚪ default · "
	menuGone         = "that menu is no longer there; open the panel again"
	labelChangeTo    = "Change to: "
	labelWrite       = "Write: "
	valueListenIn    = "in "
	valueOnlyIn      = "only in "
	valueExceptIn    = "everywhere but in "
)

// The panel and its forms, imports, and statistics.
const (
	pickPage           = "Change something"
	labelHome          = "Home"
	labelUndo          = "Undo"
	labelEarlier       = "Earlier (%d of %d)"
	labelMore          = "More (%d of %d)"
	labelMerge         = "Merge"
	labelReplace       = "Replace"
	importedSettings   = "settings as in the file"
	labelExisting      = "Existing answer"
	labelWriteNew      = "Write a new answer"
	labelIgnore        = "Ignore"
	labelTell          = "Tell them"
	hintEntryTitle     = "Its title, or the beginning of it."
	labelExport        = "Export as a file"
	labelReset         = "Reset to defaults"
	labelWipe          = "Delete everything of this server"
	labelGoBack        = "No, go back"
	labelYesReset      = "Yes, reset the settings"
	labelYesWipe       = "Yes, delete everything"
	saved              = "**Saved.** "
	labelWording       = "How do people ask it?"
	hintWording        = "Short, in their words. Leave out names and personal details."
	exampleWording     = "for example: my traps are on fire after raid night"
	titleTeachEntry    = "Teach: "
	pickEntryTaught    = "Choose the entry"
	labelWhichEntry    = "Which entry answers this?"
	labelWhichEntryOf  = "Which entry answers this? (%d of %d)"
	titleTeach         = "Teach this to the FAQ"
	pickOwn            = "Edit, preview or remove an entry of yours"
	pickForget         = "Forget a wording"
	labelAddEntry      = "Add an entry"
	labelTeach         = "Teach a wording"
	titleEditEntry     = "Edit the entry"
	hintAnswer         = "Discord Markdown. The disclaimer is added below it."
	hintPhrasings      = "One to a line. The more there are, the better I find it."
	titlePreview       = " · Preview"
	savedPreview       = "**Saved.** This is how it looks."
	exampleTitle       = "the question, as people would ask it"
	labelPhrasings     = "Other ways to ask it"
	labelTitle         = "Title"
	labelAnswer        = "Answer"
	labelEdit          = "Edit"
	labelRemove        = "Remove"
	labelBack          = "Back"
	notFetched         = "the file could not be fetched from Discord; attach it again"
	statsTitle         = "## The last %d days\n"
	statsTotals        = "**%d questions:** %d answered, %d suggested, %d unknown\n"
	statsFeedback      = "**Feedback:** %d helpful, %d not what was asked\n"
	statsWarnings      = "**Warnings shown:** %s\n"
	statsByAnswer      = "### By answer\n"
	statsMore          = "- and %d more\n"
	statsRemoved       = " (removed)"
	statsEntryFeedback = " (%d helpful, %d not)"
	statsBySource      = "### By way of asking\n"
	statsSource        = "- %s: **%d**, of which %d answered\n"
	statsWords         = "### Words I know in questions I did not answer\n"
	statsPicture       = "Questions per day over the last %d days: %d answered, %d suggested, %d unknown. The busiest day was %s with %d questions."
	chartTitleDays     = "Questions per day"
	chartTitle         = "Questions in every %d days"
	chartAnswered      = "answered"
	chartSuggested     = "suggested"
	chartUnknown       = "unknown"
	testTitle          = "## What I would say\n"
	testWhy            = "## How I came to it\n"
	labelSum           = "Show how I came to it"
	doctorTitle        = "**Permissions I lack**\n"
	changesTitle       = "**Last changes**\n"
	doctorMore         = "- and in %s more\n"
	moreChannels       = "and %d more"
	noLimit            = "no limit"
	notSavedWhy        = "That was not saved: "
)

// panelPage is one page of the panel.
type panelPage struct{ id, label, description string }

// pages of the panel, in the order they are offered.
var pages = []panelPage{
	{id: "where", label: "Where it answers", description: "Channels, mentions, listening in"},
	{id: "how", label: "How it answers", description: "Private or public, how sure, how often"},
	{id: "says", label: "What it says", description: "A sentence of yours, emergency number, entries on or off"},
	{id: "help", label: "Who helps", description: "Help channel and role, review channel"},
	{id: "teach", label: "Teaching", description: "Your own entries and wordings"},
	{id: "checks", label: "Checks", description: "Missing permissions, last changes"},
	{id: "data", label: "Data", description: "Export, import, reset, delete"},
}

// strictnessNames are the values of a setting.
var strictnessNames = map[config.Strictness]string{
	config.Strict:   choiceStrict,
	config.Balanced: choiceBalanced,
	config.Lenient:  choiceLenient,
}

// sourceNames are the ways of asking.
var sourceNames = map[faq.Source]string{
	faq.FromMention: "mention",
	faq.FromDM:      "direct message",
	faq.FromSlash:   "/ask",
	faq.FromMessage: "Answer from FAQ",
	faq.FromButton:  "button or menu",
	faq.Overheard:   "overheard",
}

// levelNames are the levels of warning signs.
var levelNames = map[faq.Level]string{
	faq.Reminder:  "reminder",
	faq.Reason:    "reason",
	faq.Caution:   "caution",
	faq.Sign:      "sign",
	faq.Emergency: "emergency",
	faq.Poison:    "poison",
	faq.Crisis:    "crisis",
}

// silenceReasons are the reasons for silence, for moderators.
var silenceReasons = map[faq.Silence]string{
	faq.SilentChannel:  "the settings switch me off in this channel",
	faq.SilentMentions: "the settings switch answers to mentions off",
}

// needed is what the bot must be allowed to do in a channel, by the names that
// Discord's settings show, and why. A forum is spoken in by its threads alone, and a
// voice or stage channel has none.
var needed = []struct {
	bit       int64
	name, why string
	except    []discordgo.ChannelType
}{
	{discordgo.PermissionViewChannel, "View Channel", whyView, nil},
	{discordgo.PermissionSendMessages, "Send Messages", whySend, forumTypes},
	{discordgo.PermissionSendMessagesInThreads, "Send Messages in Threads", whyThreads, []discordgo.ChannelType{discordgo.ChannelTypeGuildVoice, discordgo.ChannelTypeGuildStageVoice}},
	{discordgo.PermissionReadMessageHistory, "Read Message History", whyHistory, nil},
	{discordgo.PermissionAttachFiles, "Attach Files", whyFiles, nil},
}
