package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

// Limits on a request before its signature shows that it is Discord's.
const (
	smallBody      = 16 << 10 // bytes; nearly every interaction is smaller
	maxLargeBody   = 1 << 20  // bytes; the longest forms
	maxLargeBodies = 16       // that are read at a time
	bodyTimeout    = 2500 * time.Millisecond
)

// Results of a request to the endpoint: the label of its metric.
const (
	endpointAnswered = "answered"
	endpointPing     = "ping"
	endpointForged   = "forged" // no good signature; Discord sends some on purpose
	endpointRefused  = "refused"
	endpointRepeated = "repeated"
	endpointBusy     = "busy"
)

// interactionEndpoint answers interactions that Discord delivers by HTTP
// (interactions/receiving-and-responding). It looks at as little as it can
// before the signature: method, size, shape of the headers, signature, and only
// then the body.
type interactionEndpoint struct {
	bot         *Bot
	key         ed25519.PublicKey
	buffers     sync.Pool
	largeBodies chan struct{} // holds one token for each that is being read
}

// Endpoint answers interactions that Discord signed with key, for as long as Run
// runs. The response is that of the request, so any number of processes can
// stand behind one address.
func (b *Bot) Endpoint(key ed25519.PublicKey) http.Handler {
	return &interactionEndpoint{
		bot: b, key: key,
		buffers:     sync.Pool{New: func() any { return new(bytes.Buffer) }},
		largeBodies: make(chan struct{}, maxLargeBodies),
	}
}

// ServeHTTP implements http.Handler.
func (e *interactionEndpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now()
	if !e.bot.enter() {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "not running", http.StatusServiceUnavailable)
		return
	}
	defer e.bot.requests.Done()
	buf := e.buffers.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() <= 2*smallBody {
			e.buffers.Put(buf)
		}
	}()
	result := endpointRefused
	stamp, body, status := e.verify(w, r, buf)
	switch {
	case status == http.StatusUnauthorized:
		result = endpointForged
	case status == 0:
		result, status = e.answer(w, r, body, stamp, arrived)
	}
	e.bot.metrics.endpoint.WithLabelValues(result).Inc()
	if status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	if status != 0 {
		w.WriteHeader(status)
	}
}

// verify reads the body of a request that Discord signed, into buf. It returns
// the status to refuse any other with; 0 if all is well.
func (e *interactionEndpoint) verify(w http.ResponseWriter, r *http.Request, buf *bytes.Buffer) (stamp string, body []byte, status int) {
	if r.Method != http.MethodPost {
		return "", nil, http.StatusMethodNotAllowed
	}
	if r.ContentLength > maxLargeBody {
		return "", nil, http.StatusRequestEntityTooLarge
	}
	signature, stamp, ok := signed(r.Header)
	if !ok {
		return "", nil, http.StatusUnauthorized
	}
	buf.Reset()
	buf.WriteString(stamp)
	if status := e.read(w, r, buf, len(stamp)); status != 0 {
		return "", nil, status
	}
	body = buf.Bytes()[len(stamp):]
	// The signature is over the timestamp and the body as one text, so where
	// one ends is not signed. A timestamp is digits, and a body is no number.
	if !ed25519.Verify(e.key, buf.Bytes(), signature[:]) || len(body) == 0 || body[0] != '{' {
		return "", nil, http.StatusUnauthorized
	}
	return stamp, body, 0
}

// signed reads the headers that a signed request has, in the form that Discord
// sends them.
func signed(h http.Header) (signature [ed25519.SignatureSize]byte, stamp string, ok bool) {
	sig := h.Get("X-Signature-Ed25519")
	stamp = h.Get("X-Signature-Timestamp")
	if len(sig) != 2*ed25519.SignatureSize || len(stamp) < 1 || len(stamp) > 12 || h.Get("Content-Encoding") != "" {
		return signature, "", false
	}
	for _, c := range []byte(sig) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return signature, "", false
		}
	}
	for _, c := range []byte(stamp) {
		if c < '0' || c > '9' {
			return signature, "", false
		}
	}
	_, err := hex.Decode(signature[:], []byte(sig))
	return signature, stamp, err == nil
}

