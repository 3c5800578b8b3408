package main

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The moving picture of the README, and its limits.
const (
	movieFile  = "playground/playground.gif"
	movieBytes = 1_500_000
	movieTime  = 15 * time.Second
)

// movie collects pictures of the page.
type movie struct {
	*tab
	frames []image.Image
	delays []int // hundredths of a second, by frame
}

// shoot takes a picture that is shown for a while, with -update.
func (m *movie) shoot(shown time.Duration) {
	m.Helper()
	m.delays = append(m.delays, int(shown/(10*time.Millisecond)))
	if !*update {
		return
	}
	js[bool](m.tab, `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))`)
	data, err := chromedp.Run(m.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		m.Fatal(err)
	}
	frame, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		m.Fatal(err)
	}
	m.frames = append(m.frames, frame)
}

// ask types a question as a person does and sends it.
func (m *movie) ask(text string) {
	m.Helper()
	m.focus()
	m.types("@backfaq ")
	for letters := range slices.Chunk([]rune(text), 5) {
		m.types(string(letters))
		m.shoot(80 * time.Millisecond)
	}
	m.types(kb.Escape, kb.Enter)
}

// encode makes an animated GIF that goes on for ever. It has the 255 colours
// that the pictures have most of, since a page has few and the rest are edges of
// letters; a frame holds what changed, the rest is transparent.
func (m *movie) encode() ([]byte, error) {
	bounds := m.frames[0].Bounds()
	count := map[color.RGBA]int{}
	for _, frame := range m.frames {
		eachPixel(bounds, func(x, y int) { count[rgba(frame.At(x, y))]++ })
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	palette := color.Palette{color.Transparent}
	for _, c := range colours[:min(255, len(colours))] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	for c := range count {
		nearest[c] = uint8(1 + palette[1:].Index(c))
	}
	out := gif.GIF{Config: image.Config{ColorModel: palette, Width: bounds.Dx(), Height: bounds.Dy()}}
	var last *image.Paletted
	for i, frame := range m.frames {
		whole := image.NewPaletted(bounds, palette)
		eachPixel(bounds, func(x, y int) { whole.SetColorIndex(x, y, nearest[rgba(frame.At(x, y))]) })
		shown := whole
		if last != nil {
			shown = changes(last, whole)
		}
		out.Image, out.Delay, out.Disposal = append(out.Image, shown), append(out.Delay, m.delays[i]), append(out.Disposal, gif.DisposalNone)
		last = whole
	}
	var data bytes.Buffer
	err := gif.EncodeAll(&data, &out)
	return data.Bytes(), err
}

// changes is the smallest part of a frame that differs from the last one, with
// what is equal transparent.
func changes(last, frame *image.Paletted) *image.Paletted {
	changed := image.Rectangle{}
	eachPixel(frame.Bounds(), func(x, y int) {
		if last.ColorIndexAt(x, y) != frame.ColorIndexAt(x, y) {
			changed = changed.Union(image.Rect(x, y, x+1, y+1))
		}
	})
	if changed.Empty() {
		changed = image.Rect(0, 0, 1, 1)
	}
	part := image.NewPaletted(changed, frame.Palette)
	eachPixel(changed, func(x, y int) {
		if i := frame.ColorIndexAt(x, y); i != last.ColorIndexAt(x, y) {
			part.SetColorIndex(x, y, i)
		}
	})
	return part
}

func eachPixel(r image.Rectangle, visit func(x, y int)) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			visit(x, y)
		}
	}
}

func rgba(c color.Color) color.RGBA { return color.RGBAModel.Convert(c).(color.RGBA) }

// TestMovieInABrowser plays what the moving picture of the README shows: typos,
// a warning sign, a question that the bot cannot answer, and how a moderator
// teaches it. With -update it takes the picture; without, it holds the one that
// is there to its limits.
func TestMovieInABrowser(t *testing.T) {
	const slang = "my wings are on strike again"
	m := &movie{tab: openBrowserTab(t, 1000, 780)}
	m.open(openPlayground(t))
	m.shoot(400 * time.Millisecond)
	m.ask("wat helps with uper bak spazms")
	m.sees("This is general information only")
	m.shoot(1800 * time.Millisecond)
	m.ask("my back cramps and i cant breathe")
	m.until(`document.querySelectorAll(".message .tag").length === 2`, "the warning")
	m.shoot(1800 * time.Millisecond)
	m.ask(slang)
	m.until(`document.querySelectorAll(".message .tag").length === 3`, "no answer")
	m.shoot(1000 * time.Millisecond)
	m.become("Sam")
	m.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll(".message")].filter((m) => m.innerText.includes(` + quote(slang) + `) && !m.querySelector(".tag")).at(-1).focus()`))
	m.shoot(300 * time.Millisecond)
	m.press("Apps")
	m.shoot(600 * time.Millisecond)
	m.press("Teach this to the FAQ")
	m.until(`document.querySelector("dialog[open]")`, "the form")
	m.shoot(900 * time.Millisecond)
	m.press("Choose")
	m.shoot(500 * time.Millisecond)
	m.press("How can I treat upper back spasms at home?")
	m.shoot(500 * time.Millisecond)
	m.press("Submit")
	m.until(`!document.querySelector("dialog[open]")`, "the form closes")
	m.shoot(900 * time.Millisecond)
	m.become("Robin")
	m.ask("my wings are on strikke again")
	m.until(`document.querySelectorAll(".message .tag").length === 4`, "the taught answer")
	m.shoot(2000 * time.Millisecond)

	if *update {
		data, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(movieFile, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(movieFile)
	if err != nil {
		t.Fatalf("%v: go test ./bot -run Movie -update takes it", err)
	}
	movie, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", movieFile, err)
	}
	if !slices.Equal(movie.Delay, m.delays) {
		t.Errorf("%s is not the play as it stands: take it anew with -update", movieFile)
	}
	hundredths := 0
	for _, d := range movie.Delay {
		hundredths += d
	}
	if lasts := time.Duration(hundredths) * 10 * time.Millisecond; len(data) > movieBytes || lasts > movieTime {
		t.Errorf("%s has %d bytes and lasts %v, the limits are %d and %v", movieFile, len(data), lasts, movieBytes, movieTime)
	}
}
