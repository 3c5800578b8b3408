package faq

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"backfaq/config"
)

// A line for each level that is shown, and one that holds nothing.
const (
	wantsToDie = "i want to die, massage"
	overdosed  = "i took 10 ibuprofen for my upper back spasm"
	chestPain  = "chest pain with upper back spasms, ice or heat?"
	mayIMix    = "can i take ibuprofen and tramadol for upper back spasms"
	forWeeks   = "why does my upper back cramp for weeks"
	notNumb    = "why does my upper back cramp, no numbness"
)

// asked are the ways in which something is put to the bot.
var asked = []Source{FromMention, FromSlash, FromDM, FromMessage, FromTerminal}

// The level of a warning decides what stands beside it, whichever way it was asked.
func TestLevelDecidesWhatStandsBeside(t *testing.T) {
	doctor := Builtin().WarningEntry()
	for _, source := range asked {
		d, counted, _ := desk(nil)
		ask := func(text string) Answer {
			return d.Ask(context.Background(), Question{Text: text, Source: source, Server: "7", Channel: "1", Person: text})
		}
		for _, c := range []struct {
			text  string
			level Level
			fits  func(Answer) bool
		}{
			{wantsToDie, Crisis, func(a Answer) bool { return a.Outcome == Warned && a.Entry == nil && a.Suggestions == nil }},
			{overdosed, Poison, func(a Answer) bool { return a.Outcome == Warned && a.Entry == nil && a.Suggestions == nil }},
			{chestPain, Emergency, func(a Answer) bool { return a.Entry == doctor }},
			{"ich bekomme keine luft seit dem krampf", Emergency, func(a Answer) bool {
				return a.Outcome == Suggested && len(a.Suggestions) == 1 && a.Suggestions[0] == doctor
			}},
			{"numb and hmm", Sign, func(a Answer) bool { return a.Entry == doctor }},
			{"what are the medical treatments for upper back spasms? my arm is numb", Sign, func(a Answer) bool { return a.Entry.ID == "faq-medical-treatment" }},
			{mayIMix, Caution, func(a Answer) bool {
				return a.Outcome == Suggested && a.Suggestions[0] == doctor && len(a.Suggestions) <= MaxSuggestions &&
					!slices.ContainsFunc(a.Suggestions, func(e *Entry) bool {
						return strings.Contains(e.Answer, "medicine") || strings.Contains(e.Answer, "medication")
					})
			}},
			{forWeeks, Reason, func(a Answer) bool { return a.Outcome == Answered && a.Entry.ID == "faq-causes" }},
			{notNumb, Reminder, func(a Answer) bool { return a.Outcome == Answered && a.Entry.ID == "faq-causes" }},
		} {
			a := ask(c.text)
			if a.Warning.Level != c.level || !c.fits(a) {
				t.Errorf("%s: %q: level %s, %s with %v", source, c.text, a.Warning.Level, a.Outcome, a.Matches[0].Entry.ID)
			}
		}
		for _, tick := range counted.all {
			if tick.Level >= Sign && len(tick.Words) > 0 {
				t.Errorf("%s: words %v of level %s are counted", source, tick.Words, tick.Level)
			}
		}
	}
}

// A warning is shown past the limit on asking, with the bot switched off in the
// channel or for mentions, with all entries switched off, and with the database
// gone.
func TestWarningsStandAboveAllElse(t *testing.T) {
	var everything []string
	for _, e := range Builtin().Entries() {
		everything = append(everything, e.ID)
	}
	for name, change := range map[string]func(*config.Settings){
		"past the limit":      func(s *config.Settings) { s.Questions = 1 },
		"in no channel":       func(s *config.Settings) { s.Mode, s.Channels = config.OnlyThese, []string{"9"} },
		"mentions off":        func(s *config.Settings) { s.Mentions = false },
		"all switched off":    func(s *config.Settings) { s.Off = everything },
		"the database gone":   nil,
		"strictest":           func(s *config.Settings) { s.Strictness = config.Strict },
		"nothing of the kind": func(*config.Settings) {},
	} {
		for _, source := range asked {
			for text, level := range map[string]Level{wantsToDie: Crisis, overdosed: Poison, chestPain: Emergency, numb: Sign} {
				d, _, _ := desk(change)
				if change == nil {
					d.Servers = servers{err: errors.New("gone")}
				}
				q := Question{Text: plain, Source: source, Server: "7", Channel: "1", Person: "8"}
				for range 7 {
					d.Ask(context.Background(), q)
				}
				q.Text = text
				a := d.Ask(context.Background(), q)
				if a.Warning.Level != level || len(a.Warning.Texts) == 0 || a.Silence == SilentLimited || a.Silence == SilentLimitedNow {
					t.Errorf("%s, %s: %q: level %s, silence %q", name, source, text, a.Warning.Level, a.Silence)
				}
				if !a.Shows(Builtin().WarningEntry()) {
					t.Errorf("%s: the entry that signs lead to is switched off", name)
				}
				if level == Emergency && a.Silence == NotSilent && a.Entry != Builtin().WarningEntry() {
					t.Errorf("%s, %s: %q shows %v", name, source, text, a.Entry)
				}
			}
		}
	}
}

