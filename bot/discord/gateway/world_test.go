package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"go.uber.org/goleak"

	"backfaq/bot/discord/harness"
	"backfaq/bot/discord/rest"
	"backfaq/bot/fakediscord"
	"backfaq/config"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
	os.Exit(m.Run())
}

// world is a Discord in a bubble and copies of a bot on it.
type world struct {
	*harness.Harness
	t *testing.T
}

// newWorld must be called in a bubble.
func newWorld(t *testing.T, o fakediscord.Options) *world {
	t.Helper()
	return &world{Harness: harness.New(t, o), t: t}
}

// running is one copy of a bot that replies to every message that mentions it.
type running struct {
	*Manager
	*harness.Running
}

// run starts a copy; change may alter its options first.
func (w *world) run(change ...func(*Options)) *running {
	transport := w.Transport()
	client, err := rest.New(rest.Options{API: w.URL(), Token: config.Secret(w.Token()), Transport: transport, Log: w.Log.Logger()})
	if err != nil {
		w.t.Fatal(err)
	}
	var replies sync.WaitGroup
	o := Options{
		Token: config.Secret(w.Token()), Log: w.Log.Logger(), Dial: w.Net.Dial,
		Intents: int(discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages),
		Limits: func(ctx context.Context) (l Limits, err error) {
			err = client.Call(ctx, http.MethodGet, discordgo.EndpointGatewayBot, nil, &l)
			return l, err
		},
		Dispatch: func(_ context.Context, _ int, kind string, data json.RawMessage) {
			var m discordgo.Message
			if kind != "MESSAGE_CREATE" || json.Unmarshal(data, &m) != nil || m.Author == nil || m.Author.Bot ||
				!slices.ContainsFunc(m.Mentions, func(u *discordgo.User) bool { return u.ID == w.Bot().ID }) {
				return
			}
			replies.Go(func() {
				ctx, cancel := context.WithTimeout(rest.Repeatable(context.Background()), rest.Timeout)
				defer cancel()
				err := client.Call(ctx, http.MethodPost, discordgo.EndpointChannelMessages(m.ChannelID), map[string]any{
					"content": "A reply.", "message_reference": m.Reference(), "nonce": m.ID, "enforce_nonce": true,
				}, nil)
				if err != nil {
					w.t.Errorf("a reply was refused: %v", err)
				}
			})
		},
	}
	for _, c := range change {
		c(&o)
	}
	m := New(o)
	return &running{m, w.Start(func(ctx context.Context) error {
		defer transport.CloseIdleConnections()
		defer m.Wait()
		defer replies.Wait()
		for {
			switch err := m.Prepare(ctx); {
			case err == nil:
				return m.Run(ctx, func() {})
			case !sleep(ctx, time.Second) && errors.Is(err, context.Canceled):
				return nil
			case ctx.Err() != nil:
				return err
			}
		}
	})}
}
