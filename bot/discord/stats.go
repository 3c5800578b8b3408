package discord

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"
	"golang.org/x/text/language"
	xmessage "golang.org/x/text/message"

	"backfaq/faq"
)

// spans are the days that statistics can be shown for.
var spans = []int{7, 30, 90}

// ways is how people ask, in words.
var ways = map[faq.Source]string{
	faq.FromMention: "mention",
	faq.FromDM:      "direct message",
	faq.FromSlash:   "/ask",
	faq.FromMessage: "Answer from FAQ",
	faq.FromButton:  "button or menu",
	faq.Overheard:   "overheard",
}

const (
	maxStatEntries = 10
	maxStatWords   = 15
)

// faqStats shows what was asked, as text and as a picture of the same numbers.
func (b *Bot) faqStats(ctx context.Context, i *interaction, _ customID) reply {
	days := i.number("days", spans[1])
	if !slices.Contains(spans, days) {
		days = spans[1]
	}
	stats, err := b.Store.Stats(ctx, string(i.Guild), days)
	if err != nil {
		return say(b.sorry(b.cannotRead(i, err)))
	}
	view := b.Desk.View(ctx, string(i.Guild))
	m := b.message(view)
	m.private = true
	text := statsText(stats, view.Book, days, printer(i.Locale))
	m.panel = []discordgo.MessageComponent{discordgo.TextDisplay{Content: text}}
	if stats.Total.Questions() == 0 {
		return say(m)
	}
	picture, err := chartPNG(stats)
	if err != nil {
		b.Log.Error("could not draw the statistics", "err", err)
		return say(m)
	}
	alt := chartAlt(stats, days, printer(i.Locale))
	m.files = []file{{name: "questions.png", contentType: "image/png", description: alt, data: picture}}
	m.panel = append(m.panel, discordgo.MediaGallery{Items: []discordgo.MediaGalleryItem{{
		Media: discordgo.UnfurledMediaItem{URL: "attachment://questions.png"}, Description: &alt,
	}}})
	return say(m)
}

// printer writes numbers as people of a locale do.
func printer(locale string) *xmessage.Printer {
	tag, err := language.Parse(locale)
	if err != nil {
		tag = language.AmericanEnglish
	}
	return xmessage.NewPrinter(tag)
}

// statsText is the numbers, in lists that a phone and a screen reader show.
func statsText(s faq.Stats, book *faq.Book, days int, p *xmessage.Printer) string {
	var text strings.Builder
	p.Fprintf(&text, "## The last %d days\n", days)
	if s.Total.Questions() == 0 && len(s.Levels) == 0 {
		return text.String() + noQuestions
	}
	p.Fprintf(&text, "**%d questions:** %d answered, %d suggested, %d unknown\n", s.Total.Questions(), s.Total.Answered, s.Total.Suggested, s.Total.Unknown)
	p.Fprintf(&text, "**Feedback:** %d helpful, %d not what was asked\n", s.Total.Helpful, s.Total.Unhelpful)
	if len(s.Levels) > 0 {
		var levels []string
		for _, l := range s.Levels {
			levels = append(levels, p.Sprintf("%d %s", l.Questions, l.Level))
		}
		text.WriteString("**Warnings shown:** " + strings.Join(levels, ", ") + "\n")
	}
	text.WriteString("### By answer\n")
	for n, e := range s.Entries {
		if n == maxStatEntries {
			p.Fprintf(&text, "- and %d more\n", len(s.Entries)-n)
			break
		}
		title := e.Entry + " (removed)"
		if known := book.Entry(e.Entry); known != nil {
			title = known.Title
		}
		p.Fprintf(&text, "- %s: **%d**", label(plain(title), maxLabel), e.Answered)
		if e.Helpful+e.Unhelpful > 0 {
			p.Fprintf(&text, " (%d helpful, %d not)", e.Helpful, e.Unhelpful)
		}
		text.WriteString("\n")
	}
	text.WriteString("### By way of asking\n")
	for _, w := range s.Sources {
		p.Fprintf(&text, "- %s: **%d**, of which %d answered\n", ways[w.Source], w.Questions(), w.Answered)
	}
	if len(s.Words) > 0 {
		text.WriteString("### Words I know in questions I did not answer\n")
		var words []string
		for _, w := range s.Words[:min(len(s.Words), maxStatWords)] {
			words = append(words, p.Sprintf("%s (%d)", plain(w.Word), w.Questions))
		}
		text.WriteString(strings.Join(words, ", ") + "\n")
	}
	return text.String() + "-# " + statsPrivacy
}

// chartAlt says what the picture shows.
func chartAlt(s faq.Stats, days int, p *xmessage.Printer) string {
	busiest := s.Days[0]
	for _, d := range s.Days {
		if d.Questions() > busiest.Questions() {
			busiest = d
		}
	}
	return p.Sprintf("Questions per day over the last %d days: %d answered, %d suggested, %d unknown. The busiest day was %s with %d questions.",
		days, s.Total.Answered, s.Total.Suggested, s.Total.Unknown, busiest.Day.Format("2 January 2006"), busiest.Questions())
}

// faqTest shows a moderator what the bot would say here, and why.
func (b *Bot) faqTest(ctx context.Context, i *interaction, _ customID) reply {
	q := i.ask(faq.FromMention, strings.TrimSpace(markup.ReplaceAllString(i.text("text"), " ")))
	q.Rehearsal, q.Explain, q.Moderator = true, true, false
	a := b.ask(ctx, q)
	said := b.answer(a)
	why := ""
	if a.Why != nil {
		why = a.Why.String()
	}
	m := b.message(a.View)
	m.private = true
	head := "## What I would say\n"
	if a.Silence != faq.NotSilent {
		head += fmt.Sprintf(testSilent, rests[a.Silence]) + "\n"
	}
	m.panel = []discordgo.MessageComponent{
		discordgo.TextDisplay{Content: head + said.text},
		discordgo.Separator{},
		discordgo.TextDisplay{Content: "## Why\n" + cut(strings.TrimSpace(why), maxContent-200)},
	}
	return say(m)
}

// rests is the reasons for silence, for moderators.
var rests = map[faq.Silence]string{
	faq.SilentChannel:  "the settings switch me off in this channel",
	faq.SilentMentions: "the settings switch answers to mentions off",
}
