package discord

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
	"backfaq/config"
	"backfaq/faq"
)

// endpointTest is a bot with an endpoint on loopback, and a Discord that posts to it.
type endpointTest struct {
	*fakediscord.Server
	url   string
	bot   *Bot
	guild *fakediscord.Guild
	ann   *fakediscord.Person
	log   harness.LogBuffer
}

func newEndpointTest(t *testing.T, change ...func(*Options)) *endpointTest {
	t.Helper()
	srv, err := fakediscord.Start(fakediscord.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &endpointTest{Server: srv, guild: srv.AddGuild("Back pain club")}
	p.ann = p.guild.AddMember("ann")
	transport := &http.Transport{}
	o := Options{
		Desk: &faq.Desk{Book: faq.Builtin()}, Token: config.Secret(srv.Token()), API: srv.URL(), Transport: transport,
		Log: p.log.Logger(), Shards: config.Shards{None: true},
	}
	for _, c := range change {
		c(&o)
	}
	if o.Key, err = hex.DecodeString(srv.PublicKey()); err != nil {
		t.Fatal(err)
	}
	if p.bot, err = New(o); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(p.bot.Endpoint())
	p.url = web.URL
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- p.bot.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the bot ended with %v", err)
		}
		web.Close()
		transport.CloseIdleConnections()
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := srv.WaitFor(p.soon(t), func(e fakediscord.Event) bool { return e.Method == http.MethodPut && e.Status == 200 }); err != nil {
		t.Fatal(err)
	}
	if err := srv.SetEndpoint(p.soon(t), p.url); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *endpointTest) soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// payload is an interaction as Discord would send it, with an id of its own.
func (p *endpointTest) payload(t *testing.T, id string) []byte {
	t.Helper()
	return fmt.Appendf(nil, `{"id":"%s","application_id":"%s","type":2,"token":"tok","guild_id":"%s","channel_id":"%s",
		"member":{"user":{"id":"%s"},"permissions":"0"},"data":{"type":1,"name":"ask","options":[{"name":"question","type":3,"value":"what causes upper back spasms?"}]}}`,
		id, p.ApplicationID(), p.guild.ID, p.guild.General().ID, p.ann.ID())
}

// stampOf is the timestamp of a request that Discord sends so much later.
func stampOf(later time.Duration) string { return strconv.FormatInt(time.Now().Add(later).Unix(), 10) }

func TestUnreadableRequests(t *testing.T) {
	p := newEndpointTest(t)
	for _, body := range []string{"{", `{"id":"1","type":2,"token":"x"}`} {
		stamp := stampOf(0)
		if e, err := p.PostSigned(p.soon(t), p.url, stamp, p.Sign(stamp, []byte(body)), []byte(body)); err != nil || e.Status != 400 {
			t.Errorf("%s is answered with %d, %v", body, e.Status, err)
		}
	}
}

func TestPings(t *testing.T) {
	p := newEndpointTest(t)
	for n := range 1100 {
		if n%11 == 10 { // a probe sends one bad and one good signature
			if err := p.SetEndpoint(p.soon(t), p.url); err != nil {
				t.Fatalf("Discord would remove the address: %v", err)
			}
			continue
		}
		body, stamp := p.payload(t, fmt.Sprint(200_000_000_000_000_000+n)), stampOf(0)
		e, err := p.PostSigned(p.soon(t), p.url, stamp, p.Sign(stamp, body), body)
		if err != nil || e.Status != 200 {
			t.Fatalf("a good request among bad ones: %d, %v", e.Status, err)
		}
	}
}

