package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
	"backfaq/bot/store"
	"backfaq/config"
)

// openPanel is the moderator's panel on one of its pages.
func (s *harness) openPanel(page string) fakediscord.Message {
	s.t.Helper()
	m := s.shown(s.mod.Slash(s.general(), "faq-config", nil))
	return s.shown(s.mod.Select(m, "1:config", page))
}

func TestPanelShowsAndChangesEverySetting(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	help := s.guild.AddChannel("help")
	all := s.shown(s.mod.Slash(s.general(), "faq-config", nil))
	if !all.Ephemeral() {
		t.Error("the panel is not private")
	}
	for _, want := range []string{"**Channels:** everywhere", "**Mentions:** answered", "**Answers to /ask:** private", "**How sure I must be:** Balanced",
		"**Questions per person:** 5 in 10 seconds", "**Entries switched off:** none", "**Review channel:** none"} {
		if !strings.Contains(all.Text(), want) {
			t.Errorf("the panel does not say %q:\n%s", want, all.Text())
		}
	}

	for _, step := range []struct {
		page string
		act  func(m fakediscord.Message) (*fakediscord.Interaction, error)
		want string
	}{
		{"where", s.choose("1:set:mode", "only"), "everywhere, until a channel is chosen"},
		{"where", s.choose("1:set:mode", "except"), "**Channels:** everywhere"},
		{"where", s.choose("1:set:channels", help.ID), "everywhere but in <#" + help.ID + ">"},
		{"where", s.push("Change to: not answered"), "**Mentions:** not answered"},
		{"where", s.push("Change to: answered"), "**Mentions:** answered"},
		{"how", s.push("Change to: public: everyone in the channel"), "**Answers to /ask:** public"},
		{"how", s.choose("1:set:strictness", "strict"), "**How sure I must be:** Strict"},
		{"how", s.choose("1:set:cooldown", "3600"), "**Saying it again:** 1 hour"},
		{"how", s.choose("1:set:questions", "20"), "**Questions per person:** 20 in 10 seconds"},
		{"says", s.choose("1:set:off:0", "topic-overview", "sub-pain"), "Understanding upper back spasms; Pain"},
		{"help", s.choose("1:set:helpchannel", help.ID), "**Help channel:** <#" + help.ID + ">"},
		{"help", s.choose("1:set:review", help.ID), "**Review channel:** <#" + help.ID + ">"},
	} {
		m := s.shown(step.act(s.openPanel(step.page)))
		if text := m.Text(); !strings.Contains(text, "**Saved.**") || !strings.Contains(text, step.want) {
			t.Errorf("want %q saved, got\n%s", step.want, text)
		}
	}
	// Public by default from the very next question on.
	if m := s.shown(s.ann.Slash(s.general(), "ask", fakediscord.Args{"question": question})); m.Ephemeral() {
		t.Error("/ask is still private")
	}
	// The last changes name who and what.
	if text := s.openPanel("checks").Text(); !strings.Contains(text, "<@"+s.mod.ID()+">: Review channel: <#"+help.ID+">") {
		t.Errorf("the last change is not listed:\n%s", text)
	}
	reset := s.press(s.mod, s.openPanel("data"), "Reset to defaults")
	if text := s.press(s.mod, reset, "Yes, reset the settings").Text(); !strings.Contains(text, "**Channels:** everywhere\n") {
		t.Errorf("not reset:\n%s", text)
	}
}

// choose selects in a menu of the panel; push presses a button.
func (s *harness) choose(id string, values ...string) func(fakediscord.Message) (*fakediscord.Interaction, error) {
	return func(m fakediscord.Message) (*fakediscord.Interaction, error) { return s.mod.Select(m, id, values...) }
}

func (s *harness) push(label string) func(fakediscord.Message) (*fakediscord.Interaction, error) {
	return func(m fakediscord.Message) (*fakediscord.Interaction, error) {
		b, ok := m.Button(label)
		if !ok {
			return nil, fmt.Errorf("no button %q on:\n%s", label, m.Text())
		}
		return s.mod.Press(m, b.CustomID)
	}
}

