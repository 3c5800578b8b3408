package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/bwmarrin/discordgo"
)

// callbackTimeout is within the three seconds after which Discord takes no
// answer to an interaction.
const callbackTimeout = 2800 * time.Millisecond

// Callback answers an interaction. It is tried once: a second try could answer
// twice. Callbacks have no limits but that of the proxy in front of Discord
// (interactions/receiving-and-responding), so no other call holds them up.
func (c *Client) Callback(ctx context.Context, id, token, contentType string, body []byte) error {
	address := fmt.Sprintf("%s/v%s/interactions/%s/%s/callback", c.api, discordgo.APIVersion, id, url.PathEscape(token))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return errors.New("building the address of an interaction callback failed")
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("User-Agent", c.session.UserAgent) // without one Discord refuses the call
	if until := c.limiter.callbacksBlockedUntil(); !until.IsZero() {
		return fmt.Errorf("answering an interaction: %w", &LimitedError{Until: until})
	}
	res, err := c.callbacks.Do(req)
	c.limiter.outage.note(err, c.metrics)
	if err != nil {
		c.metrics.called("callback", 0)
		return fmt.Errorf("answering an interaction: %w", redact(err))
	}
	defer func() { _ = res.Body.Close() }()
	c.metrics.called("callback", res.StatusCode)
	if res.StatusCode/100 == 2 {
		_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxBody)) // so that the connection is used again
		return nil
	}
	var refused apiError
	if json.NewDecoder(io.LimitReader(res.Body, maxErrorBody)).Decode(&refused) != nil {
		refused = apiError{} // the status alone says enough
	}
	if res.StatusCode == http.StatusTooManyRequests {
		c.limiter.onCallback429(res.Header, refused)
	}
	return fmt.Errorf("answering an interaction: %w", &StatusError{res.StatusCode, refused.Code, refused.Message, fieldErrors(refused.Errors)})
}

// onCallback429 takes in a 429 to an interaction callback, which concerns other
// calls if the proxy in front of Discord sent it.
func (l *rateLimiter) onCallback429(h http.Header, refused apiError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.on429("", h, refused, time.Now())
}

// callbacksBlockedUntil is zero if callbacks may go.
func (l *rateLimiter) callbacksBlockedUntil() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.blocks.longest(time.Now(), scopeCallbacks).until
}
