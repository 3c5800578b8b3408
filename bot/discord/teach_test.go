package discord

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/rest"
	"backfaq/bot/fakediscord"
	"backfaq/config"
	"backfaq/faq"
)

// reviewed is a server whose moderators chose a review channel.
type reviewed struct{ channel string }

func (s reviewed) View(context.Context, string) (faq.View, error) {
	settings := config.DefaultSettings()
	settings.ReviewChannel = s.channel
	return faq.View{Settings: settings, Book: faq.Builtin()}, nil
}

// A review card has time of its own, and tells only of questions whose reply
// could be posted.
func TestReviewCards(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(w *world, review string)
		cards int
	}{
		"after a reply": {func(*world, string) {}, 1},
		"after a slow reply": {func(w *world, review string) {
			w.OnRequest("POST", "/channels/"+w.Guild.General().ID+"/messages", 1, fakediscord.TooMany("user", rest.Timeout-time.Second))
			w.OnRequest("POST", "/channels/"+review+"/messages", 1, fakediscord.TooMany("user", 2*time.Second))
		}, 1},
		"after a refused reply": {func(w *world, _ string) { w.Guild.General().Refuse(403, 50013, "Missing Permissions") }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				review := w.Guild.AddChannel("mod-review")
				w.run(func(o *Options) { o.Desk.Servers = reviewed{review.ID} })
				w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
				c.fault(w, review.ID)
				w.Asks("which mattress should I buy?")
				time.Sleep(time.Minute)
				cards := w.Count(-1, func(e fakediscord.Event) bool {
					return e.Status == 200 && strings.HasSuffix(e.Path, "/channels/"+review.ID+"/messages")
				})
				if cards != c.cards {
					t.Errorf("%d cards\n%s", cards, &w.Log)
				}
			})
		})
	}
}
