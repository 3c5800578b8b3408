// Package harness is a Discord in a bubble, for tests: the stand-in on a network
// without sockets, so that a test runs on a clock of its own (testing/synctest)
// and an hour of faults takes no time.
package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/fakediscord"
)

// Harness is the stand-in for Discord in one bubble, with a guild and a member.
type Harness struct {
	*fakediscord.Server
	t     *testing.T
	Net   *Pipe
	Guild *fakediscord.Guild
	Ann   *fakediscord.Person // a member of Guild
	Log   LogBuffer
}

// LogBuffer takes logs while the test reads them.
type LogBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *LogBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *LogBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// New must be called in a bubble.
func New(t *testing.T, o fakediscord.Options) *Harness {
	t.Helper()
	w := &Harness{t: t, Net: NewPipe()}
	o.Listener = w.Net
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
	w.Guild = srv.AddGuild("Back pain club")
	w.Ann = w.Guild.AddMember("ann")
	return w
}

// Transport makes HTTP connections in the bubble.
func (w *Harness) Transport() *http.Transport {
	return &http.Transport{DialContext: w.Net.Dial, MaxIdleConnsPerHost: 16}
}

// Running is a copy of a bot.
type Running struct {
	Done chan struct{}
	Err  error // that it ended with, once Done is closed
	stop context.CancelFunc
}

// Start runs a copy of a bot until the test ends, if it does not end by itself.
func (w *Harness) Start(run func(context.Context) error) *Running {
	ctx, stop := context.WithCancel(context.Background())
	r := &Running{Done: make(chan struct{}), stop: stop}
	go func() {
		defer close(r.Done)
		r.Err = run(ctx)
	}()
	w.t.Cleanup(r.End)
	return r
}

// End stops the copy and waits for it.
func (r *Running) End() {
	r.stop()
	<-r.Done
}

// Within is a context for waiting, by the bubble's clock.
func (w *Harness) Within(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	w.t.Cleanup(cancel)
	return ctx
}

// Await waits for the first event after a mark that matches.
func (w *Harness) Await(after int, d time.Duration, what string, match func(fakediscord.Event) bool) fakediscord.Event {
	w.t.Helper()
	e, err := w.WaitAfter(w.Within(d), after, match)
	if err != nil {
		w.t.Fatalf("no %s within %v: %v\n%s", what, d, err, &w.Log)
	}
	synctest.Wait() // until it has arrived, too
	return e
}

const opDispatch = 0 // the gateway's opcode of an event

// Sent matches an event that the stand-in sent.
func Sent(kind string) func(fakediscord.Event) bool {
	return func(e fakediscord.Event) bool {
		return e.Kind == fakediscord.KindGatewayOut && e.Op == opDispatch && e.Type == kind
	}
}

// Heard matches a frame of the bot.
func Heard(op int) func(fakediscord.Event) bool {
	return func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayIn && e.Op == op }
}

// Count is how many events after a mark match.
func (w *Harness) Count(after int, match func(fakediscord.Event) bool) int {
	n := 0
	for _, e := range w.EventsAfter(after) {
		if match(e) {
			n++
		}
	}
	return n
}

// Times are when the events after a mark that match happened.
func (w *Harness) Times(after int, match func(fakediscord.Event) bool) []time.Time {
	var list []time.Time
	for _, e := range w.EventsAfter(after) {
		if match(e) {
			list = append(list, e.Time)
		}
	}
	return list
}

// Most is the largest number of times that lie within any span.
func Most(times []time.Time, span time.Duration) int {
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

// Asks lets Ann mention the bot.
func (w *Harness) Asks(text string) fakediscord.Message {
	w.t.Helper()
	m, err := w.Ann.Say(w.Guild.General(), w.Bot().Mention()+" "+text)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// Answers counts the bot's messages that reply to one.
func (w *Harness) Answers(to string) int {
	n := 0
	for _, m := range w.Ann.Messages(w.Guild.General()) {
		if m.Author.ID == w.Bot().ID && m.Reference != nil && m.Reference.MessageID == to {
			n++
		}
	}
	return n
}

// Answered waits until a question has an answer, and checks that it has one.
func (w *Harness) Answered(m fakediscord.Message, d time.Duration) {
	w.t.Helper()
	w.Await(-1, d, "answer", func(fakediscord.Event) bool { return w.Answers(m.ID) > 0 })
	time.Sleep(time.Second)
	if n := w.Answers(m.ID); n != 1 {
		w.t.Errorf("a question was answered %d times", n)
	}
}

// Number reads one field of a frame's data.
func Number(t *testing.T, e fakediscord.Event, field string) any {
	t.Helper()
	var f struct {
		Data map[string]any `json:"d"`
	}
	if err := json.Unmarshal(e.Body, &f); err != nil {
		t.Fatal(err)
	}
	return f.Data[field]
}

// Has reports whether a text was logged.
func (b *LogBuffer) Has(text string) bool { return strings.Contains(b.String(), text) }

// Logger logs everything into the buffer.
func (b *LogBuffer) Logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Post matches a message that the bot sent to a channel.
func Post(e fakediscord.Event) bool {
	return e.Kind == fakediscord.KindREST && e.Method == http.MethodPost && strings.HasSuffix(e.Path, "/messages")
}
