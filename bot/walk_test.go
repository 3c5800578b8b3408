package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focus puts the focus into the message box.
func (b *tab) focus() {
	b.Helper()
	b.do(chromedp.Focus(chromedp.CSS("#composer-input")))
}

// become is a press on the other person.
func (b *tab) become(name string) {
	b.Helper()
	b.press(name)
	b.until(`document.querySelector("#people [value=" + document.querySelector("#app").dataset.me + "]").closest("label").innerText.includes(`+quote(name)+`)`, "being "+name)
}

// command picks a command by its first letters and sends it with the value of
// its first option, if there is one.
func (b *tab) command(name, value string) {
	b.Helper()
	b.focus()
	b.types("/", name)
	b.until(`document.querySelector("#suggest").innerText.includes("/`+name+`")`, "the command /"+name+" is offered")
	b.types(kb.Enter)
	if value != "" {
		b.types(value)
	}
	if value != "" || !js[bool](b, `document.querySelector("#command").hidden`) {
		b.types(kb.Enter)
	}
}

// TestAskingInABrowser is what a newcomer does first.
func TestAskingInABrowser(t *testing.T) {
	b := openBrowserTab(t, 1280, 800)
	b.open(openPlayground(t))

	b.writes("@backfaq why does my uper back cramp?")
	b.sees("This is general information only")
	b.until(latest("What are the common causes")+`.querySelector(".mention, .context").innerText.includes("Robin")`, "it is a reply to the member")
	b.until(`document.querySelector("#why-text").innerText.includes("upper")`, "the panel says which word was corrected")

	b.press("Not what I asked")
	b.sees("Perhaps one of these")
	private := latest("Perhaps one of these")
	b.until(private+`.innerText.includes("Only you can see this")`, "other answers are shown to one person only")
	suggestion := js[string](b, private+`.querySelector(".button").innerText`)
	b.do(chromedp.Evaluate[chromedp.Void](private + `.querySelector(".button").click()`))
	b.until(latest(suggestion)+`.querySelector(".md-h3")?.innerText === `+quote(suggestion), "the suggestion's answer")

	b.focus()
	b.types("/", "a", "s", "k", " ", "trea")
	b.until(`document.querySelector("#suggest").innerText.includes("treat")`, "titles are offered while one types")
	b.types(kb.ArrowDown, kb.Enter)
	title := js[string](b, `document.querySelector(".option input").value`)
	b.types(kb.Enter)
	b.until(latest(title)+`?.querySelector(".md-h3")?.innerText === `+quote(title), "the answer that was picked")
	b.until(latest(title)+`.innerText.includes("used") && `+latest(title)+`.classList.contains("ephemeral")`, "/ask is answered in private")

	b.do(chromedp.Evaluate[chromedp.Void](`fetch("/api/typing", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({as: "moderator", channel: ` +
		quote(js[string](b, `document.querySelector(".channel[aria-current]").dataset.channel`)) + `})})`))
	b.until(`document.querySelector("#typing").innerText === "Sam is typing…"`, "that somebody else types")

	b.press("Direct messages")
	b.writes("what helps at home?")
	b.sees("How can I treat upper back spasms at home?")
	if js[bool](b, `document.querySelector(".message.ephemeral") !== null`) {
		t.Error("a direct message is answered in private")
	}

}

func quote(text any) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err) // strings and lists of them always encode
	}
	return string(data)
}

// visit goes to a channel.
func (b *tab) visit(channel string) {
	b.Helper()
	b.press(channel)
	b.until(`document.querySelector("#chat-name").innerText === `+quote(channel), "being in "+channel)
}

// pick opens a select menu and chooses, by the words that are shown.
func (b *tab) pick(menu string, options ...string) {
	b.Helper()
	b.press(menu)
	for _, option := range options {
		b.press(option)
	}
	b.types(kb.Tab) // closes a menu that takes several
}

// TestModeratingInABrowser is the loop that a moderator rehearses: set the bot
// up, see what it could not answer, teach it.
func TestModeratingInABrowser(t *testing.T) {
	b := openBrowserTab(t, 1280, 800)
	b.open(openPlayground(t))
	const slang = "the raid goblin got me again"

	b.become("Sam")
	b.command("faq-config", "")
	b.pick("Change something", "Who helps")
	b.sees("FAQ settings · Who helps")
	b.pick("Review channel", "mod-review")
	b.sees("Saved. Review channel: # mod-review")
	b.pick("Who helps", "Where it answers")
	b.sees("FAQ settings · Where it answers")
	b.pick("Everywhere", "Everywhere but in these channels")
	b.sees("Saved. Channels: everywhere")
	b.pick("These channels", "back-help")
	b.sees("Channels: everywhere but in # back-help")

	b.become("Robin")
	b.visit("back-help")
	b.writes("@backfaq why does my upper back cramp?")
	b.until(`document.querySelector("#why-text").innerText.includes("switched it off in this channel")`, "the panel says why there is no answer")
	b.visit("general")
	b.writes("@backfaq " + slang)
	b.sees("Browse topics") // stands below whatever is no answer

	b.become("Sam")
	b.until(`document.querySelector("[aria-label='mod-review, unread']")`, "a report for the moderators")
	b.visit("mod-review")
	b.sees("Existing answer")
	if card := js[string](b, latest("Existing answer")+`.innerText`); strings.Contains(card, "goblin") {
		t.Errorf("the report repeats the question: %s", card)
	}
	b.press("Existing answer")
	b.sees("Which entry answers")
	b.pick("Which entry answers", "How can I treat upper back spasms at home?")
	b.until(`document.querySelector("dialog[open]")?.innerText.includes("How do people ask it?")`, "the form")
	b.types(slang)
	b.press("Submit")
	b.until(`!document.querySelector("dialog[open]")`, "the form closes")

	b.become("Robin")
	b.visit("general")
	b.writes("@backfaq the raid gobblin got me again")
	b.until(latest("How can I treat upper back spasms at home?")+`?.querySelector(".md-h3")`, "the taught answer, for a typo too")
	b.visit("back-help")
	if said := js[int](b, `document.querySelectorAll(".message .tag").length`); said != 0 {
		t.Errorf("the bot spoke %d times in a channel that was switched off", said)
	}

	b.become("Sam")
	b.command("faq-stats", "")
	b.until(`document.querySelector(".picture img")?.naturalWidth > 200`, "the chart")
	if alt := js[string](b, `document.querySelector(".picture img").alt`); !strings.Contains(alt, "Questions per day") {
		t.Errorf("the chart's description is %q", alt)
	}
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector(".picture").click()`))
	b.until(`document.querySelector("dialog.lightbox[open] img")?.alt`, "the chart enlarged")
}
