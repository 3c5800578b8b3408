package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const ownFAQ = `disclaimer: Ask the librarian.
entries:
  - id: opening
    title: When is the library open?
    answer: From nine to five.
    phrasings: [opening hours]
`

// The page follows a FAQ file while somebody edits it.
func TestOwnFAQInABrowser(t *testing.T) {
	file := filepath.Join(t.TempDir(), "library.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(ownFAQ)
	b := openBrowserTab(t, 1280, 800)
	b.open(openPlayground(t, "--faq", file))
	b.writes("@backfaq when is the library open")
	b.sees("From nine to five.")

	write(ownFAQ + "  - id: cards\n    titel: How do I get a card?\n    answer: At the desk.\n")
	b.until(`document.querySelector("#faq-error:not([hidden])")?.innerText.includes("library.yaml:8")`, "the mistake is shown with its line")
	b.writes("@backfaq opening hours")
	b.until(`document.querySelectorAll(".message .md-h3").length === 2`, "the last good version answers on")

	write(ownFAQ + "  - id: cards\n    title: How do I get a card?\n    answer: At the desk.\n")
	b.until(`document.querySelector("#faq-error").hidden && document.querySelector("#why-note").innerText.includes("2 entries")`, "the mistake is gone")
	b.until(`document.querySelector("#online").hidden`, "the bot is back")
	b.writes("@backfaq how do I get a card")
	b.sees("At the desk.")
}

// A recording is the whole wire, one JSON object a line.
func TestRecordingInABrowser(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wire.jsonl")
	t.Run("play", func(t *testing.T) {
		b := openBrowserTab(t, 1280, 800)
		b.open(openPlayground(t, "--record", file))
		b.writes("@backfaq why does my upper back cramp?")
		b.sees("This is general information only")
	})
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var events, asked, answered int
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for ; lines.Scan(); events++ {
		if !json.Valid(lines.Bytes()) {
			t.Errorf("line %d is not JSON: %.100s", events+1, lines.Bytes())
		}
		if strings.Contains(lines.Text(), "MESSAGE_CREATE") && strings.Contains(lines.Text(), "upper back cramp") {
			asked++
		}
		if strings.Contains(lines.Text(), `"method":"POST"`) && strings.Contains(lines.Text(), "general information only") {
			answered++
		}
	}
	if asked == 0 || answered == 0 || lines.Err() != nil {
		t.Errorf("%d events, %d hold the question and %d the answer: %v", events, asked, answered, lines.Err())
	}
}

// A question that is not put to the bot gets no answer, but a hint how to ask.
func TestHintInABrowser(t *testing.T) {
	b := openBrowserTab(t, 1280, 800)
	b.open(openPlayground(t))
	b.writes("why does my upper back cramp?")
	b.until(`document.querySelector("#hint").innerText.includes("mention it, reply to it, or use /ask")`, "how to ask")
	b.press("Ask @backfaq")
	b.sees("This is general information only")
	b.until(`document.querySelector("#hint").innerText === ""`, "no hint where the bot answered")
}

// Text that is written nowhere, such as the word of a JavaScript value, does not
// get onto the page. The bot greets the moderators when it joins.
func TestWelcomesInABrowser(t *testing.T) {
	b := openBrowserTab(t, 1280, 800)
	b.open(openPlayground(t))
	b.become("Sam")
	for _, channel := range []string{"general", "back-help", "mod-review"} {
		b.visit(channel)
		if text := js[string](b, `document.querySelector("#welcome").innerText`); strings.Contains(text, "false") || strings.Contains(text, "null") || strings.Contains(text, "undefined") {
			t.Errorf("#%s says %q", channel, text)
		}
	}
	b.sees("Three steps for moderators") // in the last of them
}
