package faq

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"backfaq/config"
)

const (
	plain   = "why does my upper back cramp"
	nothing = "who won the match yesterday"
	unclear = "tell me about muscles"
	numb    = "my arm is numb and my upper back is in spasm"
)

// servers gives every server the same settings, or an error.
type servers struct {
	settings config.Settings
	book     *Book
	err      error
}

func (s servers) View(context.Context, string) (View, error) {
	return View{Settings: s.settings, Book: s.book}, s.err
}

type ticks struct{ all []Count }

func (t *ticks) Count(k Count)                 { t.all = append(t.all, k) }
func (t *ticks) Feedback(string, string, bool) {}

// desk is a desk over the built-in FAQ with these settings, on a clock that the
// test moves.
func desk(change func(*config.Settings)) (*Desk, *ticks, *time.Time) {
	s := config.DefaultSettings()
	if change != nil {
		change(&s)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	counted := new(ticks)
	return &Desk{
		Book: Builtin(), Servers: servers{settings: s, book: Builtin()}, Counter: counted,
		Now: func() time.Time { return now },
	}, counted, &now
}

func TestDeskSpeaksWhereItMay(t *testing.T) {
	only := func(s *config.Settings) { s.Mode, s.Channels = config.OnlyThese, []string{"1"} }
	except := func(s *config.Settings) { s.Mode, s.Channels = config.AllBut, []string{"1"} }
	listen := func(s *config.Settings) { s.Listen = []string{"1"} }
	for _, c := range []struct {
		name    string
		change  func(*config.Settings)
		q       Question
		outcome Outcome
		rest    Silence
	}{
		{"anywhere by default", nil, Question{Text: plain, Source: FromMention, Channel: "9"}, Answered, NotSilent},
		{"in a channel of the list", only, Question{Text: plain, Source: FromSlash, Channel: "1"}, Answered, NotSilent},
		{"not beside it", only, Question{Text: plain, Source: FromSlash, Channel: "2"}, Silent, SilentChannel},
		{"in a thread below it", only, Question{Text: plain, Source: FromSlash, Channel: "2", Parent: "1"}, Answered, NotSilent},
		{"not where it is switched off", except, Question{Text: plain, Source: FromMention, Channel: "1"}, Silent, SilentChannel},
		{"nor in threads there", except, Question{Text: plain, Source: FromMention, Channel: "5", Parent: "1"}, Silent, SilentChannel},
		{"elsewhere then", except, Question{Text: plain, Source: FromMention, Channel: "2"}, Answered, NotSilent},
		{"mentions off", func(s *config.Settings) { s.Mentions = false }, Question{Text: plain, Source: FromMention}, Silent, SilentMentions},
		{"but not the command", func(s *config.Settings) { s.Mentions = false }, Question{Text: plain, Source: FromSlash}, Answered, NotSilent},
		{"overheard only where it listens", nil, Question{Text: plain, Source: Overheard, Channel: "1"}, Silent, SilentChannel},
		{"overheard", listen, Question{Text: plain, Source: Overheard, Channel: "1"}, Answered, NotSilent},
		{"overheard and unsure", listen, Question{Text: unclear, Source: Overheard, Channel: "1"}, Silent, SilentUnsure},
		{"overheard chatter", listen, Question{Text: nothing, Source: Overheard, Channel: "1"}, Silent, SilentUnsure},
		{"overheard from a moderator", listen, Question{Text: plain, Source: Overheard, Channel: "1", Moderator: true}, Silent, SilentModerator},
		{"asked and unsure", nil, Question{Text: unclear, Source: FromMention}, Suggested, NotSilent},
		{"asked and nothing known", nil, Question{Text: nothing, Source: FromMention}, Unknown, NotSilent},
	} {
		c.q.Server, c.q.Person = "7", "8"
		d, _, _ := desk(c.change)
		a := d.Ask(context.Background(), c.q)
		if a.Outcome != c.outcome || a.Silence != c.rest {
			t.Errorf("%s: %s %q, want %s %q", c.name, a.Outcome, a.Silence, c.outcome, c.rest)
		}
		if (a.Outcome == Answered) != (a.Entry != nil) || (a.Outcome == Suggested) != (len(a.Suggestions) > 0) {
			t.Errorf("%s: %s with entry %v and suggestions %v", c.name, a.Outcome, a.Entry, a.Suggestions)
		}
	}
}

// A warning is read even where the bot keeps its mouth shut about the rest.
func TestDeskWarnsWhereverItIsAsked(t *testing.T) {
	d, _, _ := desk(func(s *config.Settings) { s.Listen = []string{"1"} })
	for _, way := range []Source{FromMention, FromSlash, FromDM, FromMessage, Overheard, FromTerminal} {
		a := d.Ask(context.Background(), Question{Text: numb, Source: way, Server: "7", Channel: "1"})
		if a.Warning.Level != Sign || a.Warning.Entry == nil {
			t.Errorf("%s: warning %+v", way, a.Warning)
		}
	}
}

func TestDeskCooldownIsPerChannelAndEntry(t *testing.T) {
	d, _, now := desk(func(s *config.Settings) { s.Listen, s.Cooldown = []string{"1", "2"}, 60 })
	ask := func(text, channel string) Silence {
		return d.Ask(context.Background(), Question{Text: text, Source: Overheard, Server: "7", Channel: channel}).Silence
	}
	for i, c := range []struct {
		wait          time.Duration
		text, channel string
		want          Silence
	}{
		{0, plain, "1", NotSilent},
		{59 * time.Second, plain, "1", SilentCooldown},
		{0, plain, "2", NotSilent},
		{0, "do muscle relaxants help with upper back spasms", "1", NotSilent},
		{time.Second, plain, "1", NotSilent},
	} {
		*now = now.Add(c.wait)
		if got := ask(c.text, c.channel); got != c.want {
			t.Errorf("step %d: %q, want %q", i, got, c.want)
		}
	}
	// A question to the bot is answered at once, cooldown or not.
	a := d.Ask(context.Background(), Question{Text: plain, Source: FromMention, Server: "7", Channel: "1"})
	if a.Outcome != Answered {
		t.Errorf("asked during the cooldown: %s", a.Outcome)
	}
}

func TestDeskLimitsAreToldOnce(t *testing.T) {
	d, _, now := desk(func(s *config.Settings) { s.Questions = 2 })
	ask := func(person string) Silence {
		return d.Ask(context.Background(), Question{Text: plain, Source: FromSlash, Server: "7", Person: person}).Silence
	}
	var got []Silence
	for range 5 {
		got = append(got, ask("1"))
	}
	want := []Silence{NotSilent, NotSilent, SilentLimitedNow, SilentLimited, SilentLimited}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if ask("2") != NotSilent {
		t.Error("one person's limit stops another")
	}
	*now = now.Add(config.QuestionWindow / 2)
	if got := []Silence{ask("1"), ask("1")}; got[0] != NotSilent || got[1] != SilentLimitedNow {
		t.Errorf("half a window later: %v", got)
	}
}

// However many people ask and in however many channels something is said, the desk
// remembers so many of them.
func TestDeskMemoryIsBounded(t *testing.T) {
	d, _, now := desk(nil)
	const most = 10_000
	for n := range most + 10 {
		id := strconv.Itoa(n)
		d.limits.allow(Question{Server: "7", Person: id}, 1, *now)
		d.limits.startCooldown(id, "faq-causes", time.Minute, *now)
	}
	if people, answers := d.limits.people.Len(), d.limits.said.Len(); people != most || answers != most {
		t.Errorf("%d people and %d answers are remembered, want %d of each", people, answers, most)
	}
}

func TestDeskEntriesSwitchedOff(t *testing.T) {
	d, _, _ := desk(func(s *config.Settings) { s.Off = []string{"faq-causes", "topic-causes", "faq-see-doctor"} })
	a := d.Ask(context.Background(), Question{Text: plain, Source: FromSlash, Server: "7"})
	for _, m := range a.Matches {
		if m.Entry.ID == "faq-causes" || m.Entry.ID == "topic-causes" {
			t.Errorf("%s is off and matched", m.Entry.ID)
		}
	}
	chosen := func(id string) Outcome {
		return d.Ask(context.Background(), Question{Entry: id, Source: FromButton, Server: "7"}).Outcome
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
	a := d.Ask(context.Background(), Question{Text: plain, Source: FromSlash, Server: "7", Person: "8"})
	if a.Outcome != Answered || !cmp.Equal(a.Settings, config.DefaultSettings()) || a.Book != Builtin() {
		t.Errorf("%s, settings %+v", a.Outcome, a.Settings)
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
		{Text: plain, Source: FromSlash},
		{Text: "my app on windows crashes", Source: FromMention},
		{Text: plain, Source: Overheard},
		{Text: plain, Source: FromTerminal},
	} {
		q.Server, q.Person = "7", "8"
		d.Ask(context.Background(), q)
	}
	if len(counted.all) != 2 {
		t.Fatalf("counted %+v", counted.all)
	}
	if k := counted.all[0]; k.Outcome != Answered || k.Entry == "" || k.Words != nil || k.Server != "7" || k.Source != FromSlash {
		t.Errorf("%+v", k)
	}
	if k := counted.all[1]; k.Outcome != Unknown || k.Entry != "" || len(k.Words) == 0 {
		t.Errorf("%+v", k)
	}
}

// The stricter, the fewer answers.
func TestDeskStrictness(t *testing.T) {
	questions := readLabelled(t, "fit/questions/paraphrases.jsonl")[:200]
	var answered []int
	for _, s := range []config.Strictness{config.Strict, config.Balanced, config.Lenient} {
		d, _, _ := desk(func(c *config.Settings) { c.Strictness = s })
		n := 0
		for _, q := range questions {
			n += one(d.Ask(context.Background(), Question{Text: q.Text, Source: FromSlash, Server: "7"}).Outcome == Answered)
		}
		answered = append(answered, n)
	}
	if answered[0] >= answered[1] || answered[1] >= answered[2] {
		t.Errorf("strict, balanced, lenient answer %v of %d", answered, len(questions))
	}
}

// A rehearsal changes nothing: neither the cooldown of a channel nor a person's
// allowance is used up, and nothing is counted.
func TestDeskRehearsalChangesNothing(t *testing.T) {
	d, counted, _ := desk(func(s *config.Settings) { s.Listen, s.Questions = []string{"1"}, 1 })
	for _, source := range []Source{Overheard, FromSlash} {
		q := Question{Text: plain, Source: source, Server: "7", Channel: "1", Person: "8"}
		for range 3 {
			rehearsal := q
			rehearsal.Rehearsal = true
			if a := d.Ask(context.Background(), rehearsal); a.Outcome != Answered || a.Silence != NotSilent {
				t.Errorf("%s: rehearsal: %s %q", source, a.Outcome, a.Silence)
			}
		}
		if len(counted.all) > 0 {
			t.Errorf("%s: counted %+v", source, counted.all)
		}
		if a := d.Ask(context.Background(), q); a.Outcome != Answered || a.Silence != NotSilent {
			t.Errorf("%s: after rehearsals: %s %q", source, a.Outcome, a.Silence)
		}
		counted.all = nil
	}
}

// "Only in these channels" takes effect with the first channel chosen.
func TestModeBeginsWithItsFirstChannel(t *testing.T) {
	q := Question{Source: FromSlash, Server: "1", Channel: "7"}
	v := View{Settings: config.DefaultSettings(), Book: Builtin()}
	v.Settings.Mode = config.OnlyThese
	if why := v.refuses(q); why != NotSilent {
		t.Errorf("with no channel chosen: silent (%s)", why)
	}
	v.Settings.Channels = []string{"8"}
	if why := v.refuses(q); why != SilentChannel {
		t.Errorf("in another channel than the one chosen: %q, want %q", why, SilentChannel)
	}
}
