package main

import (
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
)

// A newcomer is a server that the bot joins late, with somebody who reads along.
type newcomer struct {
	*fakediscord.Guild
	reader *fakediscord.Person
}

// newcomer makes a server, which the bot has not joined, with this system channel.
func (s *harness) newcomer(name string, system func(*fakediscord.Guild) *fakediscord.Channel) newcomer {
	g := s.AddForeignGuild(name)
	if system != nil {
		g.SetSystemChannel(system(g))
	}
	return newcomer{g, g.AddMember("reader")}
}

func (n newcomer) welcomes() []fakediscord.Message { return n.reader.Messages(n.General()) }

// arrives lets the bot join a server, and waits for the welcome there.
func (s *harness) arrives(name string) (newcomer, fakediscord.Message) {
	s.t.Helper()
	n := s.newcomer(name, (*fakediscord.Guild).General)
	n.BotJoins()
	s.wait(-1, func(fakediscord.Event) bool { return len(n.welcomes()) > 0 })
	return n, n.welcomes()[0]
}

// A server that the bot joins is welcomed once, whatever happens to the connection,
// the server or the program, with three steps for those who may take them.
func TestWelcome(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	club, m := s.arrives("club")
	if !strings.HasPrefix(m.Content, "## Hello!\n") || m.Ephemeral() || m.Reference != nil {
		t.Errorf("the welcome is\n%s", m.Content)
	}
	ann, mod := club.AddMember("ann"), club.AddMember("mod", club.AddRole("moderators", fakediscord.ManageGuild))
	for label, want := range map[string]string{"Channels": "Where it answers", "Emergency numbers": "What it says", "Review channel": "Who helps"} {
		page := s.press(mod, m, label)
		if !page.Ephemeral() || !strings.Contains(page.Text(), "## FAQ settings · "+want) {
			t.Errorf("%s leads to\n%s", label, page.Text())
		}
		if got := s.press(ann, m, label); !strings.Contains(got.Text(), "Only people with the Manage Server permission") || !got.Ephemeral() {
			t.Errorf("a member who presses %s sees\n%s", label, got.Text())
		}
	}

	// The system channel may be none, or closed to the bot.
	none := s.newcomer("none", nil)
	closed := s.newcomer("closed", (*fakediscord.Guild).General)
	closed.General().Overwrite(s.Bot().ID, 0, fakediscord.SendMessages)
	s.forgive = true // the refusal of one message
	none.BotJoins()
	closed.BotJoins()

	again := func(what string, happens func()) {
		t.Helper()
		s.hearsAgain(club, happens)
		for n, want := range map[newcomer]int{club: 1, none: 0, closed: 1} {
			if tries := s.welcomesSent(n); tries != want {
				t.Errorf("after %s: %d messages were sent to %s, want %d", what, tries, n.Name, want)
			}
		}
	}
	again("an outage", func() { club.SetUnavailable(true); club.SetUnavailable(false) })
	again("a session that ended", func() { s.Inject(fakediscord.AllShards, fakediscord.CloseWith(4009)) })
	again("a restart", func() { s.end(); s.begin() })
	again("its removal and return", func() { club.BotLeaves(); club.BotJoins() })
}

// Deleting everything of a server makes it no newcomer.
func TestNoWelcomeAfterDeletion(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	club, m := s.arrives("club")
	mod := club.AddMember("mod", club.AddRole("moderators", fakediscord.ManageGuild))
	page := s.press(mod, m, "Channels")
	if text := s.shown(mod.Forge(page, fakediscord.Button, "1:wipe:yes")).Text(); !strings.Contains(text, "**Deleted.**") {
		t.Fatalf("not deleted:\n%s", text)
	}
	s.hearsAgain(club, func() { s.Inject(fakediscord.AllShards, fakediscord.CloseWith(4009)) })
	if n := s.welcomesSent(club); n != 1 {
		t.Errorf("%d welcomes", n)
	}
}

// hearsAgain waits until the bot heard of a server again and welcomes went out that
// came later.
func (s *harness) hearsAgain(n newcomer, happens func()) {
	s.t.Helper()
	mark := s.Mark()
	happens()
	s.wait(mark, func(e fakediscord.Event) bool {
		return e.Kind == fakediscord.KindGatewayOut && e.Type == "GUILD_CREATE" && strings.Contains(string(e.Body), `"id":"`+n.ID+`"`)
	})
	// Servers are welcomed after those that were heard of before.
	s.arrives("the next")
	s.arrives("and another")
}

// welcomesSent is how many messages the bot tried to send to a newcomer.
func (s *harness) welcomesSent(n newcomer) (tries int) {
	for _, e := range s.Events() {
		if e.Method == "POST" && e.Path == "/channels/"+n.General().ID+"/messages" {
			tries++
		}
	}
	return tries
}