// fill opens a modal and submits it with the given values.
func (s *harness) fill(call *fakediscord.Interaction, err error, values fakediscord.Fields) fakediscord.Message {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	form, err := call.Modal(s.ctx())
	if err != nil {
		s.t.Fatalf("%v\n%s", err, &s.log)
	}
	return s.shown(s.mod.SubmitModal(form, values))
}

func TestSettingsAreObeyed(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	quiet := s.guild.AddChannel("quiet")
	call, err := s.push("Write: Your sentence")(s.openPanel("says"))
	s.fill(call, err, fakediscord.Fields{"text": "Our physio reads along on Fridays."})
	call, err = s.push("Write: Emergency numbers")(s.openPanel("says"))
	s.fill(call, err, fakediscord.Fields{"text": "112"})
	s.shown(s.choose("1:set:helpchannel", s.general().ID)(s.openPanel("help")))
	s.shown(s.choose("1:set:mode", "except")(s.openPanel("where")))
	s.shown(s.choose("1:set:channels", quiet.ID)(s.openPanel("where")))

	if m := s.ask(s.ann, question); !strings.Contains(m.Content, "\nOur physio reads along on Fridays.\n-# ") {
		t.Errorf("the server's sentence is not above the disclaimer:\n%s", m.Content)
	}
	if m := s.ask(s.ann, "i cannot breathe and my back cramps"); !strings.Contains(m.Content, "**112**") {
		t.Errorf("the emergency number is not shown:\n%s", m.Content)
	}
	if m := s.ask(s.ann, "what is the capital of france?"); !strings.Contains(m.Content, "<#"+s.general().ID+">") {
		t.Errorf("the help channel is not named:\n%s", m.Content)
	}
	if m := s.shown(s.ann.Slash(quiet, "ask", fakediscord.Args{"question": question})); !m.Ephemeral() || !strings.Contains(m.Content, "switched me off in this channel") {
		t.Errorf("in a channel that is off: %s", m.Content)
	}
	// A thread follows its channel; and where I am off, a sign of an emergency
	// is still answered.
	thread := quiet.AddThread("a thread")
	if _, err := s.ann.Say(thread, s.Bot().Mention()+" "+question); err != nil {
		t.Fatal(err)
	}
	urgent := s.replyTo(s.ann.Say(thread, s.Bot().Mention()+" my chest hurts and i cannot breathe"))
	if !strings.HasPrefix(urgent.Content, "# Get medical help now") || strings.Contains(urgent.Content, "###") {
		t.Errorf("an emergency where the bot is off:\n%s", urgent.Content)
	}
	if said := s.ann.Messages(thread); len(said) != 3 {
		t.Errorf("%d messages in the thread, want two questions and one warning", len(said))
	}
}

func TestListeningIn(t *testing.T) {
	s := startHarness(t, fakediscord.Options{Privileged: fakediscord.IntentMessageContent}, "--discord-message-content")
	s.shown(s.choose("1:set:listen", s.general().ID)(s.openPanel("where")))
	const sure = "What are the symptoms of upper back spasms?"
	first := s.replyTo(s.ann.Say(s.general(), sure))
	if !strings.Contains(first.Content, "### "+sure) {
		t.Errorf("overheard, and sure:\n%s", first.Content)
	}
	bob := s.guild.AddMember("bob")
	for who, text := range map[*fakediscord.Person]string{
		bob:   sure,                                               // said here a moment ago
		s.ann: "anyone up for a round of chess, my back hurts",    // not sure
		s.mod: "What are the common causes of upper back spasms?", // a moderator's own
	} {
		if _, err := who.Say(s.general(), text); err != nil {
			t.Fatal(err)
		}
	}
	s.replyTo(bob.Say(s.general(), "How can I treat upper back spasms at home?"))
	if n := count(s, "POST") - countPath(s, "/callback"); n != 2 {
		t.Errorf("the bot spoke %d times, want twice", n)
	}
}

func countPath(s *harness, suffix string) int {
	n := 0
	for _, e := range s.Events() {
		if e.Kind == fakediscord.KindREST && strings.HasSuffix(e.Path, suffix) {
			n++
		}
	}
	return n
}