// Past the limit, a level is shown once a minute to each person.
func TestWarningsPastTheLimit(t *testing.T) {
	d, _, now := desk(func(s *config.Settings) { s.Questions = 1 })
	ask := func(person, text string) Level {
		return d.Ask(context.Background(), Question{Text: text, Source: FromMention, Server: "7", Channel: "1", Person: person}).Warning.Level
	}
	ask("8", plain)
	for i, c := range []struct {
		wait   time.Duration
		person string
		text   string
		want   Level
	}{
		{0, "8", chestPain, Emergency}, {0, "8", chestPain, NoWarning}, {0, "8", wantsToDie, Crisis}, {0, "9", chestPain, Emergency},
		{0, "8", forWeeks, Reason}, // no sign, so not shown: the silence says that
		{50 * time.Second, "8", plain, NoWarning}, {0, "8", chestPain, NoWarning}, {11 * time.Second, "8", plain, NoWarning}, {0, "8", chestPain, Emergency},
	} {
		*now = now.Add(c.wait)
		if got := ask(c.person, c.text); got != c.want {
			t.Errorf("step %d: %s, want %s", i, got, c.want)
		}
	}
}

// All of a message is read for signs, its first and its last character too.
func TestWarningsInAllOfAMessage(t *testing.T) {
	filler := strings.Repeat("the garden is green and the train is late. ", 100)
	for text, level := range map[string]Level{wantsToDie: Crisis, overdosed: Poison, chestPain: Emergency, numb: Sign} {
		for where, s := range map[string]string{
			"first": (text + ". " + filler)[:4000],
			"last":  filler[:4000-len(text)-2] + ". " + text,
		} {
			d, _, _ := desk(nil)
			if a := d.Ask(context.Background(), Question{Text: s, Source: FromDM}); a.Warning.Level != level {
				t.Errorf("%q %s of 4,000 is %s, want %s", text, where, a.Warning.Level, level)
			}
		}
	}
}

// Nobody asked: what is merely overheard brings no warning out of nowhere.
func TestOverheardSignsStaySilent(t *testing.T) {
	d, _, _ := desk(func(s *config.Settings) { s.Listen = []string{"1"} })
	for _, text := range []string{wantsToDie, overdosed, mayIMix, "my chest hurts", "i want to die",
		"i took 10 ibuprofen to treat upper back spasms at home", "how can i treat upper back spasms at home, i want to die"} {
		a := d.Ask(context.Background(), Question{Text: text, Source: Overheard, Server: "7", Channel: "1"})
		if a.Outcome != Silent || a.Warning.Level != NoWarning {
			t.Errorf("%q overheard: %s, level %s", text, a.Outcome, a.Warning.Level)
		}
	}
}

// A FAQ of an operator's own brings its own signs or none. Crisis and poison are
// looked for in any case, unless it brings signs of that level itself.
func TestOwnSigns(t *testing.T) {
	const bare = "disclaimer: No advice.\nentries:\n  - {id: a, title: A, answer: A}\n"
	for name, c := range map[string]struct {
		signs string
		want  map[string]Level
	}{
		"none": {"", map[string]Level{wantsToDie: Crisis, overdosed: Poison, chestPain: NoWarning, "smoke in the server room": NoWarning}},
		"own": {`
signs:
  entry: a
  levels:
    emergency: {heading: "Leave the room", text: "Call 112."}
  signs:
    - {id: fire, level: emergency, ways: ["smoke + <room>, fire .. <room>"]}
  parts:
    room: [server room, cellar]
`, map[string]Level{wantsToDie: Crisis, overdosed: Poison, chestPain: NoWarning, "smoke in the server room": Emergency, "there is no smoke in the server room": NoWarning}},
		"own poison": {`
signs:
  levels:
    poison: {heading: "Wash your hands", text: "Call the lab."}
  signs:
    - {id: acid, level: poison, ways: ["spilled acid"]}
`, map[string]Level{wantsToDie: Crisis, overdosed: NoWarning, "i spilled the acid": Poison}},
	} {
		b, err := Load("faq.yaml", []byte(bare+c.signs))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		d := &Desk{Book: b}
		for text, want := range c.want {
			if a := d.Ask(context.Background(), Question{Text: text, Source: FromDM}); a.Warning.Level != want {
				t.Errorf("%s: %q is %s, want %s", name, text, a.Warning.Level, want)
			}
		}
	}
}
