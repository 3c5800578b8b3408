package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
	"backfaq/faq"
)

// longFAQ writes a FAQ with so many entries, e0 the first, and so many parts of
// that, p0 the first.
func longFAQ(t *testing.T, entries, parts int) string {
	t.Helper()
	text := strings.Builder{}
	text.WriteString("disclaimer: " + faq.Builtin().Disclaimer() + "\nentries:\n")
	for n := range entries {
		fmt.Fprintf(&text, "  - {id: e%d, title: Where is shelf number %d?, answer: In row %d.}\n", n, n, n)
	}
	for n := range parts {
		fmt.Fprintf(&text, "  - {id: p%d, title: Who owns box number %d?, answer: Team %d., parent: e0}\n", n, n, n)
	}
	file := filepath.Join(t.TempDir(), "long.yaml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func numbered(prefix string, n int) (ids []string) {
	for i := range n {
		ids = append(ids, fmt.Sprint(prefix, i))
	}
	return ids
}

// leaf turns to the last page of a list, and returns it with all that could be
// chosen on the way in menus whose custom_ids begin with a prefix.
func (s *harness) leaf(by *fakediscord.Person, m fakediscord.Message, prefix string) (last fakediscord.Message, all []string) {
	s.t.Helper()
	for {
		page := choices(m, prefix)
		all = append(all, page...)
		next, ok := turn(m, "More (")
		if !ok {
			return m, all
		}
		m = s.shown(by.Press(m, next.CustomID))
		back, ok := turn(m, "Earlier (")
		if !ok {
			s.t.Fatalf("no way back from:\n%s", m.Text())
		}
		if before := choices(s.shown(by.Press(m, back.CustomID)), prefix); !slices.Equal(before, page) {
			s.t.Fatalf("a page shows %v on the way back, and %v before", before, page)
		}
		m = s.shown(by.Press(m, next.CustomID))
	}
}

// choices are what can be chosen in menus whose custom_ids begin with a prefix.
func choices(m fakediscord.Message, prefix string) (values []string) {
	for c := range m.All() {
		if strings.HasPrefix(c.CustomID, prefix) {
			for _, o := range c.Options {
				values = append(values, o.Value)
			}
		}
	}
	return values
}

// turn is the button of a pager whose label begins like that.
func turn(m fakediscord.Message, label string) (fakediscord.Component, bool) {
	for _, b := range m.Buttons() {
		if strings.HasPrefix(b.Label, label) {
			return b, true
		}
	}
	return fakediscord.Component{}, false
}

// Every entry of a FAQ can be reached by browsing, however many there are.
func TestEverythingCanBeBrowsed(t *testing.T) {
	t.Run("built in", func(t *testing.T) {
		s := startHarness(t, fakediscord.Options{})
		menu := s.shown(s.ann.Slash(s.general(), "topics", nil))
		_, seen := s.leaf(s.ann, menu, "1:pick:")
		for c := range menu.All() {
			for _, o := range c.Options {
				_, below := s.leaf(s.ann, s.shown(s.ann.Select(menu, c.CustomID, o.Value)), "1:pick:")
				seen = append(seen, below...)
			}
		}
		for _, e := range faq.Builtin().Entries() {
			if !slices.Contains(seen, e.ID) {
				t.Errorf("nothing leads to %s", e.ID)
			}
		}
	})
	for _, size := range []struct{ entries, parts int }{{130, 25}, {400, 130}} {
		t.Run(fmt.Sprint(size.entries, " entries"), func(t *testing.T) {
			s := startHarness(t, fakediscord.Options{}, "--faq-file", longFAQ(t, size.entries, size.parts))
			last, seen := s.leaf(s.ann, s.shown(s.ann.Slash(s.general(), "topics", nil)), "1:pick:")
			if !slices.Equal(seen, numbered("e", size.entries)) {
				t.Errorf("browsing shows %d entries: %v", len(seen), seen)
			}
			menus := len(slices.Collect(slices.Chunk(seen, 25)))
			m := s.shown(s.ann.Select(last, fmt.Sprint("1:pick:", menus-1), seen[len(seen)-1]))
			if !strings.Contains(m.Content, fmt.Sprintf("In row %d.", size.entries-1)) {
				t.Errorf("the last entry: %s", m.Content)
			}
			// The parts of a section are a menu below it, or a list of their own.
			below := s.ask(s.ann, "Where is shelf number 0?")
			if size.parts > 25 {
				below = s.press(s.ann, below, "More about this")
			}
			if _, seen := s.leaf(s.ann, below, "1:pick:"); !slices.Equal(seen, numbered("p", size.parts)) {
				t.Errorf("the section shows %d parts: %v", len(seen), seen)
			}
			// They stand at the top where their section is switched off.
			s.shown(s.choose("1:set:off:0", "e0")(s.openPanel("says")))
			if _, seen := s.leaf(s.ann, s.shown(s.ann.Slash(s.general(), "topics", nil)), "1:pick:"); !slices.Contains(seen, "p0") || slices.Contains(seen, "e0") {
				t.Errorf("with its section switched off, a part is gone: %v", seen)
			}
		})
	}
}

// Moderators choose among as many: the entry for a question, entries to switch off,
// own entries, and wordings to forget.
func TestModeratorsReachEverything(t *testing.T) {
	const entries, own, wordings = 280, 100, 400
	s := startHarness(t, fakediscord.Options{}, "--faq-file", longFAQ(t, entries, 0))
	export := strings.Builder{}
	export.WriteString(`{"version": 1, "entries": [`)
	for n := range own {
		fmt.Fprintf(&export, `{"id": "own-%d", "title": "When is round %d?", "answer": "At %d."},`, n+1, n, n)
	}
	fixed := strings.TrimSuffix(export.String(), ",") + `], "taught": [`
	export.Reset()
	for n := range wordings {
		fmt.Fprintf(&export, `{"wording": "wibble number %d", "entry": "e%d"},`, n, n%entries)
	}
	plan := s.imports(s.mod, "all.json", fixed+strings.TrimSuffix(export.String(), ",")+"]}")
	if text := s.decide(plan, "Merge").Text(); !strings.Contains(text, "added 100 entries, 400 wordings") {
		t.Fatalf("imported: %s\n%s", text, plan.Text())
	}

	if _, seen := s.leaf(s.mod, s.openPanel("teach"), "1:own:"); len(slices.Compact(slices.Sorted(slices.Values(seen)))) != own {
		t.Errorf("%d own entries can be chosen", len(seen))
	}
	last, seen := s.leaf(s.mod, s.openPanel("teach"), "1:forget:")
	if len(seen) != wordings {
		t.Errorf("%d wordings can be chosen", len(seen))
	}
	if m := s.shown(s.mod.Select(last, "1:forget:15", seen[wordings-1])); !strings.Contains(m.Text(), "taught me **399 wordings**") || !slices.Equal(choices(m, "1:forget:15"), seen[375:399]) {
		t.Errorf("after the last wording is forgotten:\n%s", m.Text())
	}

	last, seen = s.leaf(s.mod, s.openPanel("says"), "1:set:off:")
	if !slices.Equal(seen, numbered("e", entries)) {
		t.Errorf("%d entries can be switched off", len(seen))
	}
	m := s.shown(s.mod.Select(last, "1:set:off:11", "e279"))
	if _, ok := m.Component("1:set:off:11"); !ok || !strings.Contains(m.Text(), "**Entries switched off:** Where is shelf number 279?") {
		t.Errorf("switched off:\n%s", m.Text())
	}

	review := s.guild.AddChannel("mod-review")
	s.shown(s.choose("1:set:review", review.ID)(s.openPanel("help")))
	asked, err := s.ann.Say(s.general(), s.Bot().Mention()+" who glorps the zibble")
	s.replyTo(asked, err)
	last, seen = s.leaf(s.mod, s.press(s.mod, s.card(review, asked), "Existing answer"), "1:pickanswer:")
	if len(seen) != entries+own {
		t.Errorf("%d entries can be taught from a card", len(seen))
	}
	call, err := s.mod.Select(last, "1:pickanswer:15:"+s.general().ID+":"+asked.ID, seen[len(seen)-1])
	if m := s.fill(call, err, fakediscord.Fields{"wording": "glorping the zibble"}); !strings.Contains(m.Content, "taught me **When is round 99?**") {
		t.Errorf("taught: %s", m.Content)
	}
}
