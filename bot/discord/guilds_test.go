package discord

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"backfaq/bot/discord/gateway"
	"backfaq/bot/store"
	"backfaq/faq"
)

// The event of a very large server holds up the goroutine that reads the gateway,
// and so the heartbeat that Discord asks for, for less than 200 ms, and little more
// is kept of it than what is used.
func TestLargeGuild(t *testing.T) {
	frame := []byte(`{"t":"GUILD_CREATE","s":2,"op":0,"d":{"id":"1","members":[` + strings.Repeat(`{"user":{"id":"3","username":"some\"body"},"roles":["1","2"]},`, 250_000) +
		`{}],"owner_id":"2","preferred_locale":"de","roles":[{"id":"5","permissions":"32"},{"id":"6","permissions":"0"}],"channels":[{"id":"8","parent_id":"4","type":0,"name":"general"}],"threads":[{"id":"7","parent_id":"8","type":12}],"unavailable":false,"joined_at":"2026-01-02T03:04:05Z","system_channel_id":"9"}}`)
	var g guildEvent
	read := func() { // as the gateway and dispatch do
		g = guildEvent{}
		gateway.EachField(frame, func(name, value []byte) {
			if string(name) == "d" {
				if err := g.decode(value); err != nil {
					t.Error(err)
				}
			}
		})
	}
	took, valid := fastest(read), fastest(func() { json.Valid(frame) })
	t.Logf("%d MiB in %v; to validate them takes %v", len(frame)>>20, took, valid)
	if took > valid { // which stays below 200 ms but where the race detector slows both
		t.Errorf("%d MiB take %v", len(frame)>>20, took)
	}
	if n := testing.AllocsPerRun(1, read); n > 50 {
		t.Errorf("%v allocations", n)
	}
	if fmt.Sprint(g) != "{1 false 2 de [{5 32} {6 0}] [{8 4 0}] [{7 8 12}] 2026-01-02 03:04:05 +0000 UTC 9}" {
		t.Errorf("read %v", g)
	}
}

// fastest is how long a call takes when the machine is not busy.
func fastest(call func()) time.Duration {
	least := time.Hour
	for range 5 {
		began := time.Now()
		call()
		least = min(least, time.Since(began))
	}
	return least
}

// The goroutine that reads the gateway does not look for markup in messages.
func TestQuestionsAreReadByWorkers(t *testing.T) {
	b, err := New(Options{Desk: &faq.Desk{Book: faq.Builtin()}, Token: "t", Log: slog.New(slog.DiscardHandler), MessageContent: true})
	if err != nil {
		t.Fatal(err)
	}
	self := "1"
	b.self.Store(&self)
	m := messageCreate{ID: "2", Channel: "3", Guild: "4", Author: &user{ID: "5"}}
	m.Content = strings.Repeat("<@6> ", 400)
	if n := testing.AllocsPerRun(10, func() {
		if _, ok := b.sourceOf(&m); !ok {
			t.Error("not overheard")
		}
	}); n > 0 {
		t.Errorf("%v allocations for a message that is not put to the bot", n)
	}
}

// An outage is no removal.
func TestOutagesAreNoRemovals(t *testing.T) {
	s, err := store.Open(t.Context(), "sqlite::memory:", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for _, server := range []string{"1", "2", "3"} {
		if _, err := s.Edit(t.Context(), server, "9", func(d *faq.Document) (string, error) { d.Settings.Note = "kept"; return "note", nil }); err != nil {
			t.Fatal(err)
		}
	}
	b, err := New(Options{Desk: &faq.Desk{Book: faq.Builtin()}, Token: "t", Log: slog.New(slog.DiscardHandler), Store: s})
	if err != nil {
		t.Fatal(err)
	}
	b.onGuild("GUILD_DELETE", []byte(`{"id":"1","unavailable":true}`))
	b.onGuild("GUILD_DELETE", []byte(`{"id":"2"}`))
	b.onGuild("GUILD_CREATE", []byte(`{"id":"3"}`))
	if err := b.tracker.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if known, err := s.Known(t.Context()); err != nil || !slices.Equal(known, []string{"1", "3"}) {
		t.Errorf("the bot is on %v, %v", known, err)
	}
}