func TestAnswersByHTTP(t *testing.T) {
	p := newEndpointTest(t)
	call, err := p.ann.Slash(p.guild.General(), "ask", fakediscord.Args{"question": "what causes upper back spasms?"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := call.Message(p.soon(t))
	if err != nil || !strings.HasSuffix(m.Content, subtext(faq.Builtin().Disclaimer())) {
		t.Fatalf("answered with %q, %v", m.Content, err)
	}
	choices, err := p.ann.Autocomplete(p.guild.General(), "ask", "question", "caus", nil)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := choices.Choices(p.soon(t)); err != nil || len(list) == 0 {
		t.Errorf("%d choices, %v", len(list), err)
	}
	for _, e := range p.Events() {
		if strings.HasPrefix(string(e.Kind), "gateway") || strings.HasSuffix(e.Path, "/callback") {
			t.Errorf("%s %s: not needed to answer by HTTP", e.Kind, e.Path)
		}
	}
}

func TestRecordedRequests(t *testing.T) {
	p := newEndpointTest(t)
	send := func(stamp, id string) int {
		body := p.payload(t, id)
		e, err := p.PostSigned(p.soon(t), p.url, stamp, p.Sign(stamp, body), body)
		if err != nil {
			t.Fatal(err)
		}
		return e.Status
	}
	if got := send(stampOf(-2*time.Hour), "1000000000000000000"); got != 409 {
		t.Errorf("an old recording is answered with %d", got)
	}
	first := stampOf(0)
	if got := send(first, "1000000000000000001"); got != 200 {
		t.Errorf("the first is answered with %d", got)
	}
	if got := send(first, "1000000000000000001"); got != 409 {
		t.Errorf("the same again is answered with %d", got)
	}
	if got := send(first, "1000000000000000002"); got != 200 {
		t.Errorf("another is answered with %d", got)
	}
	if got := send(stampOf(950*time.Second), "1000000000000000003"); got != 200 {
		t.Errorf("a later one is answered with %d", got)
	}
	// Forgotten ids do not matter: nobody may answer what is that old.
	p.bot.seen[seenInteractions] = &recent{most: maxSeen}
	if got := send(first, "1000000000000000001"); got != 409 {
		t.Errorf("a recording is answered with %d", got)
	}
}

// TestEndpointKeepsTime is for the endpoint what TestKeepsTheClock is for the gateway.
func TestEndpointKeepsTime(t *testing.T) {
	p := newEndpointTest(t, func(o *Options) { o.Desk.Servers = stuckServers{} })
	body, stamp := p.payload(t, "300000000000000000"), stampOf(0)
	began := time.Now()
	e, err := p.PostSigned(p.soon(t), p.url, stamp, p.Sign(stamp, body), body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Type int `json:"type"`
		Data struct {
			Content string `json:"content"`
		} `json:"data"`
	}
	if err := json.Unmarshal(e.Response, &answer); err != nil || e.Status != 200 || !strings.HasSuffix(answer.Data.Content, subtext(faq.Builtin().Disclaimer())) {
		t.Errorf("answered with %d %s", e.Status, e.Response)
	}
	if took := time.Since(began); took > 2500*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
}

// stuckServers is a database that hangs for longer than Discord waits, whatever it is told.
type stuckServers struct{}

func (stuckServers) View(ctx context.Context, _ string) (faq.View, error) {
	hang := time.NewTimer(4 * time.Second)
	defer hang.Stop()
	<-hang.C
	return faq.View{}, faq.ErrUnavailable
}

// A clock that is wrong by days costs no answer: a request is judged by the times
// that Discord signs. Operators hear of it once, and in /readyz.
func TestWrongClock(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"76 minutes ahead": 76 * time.Minute, "days ahead": 100 * time.Hour, "behind": -3 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			p := newEndpointTest(t, func(o *Options) { o.Now = func() time.Time { return time.Now().Add(ahead) } })
			send := func(stamp, id string) int {
				body := p.payload(t, id)
				e, err := p.PostSigned(p.soon(t), p.url, stamp, p.Sign(stamp, body), body)
				if err != nil {
					t.Fatal(err)
				}
				return e.Status
			}
			for n := range 3 {
				if got := send(stampOf(time.Duration(n)*time.Second), fmt.Sprint(1_000_000_000_000_000_000+n)); got != 200 {
					t.Errorf("a request is answered with %d", got)
				}
			}
			if got := send(stampOf(-16*time.Minute), "1000000000000000009"); got != 409 {
				t.Errorf("a recording is answered with %d", got)
			}
			h := p.bot.Health()
			if !h.Ready() || h.Well() || !strings.Contains(h.Problem, "the clock of this machine is") {
				t.Errorf("health is %+v", h)
			}
			if n := strings.Count(p.log.String(), "the clock of this machine is"); n != 1 {
				t.Errorf("logged %d times:\n%s", n, &p.log)
			}
		})
	}
}

