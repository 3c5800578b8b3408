package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/config"
)

// DefaultAPI is where Discord's REST API is, unless an operator puts a proxy
// in front of it.
const DefaultAPI = "https://discord.com/api"

const (
	restTimeout   = 15 * time.Second
	maxAnswerBody = 4 << 20 // what is read of one REST answer
)

// rest makes the REST calls: ordinary routes through discordgo, interaction
// callbacks through a client of their own, because discordgo keeps a bucket
// for every URL it has ever called (#1333) and a callback's URL is new each
// time.
type rest struct {
	session  *discordgo.Session
	api      string
	callback *http.Client
}

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
	return base, nil
}

func newREST(api string, token config.Secret, transport http.RoundTripper) (*rest, error) {
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
	session.Client = &http.Client{Timeout: restTimeout, Transport: elsewhere{base: base, next: transport}}
	return &rest{
		session:  session,
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

// call makes one ordinary REST call and decodes its answer into out, if any.
func (r *rest) call(ctx context.Context, method, endpoint string, in, out any) error {
	body, err := r.session.RequestWithBucketID(method, endpoint, in, endpoint, discordgo.WithContext(ctx))
	if err != nil {
		return scrub(err)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(body, out)
}

// gateway asks where to connect.
func (r *rest) gateway(ctx context.Context) (string, error) {
	var answer struct {
		URL string `json:"url"`
	}
	if err := r.call(ctx, http.MethodGet, discordgo.EndpointGateway, nil, &answer); err != nil {
		return "", err
	}
	return answer.URL, nil
}

// post sends a message to a channel.
func (r *rest) post(ctx context.Context, channel string, m message) error {
	endpoint := discordgo.EndpointChannelMessages(channel)
	if len(m.files) == 0 {
		return r.call(ctx, http.MethodPost, endpoint, m, nil)
	}
	kind, body, err := discordgo.MultipartBodyWithJSON(m, m.parts())
	if err != nil {
		return fmt.Errorf("packing a message with files: %w", err)
	}
	_, err = r.session.RequestRaw(http.MethodPost, endpoint, kind, body, endpoint, 0, discordgo.WithContext(ctx))
	return scrub(err)
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
	res, err := r.callback.Do(req)
	if err != nil {
		return fmt.Errorf("answering an interaction: %w", scrub(err))
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode/100 == 2 {
		return nil
	}
	var problem struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	_ = json.NewDecoder(io.LimitReader(res.Body, maxAnswerBody)).Decode(&problem) // the status alone says enough
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
