package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
)

// everywhere asks one text by every way there is, and returns all that was
// answered.
func (s *harness) everywhere(p *fakediscord.Person, text string) []fakediscord.Message {
	s.t.Helper()
	said, err := p.Say(s.general(), text)
	if err != nil {
		s.t.Fatal(err)
	}
	typing, err := p.Autocomplete(s.general(), "ask", "question", text, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := typing.Choices(s.ctx()); err != nil {
		s.t.Fatal(err)
	}
	return []fakediscord.Message{
		s.ask(p, text),
		s.replyTo(p.DM(text)),
		s.shown(p.Slash(s.general(), "ask", fakediscord.Args{"question": text})),
		s.shown(p.MessageCommand(said, "Answer from FAQ")),
	}
}

func TestShapesOfMessages(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	other := s.OtherBot("otherbot")
	s.guild.Join(other)
	mention := s.Bot().Mention()
	thread := s.general().AddThread("a thread")
	forum := s.guild.AddChannelOf(fakediscord.Forum, "forum").AddThread("a post")

	answer := s.ask(s.ann, question)
	for name, post := range map[string]func() (fakediscord.Message, error){
		"another bot":         func() (fakediscord.Message, error) { return other.Say(s.general(), mention+" "+question) },
		"another bot's reply": func() (fakediscord.Message, error) { return other.Reply(answer, question) },
		"a webhook": func() (fakediscord.Message, error) {
			return s.ann.Post(s.general(), fakediscord.Post{Content: mention + " " + question, Webhook: true})
		},
		"a join": func() (fakediscord.Message, error) {
			return s.ann.Post(s.general(), fakediscord.Post{Content: mention, Type: 7})
		},
		"a pin": func() (fakediscord.Message, error) {
			return s.ann.Post(s.general(), fakediscord.Post{Content: mention + question, Type: 6})
		},
		"a role ping": func() (fakediscord.Message, error) { return s.mod.Say(s.general(), "<@&"+s.guild.ID+"> "+question) },
		"a picture": func() (fakediscord.Message, error) {
			return s.ann.Post(s.general(), fakediscord.Post{Files: []fakediscord.Upload{{Name: "x.png", Data: []byte("x")}}})
		},
		"somebody else's chat": func() (fakediscord.Message, error) { return s.ann.Say(thread, question) },
	} {
		if _, err := post(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	before := count(s, "POST")
	// A later question is answered, and nothing of the above was.
	for _, m := range []fakediscord.Message{
		s.replyTo(s.ann.Say(thread, mention+" "+question)),
		s.replyTo(s.ann.Say(forum, mention+" "+question)),
		s.replyTo(s.ann.DM(question)),
		s.replyTo(s.ann.Reply(answer, question)),
		s.replyTo(s.ann.Say(s.general(), mention)), // nothing but the name
	} {
		if m.Text() == "" {
			t.Error("an empty answer")
		}
	}
	if n := count(s, "POST") - before; n != 5 {
		t.Errorf("%d messages instead of 5", n)
	}
}

func TestNobodyIsPinged(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	pings := "@everyone @here <@" + s.mod.ID() + "> <@&" + s.guild.ID + "> @\u200beveryone **@here** `@everyone`"
	b, _ := s.openPanel("teach").Button("Add an entry")
	call, err := s.mod.Press(s.openPanel("teach"), b.CustomID)
	s.fill(call, err, fakediscord.Fields{"title": "What is zorp @everyone?", "answer": "Zorp. " + pings, "phrasings": "zorp"})
	call, err = s.push("Write: Your sentence")(s.openPanel("says"))
	s.fill(call, err, fakediscord.Fields{"text": "Ask " + pings})
	asker := s.guild.AddMember("@everyone")
	for _, m := range append(s.everywhere(asker, "zorp "+pings), s.everywhere(s.guild.AddMember("@here"), question+" "+pings)...) {
		// The harness checks allowed_mentions of every body; this is what came of it.
		if len(m.Mentions) > 0 || m.MentionEveryone || len(m.MentionRoles) > 0 {
			t.Errorf("pinged somebody:\n%s", m.Content)
		}
	}
}

func TestWordsAreNotEchoed(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	for _, text := range []string{
		"[bank](https://evil.example) xyzzy", "```js\nalert('xyzzy')\n```", "> xyzzy", "||xyzzy||", "discord.gg/xyzzy", "javascript:xyzzy",
		"https://xyzzy.example/" + strings.Repeat("a", 300), "upper back spasms xyzzy https://evil.example",
	} {
		for _, m := range s.everywhere(s.guild.AddMember("someone"), text) {
			if shown := m.Text(); strings.Contains(shown, "xyzzy") || strings.Contains(shown, "evil.example") {
				t.Errorf("%q is echoed:\n%s", text, shown)
			}
		}
	}
}

// A command that Discord let through does not make a moderator.
func TestGrantedCommandChangesNothing(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.guild.Allow("faq-config", s.ann)
	before := s.openPanel("how").Text()
	m := s.shown(s.ann.Slash(s.general(), "faq-config", nil))
	for id := range actionsOfModerators(s) {
		if got := s.shown(s.ann.Forge(m, fakediscord.StringSelect, id, "lenient")); !strings.Contains(got.Text(), "Manage Server") {
			t.Errorf("%s: %s", id, got.Text())
		}
	}
	if after := s.openPanel("how").Text(); after != before {
		t.Errorf("the settings changed:\n%s", after)
	}
	if !strings.Contains(s.log.String(), "refused a change without permission") {
		t.Error("nothing of it is in the log")
	}
}

func TestStaleComponents(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	role := s.guild.AddRole("helpers", fakediscord.ManageGuild)
	helper := s.guild.AddMember("helper", role)
	b, _ := s.openPanel("teach").Button("Add an entry")
	call, err := s.mod.Press(s.openPanel("teach"), b.CustomID)
	if err != nil {
		t.Fatal(err)
	}
	form, err := call.Modal(s.ctx())
	if err != nil {
		t.Fatal(err)
	}
	fields := fakediscord.Fields{"title": "When is the zorp online?", "answer": "Fridays.", "phrasings": "zorp hours"}
	s.shown(s.mod.SubmitModal(form, fields))
	again := s.shown(s.mod.SubmitModal(form, fields)) // twice: one entry, and a word about it
	if strings.Contains(s.openPanel("teach").Text(), "2 entries") {
		t.Errorf("a form sent twice made two entries:\n%s", again.Text())
	}
	shown := s.ask(s.ann, "zorp hours")
	if !strings.Contains(shown.Content, "Fridays.") {
		t.Fatalf("not found:\n%s", shown.Content)
	}
	teach := s.shown(helper.Slash(s.general(), "faq-config", nil))
	s.guild.TakeRole(helper, role)
	if m := s.shown(helper.Forge(teach, fakediscord.Button, "1:wipe:yes")); !strings.Contains(m.Text(), "Manage Server") {
		t.Errorf("a helper without the role: %s", m.Text())
	}
	s.press(s.mod, s.press(s.mod, s.openPanel("data"), "Delete everything of this server"), "Yes, delete everything")
	for c := range shown.All() {
		if c.CustomID != "" && c.Type == fakediscord.Button {
			if m := s.shown(s.ann.Press(shown, c.CustomID)); strings.Contains(m.Text(), "Fridays.") {
				t.Errorf("%s shows what is deleted:\n%s", c.CustomID, m.Text())
			}
		}
	}
}

// An outage of Discord's is no removal, a kick is.
func TestOutageIsNoRemoval(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	down, kicked := s.AddGuild("Down"), s.AddGuild("Kicked")
	for _, g := range []*fakediscord.Guild{down, kicked} {
		boss := g.AddMember("boss", g.AddRole("moderators", fakediscord.ManageGuild))
		s.shown(boss.Select(s.shown(boss.Select(s.shown(boss.Slash(g.General(), "faq-config", nil)), "1:config", "how")), "1:set:strictness", "lenient"))
	}
	down.SetUnavailable(true)
	kicked.BotLeaves()
	for ctx := s.ctx(); ; {
		known := s.known(ctx, "the kick was not noted")
		if !slices.Contains(known, kicked.ID) {
			if !slices.Contains(known, down.ID) {
				t.Error("an outage was taken for a removal")
			}
			break
		}
	}
	kicked.BotJoins()
	for ctx := s.ctx(); ; {
		if slices.Contains(s.known(ctx, "the return was not noted"), kicked.ID) {
			break
		}
	}
}

// A question leaves no trace: not in the database, the log at its most
// talkative, the counters, or what is said of the bot's health. No
// secret is in any of them either.
func TestNoTrace(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	const marker = "quuxblorp"
	for _, text := range []string{marker, question + " " + marker, "my back " + marker + " hurts and I can't breathe"} {
		s.everywhere(s.guild.AddMember("asker"), text)
	}
	secrets := []string{s.Token()}
	// Everything that can go wrong on the way, with a look at what is logged.
	s.OnRequest("POST", "/channels/*/messages", 3, fakediscord.Answer(403, 50013, "Missing Permissions"))
	s.OnRequest("POST", "/interactions/*/*/callback", 2, fakediscord.Answer(404, 10062, "Unknown interaction"))
	s.OnRequest("POST", "/interactions/*/*/callback", 1, fakediscord.Reset())
	for range 3 {
		if _, err := s.guild.AddMember("x").Say(s.guild.AddChannel("y"), s.Bot().Mention()+" "+marker); err != nil {
			t.Fatal(err)
		}
		call, err := s.guild.AddMember("x").Slash(s.general(), "ask", fakediscord.Args{"question": marker})
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, call.Token)
	}
	if !s.log.wait(s.ctx(), "could not answer an interaction", 3) {
		t.Fatalf("the failures are not in the log:\n%s", &s.log)
	}
	ready := s.wait(-1, func(e fakediscord.Event) bool { return e.Type == "READY" })
	var d struct {
		Data struct {
			Session string `json:"session_id"`
		} `json:"d"`
	}
	if err := json.Unmarshal(ready.Body, &d); err != nil {
		t.Fatal(err)
	}
	secrets = append(secrets, d.Data.Session)
	found := map[string]string{"log": s.log.String()}
	for _, path := range []string{"/metrics", "/readyz", "/healthz"} {
		_, found[path] = s.get(path)
	}
	s.forgive = true
	s.end()
	if err := filepath.WalkDir(filepath.Dir(strings.TrimPrefix(s.database, "sqlite:")), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found[filepath.Base(path)] = string(data)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for where, text := range found {
		if bytes.Contains(bytes.ToLower([]byte(text)), []byte(marker)) {
			t.Errorf("what was asked is in %s", where)
		}
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("a secret is in %s", where)
			}
		}
	}
	if len(found) < 5 {
		t.Errorf("looked into %d places only", len(found))
	}
	s.begin()
}
