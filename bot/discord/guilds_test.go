package discord

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"backfaq/faq"
)

// Of the 15 MiB of a large server little more is kept than what is used.
func TestLargeGuild(t *testing.T) {
	data := []byte(`{"id":"1","members":[` + strings.Repeat(`{"user":{"id":"3","username":"some\"body"},"roles":["1","2"]},`, 250_000) +
		`{}],"owner_id":"2","preferred_locale":"de","roles":[{"id":"5","permissions":"32"},{"id":"6","permissions":"0"}],"threads":[{"id":"7","parent_id":"8","type":12}],"unavailable":false}`)
	var g guildEvent
	cost := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g = guildEvent{}
			if err := g.decode(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	t.Logf("%d MiB: %v, %d bytes", len(data)>>20, cost, cost.AllocedBytesPerOp())
	if n := cost.AllocedBytesPerOp(); n > 16<<10 {
		t.Errorf("%d bytes were allocated for a server of %d", n, len(data))
	}
	if fmt.Sprint(g) != "{1 false 2 de [{5 32} {6 0}] [{7 8 12}]}" {
		t.Errorf("read %v", g)
	}
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
