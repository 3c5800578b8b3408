package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/config"
)

// DefaultAPI is where Discord's REST API is, unless an operator puts a proxy
// in front of it.
const DefaultAPI = "https://discord.com/api"

const (
	idleConnections = 64 // kept open to Discord: as many as there are interaction workers
	restTimeout     = 15 * time.Second
	maxAnswerBody   = 4 << 20 // what is read of one REST answer

	// One connection carries all calls (HTTP/2). If it has gone silent they
	// all go into the void until the system gives up on it, after 15 minutes.
	pingAfter, pongWithin = 5 * time.Second, 2 * time.Second
)

// rest makes the REST calls: ordinary routes through discordgo, with a courier
// that keeps the limits, and interaction callbacks through a client of their
// own, which nothing may hold up and Discord exempts from limits.
type rest struct {
	session  *discordgo.Session
	courier  *courier
	api      string
	callback *http.Client
	meter    *meter
}

// versioned is a path with a version at its end, which every call adds itself.
var versioned = regexp.MustCompile(`/v\d+$`)

// CheckAPI reports whether an address can be that of a REST API.
func CheckAPI(api string) error {
	_, err := parseAPI(api)
	return err
}

func parseAPI(api string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimRight(api, "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("DISCORD_API_URL must be an address such as %s", DefaultAPI)
	}
	if versioned.MatchString(base.Path) {
		return nil, fmt.Errorf("DISCORD_API_URL must leave out the version at its end, as in %s", DefaultAPI)
	}
	return base, nil
}

func newREST(api string, token config.Secret, transport http.RoundTripper, log *slog.Logger, meter *meter) (*rest, error) {
	base, err := parseAPI(api)
	if err != nil {
		return nil, err
	}
	// New fails on nothing but its old user-and-password form.
	session, err := discordgo.New("Bot " + token.Reveal())
	if err != nil {
		return nil, fmt.Errorf("preparing the REST client: %w", err)
	}
	session.StateEnabled = false
	session.ShouldRetryOnRateLimit = false
	session.MaxRestRetries = 0
	courier := newCourier(elsewhere{base: base, next: transport}, log, meter)
	session.Client = &http.Client{Timeout: restTimeout, Transport: courier}
	return &rest{
		session:  session,
		courier:  courier,
		meter:    meter,
		api:      base.String(),
		callback: &http.Client{Timeout: interactionLife, Transport: transport},
	}, nil
}

// elsewhere sends what discordgo addresses to Discord to the configured API.
type elsewhere struct {
	base *url.URL
	next http.RoundTripper
}

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/api")
	if !ok {
		return nil, fmt.Errorf("%s is no path of Discord's API", r.URL.Path)
	}
	target, err := e.base.Parse(strings.TrimRight(e.base.EscapedPath(), "/") + path)
	if err != nil {
		return nil, fmt.Errorf("building the address of a REST call: %w", err)
	}
	target.RawQuery = r.URL.RawQuery
	r = r.Clone(r.Context())
	r.URL, r.Host = target, ""
	return e.next.RoundTrip(r)
}

// transport is what carries calls unless the operator has other wishes.
func transport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = idleConnections
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pongWithin}
	return t
}

// call makes one ordinary REST call and decodes its answer into out, if any.
func (r *rest) call(ctx context.Context, method, endpoint string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("encoding a REST call: %w", err)
		}
	}
	answer, err := r.send(ctx, method, endpoint, "application/json", body)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("reading the answer to a REST call: %w", err)
	}
	return nil
}

// send makes one REST call. Its bucket is thrown away: discordgo would keep one
// for every address it ever called (#1333), and wait under its lock.
func (r *rest) send(ctx context.Context, method, endpoint, contentType string, body []byte) ([]byte, error) {
	bucket := r.session.Ratelimiter.LockBucketObject(&discordgo.Bucket{})
	answer, err := r.session.RequestWithLockedBucket(method, endpoint, contentType, body, bucket, 0, discordgo.WithContext(ctx))
	return answer, scrub(err)
}

// limits asks where to connect, and how often.
func (r *rest) limits(ctx context.Context) (limits, error) {
	var l limits
	err := r.call(ctx, http.MethodGet, discordgo.EndpointGatewayBot, nil, &l)
	return l, err
}

// post sends a message to a channel. With a nonce Discord drops a second copy,
// so that it may be tried again.
func (r *rest) post(ctx context.Context, channel string, m message) error {
	if m.nonce != "" {
		ctx = context.WithValue(ctx, repeatable{}, true)
	}
	endpoint := discordgo.EndpointChannelMessages(channel)
	if len(m.files) == 0 {
		return r.call(ctx, http.MethodPost, endpoint, m, nil)
	}
	kind, body, err := discordgo.MultipartBodyWithJSON(m, m.parts())
	if err != nil {
		return fmt.Errorf("packing a message with files: %w", err)
	}
	_, err = r.send(ctx, http.MethodPost, endpoint, kind, body)
	return err
}

// edit replaces the first answer to an interaction.
func (r *rest) edit(ctx context.Context, app, token string, m message) error {
	return r.call(ctx, http.MethodPatch, discordgo.EndpointWebhookMessage(app, token, "@original"), m, nil)
}

// respond answers an interaction. It is tried once: a second try could answer
// twice, and after three seconds Discord takes no answer at all.
func (r *rest) respond(ctx context.Context, id, token, contentType string, body []byte) error {
	address := fmt.Sprintf("%s/v%s/interactions/%s/%s/callback", r.api, discordgo.APIVersion, id, url.PathEscape(token))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return errors.New("building the address of an interaction callback failed")
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("User-Agent", r.session.UserAgent) // without one Discord refuses the call
	if until := r.courier.shutOut(); !until.IsZero() {
		return fmt.Errorf("answering an interaction: %w", &limitedError{until: until})
	}
	res, err := r.callback.Do(req)
	if err != nil {
		r.meter.called("callback", 0)
		return fmt.Errorf("answering an interaction: %w", scrub(err))
	}
	defer func() { _ = res.Body.Close() }()
	r.meter.called("callback", res.StatusCode)
	if res.StatusCode/100 == 2 {
		_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswerBody)) // so that the connection is used again
		return nil
	}
	var problem problemOf
	if json.NewDecoder(io.LimitReader(res.Body, maxErrorBody)).Decode(&problem) != nil {
		problem = problemOf{} // the status alone says enough
	}
	if res.StatusCode == http.StatusTooManyRequests {
		r.courier.turnedAway(res.Header, problem)
	}
	return fmt.Errorf("answering an interaction: %s, code %d: %.200s", res.Status, problem.Code, problem.Message)
}

// scrub takes the address out of an error: an interaction's address holds its
// token, which lets anyone answer in the bot's name.
func scrub(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return fmt.Errorf("%s: %w", strings.ToLower(at.Op), at.Err)
	}
	var refused *discordgo.RESTError
	if errors.As(err, &refused) && refused.Response != nil {
		code, text := 0, ""
		if refused.Message != nil {
			code, text = refused.Message.Code, refused.Message.Message
		}
		return &statusError{Status: refused.Response.StatusCode, Code: code, Text: text}
	}
	return err
}

// statusError is Discord's refusal of a REST call, without the request.
type statusError struct {
	Status int // HTTP's
	Code   int // Discord's (topics/opcodes-and-status-codes#json)
	Text   string
}

func (e *statusError) Error() string {
	return fmt.Sprintf("discord refused: %d, code %d: %.200s", e.Status, e.Code, e.Text)
}
