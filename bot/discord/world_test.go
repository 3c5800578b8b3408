package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"go.uber.org/goleak"

	"backfaq/bot/fakediscord"
	"backfaq/config"
	"backfaq/faq"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
	os.Exit(m.Run())
}

// memory is a network without sockets, so that a test can run in a bubble with
// a clock of its own (testing/synctest): an hour of faults takes no time.
type memory struct {
	dials  chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu   sync.Mutex
	wrap func(net.Conn) net.Conn // what the bot's end of a new connection becomes
	fail error                   // what dialling fails with
}

func newMemory() *memory { return &memory{dials: make(chan net.Conn), closed: make(chan struct{})} }

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.dials:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

func (m *memory) Addr() net.Addr  { return m }
func (m *memory) Network() string { return "memory" }
func (m *memory) String() string  { return "discord.test:80" }

func (m *memory) dial(ctx context.Context, network, address string) (net.Conn, error) {
	m.mu.Lock()
	wrap, fail := m.wrap, m.fail
	m.mu.Unlock()
	if fail != nil {
		return nil, fail
	}
	ours, theirs := net.Pipe()
	select {
	case m.dials <- theirs:
	case <-m.closed:
		return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("connection refused")}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if wrap != nil {
		return wrap(ours), nil
	}
	return ours, nil
}

// world is a Discord and bots of ours on it, in one bubble.
type world struct {
	*fakediscord.Server
	t     *testing.T
	net   *memory
	guild *fakediscord.Guild
	ann   *fakediscord.Person
	towns []*fakediscord.Guild // that questions made
	log   logBuffer
}

// logBuffer takes logs while the test reads them.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// newWorld must be called in a bubble.
func newWorld(t *testing.T, o fakediscord.Options) *world {
	t.Helper()
	w := &world{t: t, net: newMemory()}
	o.Listener = w.net
	srv, err := fakediscord.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Server = srv
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	w.guild = srv.AddGuild("Back pain club")
	w.ann = w.guild.AddMember("ann")
	return w
}

// running is one bot of ours.
type running struct {
	*Bot
	w    *world
	stop context.CancelFunc
	done chan struct{}
	err  error // once done
}

// run starts a bot; change may alter it first.
func (w *world) run(change ...func(*Bot)) *running {
	transport := &http.Transport{DialContext: w.net.dial, MaxIdleConnsPerHost: 16}
	log := slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r := &running{w: w, done: make(chan struct{}), Bot: &Bot{
		Desk: &faq.Desk{Book: faq.Builtin()}, Token: config.Secret(w.Token()), API: w.URL(), Log: log,
		Transport: transport, dial: w.net.dial,
	}}
	for _, c := range change {
		c(r.Bot)
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() {
		defer close(r.done)
		r.err = r.Bot.Run(ctx)
		transport.CloseIdleConnections()
	}()
	w.t.Cleanup(r.end)
	return r
}

// end stops the bot and waits for it.
func (r *running) end() {
	r.stop()
	<-r.done
}

// within is a context for waiting, by the bubble's clock.
func (w *world) within(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	w.t.Cleanup(cancel)
	return ctx
}

// await waits for the first event after a mark that matches.
func (w *world) await(after int, d time.Duration, what string, match func(fakediscord.Event) bool) fakediscord.Event {
	w.t.Helper()
	e, err := w.WaitAfter(w.within(d), after, match)
	if err != nil {
		w.t.Fatalf("no %s within %v: %v\n%s", what, d, err, &w.log)
	}
	synctest.Wait() // until it has arrived, too
	return e
}

// sent matches an event that the stand-in sent.
func sent(kind string) func(fakediscord.Event) bool {
	return func(e fakediscord.Event) bool {
		return e.Kind == fakediscord.KindGatewayOut && e.Op == opDispatch && e.Type == kind
	}
}

// heard matches a frame of the bot.
func heard(op int) func(fakediscord.Event) bool {
	return func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayIn && e.Op == op }
}

// count is how many events after a mark match.
func (w *world) count(after int, match func(fakediscord.Event) bool) int {
	n := 0
	for _, e := range w.EventsAfter(after) {
		if match(e) {
			n++
		}
	}
	return n
}

// times are when the events after a mark that match happened.
func (w *world) times(after int, match func(fakediscord.Event) bool) []time.Time {
	var list []time.Time
	for _, e := range w.EventsAfter(after) {
		if match(e) {
			list = append(list, e.Time)
		}
	}
	return list
}

// most is the largest number of times that lie within any span.
func most(times []time.Time, span time.Duration) int {
	times = slices.SortedFunc(slices.Values(times), time.Time.Compare)
	best := 0
	for i, from := range times {
		n := 0
		for _, t := range times[i:] {
			if t.Sub(from) < span {
				n++
			}
		}
		best = max(best, n)
	}
	return best
}

// asks lets ann mention the bot.
func (w *world) asks(text string) fakediscord.Message {
	w.t.Helper()
	m, err := w.ann.Say(w.guild.General(), w.Bot().Mention()+" "+text)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// answers are the bot's messages that reply to one.
func (w *world) answers(to string) int {
	n := 0
	for _, m := range w.ann.Messages(w.guild.General()) {
		if m.Author.ID == w.Bot().ID && m.Reference != nil && m.Reference.MessageID == to {
			n++
		}
	}
	return n
}

// answered waits until a question has an answer, and checks that it has one.
func (w *world) answered(m fakediscord.Message, d time.Duration) {
	w.t.Helper()
	w.await(-1, d, "answer", func(fakediscord.Event) bool { return w.answers(m.ID) > 0 })
	time.Sleep(time.Second)
	if n := w.answers(m.ID); n != 1 {
		w.t.Errorf("a question was answered %d times", n)
	}
}

// metric is the value of a counter.
func metric(c prometheus.Metric) float64 {
	var m dto.Metric
	if err := c.Write(&m); err != nil {
		panic(err)
	}
	return m.GetCounter().GetValue()
}

// number reads one field of a frame's data.
func number(t *testing.T, e fakediscord.Event, field string) any {
	t.Helper()
	var f struct {
		Data map[string]any `json:"d"`
	}
	if err := json.Unmarshal(e.Body, &f); err != nil {
		t.Fatal(err)
	}
	return f.Data[field]
}

func has(log *logBuffer, text string) bool { return strings.Contains(log.String(), text) }

// blackhole is a connection whose other side vanished: what is written goes
// nowhere, and nothing comes.
type blackhole struct {
	net.Conn
	gone <-chan struct{}
}

func (b blackhole) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	select {
	case <-b.gone:
		if err == nil { // swallow it and wait for the deadline
			for err == nil {
				_, err = b.Conn.Read(p)
			}
			return 0, err
		}
	default:
	}
	return n, err
}

func (b blackhole) Write(p []byte) (int, error) {
	select {
	case <-b.gone:
		return len(p), nil
	default:
		return b.Conn.Write(p)
	}
}
