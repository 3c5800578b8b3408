// Package fakediscord is a small Discord on loopback. It speaks the REST API,
// the gateway and signed HTTP interactions as Discord documents
// them, refuses what Discord refuses, and records every byte. Tests, the
// browser playground and the load bench talk to the real bot through it.
//
// A test makes a world, points the bot at it, acts as a person and looks at
// what the bot did:
//
//	srv, err := fakediscord.Start(fakediscord.Options{})
//	defer srv.Close()
//	// run the bot with DISCORD_API_URL=srv.URL() and DISCORD_TOKEN=srv.Token()
//
//	guild := srv.AddGuild("Back pain club")
//	alice := guild.AddMember("alice")
//	call, err := alice.Slash(guild.General(), "ask", fakediscord.Args{"question": "why does my back cramp?"})
//	answer, err := call.Message(ctx) // waits for it
//	more, err := alice.Press(answer, answer.Buttons()[0].CustomID)
//
// The parts of it:
//
//   - The world ([Server], [Guild], [Channel], [Role], [Person]): permissions
//     are computed, messages are remembered, ephemeral ones are seen by one
//     person only. [Server.Changes] tells a page what happens.
//   - People ([Person]) say, reply, use commands, complete options, press
//     buttons, choose and submit modals. Their client offers only what the bot
//     registered and what the message has; the rest is refused with
//     [ErrHidden]. [Person.Forge] and [Server.Dispatch] go around it.
//   - An [Interaction] waits for the bot: [Interaction.Response] is its first
//     response, [Interaction.Message] the message it shows,
//     [Interaction.Responses] all of it with edits.
//   - The recorder: [Server.Events], [Server.WaitFor] and [Server.WaitAfter],
//     which never sleep, and [Server.Record] for a transcript in JSON Lines.
//   - Faults: [Server.Next] and [Server.Inject] for the gateway,
//     [Server.Rewrite] for events, [Server.OnRequest] and [Channel.Refuse] for
//     requests, [Server.Revoke] for the token, [Server.PostSigned] for bad
//     signatures.
//
// It has only the routes that the bot calls. Any other is answered with 501 and
// its name, and [Server.Close] returns an error, so that the test that met it
// fails. It is stricter than Discord: a field of a request that Discord would
// ignore as unknown is refused, see the package form.
//
// Nothing of the bot and no Discord library is used here, so that no mistake
// is shared.
package fakediscord

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"backfaq/bot/fakediscord/form"
)

// Options are the knobs of a [Server]. The zero value is a Discord that
// behaves as documented.
type Options struct {
	// Latency is added to every round trip, half of it each way.
	Latency time.Duration
	// Privileged are the privileged intents that are switched on for the
	// application. Default: none, as for a new application.
	Privileged Intents
	// MaxConcurrency is how many shards may identify at once. Default: 1.
	MaxConcurrency int
	// IdentifyEvery is the least time between two identifies of one key.
	// Default: Discord's 5 s. Negative: no limit, for tests that restart the bot.
	IdentifyEvery time.Duration
	// SessionStarts is how many identifies are left today. Default: 1000.
	// Negative: none.
	SessionStarts int
	// Shards is what /gateway/bot recommends. Default: one per 1000 guilds.
	Shards int
	// Heartbeat is the interval the gateway asks for. Default: 41.25 s.
	Heartbeat time.Duration
	// NoRateLimits switches Discord's limits of requests per time off.
	NoRateLimits bool
	// KeepEvents is how many events the recorder keeps at least, and how many
	// changes. Default: 200,000.
	KeepEvents int
	// Listener is what it listens on, and closes; for a network that is not the
	// machine's, such as one in memory. Default: a free port of 127.0.0.1.
	Listener net.Listener
}

func (o Options) withDefaults() Options {
	o.MaxConcurrency = cmp.Or(o.MaxConcurrency, 1)
	o.SessionStarts = max(cmp.Or(o.SessionStarts, 1000), 0)
	o.KeepEvents = cmp.Or(o.KeepEvents, 200_000)
	o.IdentifyEvery = cmp.Or(o.IdentifyEvery, 5*time.Second)
	o.Heartbeat = cmp.Or(o.Heartbeat, 41250*time.Millisecond)
	return o
}

