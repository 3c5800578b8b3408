package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
	"backfaq/config"
	"backfaq/faq"
)

// endpointTest is a bot with an endpoint on loopback, and a Discord that posts to it.
type endpointTest struct {
	*fakediscord.Server
	url      string
	bot      *Bot
	endpoint http.Handler
	guild    *fakediscord.Guild
	ann      *fakediscord.Person
	log      harness.LogBuffer
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
	if p.bot, err = New(o); err != nil {
		t.Fatal(err)
	}
	key, err := hex.DecodeString(srv.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	p.endpoint = p.bot.Endpoint(ed25519.PublicKey(key))
	web := httptest.NewServer(p.endpoint)
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

func TestForgedRequests(t *testing.T) {
	p := newEndpointTest(t)
	body := p.payload(t, "111111111111111111")
	stamp := stampOf(0)
	good := p.Sign(stamp, body)
	_, wrong, _ := ed25519.GenerateKey(nil)
	type knock struct {
		method, stamp, signature string
		body                     []byte
		header                   map[string]string
		want                     int
	}
	for name, k := range map[string]knock{
		"no signature":          {signature: "", want: 401},
		"short signature":       {signature: good[:126], want: 401},
		"odd signature":         {signature: good[:127], want: 401},
		"no hex":                {signature: strings.Repeat("g", 128), want: 401},
		"upper case":            {signature: strings.ToUpper(good), want: 401},
		"wrong key":             {signature: hex.EncodeToString(ed25519.Sign(wrong, append([]byte(stamp), body...))), want: 401},
		"changed body":          {signature: good, body: bytes.Replace(body, []byte("causes"), []byte("hauses"), 1), want: 401},
		"swapped timestamp":     {signature: good, stamp: stampOf(time.Second), want: 401},
		"no timestamp":          {signature: p.Sign("", body), stamp: "-", want: 401},
		"negative timestamp":    {signature: p.Sign("-1", body), stamp: "-1", want: 401},
		"endless timestamp":     {signature: p.Sign(strings.Repeat("1", 13), body), stamp: strings.Repeat("1", 13), want: 401},
		"shifted boundary":      {signature: good, stamp: stamp[:9], body: append([]byte(stamp[9:]), body...), want: 401},
		"empty body":            {signature: p.Sign(stamp, nil), body: []byte{}, want: 401},
		"2 MiB":                 {signature: good, body: make([]byte, 2<<20), want: 413},
		"2 MiB, chunked":        {signature: good, body: make([]byte, 2<<20), header: map[string]string{"chunked": "yes"}, want: 413},
		"GET":                   {method: http.MethodGet, signature: good, want: 405},
		"gzip":                  {signature: good, header: map[string]string{"Content-Encoding": "gzip"}, want: 401},
		"signed, but no JSON":   {signature: p.Sign(stamp, []byte("{")), body: []byte("{"), want: 400},
		"signed, but of no-one": {signature: p.Sign(stamp, []byte(`{"id":"1","type":2,"token":"x"}`)), body: []byte(`{"id":"1","type":2,"token":"x"}`), want: 400},
		"genuine":               {signature: good, want: 200},
	} {
		t.Run(name, func(t *testing.T) {
			if k.method == "" {
				k.method = http.MethodPost
			}
			if k.stamp == "" {
				k.stamp = stamp
			}
			if k.body == nil {
				k.body = body
			}
			var content io.Reader = bytes.NewReader(k.body)
			if k.header["chunked"] != "" {
				content = io.MultiReader(content) // of a length that the client does not know
			}
			req, err := http.NewRequestWithContext(p.soon(t), k.method, p.url, content)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			if k.signature != "" {
				req.Header.Set("X-Signature-Ed25519", k.signature)
			}
			if k.stamp != "-" {
				req.Header.Set("X-Signature-Timestamp", k.stamp)
			}
			for name, value := range k.header {
				req.Header.Set(name, value)
			}
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			answer, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode != k.want {
				t.Errorf("answered with %d %s instead of %d", res.StatusCode, answer, k.want)
			}
			if k.want == 401 && len(answer) != 0 {
				t.Errorf("told a stranger %q", answer)
			}
		})
	}
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
}

func TestPings(t *testing.T) {
	p := newEndpointTest(t)
	for n := range 1100 {
		if n%11 == 10 { // a probe sends one bad and one good signature
			if err := p.Probe(p.soon(t)); err != nil {
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
	if got := send(stampOf(-2*clockError), "1000000000000000000"); got != 409 {
		t.Errorf("an old recording, the first that comes, is answered with %d", got)
	}
	if got := send(stampOf(-clockError), "1000000000000000004"); got != 200 {
		t.Errorf("with a clock that is ahead, the first is answered with %d", got)
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
	p.bot.seen[seenInteractions].Purge()
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
