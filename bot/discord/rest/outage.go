package rest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

const (
	outageCalls = 3                // without an answer, in a row, are an outage and no accident
	probeEvery  = 15 * time.Second // during an outage
)

// outage notices that calls get no answer, from Discord or from a proxy in front
// of it.
type outage struct {
	mu    sync.Mutex
	lost  int       // calls without an answer, in a row
	since time.Time // the first of them
	why   string    // the last of them
}

// note takes in how a call ended: with an error, or, whatever its status, with an
// answer. A call that this program gave up says nothing.
func (o *outage) note(err error, m *metrics) {
	if errors.Is(err, context.Canceled) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil {
		o.lost = 0
		return
	}
	m.unanswered.Inc()
	if o.lost++; o.lost == 1 {
		o.since = time.Now()
	}
	o.why = cause(err)
}

// problem is the sentence for operators; "" if calls get answers.
func (o *outage) problem() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.lost < outageCalls {
		return ""
	}
	return fmt.Sprintf("no REST call got an answer since %s: %s: check DISCORD_API_URL and the network", o.since.UTC().Format(time.RFC3339), o.why)
}

// cause is the innermost reason, without the address that was called: that of an
// interaction holds its token.
func cause(err error) string {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return "it takes too long"
	}
	if name, ok := errors.AsType[*net.DNSError](err); ok {
		return "looking up its name: " + name.Err
	}
	for next := err; next != nil; next = errors.Unwrap(next) {
		err = next
	}
	return err.Error()
}

// Probe makes a call now and then while no call gets an answer, until ctx ends,
// so that Health learns of the end of an outage although nobody asks anything.
func (c *Client) Probe(ctx context.Context) {
	for sleep(ctx, probeEvery) {
		if c.limiter.outage.problem() != "" {
			_ = c.Call(ctx, http.MethodGet, discordgo.EndpointGateway, nil, nil) // noted either way
		}
	}
}
