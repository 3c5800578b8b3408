package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"backfaq/bot/fakediscord"
	"backfaq/faq"
)

// A harness is a small Discord and the real program on it, started as from the
// command line: in this process by [harness.begin], or in a process of its own,
// which a test can kill, by [harness.spawn].
type harness struct {
	*fakediscord.Server
	t        *testing.T
	guilds   []*fakediscord.Guild
	guild    *fakediscord.Guild  // the first
	ann      *fakediscord.Person // a member of the first
	mod      *fakediscord.Person // may manage the first
	args     []string
	database string                // DATABASE_URL
	asked    []fakediscord.Message // by askEverywhere

	// Of a program in this process.
	forgive bool // refusals are the test's own doing
	mark    int  // the recording up to here has been looked through by replyTo
	log     safeBuffer
	stop    context.CancelFunc
	exit    chan int
}

// safeBuffer takes the program's log while the test reads it.
type safeBuffer struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	more chan struct{} // made by a waiter, closed by the next line
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.more != nil {
		close(b.more)
		b.more = nil
	}
	return b.buf.Write(p)
}

// wait waits until the log holds a text so many times, and reports whether it does.
func (b *safeBuffer) wait(ctx context.Context, text string, times int) bool {
	for {
		b.mu.Lock()
		if b.more == nil {
			b.more = make(chan struct{})
		}
		found, more := strings.Count(b.buf.String(), text) >= times, b.more
		b.mu.Unlock()
		if found || ctx.Err() != nil {
			return found
		}
		select {
		case <-more:
		case <-ctx.Done():
		}
	}
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// newHarness makes a Discord with some servers. Args are more flags of
// `bot run`; of a flag given twice the last counts.
func newHarness(t *testing.T, o fakediscord.Options, guilds int, args ...string) *harness {
	t.Helper()
	o.NoRateLimits = true
	srv, err := fakediscord.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &harness{Server: srv, t: t}
	for n := range guilds {
		s.guilds = append(s.guilds, srv.AddGuild(fmt.Sprint("Back pain club ", n)))
	}
	s.guild = s.guilds[0]
	s.ann = s.guild.AddMember("ann")
	s.mod = s.guild.AddMember("mod", s.guild.AddRole("moderators", fakediscord.ManageGuild))
	s.database = "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	s.args = append([]string{"run", "--discord-token", srv.Token(), "--discord-api-url", srv.URL(), "--http-addr", "none",
		"--database-url", s.database, "--log-level", "debug"}, args...)
	return s
}

// startHarness makes a Discord with one server and starts the program in this
// process, beside those of other tests: the program waits more than it computes. In
// the end it checks what always holds.
func startHarness(t *testing.T, o fakediscord.Options, args ...string) *harness {
	t.Helper()
	t.Parallel()
	o.IdentifyEvery = -1 // tests restart the program
	s := newHarness(t, o, 1, append([]string{"--http-addr", "127.0.0.1:0"}, args...)...)
	s.begin()
	t.Cleanup(func() {
		s.end()
		s.checkRecording()
	})
	return s
}

// begin starts the program and waits until it is connected and its commands
// are registered.
func (s *harness) begin() {
	s.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.exit = stop, make(chan int, 1)
	mark := s.Mark()
	go func() { s.exit <- start(ctx, s.args, streams{strings.NewReader(""), &s.log, &s.log}) }()
	s.wait(mark, func(e fakediscord.Event) bool {
		return e.Kind == fakediscord.KindGatewayOut && e.Type == "GUILD_CREATE"
	})
	s.wait(mark, func(e fakediscord.Event) bool {
		return e.Kind == fakediscord.KindREST && strings.HasSuffix(e.Path, "/commands") && (e.Method == "PUT" || len(s.Commands()) > 0)
	})
}

// end stops the program as a signal does, and expects it to leave in good order.
func (s *harness) end() {
	s.t.Helper()
	s.stop()
	select {
	case code := <-s.exit:
		if code != 0 {
			s.t.Errorf("the program ended with code %d\n%s", code, &s.log)
		}
	case <-time.After(5 * time.Second):
		s.t.Errorf("the program did not end within 5 s\n%s", &s.log)
	}
}

func (s *harness) ctx() context.Context {
	return deadline(s.t, patience)
}

func (s *harness) wait(after int, match func(fakediscord.Event) bool) fakediscord.Event {
	s.t.Helper()
	e, err := s.WaitAfter(s.ctx(), after, match)
	if err != nil {
		s.t.Fatalf("waiting: %v\n%s", err, &s.log)
	}
	return e
}

// general is the server's first channel.
func (s *harness) general() *fakediscord.Channel { return s.guild.General() }

// shown is the message that an interaction was answered with.
func (s *harness) shown(call *fakediscord.Interaction, err error) fakediscord.Message {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	m, err := call.Message(s.ctx())
	if err != nil {
		s.t.Fatalf("%v\n%s", err, &s.log)
	}
	return m
}

// replyTo is the bot's reply to a message that a person just wrote. Replies are
// waited for in the order in which the messages were written.
func (s *harness) replyTo(said fakediscord.Message, err error) fakediscord.Message {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	var reply fakediscord.Message
	found := s.wait(s.mark, func(e fakediscord.Event) bool {
		var m struct {
			ID        string `json:"id"`
			Channel   string `json:"channel_id"`
			Reference struct {
				ID string `json:"message_id"`
			} `json:"message_reference"`
		}
		if e.Kind != fakediscord.KindREST || e.Method != "POST" || e.Status != 200 || json.Unmarshal(e.Response, &m) != nil || m.Reference.ID != said.ID {
			return false
		}
		var ok bool
		reply, ok = s.Message(m.Channel, m.ID)
		return ok
	})
	s.mark = found.N
	return reply
}

