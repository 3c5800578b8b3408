package fakediscord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// endpointState is the bot's interactions endpoint, if it has one.
type endpointState struct {
	public ed25519.PublicKey
	key    ed25519.PrivateKey
	client *http.Client
	url    string // guarded by the server's lock
}

func newEndpoint(public ed25519.PublicKey, key ed25519.PrivateKey) endpointState {
	return endpointState{public: public, key: key, client: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 256},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (e *endpointState) urlOrNil() any {
	if e.url == "" {
		return nil
	}
	return e.url
}

// PublicKey is the application's key in hex, as the developer portal shows it.
func (s *Server) PublicKey() string { return hex.EncodeToString(s.endpoint.public) }

// Sign signs a body as Discord signs interactions.
func (s *Server) Sign(timestamp string, body []byte) (signature string) {
	return hex.EncodeToString(ed25519.Sign(s.endpoint.key, append([]byte(timestamp), body...)))
}

// SetEndpoint makes the bot's endpoint the way that interactions take, after
// the checks that Discord makes when the URL is saved: a PING must be
// answered and a bad signature refused with 401. "" brings the gateway back.
func (s *Server) SetEndpoint(ctx context.Context, url string) error {
	if url != "" {
		if err := s.probe(ctx, url); err != nil {
			return fmt.Errorf("the specified interactions endpoint url could not be verified: %w", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endpoint.url = url
	return nil
}

// Probe makes the checks that Discord makes from time to time. A failure
// removes the URL.
func (s *Server) Probe(ctx context.Context) error {
	s.mu.Lock()
	url := s.endpoint.url
	s.mu.Unlock()
	if url == "" {
		return fmt.Errorf("there is no interactions endpoint to probe")
	}
	err := s.probe(ctx, url)
	if err != nil {
		s.mu.Lock()
		s.endpoint.url = ""
		s.mu.Unlock()
	}
	return err
}

func (s *Server) probe(ctx context.Context, url string) error {
	s.mu.Lock()
	id := s.ids.next()
	s.mu.Unlock()
	ping, err := json.Marshal(object{
		"id": id, "application_id": s.app.id, "type": PingInteraction, "token": randomToken(), "version": 1,
		"user":         object{"id": "643945264868098049", "username": "discord", "discriminator": "0", "avatar": nil},
		"entitlements": []any{}, "authorizing_integration_owners": object{},
	})
	if err != nil {
		return err
	}
	stamp := strconv.FormatInt(s.now().Unix(), 10)
	good := s.Sign(stamp, ping)
	bad := hex.EncodeToString(ed25519.Sign(s.endpoint.key, []byte("something else")))
	r, err := s.PostSigned(ctx, url, stamp, bad, ping)
	if err != nil {
		return err
	}
	if r.Status != http.StatusUnauthorized {
		return fmt.Errorf("a bad signature was answered with %d instead of 401", r.Status)
	}
	if r, err = s.PostSigned(ctx, url, stamp, good, ping); err != nil {
		return err
	}
	var answer struct{ Type int }
	if err := json.Unmarshal(r.Response, &answer); r.Status != 200 || err != nil || answer.Type != Pong {
		return fmt.Errorf("a PING was answered with %d %q", r.Status, r.Response)
	}
	if kind := r.ResponseHeader.Get("Content-Type"); kind != "application/json" && kind != "application/json; charset=utf-8" {
		return fmt.Errorf("a PING was answered with the content type %q", kind)
	}
	return nil
}

// PostSigned posts a body to an endpoint with the given signature, good or bad,
// and returns what was answered. It is what every delivery goes through.
func (s *Server) PostSigned(ctx context.Context, url, timestamp, signature string, body []byte) (Event, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return Event{}, fmt.Errorf("post to %s: %w", url, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Discord-Interactions/1.0 (+https://discord.com)")
	req.Header.Set("X-Signature-Ed25519", signature)
	req.Header.Set("X-Signature-Timestamp", timestamp)
	e := Event{
		Time: s.now(), Kind: KindEndpoint, Shard: -1, Method: req.Method, Path: req.URL.Path,
		RequestHeader: req.Header.Clone(), Body: body,
	}
	start := time.Now()
	res, err := s.endpoint.client.Do(req)
	if err == nil {
		e.Status, e.ResponseHeader = res.StatusCode, res.Header
		e.Response, err = io.ReadAll(io.LimitReader(res.Body, maxBody))
		_ = res.Body.Close()
	}
	e.Took = time.Since(start)
	s.rec.add(e)
	if err != nil {
		return e, fmt.Errorf("post to %s: %w", url, err)
	}
	return e, nil
}

// post2endpoint delivers an interaction by HTTP. The caller holds the lock;
// the delivery itself runs on.
func (s *Server) post2endpoint(i *Interaction) {
	url := s.endpoint.url
	if s.closed {
		return
	}
	s.wg.Go(func() {
		ctx, cancel := context.WithTimeout(s.life, responseDeadline)
		defer cancel()
		if !s.pause(s.opts.Latency / 2) {
			return
		}
		stamp := strconv.FormatInt(i.created.Unix(), 10)
		e, err := s.PostSigned(ctx, url, stamp, s.Sign(stamp, i.Payload), i.Payload)
		s.pause(s.opts.Latency / 2)
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case err != nil:
		case e.Status == http.StatusAccepted && len(e.Response) == 0 || e.Status == http.StatusNoContent:
			return // the bot answers by the callback route
		case e.Status != http.StatusOK:
			err = fmt.Errorf("the endpoint answered with %d", e.Status)
		default:
			err = s.inline(i, e)
		}
		if err != nil {
			i.answered(Response{Step: "failed", Err: err.Error()})
		}
	})
}

// inline applies an answer that came as the body of the HTTP response. The
// caller holds the lock.
func (s *Server) inline(i *Interaction, e Event) error {
	r := &request{Request: &http.Request{Header: e.ResponseHeader}, body: e.Response}
	if err := r.parse(); err != nil {
		return err
	}
	return s.respond(i, r.raw, r.files)
}
