package main

import (
	"io"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backfaq/faq"
)

// pages are what people read about the project, by path from its top.
var pages = []string{"README.md", "bot/OPERATING.md", "bot/MODERATING.md", "bot/CONTRIBUTING.md", "faq/WRITING.md"}

func readPage(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// found lists what the group of a pattern matches, in order and once each.
func found(pattern, text string) []string {
	var list []string
	for _, m := range regexp.MustCompile("(?m)"+pattern).FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func TestLinksOfPagesLeadSomewhere(t *testing.T) {
	for _, page := range pages {
		for _, link := range found(`\]\(([^)]+)\)`, readPage(t, page)) {
			if strings.HasPrefix(link, "https://") {
				continue
			}
			file, anchor, _ := strings.Cut(link, "#")
			target := path.Join(path.Dir(page), file)
			if file == "" {
				target = page
			}
			if _, err := os.Stat("../" + target); err != nil {
				t.Errorf("%s: %v", page, err)
			} else if anchor != "" && !slices.Contains(anchors(readPage(t, target)), anchor) {
				t.Errorf("%s: %s has no heading for #%s", page, target, anchor)
			}
		}
	}
}

// anchors are the ids that code hosts give to the headings of a page.
func anchors(page string) []string {
	list := found(`^#+ (.+)$`, page)
	for i, heading := range list {
		heading = regexp.MustCompile(`[^\w -]`).ReplaceAllString(strings.ToLower(heading), "")
		list[i] = strings.ReplaceAll(heading, " ", "-")
	}
	return list
}

func TestPagesNameEverySettingAndCommand(t *testing.T) {
	parser, err := newParser(new(program), streams{nil, io.Discard, io.Discard}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	var settings, commands []string
	for _, command := range parser.Model.Children {
		commands = append(commands, command.Name)
		if command.Name == "run" {
			for _, flag := range command.Flags {
				settings = append(settings, flag.Envs...)
			}
		}
	}
	slices.Sort(settings)
	slices.Sort(commands)
	page := readPage(t, "bot/OPERATING.md")
	for name, c := range map[string]struct{ want, got []string }{
		"variables of OPERATING.md": {settings, found("^\\| `([A-Z_]+)` ", page)},
		"variables of .env.example": {settings, found(`^(?:# )?([A-Z_]+)=`, readPage(t, ".env.example"))},
		"commands of OPERATING.md":  {commands, found("^\\| `bot ([a-z]+)", page)},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s (- is missing, + is no more):\n%s", name, d)
		}
	}
}

func TestTheExampleOfAFAQFileLoads(t *testing.T) {
	examples := found("(?s)```yaml\n(disclaimer.*?)```", readPage(t, "faq/WRITING.md"))
	if len(examples) == 0 {
		t.Error("faq/WRITING.md has no example")
	}
	for _, example := range examples {
		if _, err := faq.Load("example", []byte(example)); err != nil {
			t.Error(err)
		}
	}
}
