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
	stop context.CancelFunc
	done chan struct{}
	err  error // of Run, once done is closed
}

// run starts a copy; change may alter its options first.
func (w *world) run(change ...func(*Options)) *running {
	transport := &http.Transport{DialContext: w.Net.Dial, MaxIdleConnsPerHost: 16}
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
	r := &running{Manager: New(o), done: make(chan struct{})}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() {
		defer close(r.done)
		for r.err = r.Prepare(ctx); r.err != nil && sleep(ctx, time.Second); {
			r.err = r.Prepare(ctx)
		}
		if r.err == nil {
			r.err = r.Run(ctx, func() {})
		} else if errors.Is(r.err, context.Canceled) {
			r.err = nil
		}
		replies.Wait()
		r.Wait()
		transport.CloseIdleConnections()
	}()
	w.t.Cleanup(r.end)
	return r
}

// end stops the copy and waits for it.
func (r *running) end() {
	r.stop()
	<-r.done
}
