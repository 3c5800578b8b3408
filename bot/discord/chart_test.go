package discord

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"testing"
	"time"

	"backfaq/bot/discord/locale"
	"backfaq/faq"
)

// The chart can be drawn for every span, of equal numbers and of none, and has a
// bar for each time that has questions.
func TestChart(t *testing.T) {
	blue := color.RGBA{0, 0x72, 0xb2, 0xff}
	for _, days := range statDays {
		for name, count := range map[string]func(day int) int64{
			"none":  func(int) int64 { return 0 },
			"equal": func(int) int64 { return 7 },
			"many":  func(day int) int64 { return int64(day * 1000) },
		} {
			t.Run(fmt.Sprint(days, " days, ", name), func(t *testing.T) {
				var s faq.Stats
				for d := range days {
					n := count(d)
					day := faq.DaySums{Day: time.Date(2026, 1, 1+d, 0, 0, 0, 0, time.UTC)}
					day.Answered, day.Unknown = n, n/3
					s.Days = append(s.Days, day)
					s.Total.Answered += n
					s.Total.Unknown += n / 3
				}
				data, err := chartPNG(locale.English, s)
				if err != nil {
					t.Fatal(err)
				}
				picture, err := png.Decode(bytes.NewReader(data))
				if err != nil {
					t.Fatal(err)
				}
				bars, inside := 0, false
				for x := range chartWidth {
					at := color.RGBAModel.Convert(picture.At(x, chartHeight-95)) == blue
					if at && !inside {
						bars++
					}
					inside = at
				}
				want := map[int]int{7: 7, 30: 15, 90: 15}[days]
				if name == "none" {
					want = 0
				}
				if name == "many" {
					want = max(bars, want-2) // the first bars may be too low to see there
				}
				if bars != want {
					t.Errorf("%d bars, want %d", bars, want)
				}
			})
		}
	}
}

// Numbers of any size have room in the picture, and the axis has round ones.
func TestChartNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 9_999: "9999", 10_000: "10k", 254_150: "254k", 999_999: "999k", 1_000_000: "1M", 12_345_678: "12.3M", 123_456_789: "123M"} {
		if got := shortNumber(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
	for top, want := range map[float64]float64{1: 1, 4: 1, 5: 2, 36: 10, 72: 20, 81: 50, 25_592: 10_000} {
		if got := tickStep(top); got != want {
			t.Errorf("up to %v in steps of %v, want %v", top, got, want)
		}
	}
}
