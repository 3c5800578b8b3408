package discord

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/fakediscord"
	"backfaq/faq"
)

// A question that is asked again has no second card for a day, nor has a question
// of crisis or poison any.
func TestOneCardADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		review := w.Guild.AddChannel("mod-review")
		w.run(func(o *Options) { o.Desk.Servers = reviewed{review.ID} })
		w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
		for _, step := range []struct {
			wait  time.Duration
			asks  string
			cards int
		}{
			{0, "which mattress should I buy?", 1},
			{time.Hour, "Which  mattress should i BUY", 1},
			{time.Minute, "which pillow should I buy?", 2},
			{time.Minute, "i want to kill myself", 2},
			{time.Minute, "i took too many pills", 2},
			{24 * time.Hour, "which mattress should I buy?", 3},
		} {
			time.Sleep(step.wait)
			w.Asks(step.asks)
			time.Sleep(time.Minute)
			cards := w.Count(-1, func(e fakediscord.Event) bool {
				return e.Status == 200 && strings.HasSuffix(e.Path, "/channels/"+review.ID+"/messages")
			})
			if cards != step.cards {
				t.Fatalf("%d cards after %q, want %d\n%s", cards, step.asks, step.cards, &w.Log)
			}
		}
	})
}

// A flood of questions is no flood of cards: a server gets ten at once, then one
// every half minute, and another server gets its own.
func TestCardsAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{NoRateLimits: true})
		review := w.Guild.AddChannel("mod-review")
		w.run(func(o *Options) { o.Desk.Servers = reviewed{review.ID} })
		w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
		cards := func() int {
			return w.Count(-1, func(e fakediscord.Event) bool {
				return e.Status == 200 && strings.HasSuffix(e.Path, "/channels/"+review.ID+"/messages")
			})
		}
		ask := func(g *fakediscord.Guild, what int) {
			if _, err := g.AddMember(fmt.Sprint("person-", what)).Say(g.General(), fmt.Sprintf("%s which mattress, number %d?", w.Bot().Mention(), what)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		for n := range 2 * cardsAtOnce {
			ask(w.Guild, n)
		}
		if n := cards(); n != cardsAtOnce {
			t.Errorf("%d cards at once instead of %d", n, cardsAtOnce)
		}
		ask(w.AddGuild("another"), 100)
		if n := cards(); n != cardsAtOnce+1 {
			t.Errorf("%d cards, one of them of another server", n)
		}
		for n := range 60 {
			ask(w.Guild, 200+n)
		}
		if n := cards(); n != cardsAtOnce+1+2 { // 81 s after the first
			t.Errorf("%d cards instead of %d", n, cardsAtOnce+1+2)
		}
		time.Sleep(time.Minute)
		ask(w.Guild, cardsAtOnce) // which had none
		if n := cards(); n != cardsAtOnce+1+2+1 {
			t.Errorf("%d cards after a question was asked again that had none", n)
		}
	})
}

// The memory of questions that had a card is bounded, and lasts a day.
func TestCardedIsBounded(t *testing.T) {
	c := newCarded()
	for n := range maxCarded + 10 {
		c.again(faq.Question{Server: "1", Text: strings.Repeat("x", n%100) + time.Duration(n).String()}, time.Now())
	}
	if n := c.seen.Len(); n != maxCarded {
		t.Errorf("%d questions are remembered, want %d", n, maxCarded)
	}
	c.again(faq.Question{Server: "1", Text: "another"}, time.Now().Add(cardedFor))
	if n := c.seen.Len(); n != 1 {
		t.Errorf("%d questions are remembered a day later, want the one", n)
	}
}