// busyServers is a database that takes a second, and counts those that wait for it.
type busyServers struct {
	mu        sync.Mutex
	now, most int
}

func (s *busyServers) View(context.Context, string) (faq.View, error) {
	s.mu.Lock()
	s.now++
	s.most = max(s.most, s.now)
	s.mu.Unlock()
	time.Sleep(time.Second)
	s.mu.Lock()
	s.now--
	s.mu.Unlock()
	return faq.View{}, faq.ErrUnavailable
}

// Of requests that come all at once so many are worked on, so many wait, and the
// others are turned away at once; those that waited too long are turned away in time.
func TestFloodOfRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const taken, more = interactionWorkers * (1 + queuedPerWorker), 500
		w := newWorld(t, fakediscord.Options{})
		key, err := hex.DecodeString(w.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		servers := new(busyServers)
		bot := w.run(func(o *Options) { o.Key, o.Shards.None, o.Desk.Servers = key, true, servers })
		w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
		began, stamp := time.Now(), stampOf(0)
		var mu sync.Mutex
		answered, refused, late := 0, 0, 0
		var requests sync.WaitGroup
		for n := range taken + more {
			body := fmt.Appendf(nil, `{"id":"%d","type":2,"token":"t","guild_id":"%s","member":{"user":{"id":"%d"}},"data":{"type":1,"name":"help"}}`, 1_000_000+n, w.Guild.ID, n)
			r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
			r.Header.Set("X-Signature-Timestamp", stamp)
			r.Header.Set("X-Signature-Ed25519", w.Sign(stamp, body))
			requests.Go(func() {
				res := httptest.NewRecorder()
				bot.Endpoint().ServeHTTP(res, r)
				mu.Lock()
				defer mu.Unlock()
				switch took := time.Since(began); {
				case res.Code == http.StatusOK:
					answered++
				case took == 0:
					refused++
				case took <= interactionLife:
					late++
				}
			})
		}
		requests.Wait()
		if servers.most != interactionWorkers || refused != more || answered < 2*interactionWorkers || answered+late != taken {
			t.Errorf("%d are worked on at a time, %d turned away at once, %d answered, %d turned away in time", servers.most, refused, answered, late)
		}
	})
}

// A program without connections asks Discord for the category of a thread's channel.
func TestCategoryByHTTP(t *testing.T) {
	servers := onlyIn{}
	p := newEndpointTest(t, func(o *Options) { o.Desk.Servers = servers })
	if err := p.SetEndpoint(p.soon(t), p.url); err != nil {
		t.Fatal(err)
	}
	care := p.guild.AddChannelOf(fakediscord.Category, "care")
	inside := p.guild.AddChannel("inside")
	inside.MoveTo(care)
	servers[p.guild.ID] = care.ID
	for ch, want := range map[*fakediscord.Channel]bool{
		inside: true, inside.AddThread("a thread"): true, p.guild.General(): false, p.guild.General().AddThread("a thread"): false,
	} {
		call, err := p.guild.AddMember("somebody").Slash(ch, "ask", fakediscord.Args{"question": "why does my upper back cramp?"})
		if err != nil {
			t.Fatal(err)
		}
		m, err := call.Message(p.soon(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := !strings.Contains(m.Text(), "switched me off"); got != want {
			t.Errorf("answered in %s: %v, want %v", ch.Name, got, want)
		}
	}
}

// onlyIn are servers with one channel or category that the bot answers in.
type onlyIn map[string]string

func (c onlyIn) View(_ context.Context, server string) (faq.View, error) {
	s := config.DefaultSettings()
	s.Mode, s.Channels = config.OnlyThese, []string{c[server]}
	return faq.View{Settings: s, Book: faq.Builtin()}, nil
}