// ask mentions the bot in a channel and returns its reply.
func (s *harness) ask(p *fakediscord.Person, text string) fakediscord.Message {
	s.t.Helper()
	return s.replyTo(p.Say(s.general(), s.Bot().Mention()+" "+text))
}

// press presses the button with a label and returns what the bot shows.
func (s *harness) press(p *fakediscord.Person, m fakediscord.Message, label string) fakediscord.Message {
	s.t.Helper()
	button, ok := m.Button(label)
	if !ok {
		s.t.Fatalf("no button %q on:\n%s", label, m.Text())
	}
	return s.shown(p.Press(m, button.CustomID))
}

// waitConnected waits until so many shards are.
func (s *harness) waitConnected(shards int, within time.Duration) {
	s.t.Helper()
	if _, err := s.WaitFor(deadline(s.t, within), func(fakediscord.Event) bool { return s.Connected() == shards }); err != nil {
		s.t.Fatalf("%d of %d shards after %v", s.Connected(), shards, within)
	}
}

// askEverywhere lets somebody on every server ask one question.
func (s *harness) askEverywhere() {
	s.t.Helper()
	for _, g := range s.guilds {
		m, err := g.AddMember("somebody").Say(g.General(), s.Bot().Mention()+" what causes upper back spasms?")
		if err != nil {
			s.t.Fatal(err)
		}
		s.asked = append(s.asked, m)
	}
}

// answers counts the answers to a question. What Discord drops for its nonce
// is counted, too: it should not have been sent.
func (s *harness) answers() map[string]int {
	n := map[string]int{}
	for _, e := range s.Events() {
		if id := repliesTo(e); id != "" && e.Status == 200 {
			n[id]++
		}
	}
	return n
}

// repliesTo is the id of the message that a call of the bot replies to; "" if it is
// no reply.
func repliesTo(e fakediscord.Event) string {
	var m struct {
		Reference struct {
			ID string `json:"message_id"`
		} `json:"message_reference"`
	}
	if e.Kind != fakediscord.KindREST || e.Method != "POST" || json.Unmarshal(e.Body, &m) != nil {
		return ""
	}
	return m.Reference.ID
}

// answeredOnce waits until all that were asked have an answer, and checks that
// none has two.
func (s *harness) answeredOnce(ctx context.Context) {
	s.t.Helper()
	got := map[string]int{}
	_, _ = s.WaitFor(ctx, func(fakediscord.Event) bool {
		got = s.answers()
		return len(got) >= len(s.asked)
	})
	for _, m := range s.asked {
		if got[m.ID] != 1 {
			s.t.Errorf("question %s was answered %d times", m.ID, got[m.ID])
		}
	}
}

// checkRecording is what always holds, over all that was ever sent.
func (s *harness) checkRecording() {
	spec := specification(s.t)
	disclaimer := "-# " + faq.Builtin().Disclaimer()
	for _, e := range s.Events() {
		if e.Kind != fakediscord.KindREST {
			continue
		}
		if spec != nil {
			if err := spec.Check(e); err != nil {
				s.t.Errorf("%s %s: %v\n%.600s", e.Method, e.Path, err, e.Body)
			}
		}
		if e.Method == "GET" || e.Method == "PUT" {
			continue
		}
		if e.Status >= 400 && !s.forgive {
			s.t.Errorf("refused: %s %s: %d %s\nsent: %.600s", e.Method, e.Path, e.Status, e.Response, e.Body)
		}
		for _, m := range messagesIn(e.Form) {
			if !bytes.Contains(m.raw, []byte(`"allowed_mentions":{"parse":[],`)) {
				s.t.Errorf("a message could ping: %s", m.raw)
			}
			if m.Content != nil && m.Flags&suppressEmbeds == 0 {
				s.t.Errorf("a message may have a link preview below the disclaimer: %s", m.raw)
			}
			if last := m.last(); last != disclaimer {
				s.t.Errorf("a message ends with %q: %s", last, m.raw)
			}
		}
	}
	if strings.Contains(s.log.String(), s.Token()) {
		s.t.Errorf("the log holds the token:\n%s", &s.log)
	}
}

// suppressEmbeds is the flag of a message without link previews
// (resources/message#message-object-message-flags).
const suppressEmbeds = 1 << 2

// sent is a message as it went over the wire.
type sent struct {
	raw        json.RawMessage
	Content    *string           `json:"content"`
	Components []json.RawMessage `json:"components"`
	Flags      int               `json:"flags"`
}

// messagesIn finds the message in the form of a request: bare or in a callback.
func messagesIn(body []byte) []sent {
	var callback struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	_ = json.Unmarshal(body, &callback)
	switch {
	case callback.Type == 6:
		return nil // nothing is said yet
	case callback.Data != nil && !slices.Contains([]int{4, 7}, callback.Type):
		return nil // choices or a modal
	case callback.Data != nil:
		body = callback.Data
	}
	m := sent{raw: body}
	if json.Unmarshal(body, &m) != nil {
		return nil
	}
	return []sent{m}
}

// last is the last line of text that people see.
func (m sent) last() string {
	text := ""
	if m.Content != nil {
		text = *m.Content
	}
	for _, c := range m.Components {
		var display struct {
			Type    int    `json:"type"`
			Content string `json:"content"`
		}
		if json.Unmarshal(c, &display) == nil && display.Type == 10 {
			text = display.Content
		}
	}
	return text[strings.LastIndexByte(text, '\n')+1:]
}
