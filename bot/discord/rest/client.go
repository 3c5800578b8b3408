// Package rest calls Discord's REST API within its limits. It knows calls, not
// conversations.
//
// A [Client] makes ordinary calls through discordgo's Session (client.go), whose
// HTTP transport is the rateLimiter (limiter.go, acquire.go): a bucket per route
// (bucket.go, route.go), one table of what is blocked until when (blocks.go), and
// repeats of calls that are safe to repeat. Interaction callbacks go past it
// (callback.go): they have no limits, and three seconds. So do downloads from
// Discord's CDN (download.go).
package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/prometheus/client_golang/prometheus"

	"backfaq/config"
)

// DefaultAPI is the address of Discord's REST API, unless an operator puts a
// proxy in front of it.
const DefaultAPI = "https://discord.com/api"

// Timeout is the longest that an ordinary call takes, waits included.
const Timeout = 15 * time.Second

const (
	maxIdleConns = 64      // to Discord: as many as there are callbacks at a time
	maxBody      = 4 << 20 // bytes that are read of one response

	// One connection carries all calls (HTTP/2). If it has gone silent they are
	// all lost until the system gives up on it, after 15 minutes, or a ping goes
	// unanswered.
	pingAfter, pongWithin = 5 * time.Second, 2 * time.Second
)

// Options says how to call. Token and Log are required.
type Options struct {
	API       string // "" is DefaultAPI
	Token     config.Secret
	Transport http.RoundTripper // nil: one that notices a connection that has gone silent
	Log       *slog.Logger
	Metrics   prometheus.Registerer // nil: nowhere

	// Date is told the date of each response, which is Discord's clock; nil is
	// nobody.
	Date func(time.Time)
}

// Client makes REST calls. It is safe for concurrent use.
type Client struct {
	session   *discordgo.Session
	limiter   *rateLimiter
	api       *url.URL
	callbacks *http.Client
	downloads *http.Client
	metrics   *metrics
}

// New prepares a Client. It makes no call.
func New(o Options) (*Client, error) {
	if o.API == "" {
		o.API = DefaultAPI
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	base, err := parseAPI(o.API)
	if err != nil {
		return nil, err
	}
	// discordgo.New fails on nothing but its old user-and-password form.
	session, err := discordgo.New("Bot " + o.Token.Reveal())
	if err != nil {
		return nil, fmt.Errorf("preparing the REST client: %w", err)
	}
	m := newMetrics(o.Metrics)
	limiter := newRateLimiter(rebase{base: base, next: o.Transport}, o.Log, m)
	limiter.date = o.Date
	session.StateEnabled = false
	session.ShouldRetryOnRateLimit = false
	session.MaxRestRetries = 0
	session.Client = &http.Client{Timeout: Timeout, Transport: limiter}
	return &Client{
		session:   session,
		limiter:   limiter,
		metrics:   m,
		api:       base,
		callbacks: &http.Client{Timeout: callbackTimeout, Transport: o.Transport},
		downloads: &http.Client{Timeout: downloadTimeout, Transport: o.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
}

// newTransport verifies certificates, obeys the proxy settings of the
// environment, and notices a connection that has gone silent.
func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = maxIdleConns
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pongWithin}
	return t
}

// versioned is a path with a version at its end, which every call adds itself.
var versioned = regexp.MustCompile(`/v\d+$`)

// CheckAPI says what is wrong with an operator's address of the REST API.
func CheckAPI(api string) error {
	_, err := parseAPI(api)
	return err
}

// parseAPI reads an operator's address of the REST API.
func parseAPI(api string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimRight(api, "/"))
	ours := err == nil && base.Hostname() == "discord.com" && (base.Scheme != "https" || !strings.HasPrefix(base.Path, "/api"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" || ours {
		return nil, fmt.Errorf("DISCORD_API_URL must be an address such as %s", DefaultAPI)
	}
	if versioned.MatchString(base.Path) {
		return nil, fmt.Errorf("DISCORD_API_URL must leave out the version at its end, as in %s", DefaultAPI)
	}
	return base, nil
}

// rebase sends calls that discordgo addresses to Discord to the configured API.
type rebase struct {
	base *url.URL
	next http.RoundTripper
}

func (t rebase) RoundTrip(r *http.Request) (*http.Response, error) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/api")
	if !ok {
		return nil, fmt.Errorf("%s is no path of Discord's API", r.URL.Path)
	}
	target, err := t.base.Parse(strings.TrimRight(t.base.EscapedPath(), "/") + path)
	if err != nil {
		return nil, fmt.Errorf("building the address of a REST call: %w", err)
	}
	target.RawQuery = r.URL.RawQuery
	r = r.Clone(r.Context())
	r.URL, r.Host = target, ""
	return t.next.RoundTrip(r)
}

// Call makes one call to an endpoint, such as discordgo.EndpointGatewayBot, with
// a JSON body, if any, and decodes the JSON response into out, if any. An error
// may be a *StatusError, a *LimitedError, ErrToken, ErrMuted or ErrCrowded.
func (c *Client) Call(ctx context.Context, method, endpoint string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("encoding a REST call: %w", err)
		}
	}
	answer, err := c.Send(ctx, method, endpoint, "application/json", body)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("reading the response to a REST call: %w", err)
	}
	return nil
}

// Send makes one call with a body of any type. discordgo would keep a bucket for
// every address it ever called (#1333) and wait under its lock, so it gets a new
// one for each call.
func (c *Client) Send(ctx context.Context, method, endpoint, contentType string, body []byte) ([]byte, error) {
	bucket := c.session.Ratelimiter.LockBucketObject(&discordgo.Bucket{})
	answer, err := c.session.RequestWithLockedBucket(method, endpoint, contentType, body, bucket, 0, discordgo.WithContext(ctx))
	return answer, redact(err)
}

// Repeatable marks a POST that has the same effect however often it is made,
// such as a message with a nonce.
func Repeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatable{}, true)
}

// Health is the condition of the REST client.
type Health struct {
	Problem string // that keeps every call from going out; "" if none does
	Passing bool   // the problem is a pause, or an outage of the network
}

// Health may be called at any time.
func (c *Client) Health() Health {
	l := c.limiter
	l.mu.Lock()
	b := l.blocks.longest(time.Now(), scopeToken, scopeAll)
	l.mu.Unlock()
	switch {
	case b.err != nil:
		return Health{Problem: b.err.Error()}
	case !b.until.IsZero():
		return Health{Problem: "discord allows no REST calls until " + b.until.UTC().Format(time.RFC3339), Passing: true}
	}
	return Health{Problem: l.outage.problem(), Passing: true}
}

// redact takes the address out of an error: an interaction's address holds its
// token, which lets anyone answer in the bot's name.
func redact(err error) error {
	if at, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("%s: %w", strings.ToLower(at.Op), at.Err)
	}
	refused, ok := errors.AsType[*discordgo.RESTError](err)
	if !ok || refused.Response == nil {
		return err
	}
	e := &StatusError{Status: refused.Response.StatusCode}
	var body apiError
	if json.Unmarshal(refused.ResponseBody, &body) == nil {
		e.Code, e.Text, e.Fields = body.Code, body.Message, fieldErrors(body.Errors)
	}
	return e
}
