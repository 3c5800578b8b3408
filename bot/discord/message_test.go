package discord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/locale"
	"backfaq/config"
	"backfaq/faq"
)

// wire is a message as Discord receives it.
type wire struct {
	Content    string `json:"content"`
	Components []struct {
		Type       int    `json:"type"`
		Content    string `json:"content"`
		Components []struct {
			Label    string `json:"label"`
			CustomID string `json:"custom_id"`
			Options  []struct {
				Label string `json:"label"`
			} `json:"options"`
		} `json:"components"`
	} `json:"components"`
	AllowedMentions json.RawMessage `json:"allowed_mentions"`
}

// send encodes a message and checks what always holds of one.
func send(t *testing.T, m message) wire {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var w wire
	if err := json.Unmarshal(data, &w); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	if got := string(w.AllowedMentions); got != `{"parse":[],"replied_user":false}` {
		t.Errorf("allowed_mentions is %s", got)
	}
	if !utf8.Valid(data) {
		t.Error("not UTF-8")
	}
	seen, total := w.Content, utf8.RuneCountInString(w.Content)
	if total > maxContent {
		t.Errorf("%d characters of content", total)
	}
	ids := map[string]bool{}
	for _, c := range w.Components {
		if c.Content != "" {
			seen, total = c.Content, total+utf8.RuneCountInString(c.Content)
		}
		for _, in := range c.Components {
			if n := utf8.RuneCountInString(in.Label); n > maxLabel {
				t.Errorf("a label of %d characters", n)
			}
			if ids[in.CustomID] || len(in.CustomID) > maxCustomID || in.CustomID == "" {
				t.Errorf("custom_id %q is empty, too long, or there twice", in.CustomID)
			}
			ids[in.CustomID] = true
		}
	}
	if total > maxPanel {
		t.Errorf("%d characters of text", total)
	}
	if want := subtext(m.disclaimer); seen[strings.LastIndexByte(seen, '\n')+1:] != want {
		t.Errorf("ends with %q", seen)
	}
	return w
}

func FuzzMessageEndsWithTheDisclaimer(f *testing.F) {
	f.Add("an answer", "a note", "Ask a professional.", false)
	f.Add(strings.Repeat("```go\nx ", 900), strings.Repeat("\n", 50), "two\nlines", true)
	f.Add("@everyone <@1>", "# not a heading", "-# small", false)
	f.Add(strings.Repeat("😀", 3000), "", "…", true)
	f.Fuzz(func(t *testing.T, text, note, disclaimer string, panel bool) {
		// The FAQ loader and the settings hold these limits.
		disclaimer = truncate(strings.ToValidUTF8(strings.Join(strings.Fields(disclaimer), " "), ""), faq.MaxDisclaimer)
		if disclaimer == "" {
			return
		}
		m := message{disclaimer: disclaimer, text: strings.ToValidUTF8(text, "")}
		if s := (config.Settings{Note: note}); utf8.ValidString(note) && utf8.RuneCountInString(note) <= config.MaxNote && !strings.ContainsAny(note, "\n\r") {
			m.note = s.Note
		}
		if panel {
			m.panel = []discordgo.MessageComponent{discordgo.TextDisplay{Content: m.text}, discordgo.Separator{}, discordgo.TextDisplay{Content: m.text}}
		}
		send(t, m)
	})
}

// Every entry, with the longest of everything around it, fits into a message.
func TestEveryAnswerFits(t *testing.T) {
	book := faq.Builtin()
	settings := config.DefaultSettings()
	settings.Note = strings.Repeat("n", config.MaxNote)
	settings.EmergencyNumber = strings.Repeat("1", config.MaxEmergency)
	settings.HelpChannel, settings.HelpRole = "18446744073709551615", "18446744073709551615"
	for _, e := range book.Entries() {
		for _, level := range []faq.Level{faq.NoWarning, faq.Emergency} {
			a := faq.Answer{Reading: faq.Reading{Outcome: faq.Answered}, Entry: e, View: faq.View{Book: book, Settings: settings}}
			if level == faq.Emergency {
				a.Warning = faq.Warning{Level: level, Texts: []faq.WarningText{{Heading: "Get help", Text: "Contact your local emergency services now."}}, Entry: book.WarningEntry()}
			}
			for _, other := range book.Entries() {
				a.Matches = append(a.Matches, faq.Match{Entry: other})
			}
			w := send(t, render(locale.English, a))
			if !strings.Contains(w.Content, strings.TrimSpace(e.Answer)) {
				t.Errorf("%s is not whole:\n%s", e.ID, w.Content)
			}
		}
	}
}

// A warning sign, whatever became of the question and wherever the entry it
// leads to stands already, makes a message that Discord takes.
func TestWarningsFitEveryOutcome(t *testing.T) {
	book := faq.Builtin()
	doctor := book.WarningEntry()
	for _, outcome := range []faq.Outcome{faq.Answered, faq.Suggested, faq.Unknown, faq.Silent} {
		for _, level := range []faq.Level{faq.NoWarning, faq.Reminder, faq.Reason, faq.Caution, faq.Sign, faq.Emergency} {
			for _, e := range []*faq.Entry{doctor, book.Entries()[0]} {
				a := faq.Answer{Reading: faq.Reading{Outcome: outcome, Warning: faq.Warning{Level: level, Texts: []faq.WarningText{{Text: "See somebody."}}, Entry: doctor}},
					Entry: e, Suggestions: []*faq.Entry{e, book.Entries()[1]}, View: faq.View{Book: book, Settings: config.DefaultSettings()}}
				w := send(t, render(locale.English, a))
				if level >= faq.Caution && !strings.HasPrefix(w.Content, "> See somebody.") ||
					level > faq.NoWarning && level < faq.Caution && outcome != faq.Silent && !strings.Contains(w.Content, "\n\nSee somebody.\n\n") {
					t.Errorf("%s at level %s does not have the warning where it belongs:\n%s", outcome, level, w.Content)
				}
			}
		}
	}
}

