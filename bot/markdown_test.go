package main

import (
	"flag"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files and pictures anew")

// markdownFile holds the cases and what tried to break in.
const markdownFile = "playground/testdata/markdown.txt"

// inMarkdown evaluates an expression of a text, `text`, with the page's own
// markdown function at hand.
func inMarkdown[T any](b *tab, texts []string, expression string) []T {
	b.Helper()
	return js[[]T](b, `import("/markdown.js").then(({markdown}) => `+quote(texts)+`.map((text) => {
		const box = document.createElement("div");
		box.append(markdown(text));
		return `+expression+`;
	}))`)
}

// harmless is true of nodes that can do nothing: elements and attributes that
// the page makes itself, links that lead to web sites.
const harmless = `!box.querySelector("a a, a button, button a") && [...box.querySelectorAll("*")].every((e) =>
	["A", "B", "BLOCKQUOTE", "BUTTON", "CODE", "DIV", "EM", "LI", "OL", "PRE", "S", "SPAN", "STRONG", "TIME", "U", "UL"].includes(e.tagName) &&
	[...e.attributes].every((a) => ["class", "href", "rel", "target", "title", "type", "role", "aria-level", "aria-label", "tabindex", "hidden", "start", "datetime"].includes(a.name)) &&
	(e.tagName !== "A" || ["http:", "https:"].includes(e.protocol)))`

func TestMarkdown(t *testing.T) {
	b := openBrowserTab(t, 1280, 800)
	b.open(openPlayground(t))
	data, err := os.ReadFile(markdownFile)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(data), "----\n")
	var texts, wants []string
	for c := range strings.SplitSeq(rest, "----\n") {
		text, want, ok := strings.Cut(c, "\n=>\n")
		if !ok {
			t.Fatalf("a case has no line with =>:\n%s", c)
		}
		texts, wants = append(texts, text), append(wants, strings.TrimSuffix(want, "\n"))
	}
	gots := inMarkdown[string](b, texts, "box.innerHTML")
	if *update {
		for i, text := range texts {
			texts[i] = text + "\n=>\n" + gots[i] + "\n"
		}
		if err := os.WriteFile(markdownFile, []byte(head+"----\n"+strings.Join(texts, "----\n")), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for i, text := range texts {
		if diff := cmp.Diff(wants[i], gots[i]); diff != "" {
			t.Errorf("%s\nbecomes (-want +got):\n%s", text, diff)
		}
	}

	// The same pieces in every order: nothing gets through, and no text is lost
	// or takes long.
	pieces := append(strings.Fields(rest), texts...)
	random := rand.New(rand.NewPCG(1, 2))
	var mixed []string
	for range 3000 {
		var text strings.Builder
		for range 1 + random.IntN(12) {
			text.WriteString(pieces[random.IntN(len(pieces))] + []string{"", " ", "\n", "\n\n"}[random.IntN(4)])
		}
		mixed = append(mixed, text.String())
	}
	mixed = append(mixed, strings.Repeat("*", 4000), strings.Repeat("**_~~||`", 500), strings.Repeat("[", 4000), strings.Repeat("> ", 2000), strings.Repeat("<", 4000), strings.Repeat("- a\n  ", 600))
	for i, safe := range inMarkdown[bool](b, append(mixed, texts...), harmless) {
		if !safe {
			t.Errorf("got through: %q", append(mixed, texts...)[i])
		}
	}
}

// Messages, sent by people or in their names, cannot run either.
func TestMessagesCannotRun(t *testing.T) {
	b := openBrowserTab(t, 1280, 800)
	b.open(openPlayground(t))
	b.writes(`<img src=x onerror="window.pwned=1"><script>window.pwned=1</script> [press](javascript:window.pwned=1) the end`)
	b.sees("the end")
	if got := js[string](b, latest("the end")+`.querySelector(".content").innerText`); !strings.Contains(got, `<img src=x onerror="window.pwned=1">`) {
		t.Errorf("the message reads %q", got)
	}
	if js[bool](b, `Boolean(window.pwned) || `+latest("the end")+`.querySelector("script, img, a") !== null`) {
		t.Error("a message ran")
	}
}