func TestRehearsalExplains(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	call, err := s.push("Write: Your sentence")(s.openPanel("says"))
	s.fill(call, err, fakediscord.Fields{"text": "Our physio reads along on Fridays."})
	const odd = "why does my *uper* back_cramp"
	m := s.shown(s.mod.Slash(s.general(), "faq-test", fakediscord.Args{"text": odd}))
	for _, want := range []string{"I am sure enough that it asks for **What are the common causes", "### What are the common causes of upper back spasms?", "Our physio reads along on Fridays."} {
		if text := m.Text(); !m.Ephemeral() || !strings.Contains(text, want) || strings.Contains(text, "**Verdict**") {
			t.Errorf("want %q, got\n%s", want, text)
		}
	}
	// It is what people get, to the letter.
	said := s.ask(s.ann, odd).Content
	above := strings.TrimSpace(said[:strings.LastIndex(said, "-# ")])
	if !strings.Contains(m.Text(), above) {
		t.Errorf("people get\n%s\nthe rehearsal shows\n%s", said, m.Text())
	}
	sum := s.press(s.mod, m, "Show how I came to it").Text()
	if !strings.Contains(sum, "**Verdict**: answered") || !strings.Contains(sum, above) {
		t.Errorf("got\n%s", sum)
	}
}

func TestStatisticsAsTextAndPicture(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.press(s.ann, s.ask(s.ann, question), "Helpful")
	s.ask(s.ann, "what is the capital of france?")
	// Counters are written when the program ends.
	s.end()
	s.begin()
	m := s.shown(s.mod.Slash(s.general(), "faq-stats", fakediscord.Args{"days": 7}))
	text := m.Text()
	for _, want := range []string{"**2 questions:** 1 answered, 0 suggested, 1 unknown", "1 helpful", "- mention: **2**, of which 1 answered"} {
		if !strings.Contains(text, want) {
			t.Errorf("the statistics do not say %q:\n%s", want, text)
		}
	}
	found := false
	for c := range m.All() {
		for _, item := range c.Items {
			found = item.Description != "" && len(m.Attachments) == 1
		}
	}
	if !found {
		t.Errorf("no picture with a description:\n%+v", m.Components)
	}
}

// A component says what is wanted, never who wants it: a member who sends a
// moderator's custom_id changes nothing, and noise is answered kindly.
func TestForgedComponentsChangeNothing(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	answer := s.ask(s.ann, question)
	before := s.shown(s.mod.Slash(s.general(), "faq-config", nil)).Text()
	for id := range actionsOfModerators(s) {
		m := s.shown(s.ann.Forge(answer, fakediscord.StringSelect, id, "lenient"))
		if !m.Ephemeral() || !strings.Contains(m.Content, "Manage Server") {
			t.Errorf("%s: %s", id, m.Content)
		}
	}
	for _, id := range []string{"0:set:mode", "1:nothing", "1", ":::", strings.Repeat("x", 100), "1:entry:no-such-entry", "1:share:own-1", "1:other::::"} {
		if m := s.shown(s.ann.Forge(answer, fakediscord.Button, id)); !m.Ephemeral() || strings.Contains(m.Content, "###") {
			t.Errorf("%q: %s", id, m.Content)
		}
	}
	if after := s.shown(s.mod.Slash(s.general(), "faq-config", nil)).Text(); after != before {
		t.Errorf("the settings changed:\n%s\nwere\n%s", after, before)
	}
}

// actionsOfModerators are custom_ids of everything that only moderators may do.
func actionsOfModerators(s *harness) map[string]bool {
	ids := map[string]bool{"1:wipe:yes": true, "1:reset:yes": true, "1:taught:card:faq-causes": true, "1:undo:1": true, "1:import:replace": true, "1:tell:faq-causes:1:1": true, "1:cardundo:1:1:1": true, "1:cardmenu:1:1:0": true, "1:cardignore:1:1": true, "1:entrysaved": true, "1:written:note": true, "1:pickanswer:0": true}
	for _, page := range []string{"where", "how", "says", "help", "teach", "checks", "data"} {
		m := s.openPanel(page)
		for c := range m.All() {
			if c.CustomID != "" {
				ids[c.CustomID] = true
			}
		}
	}
	return ids
}

