package main

import (
	"encoding/json"
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
	b.until(`document.querySelector("#people input:checked")?.closest("label").innerText.includes("`+name+`") && document.querySelector("#people input:checked").value === sessionStorage.getItem("as")`, "being "+name)
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
		b.types(kb.Escape, kb.Enter)
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

}

func quote(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(data)
}
