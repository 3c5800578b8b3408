package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a test waits for something that takes milliseconds; a
// busy machine may need more.
const patience = 20 * time.Second

// openPlayground starts the program as `bot playground` does, and returns the
// link that it prints.
func openPlayground(t *testing.T, args ...string) (link string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- start(ctx, append([]string{"playground", "--no-open"}, args...), streams{strings.NewReader(""), in, t.Output()})
		_ = in.Close()
	}()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != 0 {
			t.Errorf("the playground ended with exit code %d", code)
		}
	})
	said := make([]byte, 4096)
	n, err := out.Read(said)
	if err != nil {
		t.Fatalf("the playground said nothing: %v", err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if link = regexp.MustCompile(`http://127\.0\.0\.1:\d+/\?key=\w+`).FindString(string(said[:n])); link == "" {
		t.Fatalf("the playground printed no link: %s", said[:n])
	}
	return link
}

// tab is a tab of a real browser.
type tab struct {
	*testing.T
	ctx context.Context
}

// chromium is the browser of all tests, started by the first that needs it.
// Each test has a context of its own in it, as in private windows.
var chromium struct {
	start sync.Once
	ctx   context.Context // nil where there is no Chromium
	err   error
	close func()
}

func startChromium() {
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		return
	}
	profile, err := os.MkdirTemp("", "backfaq-chromium-")
	if err != nil {
		chromium.err = err
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-dev-shm-usage", true),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	chromium.ctx, chromium.err = ctx, chromedp.Do(ctx)
	chromium.close = func() {
		_ = chromedp.Cancel(ctx) // waits, so that its files can be removed
		cancel()
		stop()
		_ = os.RemoveAll(profile)
	}
}

// openBrowserTab opens a tab in a Chromium without a screen; the test is skipped
// where there is none.
func openBrowserTab(t *testing.T, width, height int64) *tab {
	t.Helper()
	chromium.start.Do(startChromium)
	if chromium.err != nil {
		t.Fatalf("starting Chromium: %v", chromium.err)
	}
	if chromium.ctx == nil {
		t.Skip("there is no Chromium on this machine: apt-get install chromium")
	}
	ctx, cancel := chromedp.NewContext(chromium.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		cancel()
	})
	b := &tab{t, ctx}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return // the test is over
			}
			if (m.Type == "error" && m.Source != "network") || m.IsException() {
				t.Errorf("the page complained: %s", m)
			}
		}
	}()
	b.size(width, height)
	b.prefers("dark")
	return b
}

// size is how large the window is.
func (b *tab) size(width, height int64) {
	b.Helper()
	b.do(chromedp.EmulateViewport(width, height))
}

// prefers sets the theme that the system of the person who looks prefers.
func (b *tab) prefers(theme string) {
	b.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}); err != nil {
		b.Fatalf("choosing the theme: %v", err)
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatalf("in the browser: %v", err)
	}
}

// js evaluates an expression on the page.
func js[T any](b *tab, expression string) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("in the browser: %v\nof %s", err, expression)
	}
	return v
}

// open goes to the playground and waits until the bot is there.
func (b *tab) open(link string) {
	b.Helper()
	b.do(chromedp.Navigate(link))
	b.until(`document.querySelector("#online")?.hidden && document.querySelector("#channels li")`, "the bot is online")
}

// until waits for an expression to hold.
func (b *tab) until(expression, what string) {
	b.Helper()
	deadline := time.Now().Add(patience)
	for !js[bool](b, "Boolean("+expression+")") {
		if time.Now().After(deadline) {
			b.Fatalf("waited in vain: %s. The focus is on %.60q, the chat says:\n%s", what, b.focused(), js[string](b, `document.querySelector(".chat")?.innerText.slice(-1500) ?? document.body.innerText`))
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// latest is the JavaScript for the latest message that holds a text.
func latest(text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(".message")].filter((m) => m.innerText.includes(%q)).at(-1)`, text)
}

// sees waits for a message that holds a text.
func (b *tab) sees(text string) {
	b.Helper()
	b.until(latest(text), "a message with "+text)
}

// press presses the last thing that has a name, the way a pointer does.
func (b *tab) press(name string) {
	b.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll("dialog[open] button, button, a, label, [role=option]")].filter((e) => e.checkVisibility() && ((e.getAttribute("aria-label") ?? "") + "\n" + e.innerText).split("\n").some((line) => line.trim().startsWith(%q))).at(-1)`, name)
	b.until(find, "something to press named "+name)
	// Wait until it stands still: the page may be scrolling to its end.
	at := js[struct{ X, Y float64 }](b, `(async () => {
		for (let last = "";;) {
			const e = `+find+`;
			e?.scrollIntoView({block: "nearest"});
			await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
			const r = e?.getBoundingClientRect();
			if (e?.isConnected && JSON.stringify(r) === last) return {X: r.x + r.width / 2, Y: r.y + r.height / 2};
			last = JSON.stringify(r);
		}
	})()`)
	b.do(chromedp.MouseClickXY(at.X, at.Y))
}

// types presses keys wherever the focus is; what is longer than one key is
// put in at once, as a paste does.
func (b *tab) types(keys ...string) {
	b.Helper()
	for _, k := range keys {
		var err error
		if utf8.RuneCountInString(k) > 1 {
			_, err = chromedp.Call(b.ctx, input.InsertText, input.InsertTextParams{Text: k})
		} else {
			err = b.strike([]rune(k)[0])
		}
		if err != nil {
			b.Fatalf("typing %q: %v", k, err)
		}
	}
}

// strike presses one key. The character goes with the press, as it does on a
// keyboard, so that a page which takes the key does not get the character too.
func (b *tab) strike(key rune) error {
	parts := kb.Encode(key)
	for _, p := range parts {
		switch p.Type {
		case kb.KeyChar:
			continue
		case kb.KeyDown:
			if parts[1].Type == kb.KeyChar {
				p.Text = parts[1].Text
			}
		}
		if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, *p); err != nil {
			return err
		}
	}
	return nil
}

// writes puts a text into the message box and sends it.
func (b *tab) writes(text string) {
	b.Helper()
	b.do(chromedp.Focus(chromedp.CSS("#composer-input")))
	b.types(text, kb.Enter)
}

func focusOn(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Focus(chromedp.CSS(selector))
}
