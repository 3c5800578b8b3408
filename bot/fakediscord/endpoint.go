package fakediscord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
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
	key    ed25519.PrivateKey
	client http.Client
	url    *string // guarded by the server's lock
}

// PublicKey is the application's key in hex, as the developer portal shows it.
func (s *Server) PublicKey() string {
	return hex.EncodeToString(s.endpoint.key.Public().(ed25519.PublicKey))
}

// Sign signs a body as Discord signs interactions.
func (s *Server) Sign(timestamp string, body []byte) (signature string) {
	return hex.EncodeToString(ed25519.Sign(s.endpoint.key, append([]byte(timestamp), body...)))
}

// SetEndpoint makes the bot's endpoint the way that interactions take, after
// the checks that Discord makes when the URL is saved, and from time to time: a
// PING must be answered and a bad signature refused with 401.
func (s *Server) SetEndpoint(ctx context.Context, url string) error {
	if err := s.probe(ctx, url); err != nil {
		return fmt.Errorf("the specified interactions endpoint url could not be verified: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endpoint.url = &url
	return nil
}

func (s *Server) probe(ctx context.Context, url string) error {
	s.mu.Lock()
	id := s.ids.next()
	s.mu.Unlock()
	ping := marshal(object{
		"id": id, "application_id": s.app.id, "type": PingInteraction, "token": rand.Text() + rand.Text(), "version": 1,
		"user":         object{"id": "643945264868098049", "username": "discord", "discriminator": "0", "avatar": nil},
		"entitlements": []any{}, "authorizing_integration_owners": object{},
	})
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	r, err := s.PostSigned(ctx, url, stamp, s.Sign(stamp, []byte("something else")), ping)
	if err != nil {
		return err
	}
	if r.Status != http.StatusUnauthorized {
		return fmt.Errorf("a bad signature was answered with %d instead of 401", r.Status)
	}
	if r, err = s.PostSigned(ctx, url, stamp, s.Sign(stamp, ping), ping); err != nil {
		return err
	}
	var answer struct{ Type int }
	kind := r.ResponseHeader.Get("Content-Type")
	if err := json.Unmarshal(r.Response, &answer); r.Status != 200 || err != nil || answer.Type != Pong || kind != "application/json" {
		return fmt.Errorf("a PING was answered with %d %q of type %q", r.Status, r.Response, kind)
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
		Time: time.Now(), Kind: KindEndpoint, Shard: -1, Method: req.Method, Path: req.URL.Path,
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
func (s *Server) post2endpoint(i *Interaction, url string) {
	if s.closed {
		return
	}
	s.wg.Go(func() {
		ctx, cancel := context.WithTimeout(s.life, responseDeadline)
		defer cancel()
		s.pause(s.opts.Latency / 2)
		stamp := strconv.FormatInt(i.created.Unix(), 10)
		e, err := s.PostSigned(ctx, url, stamp, s.Sign(stamp, i.Payload), i.Payload)
		s.pause(s.opts.Latency / 2)
		s.mu.Lock()
		defer s.mu.Unlock()
		if err == nil && e.Status != http.StatusOK {
			err = fmt.Errorf("the endpoint answered with %d", e.Status)
		}
		r := &request{Request: &http.Request{Method: http.MethodPost, Header: e.ResponseHeader}, event: Event{Body: e.Response}}
		if err == nil {
			err = r.parse()
		}
		if err == nil {
			err = s.respond(i, r.raw, r.files)
		}
		if err != nil {
			i.answered(Response{Step: "failed", Err: err.Error()})
		}
	})
}