// Everything of a server can be deleted, and is asked about twice.
func TestDeleteEverything(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.shown(s.choose("1:set:strictness", "lenient")(s.openPanel("how")))
	ask := s.press(s.mod, s.openPanel("data"), "Delete everything of this server")
	if text := s.press(s.mod, ask, "Yes, delete everything").Text(); !strings.Contains(text, "**Deleted.**") || !strings.Contains(text, "**How sure I must be:** Balanced") {
		t.Errorf("got\n%s", text)
	}
	if text := s.openPanel("checks").Text(); !strings.Contains(text, "Nobody has changed anything yet.") {
		t.Errorf("the list of changes is still there:\n%s", text)
	}
}

func TestPermissionDoctor(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	if text := s.openPanel("checks").Text(); !strings.Contains(text, "None. I may do all I need") {
		t.Errorf("nothing is missing, but:\n%s", text)
	}
	hushed := s.guild.AddChannel("hushed")
	hushed.Overwrite(s.guild.Everyone().ID, 0, fakediscord.SendMessages|fakediscord.AttachFiles)
	if text := s.openPanel("checks").Text(); !strings.Contains(text, "<#"+hushed.ID+">: Send Messages, Attach Files") {
		t.Errorf("the missing permissions are not named:\n%s", text)
	}
	// The summary says so, too, in red, and why; but not of a channel that the bot is
	// kept out of, unless a setting names it.
	staff := s.guild.AddChannel("staff")
	staff.Overwrite(s.guild.Everyone().ID, 0, fakediscord.ViewChannel)
	summary := func() string { return s.shown(s.mod.Slash(s.general(), "faq-config", nil)).Text() }
	const red = "🔴 missing · **Permission “%s”** in <#%s>\n-# %s\n"
	for _, want := range []string{fmt.Sprintf(red, "Send Messages", hushed.ID, "I cannot answer there."),
		fmt.Sprintf(red, "Attach Files", hushed.ID, "I cannot show the chart of /faq-stats or an export there.")} {
		if text := summary(); !strings.Contains(text, want) || strings.Contains(text, staff.ID) {
			t.Errorf("want %q, got\n%s", want, text)
		}
	}
	s.forgive = true // it cannot be told there
	s.shown(s.choose("1:set:review", staff.ID)(s.openPanel("help")))
	if text := summary(); !strings.Contains(text, fmt.Sprintf(red, "View Channel", staff.ID, "I cannot see what is asked there, nor write there.")) {
		t.Errorf("the review channel cannot be seen:\n%s", text)
	}
}

// A text is saved as it was typed where names in it cannot be looked up in time.
func TestTextIsSavedWithoutLinks(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.OnRequest("GET", "/guilds/*/roles", fakediscord.Forever, fakediscord.Hang())
	s.forgive = true // the lookup that hangs
	call, err := s.push("Write: Your sentence")(s.openPanel("says"))
	if text := s.fill(call, err, fakediscord.Fields{"text": "Ask in #general."}).Text(); !strings.Contains(text, "**Saved.**") || !strings.Contains(text, `Ask in \#general.`) {
		t.Errorf("got\n%s", text)
	}
}

// known lists the servers that the store takes the bot to be on, from a copy:
// the database is the running bot's alone.
func (s *harness) known(ctx context.Context, missing string) []string {
	s.t.Helper()
	copied := filepath.Join(s.t.TempDir(), "copy.db")
	if err := store.Backup(ctx, config.Secret(s.database), copied); err != nil {
		s.t.Fatalf("%s: %v", missing, err)
	}
	kept, err := store.Open(ctx, config.Secret("sqlite:"+copied), store.Options{})
	if err != nil {
		s.t.Fatalf("%s: %v", missing, err)
	}
	defer func() { _ = kept.Close() }()
	known, err := kept.Known(ctx)
	if err != nil {
		s.t.Fatalf("%s: %v", missing, err)
	}
	return known
}

