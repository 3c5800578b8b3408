package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// focused describes what has the focus, as a screen reader would say it.
func (b *tab) focused() string {
	b.Helper()
	return js[string](b, `(() => { const e = document.activeElement; return (e.getAttribute("aria-label") ?? e.labels?.[0]?.innerText ?? e.innerText).trim() })()`)
}

// holds checks what has the focus.
func (b *tab) holds(name string) {
	b.Helper()
	b.until(`(() => { const e = document.activeElement; return (e.getAttribute("aria-label") ?? e.labels?.[0]?.innerText ?? e.innerText).trim().startsWith(`+quote(name)+`) })()`, "the focus is on "+name)
}

// tabTo presses Tab until something has the focus.
func (b *tab) tabTo(name string) {
	b.Helper()
	for range 60 {
		if strings.HasPrefix(b.focused(), name) {
			return
		}
		b.types(kb.Tab)
	}
	b.Fatalf("Tab does not lead to %s", name)
}

// TestKeyboardInABrowser uses no pointer at all.
func TestKeyboardInABrowser(t *testing.T) {
	b := openBrowserTab(t, 1280, 800)
	b.open(openPlayground(t))

	b.types(kb.Tab)
	b.holds("Skip to the message box")
	b.types(kb.Enter)
	b.types("@", "b", "a")
	b.until(`document.querySelector("#suggest").innerText.includes("backfaq")`, "whom to mention")
	b.types(kb.Tab, "why does my upper back cramp?", kb.Enter)
	b.sees("This is general information only")

	// To the messages, to what stands below one, and back.
	b.types(kb.ArrowUp)
	b.holds("backfaq, ")
	b.types(kb.ArrowUp)
	b.holds("Robin, ")
	b.tabTo("Apps")
	b.types(kb.Enter)
	b.holds("Answer from FAQ")
	b.types(kb.Enter)
	b.until(`document.querySelectorAll(".message.ephemeral").length === 1`, "the message command answers in private")

	b.focus()
	b.types(kb.ArrowUp, kb.ArrowDown, kb.ArrowDown, kb.ArrowDown)
	b.holds("Message #general")
	b.types("r", "e", "d", kb.Backspace, kb.Backspace, kb.Backspace)

	// A reply, which is a question to the bot without a mention.
	b.types(kb.ArrowUp, kb.ArrowUp, "r")
	b.until(`document.querySelector("#reply-bar").innerText.includes("Replying to backfaq")`, "the reply is announced")
	b.types(kb.Escape)
	b.until(`document.querySelector("#reply-bar").hidden`, "no reply after all")
	b.types(kb.ArrowUp, kb.ArrowUp, "r", "what are the symptoms?", kb.Enter)
	b.sees("What are the symptoms of upper back spasms?")

	b.types(kb.ArrowUp, kb.ArrowUp, kb.ArrowUp)
	b.holds("backfaq, ")
	b.tabTo("More")
	b.types(kb.Enter)
	b.holds("Copy text")
	b.types(kb.ArrowDown)
	b.holds("Dismiss message")
	b.types(kb.Enter)
	b.until(`document.querySelectorAll(".message.ephemeral").length === 0`, "dismissed")
	b.holds("Message #general")

	// Topics: a select menu.
	b.types("/", "topics", kb.Enter)
	b.sees("Choose what you want to read")
	b.types(kb.ArrowUp)
	b.tabTo("Choose a topic")
	b.types(kb.Enter, kb.ArrowDown, kb.Enter)
	b.until(`document.querySelectorAll(".message.ephemeral .md-h3").length === 1`, "the topic's answer")

	// The other person, the settings, and a form.
	b.until(`document.activeElement !== document.body`, "the focus is somewhere")
	b.do(focusOn("#people input:checked"))
	b.types(kb.ArrowRight)
	b.until(`document.querySelector("#app").dataset.me === "moderator"`, "being the moderator")
	b.focus()
	b.types("/", "faq-config", kb.Enter, kb.Enter)
	b.sees("FAQ settings")
	b.types(kb.ArrowUp)
	b.tabTo("Change something")
	b.types(kb.Enter, kb.ArrowDown, kb.ArrowDown, kb.Enter)
	b.sees("FAQ settings · What it says")
	b.holds("Change something: What it says")
	b.focus()
	b.types(kb.ArrowUp)
	b.tabTo("Write: Your sentence")
	b.types(kb.Enter)
	b.until(`document.querySelector("dialog[open]")`, "the form")
	b.types("Our sentence.", kb.Enter)
	b.sees("Saved. Your sentence: Our sentence.")
}
