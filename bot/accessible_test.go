package main

import (
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// violation is what axe-core reports of one rule.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string
		FailureSummary string
	}
}

// TestAccessibleInABrowser holds the page to axe-core's rules, in both themes
// and on a phone, in every state that looks different.
func TestAccessibleInABrowser(t *testing.T) {
	path := os.Getenv("AXE_CORE")
	if path == "" {
		t.Skip("AXE_CORE names no axe-core: .ci/axe go test ./bot -run Accessible")
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b := openBrowserTab(t, 1280, 800)
	b.open(openPlayground(t))
	b.do(chromedp.Evaluate[chromedp.Void](string(axe) + ";0"))
	check := func(state string) {
		t.Helper()
		for _, theme := range []string{"dark", "light"} {
			b.prefers(theme)
			found := js[[]violation](b, `axe.run(document, {resultTypes: ["violations"]}).then((r) => r.violations.map((v) => (
				{ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.map((n) => ({HTML: n.html, FailureSummary: n.failureSummary}))})))`)
			for _, v := range found {
				if v.Impact != "serious" && v.Impact != "critical" && v.Impact != "moderate" {
					continue
				}
				for _, n := range v.Nodes {
					t.Errorf("%s, %s: %s (%s, %s):\n%.300s\n%s", state, theme, v.Help, v.ID, v.Impact, n.HTML, n.FailureSummary)
				}
			}
		}
		b.prefers("dark")
	}

	check("at the start")
	b.writes("@backfaq my back spasms and my fingers are numb")
	b.sees("This is general information only")
	b.command("ask", "why does my upper back cramp?")
	b.sees("Only you can see this")
	check("after two questions")
	b.focus()
	b.types("/")
	b.until(`document.querySelector("#suggest li")`, "commands")
	check("choosing a command")
	b.types("ask", kb.Enter, "cramp")
	b.until(`document.querySelector(".option input").getAttribute("aria-expanded") === "true"`, "titles")
	check("filling in a command")
	b.types(kb.Escape, kb.Escape)

	b.become("Sam")
	b.command("faq-config", "")
	b.sees("FAQ settings")
	b.pick("Change something", "Where it answers")
	b.sees("FAQ settings · Where it answers")
	b.press("These channels")
	check("the settings")
	b.types(kb.Escape)
	b.command("faq-stats", "")
	b.until(`document.querySelector(".picture img")?.complete`, "the chart")
	check("the statistics")
	b.pick("Where it answers", "What it says")
	b.sees("FAQ settings · What it says")
	b.press("Write: Your sentence")
	b.until(`document.querySelector("dialog[open]")`, "a form")
	check("a form")
	b.types(kb.Escape)
	b.size(360, 740)
	check("on a phone")
	b.press("Channels and people")
	check("on a phone, with the channels open")
	b.types(kb.Escape)
	b.press("Why")
	check("on a phone, with the reasons open")
}

// TestPhoneInABrowser: nothing is wider than a small phone.
func TestPhoneInABrowser(t *testing.T) {
	b := openBrowserTab(t, 360, 740)
	b.open(openPlayground(t))
	b.writes("@backfaq my back spasms and my fingers are numb")
	b.sees("This is general information only")
	b.press("Channels and people")
	b.become("Sam")
	b.types(kb.Escape)
	b.command("faq-config", "")
	b.sees("FAQ settings")
	for _, page := range []string{"Where it answers", "How it answers", "What it says", "Who helps", "Teaching", "Checks"} {
		b.press("Change something")
		b.press(page)
		b.sees("FAQ settings · " + page)
		wide := js[string](b, `[...document.querySelectorAll(".chat *, #places *")].filter((e) => e.checkVisibility() && !e.closest(".sr, .skip, svg") && (e.getBoundingClientRect().right > innerWidth + 1 || e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === "auto")).map((e) => e.outerHTML.slice(0, 100)).join("\n")`)
		if strings.TrimSpace(wide) != "" {
			t.Errorf("%s: wider than the phone:\n%s", page, wide)
		}
	}
}
