package main

import (
	"bytes"
	"database/sql"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
	"backfaq/faq"
)

// signLines are what a person must hear first: how it is said, also with a question
// that has an answer, and how the answer begins.
var signLines = map[string]string{
	"i want to die. what causes upper back spasms?":       "# You are not alone",
	"i took 10 ibuprofen. what causes upper back spasms?": "# Call a poison centre",
	"my chest hurts and i cannot breathe":                 "# Get medical help now",
	"my arm is numb and my back is cramped":               "> What you describe is a reason",
}

// aside is the sentence that moderators put below every answer, but not there.
const aside = "Our physio reads along on Fridays."

// warned says a line to the bot in every way there is and looks at how the answers
// begin, and that nothing stands beside poison or a crisis.
func (s *harness) warned(p *fakediscord.Person, ch *fakediscord.Channel, name, line, begins string) {
	s.t.Helper()
	mention := s.Bot().Mention()
	said, err := s.mod.Say(ch, line)
	if err != nil {
		s.t.Fatal(err)
	}
	forwarded, err := s.mod.Post(ch, fakediscord.Post{Forward: &said})
	if err != nil {
		s.t.Fatal(err)
	}
	greeting := s.replyTo(p.DM("hello"))
	ways := map[string]fakediscord.Message{
		"mention":                s.replyTo(p.Say(ch, mention+" "+line)),
		"reply to somebody":      s.replyTo(p.Reply(said, mention+" "+line)),
		"direct message":         s.replyTo(p.DM(line)),
		"reply to the bot":       s.replyTo(p.Reply(greeting, line)),
		"forwarded to me":        s.replyTo(p.Post(p.DMChannel(), fakediscord.Post{Forward: &said})),
		"message command":        s.shown(p.MessageCommand(said, "Answer from FAQ")),
		"on a forwarded message": s.shown(p.MessageCommand(forwarded, "Answer from FAQ")),
	}
	if len(line) <= 1000 {
		ways["/ask"] = s.shown(p.Slash(ch, "ask", fakediscord.Args{"question": line}))
	}
	for way, m := range ways {
		text := m.Text()
		if !strings.HasPrefix(text, begins) {
			s.t.Errorf("%s, %s: %.60q begins with\n%.200s", name, way, line, text)
		}
		crisis, poison := strings.HasPrefix(begins, "# You"), strings.HasPrefix(begins, "# Call")
		if (crisis || poison) && (strings.Contains(text, "switched me off") || strings.Contains(text, "###") || strings.Contains(text, aside)) {
			s.t.Errorf("%s, %s: something stands beside a warning:\n%s", name, way, text)
		}
		if crisis && (len(m.Components) != 1 || !strings.Contains(text, "findahelpline.com")) {
			s.t.Errorf("%s, %s: not the crisis lines alone:\n%s\n%v", name, way, text, m.Components)
		}
	}
}

// A warning sign is answered first on every surface: past the limit on asking, in
// a channel that is switched off, with every entry switched off.
func TestWarningSignsOnEverySurface(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	quiet := s.guild.AddChannel("quiet")
	call, err := s.push("Write: Your sentence")(s.openPanel("says"))
	s.fill(call, err, fakediscord.Fields{"text": aside})
	// A new person for each line: past the limit each level comes once a minute.
	each := func(name string, ch *fakediscord.Channel, before func(p *fakediscord.Person)) {
		t.Helper()
		for line, begins := range signLines {
			p := s.guild.AddMember(name + " " + line[:9])
			if before != nil {
				before(p)
			}
			s.warned(p, ch, name, line, begins)
		}
	}
	each("by default", s.general(), nil)
	s.warned(s.guild.AddMember("c"), s.general(), "nothing but code", "```\nmy chest hurts and i cannot breathe\n```", "# Get medical help now")
	s.shown(s.choose("1:set:mode", "except")(s.openPanel("where")))
	s.shown(s.choose("1:set:channels", quiet.ID)(s.openPanel("where")))
	each("off", quiet, nil)
	menu := s.openPanel("says")
	s.shown(s.mod.Select(menu, "1:set:off:0", switchable...))
	each("no entries", s.general(), nil)
}

// switchable are the entries of the FAQ that moderators can switch off.
var switchable = []string{"faq-causes", "faq-symptoms", "faq-home-treatment", "faq-medical-treatment", "topic-overview", "topic-causes", "topic-symptoms"}

