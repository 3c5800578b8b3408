package discord

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"
	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"
	"golang.org/x/text/language"
	xmessage "golang.org/x/text/message"

	"backfaq/faq"
)

// statDays are the days that statistics can be shown for.
var statDays = []int{7, 30, 90}

const (
	maxStatEntries = 10
	maxStatWords   = 15
)

// faqStats shows what was asked, as text and as a picture of the same numbers.
func (b *Bot) faqStats(ctx context.Context, i *interaction, _ customID) response {
	days := i.number("days", statDays[1])
	if !slices.Contains(statDays, days) {
		days = statDays[1]
	}
	stats, err := b.store.Stats(ctx, string(i.Guild), days)
	if err != nil {
		return say(b.notice(b.cannotRead(i, err)))
	}
	view := b.desk.View(ctx, string(i.Guild))
	m := messageFor(view)
	m.private = true
	text := statsText(stats, view.Book, days, printer(i.Locale))
	m.panel = []discordgo.MessageComponent{discordgo.TextDisplay{Content: text}}
	if stats.Total.Questions() == 0 {
		return say(m)
	}
	picture, err := chartPNG(stats)
	if err != nil {
		b.log.Error("could not draw the statistics", "err", err)
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
	p.Fprintf(&text, statsTitle, days)
	if s.Total.Questions() == 0 && len(s.Levels) == 0 {
		return text.String() + noQuestions
	}
	p.Fprintf(&text, statsTotals, s.Total.Questions(), s.Total.Answered, s.Total.Suggested, s.Total.Unknown)
	p.Fprintf(&text, statsFeedback, s.Total.Helpful, s.Total.Unhelpful)
	if len(s.Levels) > 0 {
		var levels []string
		for _, l := range s.Levels {
			levels = append(levels, p.Sprintf("%d %s", l.Questions, l.Level))
		}
		fmt.Fprintf(&text, statsWarnings, strings.Join(levels, ", "))
	}
	text.WriteString(statsByAnswer)
	for n, e := range s.Entries {
		if n == maxStatEntries {
			p.Fprintf(&text, statsMore, len(s.Entries)-n)
			break
		}
		title := e.Entry + statsRemoved
		if known := book.Entry(e.Entry); known != nil {
			title = known.Title
		}
		p.Fprintf(&text, "- %s: **%d**", truncate(escapeMarkdown(title), maxLabel), e.Answered)
		if e.Helpful+e.Unhelpful > 0 {
			p.Fprintf(&text, statsEntryFeedback, e.Helpful, e.Unhelpful)
		}
		text.WriteString("\n")
	}
	text.WriteString(statsBySource)
	for _, w := range s.Sources {
		p.Fprintf(&text, statsSource, sourceNames[w.Source], w.Questions(), w.Answered)
	}
	if len(s.Words) > 0 {
		text.WriteString(statsWords)
		var words []string
		for _, w := range s.Words[:min(len(s.Words), maxStatWords)] {
			words = append(words, p.Sprintf("%s (%d)", escapeMarkdown(w.Word), w.Questions))
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
	return p.Sprintf(statsPicture,
		days, s.Total.Answered, s.Total.Suggested, s.Total.Unknown, busiest.Day.Format("2 January 2006"), busiest.Questions())
}

// faqTest shows a moderator what the bot would say here, and why in one sentence.
func (b *Bot) faqTest(ctx context.Context, i *interaction, _ customID) response {
	return say(b.rehearse(ctx, i, withoutMarkup(i.text("text")), false))
}

// explain shows how the rehearsed question was read, with every point. The
// question stands in the message that the button sits on, so it need not be
// remembered here.
func (b *Bot) explain(ctx context.Context, i *interaction, _ customID) response {
	if i.Message != nil {
		for _, c := range i.Message.Components {
			if asked, ok := strings.CutPrefix(c.Content, testAsked); ok {
				return change(b.rehearse(ctx, i, unescapeMarkdown(asked), true))
			}
		}
	}
	return say(b.notice(expired))
}

// rehearse is a message with the answer to a question, exactly as people would get
// it, below the reason for it.
func (b *Bot) rehearse(ctx context.Context, i *interaction, question string, explain bool) message {
	q := i.ask(faq.FromMention, question)
	q.Rehearsal, q.Explain, q.Moderator = true, explain, false
	a := b.ask(ctx, q)
	said := compose(a, false)
	m := messageFor(a.View)
	m.private = true
	m.panel = []discordgo.MessageComponent{
		discordgo.TextDisplay{Content: testTitle + reason(a)},
		discordgo.TextDisplay{Content: testAsked + escapeMarkdown(question)},
		discordgo.Separator{},
		discordgo.TextDisplay{Content: said.above()},
		discordgo.Separator{},
	}
	if a.Why != nil { // at the end, where a text that is too long is cut
		m.panel = append(m.panel, discordgo.TextDisplay{Content: testWhy + strings.TrimSpace(a.Why.String())})
		return m
	}
	m.panel = append(m.panel, actionRows([]discordgo.MessageComponent{
		discordgo.Button{Label: labelSum, Style: discordgo.SecondaryButton, CustomID: encodeCustomID("explain")},
	})...)
	return m
}

// reason is why an answer came out as it did, in a sentence for people who have not
// read how the search counts.
func reason(a faq.Answer) string {
	text := ""
	if a.Silence != faq.NotSilent {
		text = fmt.Sprintf(testSilent, silenceReasons[a.Silence]) + " "
	}
	if a.Warning.Level >= faq.Caution {
		text += testWarned + " "
	}
	switch a.Outcome {
	case faq.Answered:
		return text + fmt.Sprintf(testAnswered, escapeMarkdown(a.Entry.Title))
	case faq.Suggested:
		return text + fmt.Sprintf(testSuggested, plural(len(a.Suggestions), "entry", "entries"))
	case faq.Unknown:
		return text + testUnknown
	}
	return text + testNothingBeside
}

// Pixels. A phone shows a picture about 320 wide: half of this, so that the
// smallest type is 11 pixels there.
const (
	chartWidth  = 640
	chartHeight = 520
	chartHead   = 210 // for the title and the numbers
	chartBars   = 15  // at most: more cannot be told apart
)

// chartPNG draws how many questions there were, and what came of them in three
// numbers. The same numbers stand in the text beside the picture, and the colours
// can be told apart by people who do not tell red from green (Okabe and Ito, 2008).
func chartPNG(s faq.Stats) ([]byte, error) {
	ink, bars := drawing.ColorFromHex("222222"), drawing.ColorFromHex("0072b2")
	each := (len(s.Days) + chartBars - 1) / chartBars
	var values []chart.Value
	top := 1.0
	for days := range slices.Chunk(s.Days, each) {
		v := chart.Value{Style: chart.Style{FillColor: bars, StrokeColor: bars}}
		for _, d := range days {
			v.Value += float64(d.Questions())
		}
		top = max(top, v.Value)
		values = append(values, v)
	}
	for n := 0; n < len(values); n += (len(values) + 3) / 4 { // four dates have room
		values[n].Label = s.Days[n*each].Day.Format("2 Jan")
	}
	step := math.Max(1, math.Ceil(top/4))
	var ticks []chart.Tick
	for v := 0.0; v < top+step; v += step {
		ticks = append(ticks, chart.Tick{Value: v, Label: fmt.Sprintf("%.0f", v)})
	}
	type figure struct {
		number int64
		word   string
		colour string
	}
	figures := []figure{{s.Total.Answered, chartAnswered, "0072b2"}, {s.Total.Suggested, chartSuggested, "b35900"}, {s.Total.Unknown, chartUnknown, "555555"}}
	axis := chart.Style{FontSize: 17, FontColor: ink, StrokeColor: ink}
	xAxis := axis
	xAxis.TextWrap = chart.TextWrapNone // a date is wider than its bar
	width := (chartWidth - 120) / len(values)
	graph := chart.BarChart{
		Width: chartWidth, Height: chartHeight, DPI: 92,
		Background: chart.Style{Padding: chart.Box{Top: chartHead, Left: 45, Right: 20, Bottom: 40}},
		BarWidth:   width * 3 / 4, BarSpacing: width / 4,
		XAxis: xAxis,
		YAxis: chart.YAxis{
			Style: axis, Ticks: ticks,
			// Without a range of its own a chart of equal numbers divides by zero.
			Range: &chart.ContinuousRange{Min: 0, Max: ticks[len(ticks)-1].Value},
		},
		Bars: values,
	}
	graph.Elements = []chart.Renderable{func(r chart.Renderer, _ chart.Box, defaults chart.Style) {
		r.SetFont(defaults.GetFont())
		write := func(text string, size float64, colour drawing.Color, x, y int) {
			r.SetFontSize(size)
			r.SetFontColor(colour)
			r.Text(text, x, y)
		}
		title := chartTitleDays
		if each > 1 {
			title = fmt.Sprintf(chartTitle, each)
		}
		write(title, 22, ink, 30, 50)
		for n, f := range figures {
			x := 30 + n*(chartWidth-40)/len(figures)
			write(strconv.FormatInt(f.number, 10), 44, drawing.ColorFromHex(f.colour), x, 130)
			write(f.word, 19, ink, x, 168)
		}
	}}
	var out bytes.Buffer
	if err := graph.Render(chart.PNG, &out); err != nil {
		return nil, fmt.Errorf("drawing a chart: %w", err)
	}
	return out.Bytes(), nil
}
