package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"backfaq/bot/discord/harness"
	"backfaq/bot/discord/locale"
	"backfaq/bot/fakediscord"
	"backfaq/config"
	"backfaq/faq"
)

// slowServers answer late, and look at no deadline.
type slowServers struct{ late time.Duration }

func (s slowServers) View(context.Context, string) (faq.View, error) {
	time.Sleep(s.late)
	return faq.View{Settings: config.DefaultSettings(), Book: faq.Builtin()}, nil
}

func TestKeepsTheClock(t *testing.T) {
	for _, late := range []time.Duration{0, time.Second, 10 * time.Second} {
		t.Run(late.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{Latency: 100 * time.Millisecond})
				w.run(func(o *Options) { o.Desk.Servers = slowServers{late} })
				w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				var calls []*fakediscord.Interaction
				for n := range interactionWorkers - 1 {
					who := w.Guild.AddMember(fmt.Sprint("p", n))
					call, err := who.Slash(w.Guild.General(), "ask", fakediscord.Args{"question": "what causes upper back spasms?"})
					if err != nil {
						t.Fatal(err)
					}
					calls = append(calls, call)
				}
				for _, call := range calls {
					r, err := call.Response(w.Within(time.Minute))
					if err != nil || r.Message == nil {
						t.Fatalf("%v\n%s", err, &w.Log)
					}
					if r.After > 2500*time.Millisecond {
						t.Errorf("answered after %v", r.After)
					}
					if !strings.HasSuffix(r.Message.Content, subtext(faq.Builtin().Disclaimer())) {
						t.Errorf("answered with %q", r.Message.Content)
					}
					if in := strings.Contains(r.Message.Content, tooSlow); in != (late > handlerTimeout) {
						t.Errorf("after %v: %q", late, r.Message.Content)
					}
				}
				typing, err := w.Ann.Autocomplete(w.Guild.General(), "ask", "question", "caus", nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := typing.Choices(w.Within(time.Minute)); err != nil {
					t.Errorf("completion: %v", err)
				}
				if n := w.Count(-1, func(e fakediscord.Event) bool { return strings.HasSuffix(e.Path, "/callback") && e.Status >= 400 }); n > 0 {
					t.Errorf("%d answers came too late for Discord", n)
				}
			})
		})
	}
}

// brokenServers panic with what was asked, as a defect might.
type brokenServers struct{}

func (brokenServers) View(context.Context, string) (faq.View, error) { panic("about: secret-words") }

func TestPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		bot := w.run()
		w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
		answer := w.Asks("what causes upper back spasms?")
		w.Answered(answer, time.Minute)
		shown := w.Ann.Messages(w.Guild.General())
		m := shown[len(shown)-1]
		bot.desk.Servers = brokenServers{}

		sorry := func(what, content string) {
			t.Helper()
			if !strings.HasPrefix(content, wentWrong) || !strings.HasSuffix(content, subtext(faq.Builtin().Disclaimer())) {
				t.Errorf("%s: %q", what, content)
			}
		}
		broken := w.Asks("secret-words")
		w.Answered(broken, time.Minute)
		shown = w.Ann.Messages(w.Guild.General())
		sorry("a mention", shown[len(shown)-1].Content)
		panics := 1
		apology := func(what string, call *fakediscord.Interaction, err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			r, err := call.Message(w.Within(time.Minute))
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			sorry(what, r.Content)
			panics++
		}
		call, err := w.Ann.Slash(w.Guild.General(), "ask", fakediscord.Args{"question": "secret-words"})
		apology("/ask", call, err)
		call, err = w.Ann.Slash(w.Guild.General(), "topics", nil)
		apology("/topics", call, err)
		call, err = w.Ann.MessageCommand(broken, "Answer from FAQ")
		apology("a message command", call, err)
		for c := range m.All() {
			if strings.HasPrefix(c.CustomID, "1:entry") {
				call, err = w.Ann.Press(m, c.CustomID)
				apology("a button", call, err)
			}
		}
		typing, err := w.Ann.Autocomplete(w.Guild.General(), "ask", "question", "x", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := typing.Choices(w.Within(time.Minute)); err != nil {
			t.Errorf("completion: %v", err)
		}
		if n := metric(bot.metrics.panics); n < float64(panics) {
			t.Errorf("%v panics were counted of %d", n, panics)
		}
		if w.Log.Has("secret-words") {
			t.Errorf("the log quotes somebody:\n%s", &w.Log)
		}
		bot.desk.Servers = nil
		w.Answered(w.Asks("what causes upper back spasms?"), time.Minute)
	})
}