// Past the limit on asking a warning comes all the same, once a minute, and the
// reason for the limit stays away from it.
func TestWarningSignsPastTheLimit(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.shown(s.choose("1:set:questions", "1")(s.openPanel("how")))
	for line, begins := range signLines {
		p := s.guild.AddMember("p " + line[:9])
		s.ask(p, question)
		if m := s.shown(p.Slash(s.general(), "ask", fakediscord.Args{"question": question})); !strings.Contains(m.Text(), "a lot of questions") {
			t.Fatalf("not past the limit:\n%s", m.Text())
		}
		if m := s.ask(p, line); !strings.HasPrefix(m.Text(), begins) || strings.Contains(m.Text(), "a lot of questions") {
			t.Errorf("%q past the limit, by mention:\n%s", line, m.Text())
		}
		if m := s.shown(p.Slash(s.general(), "ask", fakediscord.Args{"question": line})); strings.HasPrefix(m.Text(), begins) {
			t.Errorf("%q past the limit, twice in a minute:\n%s", line, m.Text())
		}
	}
}

// A crisis brings no review card, and is counted by its level without its words.
func TestCrisisLeavesNoTrace(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	review := s.guild.AddChannel("review")
	s.shown(s.choose("1:set:review", review.ID)(s.openPanel("help")))
	for range 6 {
		s.ask(s.guild.AddMember("someone"), "i want to die, massage")
	}
	s.ask(s.ann, "i took 10 ibuprofen")
	asked, err := s.ann.Say(s.general(), s.Bot().Mention()+" what is the capital of france?")
	s.replyTo(asked, err)
	s.card(review, asked) // comes after the others would have come
	stats := s.shown(s.mod.Slash(s.general(), "faq-stats", nil)).Text()
	if !strings.Contains(stats, "6 crisis, 1 poison") || strings.Contains(stats, "die") || strings.Contains(stats, "massage") {
		t.Errorf("the statistics:\n%s", stats)
	}
	if said := s.mod.Messages(review); len(said) != 2 { // the change of the settings, and the card for France
		t.Errorf("%d messages for reviewers:\n%v", len(said), said)
	}
}

// A sign is seen in the first and in the last of the 4,000 characters that Discord
// lets a person send.
func TestWarningSignsInLongMessages(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	filler := strings.Repeat("The garden was green and the train came late. ", 100)
	for line, begins := range signLines {
		room := 4000 - len(s.Bot().Mention()) - 1 - len(line)
		s.warned(s.guild.AddMember("first "+line[:9]), s.general(), "first of 4,000", line+". "+filler[:room-2], begins)
		s.warned(s.guild.AddMember("last "+line[:9]), s.general(), "last of 4,000", filler[:room-2]+". "+line, begins)
	}
}

// With the database gone before anything was read from it, warnings come all the
// same.
func TestWarningSignsWithoutDatabase(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.forgive = true
	dropTables(t, s.database)
	late := s.AddGuild("A server that nothing was read of")
	late.Join(s.mod)
	for line, begins := range signLines {
		s.warned(late.AddMember("p "+line[:9]), late.General(), "no database", line, begins)
	}
	if !strings.Contains(s.log.String(), "no such table") {
		t.Errorf("the database was not gone:\n%s", &s.log)
	}
}

// dropTables empties a SQLite file that the program has open.
func dropTables(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(url, "sqlite:")+"?_pragma=busy_timeout(5000)") // the program may be writing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil || len(names) == 0 {
		t.Fatalf("no tables to drop: %v", err)
	}
	for _, name := range names {
		if _, err := db.ExecContext(t.Context(), `DROP TABLE "`+name+`"`); err != nil {
			t.Fatal(err)
		}
	}
}

// The buttons below a warning open what they name, also past the limit on asking.
func TestButtonsBelowWarnings(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.shown(s.choose("1:set:questions", "1")(s.openPanel("how")))
	for _, line := range []string{"my arm is numb, how do i treat it at home", "my arm is numb. what causes upper back spasms?", "my chest hurts, how do i treat it at home"} {
		p := s.guild.AddMember("p " + line[:20])
		s.ask(p, question)
		m := s.ask(p, line)
		doctor := faq.Builtin().WarningEntry().Title
		if len(m.Buttons()) == 0 || m.Buttons()[0].Label != doctor && !strings.Contains(m.Text(), "### "+doctor) {
			t.Fatalf("%q does not lead to a doctor:\n%s\n%v", line, m.Text(), m.Buttons())
		}
		for _, b := range m.Buttons() {
			if b.CustomID == "" || b.Label == "Helpful" || b.Label == "Not what I asked" {
				continue
			}
			if shown := s.shown(p.Press(m, b.CustomID)).Text(); !strings.Contains(shown, b.Label) {
				t.Errorf("%q: the button %q shows\n%s", line, b.Label, shown)
			}
		}
	}
}

// In the terminal the same is said first.
func TestWarningSignsInTheTerminal(t *testing.T) {
	for line, begins := range signLines {
		var out bytes.Buffer
		if code := start(t.Context(), []string{"ask", line}, streams{strings.NewReader(""), &out, &out}); code != 0 || !strings.HasPrefix(out.String(), begins) {
			t.Errorf("%q: code %d\n%s", line, code, &out)
		}
	}
}
