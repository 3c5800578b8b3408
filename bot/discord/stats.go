package discord

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

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
	said := render(a)
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

// Pixels. Discord shows a picture at most about 550 wide, and screens are up to
// twice as dense.
const (
	chartWidth  = 1100
	chartHeight = 440
)

// chartPNG draws questions per day by what came of them. The three colours can
// be told apart by people who do not tell red from green (Okabe and Ito, 2008);
// the same numbers stand in the text beside the picture.
func chartPNG(s faq.Stats) ([]byte, error) {
	var days []time.Time
	var answered, suggested, unknown []float64
	top := 1.0
	for _, d := range s.Days {
		days = append(days, d.Day)
		answered = append(answered, float64(d.Answered))
		suggested = append(suggested, float64(d.Suggested))
		unknown = append(unknown, float64(d.Unknown))
		top = max(top, float64(d.Answered), float64(d.Suggested), float64(d.Unknown))
	}
	line := func(name, colour string, values []float64) chart.Series {
		return chart.TimeSeries{Name: name, XValues: days, YValues: values, Style: chart.Style{
			StrokeColor: drawing.ColorFromHex(colour), StrokeWidth: 4, DotColor: drawing.ColorFromHex(colour), DotWidth: 5,
		}}
	}
	step := math.Max(1, math.Ceil(top/5))
	var ticks []chart.Tick
	for v := 0.0; v < top+step; v += step {
		ticks = append(ticks, chart.Tick{Value: v, Label: fmt.Sprintf("%.0f", v)})
	}
	// A label for every day, or for about eight of many. Values are what
	// TimeSeries makes of times.
	var dates []chart.Tick
	for n := 0; n < len(days); n += (len(days) + 7) / 8 {
		dates = append(dates, chart.Tick{Value: chart.TimeToFloat64(days[n]), Label: days[n].Format("2 Jan")})
	}
	// The axis ends at its last tick.
	dates = append(dates, chart.Tick{Value: chart.TimeToFloat64(days[len(days)-1])})
	grid := chart.Style{StrokeColor: drawing.ColorFromHex("dddddd"), StrokeWidth: 1}
	graph := chart.Chart{
		Width: chartWidth, Height: chartHeight, DPI: 130,
		Background: chart.Style{Padding: chart.Box{Top: 50, Left: 20, Right: 30, Bottom: 20}},
		XAxis:      chart.XAxis{Ticks: dates},
		YAxis: chart.YAxis{
			Name: "questions per day", Ticks: ticks, GridMajorStyle: grid, GridMinorStyle: grid,
			// Without a range of its own a chart of equal numbers divides by zero.
			Range: &chart.ContinuousRange{Min: 0, Max: ticks[len(ticks)-1].Value},
		},
		Series: []chart.Series{
			line("Answered", "0072b2", answered),
			line("Suggested", "e69f00", suggested),
			line("Unknown", "555555", unknown),
		},
	}
	graph.Elements = []chart.Renderable{chart.LegendThin(&graph, chart.Style{StrokeColor: drawing.ColorWhite, FillColor: drawing.ColorWhite, FontSize: 9, FontColor: chart.DefaultTextColor})}
	var out bytes.Buffer
	if err := graph.Render(chart.PNG, &out); err != nil {
		return nil, fmt.Errorf("drawing a chart: %w", err)
	}
	return out.Bytes(), nil
}