// A Server is a small Discord. Its methods may be called by any goroutine.
type Server struct {
	opts Options
	addr string
	http *http.Server
	rec  recorder
	seen journal[Change]
	wg   sync.WaitGroup  // gateway connections, requests and deliveries
	life context.Context // ends with Close
	die  context.CancelFunc

	mu       sync.Mutex // guards all below
	closed   bool
	token    string // "" once revoked
	ids      ids
	app      application
	guilds   map[string]*Guild
	order    []*Guild // guilds in the order they were made
	channels map[string]*Channel
	people   map[string]*Person
	commands []*form.Command
	unknown  []string // requests that no route was there for
	files    map[string]file
	calls    map[string]*Interaction // by token
	gateway  gatewayState
	endpoint endpointState
	limits   limiter
	scripts  scripts
}

// Start opens a Discord on loopback. The caller closes it.
func Start(opts Options) (*Server, error) {
	opts = opts.withDefaults()
	ln := opts.Listener
	if ln == nil {
		var err error
		if ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, fmt.Errorf("start the stand-in for Discord: %w", err)
		}
	}
	_, key, _ := ed25519.GenerateKey(nil) // never fails
	s := &Server{
		opts:     opts,
		addr:     ln.Addr().String(),
		guilds:   map[string]*Guild{},
		channels: map[string]*Channel{},
		people:   map[string]*Person{},
		files:    map[string]file{},
		calls:    map[string]*Interaction{},
		limits:   limiter{off: opts.NoRateLimits, buckets: map[string]*bucket{}},
		gateway: gatewayState{
			conns: map[*conn]bool{}, sessions: map[string]*session{}, identified: map[int]time.Time{},
			startsLeft: opts.SessionStarts, startsEnd: time.Now().Add(dayOfStarts),
		},
		endpoint: endpointState{key: key, client: http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}},
	}
	s.life, s.die = context.WithCancel(context.Background())
	s.rec.log.keep, s.seen.keep = opts.KeepEvents, opts.KeepEvents
	s.app = application{id: s.ids.next()}
	s.app.token = newToken(s.app.id)
	s.token = s.app.token
	s.app.bot = User{ID: s.app.id, Username: "backfaq", Discriminator: "0", Bot: true}
	s.people[s.app.id] = &Person{srv: s, user: s.app.bot}
	s.http = &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second}
	s.wg.Go(func() { _ = s.http.Serve(ln) })
	return s, nil
}

// URL is the address to give the bot as DISCORD_API_URL: it stands for
// https://discord.com/api, so the bot appends /v9 or /v10.
func (s *Server) URL() string { return "http://" + s.addr + "/api" }

// Token is the bot token that is accepted, without "Bot ". It is made anew for
// every server, so that no other program on this computer is taken for the bot.
func (s *Server) Token() string { return s.app.token }

// newToken makes a token as Discord does: the application's id, a time and a
// signature. Some libraries read the id in it.
func newToken(app string) string {
	return base64.RawStdEncoding.EncodeToString([]byte(app)) + "." + rand.Text()[:6] + "." + rand.Text()
}

// Bot is the bot's user.
func (s *Server) Bot() User { return s.app.bot }

// ApplicationID is the id of the bot's application.
func (s *Server) ApplicationID() string { return s.app.id }

// Close cuts every connection, ends every wait and returns when nothing of
// the server runs any more. Its error names the requests that the stand-in has
// no route for, so that a test that met one fails.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.die()
	for c := range s.gateway.conns {
		c.end(0)
	}
	s.mu.Unlock()
	err := s.http.Close()
	s.endpoint.client.CloseIdleConnections()
	s.wg.Wait()
	if len(s.unknown) > 0 {
		err = errors.Join(err, fmt.Errorf("the stand-in for Discord has no route %s", strings.Join(s.unknown, ", ")))
	}
	return err
}

// pause waits for one way of a round trip, or until the server closes.
func (s *Server) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-s.life.Done():
	}
}
