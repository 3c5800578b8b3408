package faq

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"backfaq/config"
)

const (
	plain   = "why does my upper back cramp"
	nothing = "good morning everyone"
	unclear = "spasm under left shoulder blade"
	numb    = "my arm is numb and my upper back is in spasm"
)

// servers gives every server the same settings, or an error.
type servers struct {
	settings config.Server
	book     *Book
	err      error
}

func (s servers) View(context.Context, string) (View, error) {
	return View{Settings: s.settings, Book: s.book}, s.err
}

type ticks struct{ all []Tick }

func (t *ticks) Count(k Tick)                  { t.all = append(t.all, k) }
func (t *ticks) Feedback(string, string, bool) {}

// desk is a desk over the built-in FAQ with these settings, on a clock that the
// test moves.
func desk(change func(*config.Server)) (*Desk, *ticks, *time.Time) {
	s := config.DefaultServer()
	if change != nil {
		change(&s)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	counted := new(ticks)
	return &Desk{
		Book: Builtin(), Servers: servers{settings: s, book: Builtin()}, Tally: counted,
		Now: func() time.Time { return now },
	}, counted, &now
}

func TestDeskSpeaksWhereItMay(t *testing.T) {
	only := func(s *config.Server) { s.Mode, s.Channels = config.OnlyThese, []string{"1"} }
	except := func(s *config.Server) { s.Mode, s.Channels = config.AllBut, []string{"1"} }
	listen := func(s *config.Server) { s.Listen = []string{"1"} }
	for _, c := range []struct {
		name    string
		change  func(*config.Server)
		q       Question
		outcome Outcome
		rest    Rest
	}{
		{"anywhere by default", nil, Question{Text: plain, Way: WayMention, Channel: "9"}, Answered, RestNone},
		{"in a channel of the list", only, Question{Text: plain, Way: WaySlash, Channel: "1"}, Answered, RestNone},
		{"not beside it", only, Question{Text: plain, Way: WaySlash, Channel: "2"}, Silent, RestChannel},
		{"in a thread below it", only, Question{Text: plain, Way: WaySlash, Channel: "2", Parent: "1"}, Answered, RestNone},
		{"not where it is switched off", except, Question{Text: plain, Way: WayMention, Channel: "1"}, Silent, RestChannel},
		{"nor in threads there", except, Question{Text: plain, Way: WayMention, Channel: "5", Parent: "1"}, Silent, RestChannel},
		{"elsewhere then", except, Question{Text: plain, Way: WayMention, Channel: "2"}, Answered, RestNone},
		{"mentions off", func(s *config.Server) { s.Mentions = false }, Question{Text: plain, Way: WayMention}, Silent, RestMentions},
		{"but not the command", func(s *config.Server) { s.Mentions = false }, Question{Text: plain, Way: WaySlash}, Answered, RestNone},
		{"overheard only where it listens", nil, Question{Text: plain, Way: WayOverheard, Channel: "1"}, Silent, RestChannel},
		{"overheard", listen, Question{Text: plain, Way: WayOverheard, Channel: "1"}, Answered, RestNone},
		{"overheard and unsure", listen, Question{Text: unclear, Way: WayOverheard, Channel: "1"}, Silent, RestUnsure},
		{"overheard chatter", listen, Question{Text: nothing, Way: WayOverheard, Channel: "1"}, Silent, RestUnsure},
		{"overheard from a moderator", listen, Question{Text: plain, Way: WayOverheard, Channel: "1", Moderator: true}, Silent, RestModerator},
		{"asked and unsure", nil, Question{Text: unclear, Way: WayMention}, Suggested, RestNone},
		{"asked and nothing known", nil, Question{Text: nothing, Way: WayMention}, Unknown, RestNone},
	} {
		c.q.Server, c.q.Person = "7", "8"
		d, _, _ := desk(c.change)
		a := d.Ask(context.Background(), c.q)
		if a.Outcome != c.outcome || a.Rest != c.rest {
			t.Errorf("%s: %s %q, want %s %q", c.name, a.Outcome, a.Rest, c.outcome, c.rest)
		}
		if (a.Outcome == Answered) != (a.Entry != nil) || (a.Outcome == Suggested) != (len(a.Suggestions) > 0) {
			t.Errorf("%s: %s with entry %v and suggestions %v", c.name, a.Outcome, a.Entry, a.Suggestions)
		}
	}
}

// A warning is read even where the bot keeps its mouth shut about the rest.
func TestDeskWarnsWhereverItIsAsked(t *testing.T) {
	d, _, _ := desk(func(s *config.Server) { s.Listen = []string{"1"} })
	for _, way := range []Way{WayMention, WaySlash, WayDM, WayMessage, WayOverheard, WayTerminal} {
		a := d.Ask(context.Background(), Question{Text: numb, Way: way, Server: "7", Channel: "1"})
		if a.Warning.Level != Sign || a.Warning.Entry == nil {
			t.Errorf("%s: warning %+v", way, a.Warning)
		}
	}
}

func TestDeskCooldownIsPerChannelAndEntry(t *testing.T) {
	d, _, now := desk(func(s *config.Server) { s.Listen, s.Cooldown = []string{"1", "2"}, 60 })
	ask := func(text, channel string) Rest {
		return d.Ask(context.Background(), Question{Text: text, Way: WayOverheard, Server: "7", Channel: channel}).Rest
	}
	for i, c := range []struct {
		wait          time.Duration
		text, channel string
		want          Rest
	}{
		{0, plain, "1", RestNone},
		{59 * time.Second, plain, "1", RestCooldown},
		{0, plain, "2", RestNone},
		{0, "do muscle relaxants help with upper back spasms", "1", RestNone},
		{time.Second, plain, "1", RestNone},
	} {
		*now = now.Add(c.wait)
		if got := ask(c.text, c.channel); got != c.want {
			t.Errorf("step %d: %q, want %q", i, got, c.want)
		}
	}
	// What was put to the bot is answered at once, cooldown or not.
	a := d.Ask(context.Background(), Question{Text: plain, Way: WayMention, Server: "7", Channel: "1"})
	if a.Outcome != Answered {
		t.Errorf("asked during the cooldown: %s", a.Outcome)
	}
}

func TestDeskLimitsAreToldOnce(t *testing.T) {
	d, _, now := desk(func(s *config.Server) { s.Questions = 2 })
	ask := func(person string) Rest {
		return d.Ask(context.Background(), Question{Text: plain, Way: WaySlash, Server: "7", Person: person}).Rest
	}
	var got []Rest
	for range 5 {
		got = append(got, ask("1"))
	}
	want := []Rest{RestNone, RestNone, RestLimitedNow, RestLimited, RestLimited}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if ask("2") != RestNone {
		t.Error("one person's limit stops another")
	}
	*now = now.Add(config.QuestionWindow / 2)
	if got := []Rest{ask("1"), ask("1")}; got[0] != RestNone || got[1] != RestLimitedNow {
		t.Errorf("half a window later: %v", got)
	}
}

func TestDeskEntriesSwitchedOff(t *testing.T) {
	d, _, _ := desk(func(s *config.Server) { s.Off = []string{"faq-causes", "topic-causes", "faq-see-doctor"} })
	a := d.Ask(context.Background(), Question{Text: plain, Way: WaySlash, Server: "7"})
	for _, m := range a.Matches {
		if m.Entry.ID == "faq-causes" || m.Entry.ID == "topic-causes" {
			t.Errorf("%s is off and matched", m.Entry.ID)
		}
	}
	chosen := func(id string) Outcome {
		return d.Ask(context.Background(), Question{Entry: id, Way: WayButton, Server: "7"}).Outcome
	}
	for id, want := range map[string]Outcome{"faq-causes": Unknown, "faq-symptoms": Answered, "nowhere": Unknown, "faq-see-doctor": Answered} {
		if got := chosen(id); got != want {
			t.Errorf("choosing %s: %s, want %s", id, got, want)
		}
	}
}

// With the database gone the curated answers go out by the defaults, and nobody's
// words reach the log.
func TestDeskWithoutSettings(t *testing.T) {
	var log bytes.Buffer
	d := &Desk{Book: Builtin(), Servers: servers{err: errors.New("database is gone")}, Log: slog.New(slog.NewTextHandler(&log, nil))}
	a := d.Ask(context.Background(), Question{Text: plain, Way: WaySlash, Server: "7", Person: "8"})
	if a.Outcome != Answered || !cmp.Equal(a.Server, config.DefaultServer()) || a.Book != Builtin() {
		t.Errorf("%s, settings %+v", a.Outcome, a.Server)
	}
	if !strings.Contains(log.String(), "database is gone") || strings.Contains(log.String(), "cramp") {
		t.Errorf("log: %s", &log)
	}
}

// Counted is what came of a question: no text, no person, nothing that was silent,
// nothing asked in the terminal.
func TestDeskCounts(t *testing.T) {
	d, counted, _ := desk(nil)
	for _, q := range []Question{
		{Text: plain, Way: WaySlash},
		{Text: "my app on windows crashes", Way: WayMention},
		{Text: plain, Way: WayOverheard},
		{Text: plain, Way: WayTerminal},
	} {
		q.Server, q.Person = "7", "8"
		d.Ask(context.Background(), q)
	}
	if len(counted.all) != 2 {
		t.Fatalf("counted %+v", counted.all)
	}
	if k := counted.all[0]; k.Outcome != Answered || k.Entry == "" || k.Words != nil || k.Server != "7" || k.Way != WaySlash {
		t.Errorf("%+v", k)
	}
	if k := counted.all[1]; k.Outcome != Unknown || k.Entry != "" || len(k.Words) == 0 {
		t.Errorf("%+v", k)
	}
}

// The stricter, the fewer answers.
func TestDeskStrictness(t *testing.T) {
	questions := readLabelled(t, "testdata/tune.jsonl")[:200]
	var answered []int
	for _, s := range []config.Strictness{config.Strict, config.Balanced, config.Lenient} {
		d, _, _ := desk(func(c *config.Server) { c.Strictness = s })
		n := 0
		for _, q := range questions {
			n += one(d.Ask(context.Background(), Question{Text: q.Text, Way: WaySlash, Server: "7"}).Outcome == Answered)
		}
		answered = append(answered, n)
	}
	if answered[0] >= answered[1] || answered[1] >= answered[2] {
		t.Errorf("strict, balanced, lenient answer %v of %d", answered, len(questions))
	}
}
