package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// maxPicture is how many bytes a picture of the README may have.
const maxPicture = 150 << 10

// picture takes a picture of the page for the README, with -update. Without,
// it holds the one that is there to its size.
func (b *tab) picture(name string) {
	b.Helper()
	path := filepath.Join("playground", "picture-"+name+".png")
	if *update {
		js[bool](b, `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))`)
		shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, smaller(b, shot), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatalf("%v: go test ./bot -run Pictures -update makes it", err)
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		b.Fatalf("%s: %v", path, err)
	}
	if wide := js[int](b, "innerWidth"); len(data) > maxPicture || size.Width != wide {
		b.Errorf("%s has %d bytes and is %d wide, want at most %d bytes and %d", path, len(data), size.Width, maxPicture, wide)
	}
}

// smaller packs a picture well, with the 256 colours that it has most of: a
// page has few, and the rest are edges of letters.
func smaller(b *tab, data []byte) []byte {
	b.Helper()
	full, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		b.Fatal(err)
	}
	count := map[color.RGBA]int{}
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			count[rgba(full.At(x, y))]++
		}
	}
	var most color.Palette
	for len(most) < 256 && len(count) > 0 {
		var best color.RGBA
		for c, n := range count {
			if n > count[best] || n == count[best] && less(c, best) {
				best = c
			}
		}
		most = append(most, best)
		delete(count, best)
	}
	small := image.NewPaletted(full.Bounds(), most)
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			small.Set(x, y, full.At(x, y))
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func rgba(c color.Color) color.RGBA { return color.RGBAModel.Convert(c).(color.RGBA) }

func less(a, b color.RGBA) bool {
	return a.R < b.R || a.R == b.R && (a.G < b.G || a.G == b.G && a.B < b.B)
}

// TestPicturesInABrowser are the pictures of the README.
func TestPicturesInABrowser(t *testing.T) {
	b := openBrowserTab(t, 1200, 760)
	b.open(openPlayground(t))
	b.writes("@backfaq wat helps with uper bak spazms at home")
	b.sees("This is general information only")
	b.until(`document.querySelector(".why-lines")`, "why")
	b.picture("ask")

	b.become("Sam")
	b.command("faq-config", "")
	b.sees("FAQ settings")
	b.pick("Change something", "Where it answers")
	b.sees("FAQ settings · Where it answers")
	b.prefers("light")
	b.press("Why")
	b.press("These channels")
	b.picture("settings")
	b.types(kb.Escape)
	b.prefers("dark")

	b.become("Robin")
	b.size(360, 880)
	b.press("Channels and people")
	b.visit("back-help")
	b.writes("@backfaq my back spasms and my fingers are numb")
	b.sees("This is general information only")
	b.picture("mobile")
}
