package main

import (
	"os"
	"sync"
	"testing"

	"backfaq/bot/fakediscord"
	"backfaq/bot/fakediscord/spectest"
)

// description is Discord's own description of its REST API, against which every
// harness checks every request. It is Discord's, and not ours to ship.
var description struct {
	once sync.Once
	spec *spectest.Spec
}

func specification(t *testing.T) *spectest.Spec {
	t.Helper()
	const file = "../../shared/data/discord-openapi.json"
	description.once.Do(func() {
		if _, err := os.Stat(file); err == nil {
			description.spec = spectest.Load(t)
		}
	})
	if description.spec == nil {
		t.Logf("requests are not checked against Discord's description: needs discord/discord-api-spec's openapi.json as %s", file)
	}
	return description.spec
}

// Installed to a person, the commands for everybody work where the bot itself
// is not: in another server, in a private channel, in a direct message.
func TestCommandsWorkEverywhereForWhoInstalledThem(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.ann.Install()
	abroad := s.AddForeignGuild("Without the bot")
	abroad.Join(s.ann)
	bob := s.Person("bob")
	for name, ch := range map[string]*fakediscord.Channel{
		"another server":  abroad.General(),
		"private channel": s.AddGroup("friends", s.ann, bob),
		"direct message":  s.ann.DMChannel(),
	} {
		m := s.shown(s.ann.Slash(ch, "ask", fakediscord.Args{"question": question}))
		if m.Content != terminal(t, question) {
			t.Errorf("%s: %s", name, m.Content)
		}
		s.shown(s.ann.Slash(ch, "topics", nil))
	}
}
