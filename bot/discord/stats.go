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

	"backfaq/bot/discord/locale"
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
	p := i.reader()
	text := statsText(p, stats, view.Book, days)
	m.panel = []discordgo.MessageComponent{discordgo.TextDisplay{Content: text}}
	if stats.Total.Questions() == 0 {
		return say(m)
	}
	picture, err := chartPNG(p, stats)
	if err != nil {
		b.log.Error("could not draw the statistics", "err", err)
		return say(m)
	}
	alt := chartAlt(p, stats, days)
	m.files = []file{{name: "questions.png", contentType: "image/png", description: alt, data: picture}}
	m.panel = append(m.panel, discordgo.MediaGallery{Items: []discordgo.MediaGalleryItem{{
		Media: discordgo.UnfurledMediaItem{URL: "attachment://questions.png"}, Description: &alt,
	}}})
	return say(m)
}

// statsText is the numbers, in lists that a phone and a screen reader show.
func statsText(p locale.Printer, s faq.Stats, book *faq.Book, days int) string {
	var text strings.Builder
	p.Fprintf(&text, statsTitle, days)
	if s.Total.Questions() == 0 && len(s.Levels) == 0 {
		return text.String() + p.Sprintf(noQuestions)
	}
	p.Fprintf(&text, statsTotals, s.Total.Questions(), s.Total.Answered, s.Total.Suggested, s.Total.Unknown)
	p.Fprintf(&text, statsFeedback, s.Total.Helpful, s.Total.Unhelpful)
	if len(s.Levels) > 0 {
		var levels []string
		for _, l := range s.Levels {
			levels = append(levels, p.Sprintf("%d %s", l.Questions, p.Sprintf(levelNames[l.Level])))
		}
		p.Fprintf(&text, statsWarnings, strings.Join(levels, ", "))
	}
	text.WriteString(p.Sprintf(statsByAnswer))
	for n, e := range s.Entries {
		if n == maxStatEntries {
			p.Fprintf(&text, statsMore, len(s.Entries)-n)
			break
		}
		title := e.Entry + p.Sprintf(statsRemoved)
		if known := book.Entry(e.Entry); known != nil {
			title = known.Title
		}
		p.Fprintf(&text, "- %s: **%d**", truncate(escapeMarkdown(title), maxLabel), e.Answered)
		if e.Helpful+e.Unhelpful > 0 {
			p.Fprintf(&text, statsEntryFeedback, e.Helpful, e.Unhelpful)
		}
		text.WriteString("\n")
	}
	text.WriteString(p.Sprintf(statsBySource))
	for _, w := range s.Sources {
		p.Fprintf(&text, statsSource, p.Sprintf(sourceNames[w.Source]), w.Questions(), w.Answered)
	}
	if len(s.Words) > 0 {
		text.WriteString(p.Sprintf(statsWords))
		var words []string
		for _, w := range s.Words[:min(len(s.Words), maxStatWords)] {
			words = append(words, p.Sprintf("%s (%d)", escapeMarkdown(w.Word), w.Questions))
		}
		text.WriteString(strings.Join(words, ", ") + "\n")
	}
	return text.String() + "-# " + p.Sprintf(statsPrivacy)
}

// chartAlt says what the picture shows.
func chartAlt(p locale.Printer, s faq.Stats, days int) string {
	busiest := s.Days[0]
	for _, d := range s.Days {
		if d.Questions() > busiest.Questions() {
			busiest = d
		}
	}
	return p.Sprintf(statsPicture,
		days, s.Total.Answered, s.Total.Suggested, s.Total.Unknown, busiest.Day.Format(p.Sprintf(dateLong)), busiest.Questions())
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
			if asked, ok := strings.CutPrefix(c.Content, i.reader().Sprintf(testAsked)); ok {
				return change(b.rehearse(ctx, i, unescapeMarkdown(asked), true))
			}
		}
	}
	return b.inform(i, expired)
}