// signedAt is the time of a timestamp, which is digits.
func signedAt(stamp string) time.Time {
	seconds, _ := strconv.ParseInt(stamp, 10, 64)
	return time.Unix(seconds, 0)
}

// read takes in the body, after what is in buf already. It returns the status
// to refuse the request with; 0 if all is well.
func (e *interactionEndpoint) read(w http.ResponseWriter, r *http.Request, buf *bytes.Buffer, before int) (status int) {
	// Not every ResponseWriter has deadlines; the server has one anyway.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTimeout))
	defer func() {
		// The server throws away the rest of a body that was not read to its
		// end, and that must end, too.
		if status == 0 {
			_ = control.SetReadDeadline(time.Time{})
		}
	}()
	if _, err := buf.ReadFrom(io.LimitReader(r.Body, smallBody)); err != nil {
		return http.StatusBadRequest
	}
	if buf.Len()-before < smallBody {
		return 0
	}
	select {
	case e.largeBodies <- struct{}{}:
		defer func() { <-e.largeBodies }()
	default:
		return http.StatusServiceUnavailable
	}
	// Once, instead of doubling up to it.
	*buf = *bytes.NewBuffer(append(make([]byte, 0, maxLargeBody+smallBody), buf.Bytes()...))
	_, err := buf.ReadFrom(io.LimitReader(r.Body, maxLargeBody-smallBody+1))
	switch {
	case err != nil:
		return http.StatusBadRequest
	case buf.Len()-before > maxLargeBody:
		return http.StatusRequestEntityTooLarge
	}
	return 0
}

// answer handles an interaction that is surely Discord's. It returns the result
// and, if it has not written a response, the status of one.
func (e *interactionEndpoint) answer(w http.ResponseWriter, r *http.Request, body []byte, stamp string, arrived time.Time) (result string, status int) {
	b := e.bot
	var i interaction
	err := json.Unmarshal(body, &i)
	switch {
	case err == nil && i.Type == discordgo.InteractionPing:
		write(w, encoded{"application/json", []byte(`{"type":1}`)})
		return endpointPing, 0
	case err != nil || !i.valid():
		b.metrics.dropped(dropUnreadable)
		b.log.Warn("dropped an interaction that cannot be read", "err", err)
		return endpointRefused, http.StatusBadRequest
	case b.clock.signed(signedAt(stamp)) || !b.firstSeen(seenInteractions, i.ID):
		return endpointRepeated, http.StatusConflict
	}
	ctx, cancel := context.WithDeadline(r.Context(), arrived.Add(interactionLife))
	defer cancel()
	answers, written := make(chan encoded), make(chan struct{})
	defer close(written)
	taken := b.interactions.submit(func(worker context.Context) {
		b.serve(worker, &i, arrived, "http", func(serving context.Context, out encoded) error {
			select {
			case answers <- out:
				<-written
				return nil
			case <-ctx.Done():
				return ctx.Err()
			case <-serving.Done():
				return serving.Err()
			}
		})
	})
	if !taken {
		return endpointBusy, http.StatusServiceUnavailable
	}
	select {
	case out := <-answers:
		if out.body == nil {
			return endpointRefused, http.StatusBadRequest
		}
		write(w, out)
		_ = http.NewResponseController(w).Flush()
		return endpointAnswered, 0
	case <-ctx.Done():
		b.metrics.dropped(dropBusy)
		return endpointBusy, http.StatusServiceUnavailable
	}
}

func write(w http.ResponseWriter, out encoded) {
	w.Header().Set("Content-Type", out.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(out.body)))
	_, _ = w.Write(out.body) // a client that went away gets no answer
}

// enter counts a request in, unless the bot does not run. A request that is in
// ends with b.requests.Done.
func (b *Bot) enter() bool {
	b.endpointMu.RLock()
	defer b.endpointMu.RUnlock()
	if !b.open {
		return false
	}
	b.requests.Add(1)
	return true
}

// setOpen lets requests in, or turns them away.
func (b *Bot) setOpen(open bool) {
	b.endpointMu.Lock()
	defer b.endpointMu.Unlock()
	b.open = open
}
