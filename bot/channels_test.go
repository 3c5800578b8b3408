package main

import (
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
)

// TestCategories has a category chosen: it stands for the channels that are in it at
// the time of asking, and for what is below them.
func TestCategories(t *testing.T) {
	for _, c := range []struct {
		name, mode, panel string
		inside            bool // whether the bot answers in the category
		overheard         bool
	}{
		{name: "only in a category", mode: "only", panel: "only in <#", inside: true},
		{name: "all but a category", mode: "except", panel: "everywhere but in <#"},
		{name: "listening in a category", panel: "in <#", inside: true, overheard: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newHarness(t, fakediscord.Options{IdentifyEvery: -1, Privileged: fakediscord.IntentMessageContent}, 1, "--discord-message-content")
			care, shop := s.guild.AddChannelOf(fakediscord.Category, "care"), s.guild.AddChannelOf(fakediscord.Category, "shop")
			under := func(category *fakediscord.Channel, kind fakediscord.ChannelType) *fakediscord.Channel {
				ch := s.guild.AddChannelOf(kind, "channel")
				ch.MoveTo(category)
				return ch
			}
			before, foreign := under(care, fakediscord.Text), under(shop, fakediscord.Text)
			gone, comes := under(care, fakediscord.Text), under(shop, fakediscord.Text)
			s.begin()
			if c.overheard {
				s.chosen("1:set:listen", care.ID, c.panel)
			} else {
				s.shown(s.choose("1:set:mode", c.mode)(s.openPanel("where")))
				s.chosen("1:set:channels", care.ID, c.panel)
			}
			gone.MoveTo(nil)
			comes.MoveTo(care)
			s.guild.SetLocale("en-GB") // an event about the server that names no channels

			wanted := 0
			asked := map[string]bool{}
			ask := func(ch *fakediscord.Channel, inside bool) {
				t.Helper()
				text := "What are the symptoms of upper back spasms?"
				if !c.overheard {
					text = s.Bot().Mention() + " " + text
				}
				m, err := s.guild.AddMember("somebody").Say(ch, text)
				if err != nil {
					t.Fatal(err)
				}
				if asked[m.ID] = inside == c.inside; asked[m.ID] {
					wanted++
				}
			}
			for _, ch := range []*fakediscord.Channel{s.general(), foreign, foreign.AddThread("a thread"), gone} {
				ask(ch, false)
			}
			for _, ch := range []*fakediscord.Channel{
				before, before.AddThread("a thread"), comes,
				under(care, fakediscord.Voice), under(care, fakediscord.Stage),
				under(care, fakediscord.Forum).AddThread("a post"), under(care, fakediscord.MediaForum).AddThread("a post"),
			} {
				ask(ch, true)
			}
			if !c.overheard {
				for _, ch := range []*fakediscord.Channel{before, before.AddThread("another")} {
					m := s.shown(s.guild.AddMember("somebody").Slash(ch, "ask", fakediscord.Args{"question": question}))
					if off := strings.Contains(m.Text(), "switched me off in this channel"); off == c.inside {
						t.Errorf("/ask in the category: %s", m.Text())
					}
				}
			}
			if _, err := s.WaitFor(s.ctx(), func(fakediscord.Event) bool { return len(s.answers()) >= wanted }); err != nil {
				t.Error(err)
			}
			s.end()
			got := s.answers()
			for id, want := range asked {
				if (got[id] == 1) != want {
					t.Errorf("message %s has %d answers, want one: %v", id, got[id], want)
				}
			}
			s.checkRecording()
		})
	}
}

// chosen chooses a channel in a menu of the panel, which then says so.
func (s *harness) chosen(menu, id, want string) {
	s.t.Helper()
	if text := s.shown(s.choose(menu, id)(s.openPanel("where"))).Text(); !strings.Contains(text, "**Saved.**") || !strings.Contains(text, want+id+">") {
		s.t.Errorf("want %q saved, got\n%s", want+id, text)
	}
}

// TestCategoriesAreChecked looks for missing permissions where a category says that
// the bot is to speak.
func TestCategoriesAreChecked(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	care := s.guild.AddChannelOf(fakediscord.Category, "care")
	inside, outside := s.guild.AddChannel("inside"), s.guild.AddChannel("outside")
	inside.MoveTo(care)
	for _, ch := range []*fakediscord.Channel{inside, outside} {
		ch.Overwrite(s.Bot().ID, 0, fakediscord.SendMessages)
	}
	for mode, want := range map[string]*fakediscord.Channel{"only": inside, "except": outside} {
		s.shown(s.choose("1:set:mode", mode)(s.openPanel("where")))
		s.shown(s.choose("1:set:channels", care.ID)(s.openPanel("where")))
		text := s.openPanel("checks").Text()
		for _, ch := range []*fakediscord.Channel{inside, outside} {
			if got := strings.Contains(text, "<#"+ch.ID+">: Send Messages"); got != (ch == want) {
				t.Errorf("%s: #%s is listed: %v\n%s", mode, ch.Name, got, text)
			}
		}
	}
}

// TestMenusOfChannels offers each kind of channel where it makes sense.
func TestMenusOfChannels(t *testing.T) {
	s := startHarness(t, fakediscord.Options{Privileged: fakediscord.IntentMessageContent}, "--discord-message-content")
	for kind, want := range map[fakediscord.ChannelType]string{
		fakediscord.Text: "channels listen helpchannel review", fakediscord.Announcement: "channels listen helpchannel review",
		fakediscord.Voice: "channels listen helpchannel review", fakediscord.Stage: "channels listen helpchannel review",
		fakediscord.Forum: "channels listen helpchannel", fakediscord.MediaForum: "channels listen helpchannel",
		fakediscord.Category: "channels listen",
	} {
		ch := s.guild.AddChannelOf(kind, "channel")
		var offered []string
		for _, menu := range []struct{ page, id string }{{"where", "channels"}, {"where", "listen"}, {"help", "helpchannel"}, {"help", "review"}} {
			if call, err := s.choose("1:set:"+menu.id, ch.ID)(s.openPanel(menu.page)); err == nil {
				s.shown(call, nil)
				offered = append(offered, menu.id)
			}
		}
		if got := strings.Join(offered, " "); got != want {
			t.Errorf("channels of type %d can be chosen as %q, want %q", kind, got, want)
		}
	}
}