// The longest FAQ that can be loaded still makes messages that Discord takes,
// and an own entry always says whose it is.
func TestTheLongestEntryIsCutAtItsEnd(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	file := fmt.Sprintf("disclaimer: %s\nentries:\n  - id: %s\n    title: %s\n    answer: %s\n    related: [b]\n  - {id: b, title: B, answer: B, parent: %[2]s}\n",
		x(faq.MaxDisclaimer), x(faq.MaxID), x(faq.MaxTitle), x(faq.MaxAnswer))
	book, err := faq.Load("longest.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	book = book.With([]faq.Entry{{ID: "own-1", Title: "Y" + x(faq.MaxTitle-1), Answer: x(faq.MaxAnswer), Own: true}}, nil)
	settings := config.DefaultSettings()
	settings.Note = x(config.MaxNote)
	for _, e := range book.Entries() {
		w := send(t, render(locale.English, faq.Answer{Reading: faq.Reading{Outcome: faq.Answered, Warning: faq.Warning{Level: faq.Sign, Texts: []faq.WarningText{{Text: x(250)}}}}, Entry: e, View: faq.View{Book: book, Settings: settings}}))
		if e.Own && !strings.Contains(w.Content, ownEntry) {
			t.Errorf("an own entry does not say whose it is:\n%s", w.Content)
		}
	}
}

func TestCutKeepsTheBeginning(t *testing.T) {
	for _, tt := range []struct {
		text string
		max  int
		want string
	}{
		{"short", 10, "short"},
		{"one two three four five", 20, "one two three …"},
		{"```\none two three four five six\n```", 30, "```\none two three four …\n```"},
		{"äöüäöüäöüäöüäöü", 12, "äöüäöü …"},
	} {
		got := truncateMarkdown(tt.text, tt.max)
		if got != tt.want {
			t.Errorf("truncateMarkdown(%q, %d) = %q, want %q", tt.text, tt.max, got, tt.want)
		}
		if n := utf8.RuneCountInString(got); n > tt.max {
			t.Errorf("truncateMarkdown(%q, %d) has %d characters", tt.text, tt.max, n)
		}
	}
}

func TestCustomIDs(t *testing.T) {
	long := strings.Repeat("x", faq.MaxID)
	for _, tt := range []struct {
		id     string
		action string
		args   []string
		ok     bool
	}{
		{encodeCustomID("entry", "faq-causes"), "entry", []string{"faq-causes"}, true},
		{encodeCustomID("topics"), "topics", []string{}, true},
		{encodeCustomID("other", long, long), "other", []string{long}, true}, // the second does not fit
		{"2:entry:faq-causes", "", nil, false},
		{"entry", "", nil, false},
		{"", "", nil, false},
		{"1:" + strings.Repeat("x", 100), "", nil, false},
	} {
		got, ok := parseCustomID(tt.id)
		if ok != tt.ok || got.action != tt.action || !equal(got.args, tt.args) {
			t.Errorf("parseCustomID(%q) = %+v, %v", tt.id, got, ok)
		}
	}
}

func equal(a, b []string) bool { return strings.Join(a, "\x00") == strings.Join(b, "\x00") }

// Whatever bytes come as an event, reading them neither panics nor blocks.
func FuzzEventsAreRead(f *testing.F) {
	f.Add([]byte(`{"id":"1","channel_id":"2","author":{"id":"3"},"content":"hi","mentions":[{"id":"9"}]}`))
	f.Add([]byte(`{"id":1,"channel_id":18446744073709551615,"author":null,"member":{"roles":[null]}}`))
	f.Add([]byte(`{"id":"1","token":"t","type":3,"data":{"custom_id":"1:entry:x","values":[]},"member":{"user":{"id":"3"},"permissions":"x"}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b := &Bot{guilds: newGuildState(), messageContent: true}
		self := "9"
		b.self.Store(&self)
		var m messageCreate
		if json.Unmarshal(data, &m) == nil {
			b.question(&m)
		}
		var i interaction
		if json.Unmarshal(data, &i) == nil && i.valid() {
			_ = i.ask(faq.FromSlash, i.text("question"))
			i.moderates()
			i.field("wording")
			parseCustomID(i.Data.CustomID)
		}
		var g guildEvent
		if json.Unmarshal(data, &g) == nil {
			b.guilds.onGuild(g, false)
			b.guilds.onGuild(g, true)
		}
		for _, kind := range []string{"GUILD_UPDATE", "GUILD_ROLE_UPDATE", "THREAD_CREATE", "THREAD_DELETE"} {
			b.guilds.observe(kind, bytes.Clone(data))
		}
	})
}