// A server that removed the bot while it was not running is noted at the next
// start, so that its rows go when their time has come.
func TestRemovalWhileAway(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	gone := s.AddGuild("Gone soon")
	boss := gone.AddMember("boss", gone.AddRole("moderators", fakediscord.ManageGuild))
	panel := s.shown(boss.Slash(gone.General(), "faq-config", nil))
	how := s.shown(boss.Select(panel, "1:config", "how"))
	s.shown(boss.Select(how, "1:set:strictness", "lenient"))
	s.shown(s.choose("1:set:strictness", "lenient")(s.openPanel("how")))
	s.end()
	gone.BotLeaves()
	s.begin()

	for ctx := s.ctx(); ; {
		if slices.Equal(s.known(ctx, "the store still takes the bot to be elsewhere"), []string{s.guild.ID}) {
			break
		}
	}
}

// A change is told to the review channel, the one before and the
// one after, and a wipe is too.
func TestChangesAreAnnounced(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	a, b := s.guild.AddChannel("review-a"), s.guild.AddChannel("review-b")
	told := func(ch *fakediscord.Channel, want string) {
		t.Helper()
		s.wait(-1, func(fakediscord.Event) bool {
			return slices.ContainsFunc(s.mod.Messages(ch), func(m fakediscord.Message) bool {
				return strings.Contains(m.Content, want) && strings.Contains(m.Content, s.mod.User().Mention())
			})
		})
	}
	s.shown(s.choose("1:set:review", a.ID)(s.openPanel("help")))
	told(a, "Review channel: <#"+a.ID+">")
	s.shown(s.choose("1:set:strictness", "strict")(s.openPanel("how")))
	told(a, "How sure I must be: Strict")
	s.shown(s.choose("1:set:review", b.ID)(s.openPanel("help")))
	told(a, "Review channel: <#"+b.ID+">")
	told(b, "Review channel: <#"+b.ID+">")
	call, err := s.push("Write: Your sentence")(s.openPanel("says"))
	s.fill(call, err, fakediscord.Fields{"text": "**See** [us](https://example.org) @everyone"})
	told(b, `Your sentence: \*\*See\*\* \[us\](https://example.org) @everyone`) // as it was written, and no link
	ask := s.press(s.mod, s.openPanel("data"), "Delete everything of this server")
	s.press(s.mod, ask, "Yes, delete everything")
	told(b, "Everything of this server was deleted.")
}

// A role that was granted the commands may look, and is told so before it has
// typed anything.
func TestGrantedRolesMayLook(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	helper := s.guild.AddMember("helper")
	s.guild.Allow("faq-config", helper)
	s.guild.Allow("Teach this to the FAQ", helper)
	if m := s.shown(helper.Slash(s.general(), "faq-config", nil)); !strings.Contains(m.Text(), "You can look at everything here") {
		t.Errorf("the panel: %s", m.Text())
	}
	said, err := s.ann.Say(s.general(), "zorp")
	if err != nil {
		t.Fatal(err)
	}
	if m := s.shown(helper.MessageCommand(said, "Teach this to the FAQ")); !strings.Contains(m.Content, "Manage Server") {
		t.Errorf("teaching: %s", m.Content)
	}
}

func TestOldButtonsAndPrivateAnswers(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	answer := s.ask(s.ann, "What are the common causes of upper back spasms?")
	private := s.shown(s.ann.Slash(s.general(), "ask", fakediscord.Args{"question": question}))
	s.shown(s.choose("1:set:off:0", "topic-poor-posture", "faq-causes", "topic-causes")(s.openPanel("says")))
	if m := s.press(s.ann, answer, "Poor posture"); !strings.Contains(m.Content, "switched that answer off") {
		t.Errorf("an entry that is off: %s", m.Content)
	}
	if m := s.press(s.ann, private, "Share"); !m.Ephemeral() {
		t.Errorf("an entry that is off was shared: %s", m.Content)
	}
	// Sharing again and again is asking too much.
	s.shown(s.choose("1:set:off:0")(s.openPanel("says")))
	public := 0
	for range 12 {
		if m := s.press(s.ann, private, "Share"); !m.Ephemeral() {
			public++
		}
	}
	if public > 5 {
		t.Errorf("one answer was shared %d times at once", public)
	}
	s.shown(s.push("Change to: public: everyone in the channel")(s.openPanel("how")))
	if m := s.shown(s.ann.Slash(s.general(), "help", nil)); !strings.Contains(m.Content, "Everyone here sees the answer") {
		t.Errorf("/help promises privacy that is not there: %s", m.Content)
	}
}
