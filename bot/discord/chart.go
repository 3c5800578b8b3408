package discord

import (
	"bytes"
	"fmt"
	"math"
	"time"

	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"

	"backfaq/faq"
)

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
