package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const downloadTimeout = 5 * time.Second

// Download fetches an attachment of at most max bytes from Discord's CDN
// (reference#cdn-endpoints), and from nowhere else: https only, no redirects.
func (c *Client) Download(ctx context.Context, address string, max int64) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || !c.servesFile(u) {
		return nil, errors.New("this is not the address of a file on Discord")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("downloading a file: %w", err)
	}
	res, err := c.downloads.Do(req)
	if err != nil {
		return nil, fmt.Errorf("downloading a file: %w", redact(err))
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("downloading a file: Discord's CDN answered with status %d", res.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, max+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("downloading a file: %w", err)
	case int64(len(data)) > max:
		return nil, fmt.Errorf("downloading a file: it has more than %d bytes", max)
	}
	return data, nil
}

// servesFile reports whether an address is on Discord's CDN, or beside the API of
// a stand-in on this machine. A proxy in front of Discord's API has no files.
func (c *Client) servesFile(u *url.URL) bool {
	if u.User != nil {
		return false
	}
	if ip := net.ParseIP(c.api.Hostname()); ip != nil && ip.IsLoopback() {
		return u.Scheme == c.api.Scheme && u.Host == c.api.Host
	}
	return u.Scheme == "https" && slices.Contains([]string{"cdn.discordapp.com", "media.discordapp.net"}, u.Host)
}
