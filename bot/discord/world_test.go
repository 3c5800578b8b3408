package discord

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"go.uber.org/goleak"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
	"backfaq/config"
	"backfaq/faq"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
	os.Exit(m.Run())
}

// Opcodes of the gateway (Discord, topics/opcodes-and-status-codes).
const (
	opHeartbeat = 1
	opIdentify  = 2
)

// Figures of package rest that these tests hold it to.
const (
	globalRate, globalBurst = 40, 5 // calls: a second, and at once
	waitingPerChannel       = 5
	tries                   = 3 // of a call that is safe to repeat
	cloudflareWait          = time.Minute
	muteAfter               = 3 // refusals of a channel
	muteFor                 = 10 * time.Minute
)

// world is a Discord in a bubble and bots on it.
type world struct {
	*harness.Harness
	t      *testing.T
	guilds []*fakediscord.Guild // that questions made
}

// newWorld must be called in a bubble.
func newWorld(t *testing.T, o fakediscord.Options) *world {
	t.Helper()
	return &world{Harness: harness.New(t, o), t: t}
}

// running is one bot.
type running struct {
	*Bot
	*harness.Running
}

// run starts a bot; change may alter its options first.
func (w *world) run(change ...func(*Options)) *running {
	transport := w.Transport()
	o := Options{
		Desk: &faq.Desk{Book: faq.Builtin()}, Token: config.Secret(w.Token()), API: w.URL(), Log: w.Log.Logger(),
		Transport: transport, Dial: w.Net.Dial,
	}
	for _, c := range change {
		c(&o)
	}
	bot, err := New(o)
	if err != nil {
		w.t.Fatal(err)
	}
	return &running{bot, w.Start(func(ctx context.Context) error {
		defer transport.CloseIdleConnections()
		return bot.Run(ctx)
	})}
}

// metric is the value of a counter.
func metric(c prometheus.Metric) float64 {
	var m dto.Metric
	if err := c.Write(&m); err != nil {
		panic(err)
	}
	return m.GetCounter().GetValue()
}

// newBot is a bot that does not run.
func newBot(t testing.TB, book *faq.Book) *Bot {
	t.Helper()
	b, err := New(Options{Desk: &faq.Desk{Book: book}, Token: "t", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
