package fakediscord_test

import (
	"errors"
	"fmt"
	"testing"

	"backfaq/bot/fakediscord"

	"github.com/google/go-cmp/cmp"
)

// A person who installed the app for themselves has it everywhere, with a smaller reach.
func TestUserInstall(t *testing.T) {
	w := newWorld(t, fakediscord.Options{NoRateLimits: true})
	foreign := w.srv.AddForeignGuild("Elsewhere")
	foreign.Join(w.alice)
	group := w.srv.AddGroup("friends", w.alice, w.srv.Person("bob"), w.srv.Person("carol"))
	args := fakediscord.Args{"question": "why?"}
	for _, ch := range []*fakediscord.Channel{foreign.General(), group} {
		if _, err := w.alice.Slash(ch, "ask", args); !errors.Is(err, fakediscord.ErrHidden) {
			t.Errorf("without an install: %v", err)
		}
	}
	w.alice.Install()
	payload := func(ch *fakediscord.Channel) (p struct {
		Context int
		Owners  map[string]string `json:"authorizing_integration_owners"`
		User    *struct{ ID string }
		Member  *struct{ Permissions string }
		Guild   *struct{ ID string }
	}) {
		t.Helper()
		i, err := w.alice.Slash(ch, "ask", args)
		if err != nil {
			t.Fatal(err)
		}
		decode(t, i.Payload, &p)
		return p
	}
	id := w.alice.ID()
	here, there := payload(w.general), payload(foreign.General())
	dm, private := payload(w.alice.DMChannel()), payload(group)
	got := []any{
		here.Context, here.Owners, here.User == nil, here.Member != nil,
		there.Context, there.Owners, there.Guild != nil, dm.Context, dm.Owners, dm.User != nil, dm.Member == nil,
		private.Context, private.Owners,
	}
	want := []any{
		0, map[string]string{"0": w.guild.ID, "1": id}, true, true,
		0, map[string]string{"1": id}, true, 1, map[string]string{"0": "0", "1": id}, true, true,
		2, map[string]string{"1": id},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := w.alice.Slash(group, "faq", fakediscord.Args{"text": "x"}); !errors.Is(err, fakediscord.ErrHidden) {
		t.Errorf("a guild's command in a private channel: %v", err)
	}
}

// The client offers commands by permission and takes options by their rules.
func TestCommandOffers(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	mod := w.guild.AddMember("mod", w.guild.AddRole("mods", fakediscord.ManageGuild))
	slash := func(p *fakediscord.Person, name string, args fakediscord.Args) error {
		_, err := p.Slash(w.general, name, args)
		return err
	}
	if err := slash(w.alice, "faq", fakediscord.Args{"text": "x"}); !errors.Is(err, fakediscord.ErrHidden) {
		t.Errorf("a member uses a moderator's command: %v", err)
	}
	w.guild.Allow("faq", w.alice)
	for _, test := range []struct {
		who  *fakediscord.Person
		name string
		args fakediscord.Args
		ok   bool
	}{
		{w.alice, "faq", fakediscord.Args{"text": "x"}, true},
		{mod, "faq", fakediscord.Args{"text": "x"}, true},
		{mod, "faq", nil, false},
		{mod, "faq", fakediscord.Args{"text": "01234567890"}, false},
		{mod, "faq", fakediscord.Args{"text": 1}, false},
		{mod, "nothing", nil, false},
		{mod, "faq", fakediscord.Args{"text": "x", "days": 7, "mode": "on"}, true},
		{mod, "faq", fakediscord.Args{"text": "x", "days": 8}, false},
		{mod, "faq", fakediscord.Args{"text": "x", "mode": "off"}, false},
		{mod, "faq", fakediscord.Args{"text": "x", "what": "off"}, false},
		{w.alice, "ask", fakediscord.Args{"question": "x", "share": true}, true},
		{w.alice, "ask", fakediscord.Args{"question": ""}, false},
	} {
		t.Run(fmt.Sprint(test.name, test.args), func(t *testing.T) {
			if err := slash(test.who, test.name, test.args); (err == nil) != test.ok {
				t.Error(err)
			}
		})
	}
	if mine, all := len(w.srv.Person("visitor").Offers(w.general)), len(mod.Offers(w.general)); mine != 0 || all != 3 {
		t.Errorf("a visitor is offered %d commands, a moderator %d", mine, all)
	}
	m := w.say(t, "hello")
	i, err := w.alice.MessageCommand(m, "Answer from FAQ")
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Data struct {
			Target   string `json:"target_id"`
			Resolved struct {
				Messages map[string]struct{ Content string }
			}
		}
	}
	decode(t, i.Payload, &p)
	if p.Data.Target != m.ID || p.Data.Resolved.Messages[m.ID].Content != "hello" {
		t.Errorf("the bot is sent %s", i.Payload)
	}
}