func TestSpam(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		bot := w.run()
		w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })

		t.Log("one person, 100 questions a second")
		var calls []*fakediscord.Interaction
		for range 500 {
			call, err := w.Ann.Slash(w.Guild.General(), "ask", fakediscord.Args{"question": "what causes upper back spasms?"})
			if err != nil {
				t.Fatal(err)
			}
			calls = append(calls, call)
			time.Sleep(10 * time.Millisecond)
		}
		answers := 0
		for _, call := range calls {
			m, err := call.Message(w.Within(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(m.Content, slowDown) {
				answers++
			} else if !m.Ephemeral() {
				t.Error("everybody sees that somebody asks too much")
			}
		}
		if allowed := config.DefaultSettings().Questions * 2; answers > allowed {
			t.Errorf("%d answers in 5 s", answers)
		}

		t.Log("the same person on another server")
		quiet := w.AddGuild("A quiet place")
		quiet.Join(w.Ann)
		call, err := w.Ann.Slash(quiet.General(), "ask", fakediscord.Args{"question": "what causes upper back spasms?"})
		if err != nil {
			t.Fatal(err)
		}
		if m, err := call.Message(w.Within(time.Minute)); err != nil || strings.HasPrefix(m.Content, slowDown) {
			t.Errorf("the limit of one server counts on another: %q, %v", m.Content, err)
		}

		t.Log("200 people on one server, and somebody on another")
		var crowd []*fakediscord.Person
		for n := range 200 {
			crowd = append(crowd, w.Guild.AddMember(fmt.Sprint("p", n)))
		}
		var rooms []*fakediscord.Channel
		for n := range 50 {
			rooms = append(rooms, w.Guild.AddChannel(fmt.Sprint("room-", n)))
		}
		bob := quiet.AddMember("bob")
		mark, began := w.Mark(), time.Now()
		var asked []fakediscord.Message
		for n := range 2000 {
			if _, err := crowd[n%200].Say(rooms[n%50], w.Bot().Mention()+" what causes upper back spasms?"); err != nil {
				t.Fatal(err)
			}
			if n%400 == 200 {
				m, err := bob.Say(quiet.General(), w.Bot().Mention()+" what causes upper back spasms?")
				if err != nil {
					t.Fatal(err)
				}
				asked = append(asked, m)
			}
			time.Sleep(10 * time.Millisecond)
		}
		for n := range 5 { // a warning sign does not count against the server
			hurt, err := w.Guild.AddMember(fmt.Sprint("hurt ", n)).Say(w.Guild.AddChannel("another room"), w.Bot().Mention()+" my chest hurts and i cannot breathe")
			if err != nil {
				t.Fatal(err)
			}
			asked = append(asked, hurt)
		}
		took := time.Since(began)
		time.Sleep(time.Second)
		for _, m := range asked {
			found := slices.IndexFunc(w.Events(), func(e fakediscord.Event) bool { return harness.Post(e) && strings.Contains(string(e.Body), m.ID) })
			if found < 0 || w.Events()[found].Time.Sub(m.Timestamp) > time.Second {
				t.Errorf("%q waited for its answer", m.Content)
			}
		}
		time.Sleep(time.Minute)
		if n, most := w.Count(mark, harness.Post), repliesAtOnce+int(took/replyEvery)+len(asked)+1; n > most {
			t.Errorf("%d replies in %v", n, took)
		}
		if metric(bot.metrics.drops.WithLabelValues(dropCrowd)) == 0 {
			t.Error("nothing was left out")
		}
	})
}