// rehearse is a message with the answer to a question, exactly as people would get
// it, below the reason for it.
func (b *Bot) rehearse(ctx context.Context, i *interaction, question string, explain bool) message {
	q := i.ask(faq.FromMention, question)
	q.Rehearsal, q.Explain, q.Moderator = true, explain, false
	a := b.ask(ctx, q)
	p := i.reader()
	said := compose(p, a, false)
	m := messageFor(a.View)
	m.private = true
	m.panel = []discordgo.MessageComponent{
		discordgo.TextDisplay{Content: p.Sprintf(testTitle) + reason(p, a)},
		discordgo.TextDisplay{Content: p.Sprintf(testAsked) + escapeMarkdown(question)},
		discordgo.Separator{},
		discordgo.TextDisplay{Content: said.above()},
		discordgo.Separator{},
	}
	if a.Why != nil { // at the end, where a text that is too long is cut
		m.panel = append(m.panel, discordgo.TextDisplay{Content: p.Sprintf(testWhy) + strings.TrimSpace(a.Why.String())})
		return m
	}
	m.panel = append(m.panel, actionRows([]discordgo.MessageComponent{
		discordgo.Button{Label: p.Sprintf(labelSum), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("explain")},
	})...)
	return m
}

// reason is why an answer came out as it did, in a sentence for people who have not
// read how the search counts.
func reason(p locale.Printer, a faq.Answer) string {
	text := ""
	if a.Silence != faq.NotSilent {
		text = p.Sprintf(testSilent, p.Sprintf(silenceReasons[a.Silence])) + " "
	}
	if a.Warning.Level >= faq.Caution {
		text += p.Sprintf(testWarned) + " "
	}
	switch a.Outcome {
	case faq.Answered:
		return text + p.Sprintf(testAnswered, escapeMarkdown(a.Entry.Title))
	case faq.Suggested:
		return text + p.Sprintf(testSuggested, p.Count(len(a.Suggestions), oneEntry, manyEntries))
	case faq.Unknown:
		return text + p.Sprintf(testUnknown)
	}
	return text + p.Sprintf(testNothingBeside)
}

// Pixels. A phone shows a picture about 320 wide: half of this, so that the
// smallest type is 11 pixels there.
const (
	chartWidth  = 640
	chartHeight = 520
	chartHead   = 210 // for the title and the numbers
	chartBars   = 15  // at most: more cannot be told apart
)

// tickStep is 1, 2 or 5 of some power of ten, so that four steps or fewer reach top.
func tickStep(top float64) float64 {
	for unit := 1.0; ; unit *= 10 {
		for _, step := range []float64{1, 2, 5} {
			if 4*step*unit >= top {
				return step * unit
			}
		}
	}
}

// shortNumber has at most five characters, which is what the picture has room for.
func shortNumber(n int64) string {
	switch {
	case n >= 1e6:
		return fmt.Sprintf("%.3gM", math.Floor(float64(n)/1e4)/100)
	case n >= 1e4:
		return fmt.Sprintf("%dk", n/1e3)
	}
	return strconv.FormatInt(n, 10)
}

// chartPNG draws how many questions there were, and what came of them in three
// numbers. The same numbers stand in the text beside the picture, and the colours
// can be told apart by people who do not tell red from green (Okabe and Ito, 2008).
func chartPNG(p locale.Printer, s faq.Stats) ([]byte, error) {
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
		values[n].Label = s.Days[n*each].Day.Format(p.Sprintf(dateShort))
	}
	step := tickStep(top)
	var ticks []chart.Tick
	for v := 0.0; v < top+step; v += step {
		ticks = append(ticks, chart.Tick{Value: v, Label: shortNumber(int64(v))})
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
	xAxis.TextVerticalAlign = chart.TextVerticalAlignTop
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
		title := p.Sprintf(chartTitleDays)
		if each > 1 {
			title = p.Sprintf(chartTitle, each)
		}
		write(title, 22, ink, 30, 50)
		for n, f := range figures {
			x := 30 + n*(chartWidth-40)/len(figures)
			write(shortNumber(f.number), 44, drawing.ColorFromHex(f.colour), x, 130)
			write(p.Sprintf(f.word), 19, ink, x, 168)
		}
	}}
	var out bytes.Buffer
	if err := graph.Render(chart.PNG, &out); err != nil {
		return nil, fmt.Errorf("drawing a chart: %w", err)
	}
	return out.Bytes(), nil
}