func TestCompletion(t *testing.T) {
	var y strings.Builder
	y.WriteString("disclaimer: Not medical advice.\nentries:\n")
	for n := range 40 {
		fmt.Fprintf(&y, "  - id: entry-%d\n    title: \"Muskel %d %s\"\n    answer: An answer.\n", n, n, strings.Repeat("ä😀", (faq.MaxTitle-10)/2))
	}
	book, err := faq.Load("test.yaml", []byte(y.String()))
	if err != nil {
		t.Fatal(err)
	}
	b := newBot(t, book)
	for _, typed := range append(naughty(t), "", "m", "muskel", strings.Repeat("muskel ", 900), strings.Repeat("😀", 6000), "\xff\xfe", "\x00") {
		value, err := json.Marshal(typed)
		if err != nil {
			t.Fatal(err)
		}
		i := &interaction{ID: "1", Type: 4, Token: "t", User: &user{ID: "2"}, Data: interactionData{Name: "ask", Type: 1, Options: []option{{Name: "question", Value: value}}}}
		out, err := b.respond(t.Context(), i).encode()
		if err != nil {
			t.Fatal(err)
		}
		var r struct {
			Type int
			Data struct {
				Choices []struct{ Name, Value string }
			}
		}
		if err := json.Unmarshal(out.body, &r); err != nil || r.Type != 8 {
			t.Fatalf("%q: %s, %v", typed, out.body, err)
		}
		if len(r.Data.Choices) > maxOptions {
			t.Errorf("%q: %d choices", typed, len(r.Data.Choices))
		}
		for _, c := range r.Data.Choices {
			if n := utf8.RuneCountInString(c.Name); n < 1 || n > maxOption || len(c.Value) > maxOption || book.Entry(strings.TrimPrefix(c.Value, "1:entry:")) == nil || !utf8.ValidString(c.Name) {
				t.Errorf("%q: choice %q", typed, c.Name)
			}
		}
	}
}

// naughty is minimaxir's Big List of Naughty Strings, if it is there.
func naughty(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("../../../shared/data/naughty-strings.json")
	if err != nil {
		t.Logf("without minimaxir's blns.json: %v", err)
		return nil
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestNaughtyFAQ lets moderators write what they like: the disclaimer is last,
// nobody is pinged, and everything fits.
func TestNaughtyFAQ(t *testing.T) {
	book := faq.Builtin()
	texts := append(naughty(t),
		"@everyone", "@here", "<@1>", "<@&1>", "<#1>", "@\u200beveryone", "**@everyone**", "[@everyone](https://example.org)",
		"-# This is general information only and not medical advice.", "\u202eecivda lacidem", strings.Repeat("\u2800\n", 600), strings.Repeat("|", 2000), "```", "> > >", "||",
		strings.Repeat("A", 1500), "# Discord Staff", "https://discord.gg/x", "[Mayo Clinic](https://evil.example)")
	for _, text := range texts {
		text = strings.ToValidUTF8(text, "")
		entry := &faq.Entry{ID: "own-1", Title: truncate(text+"?", 100), Answer: text, Own: true}
		settings := config.DefaultSettings()
		if settings.Note = text; settings.Validate() != nil {
			settings.Note = "" // what cannot be set cannot be shown
		}
		for _, a := range []faq.Answer{
			{Reading: faq.Reading{Outcome: faq.Answered}, Entry: entry, View: faq.View{Book: book, Settings: settings}},
			{Reading: faq.Reading{Outcome: faq.Suggested}, Suggestions: []*faq.Entry{entry}, View: faq.View{Book: book, Settings: settings}},
			{Reading: faq.Reading{Outcome: faq.Unknown}, View: faq.View{Book: book, Settings: settings}},
		} {
			send(t, render(locale.English, a))
		}
	}
}
