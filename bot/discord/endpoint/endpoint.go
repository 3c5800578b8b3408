// Package endpoint takes the interactions that Discord delivers by HTTP, signed
// (interactions/receiving-and-responding). It knows requests, not conversations.
//
// A [Handler] looks at as little as it can before the signature: method, size,
// shape of the headers, signature, and only then the body. A [Clock] tells which
// signed requests are recordings of old ones.
package endpoint

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// Limits on a request before its signature shows that it is Discord's.
const (
	smallBody      = 16 << 10 // bytes; nearly every interaction is smaller
	maxLargeBody   = 1 << 20  // bytes; the longest forms
	maxLargeBodies = 16       // that are read at a time
	bodyTimeout    = 2500 * time.Millisecond
)

// Result is the label of a request's metric.
type Result string

// Results of a request.
const (
	Answered Result = "answered"
	Ping     Result = "ping"
	Forged   Result = "forged" // no good signature; Discord sends some on purpose
	Refused  Result = "refused"
	Repeated Result = "repeated"
	Busy     Result = "busy"
)

// Results are all of them.
var Results = []Result{Answered, Ping, Forged, Refused, Repeated, Busy}

// Answer answers a request that Discord signed, which arrived at a time. It
// returns the result and, if it has written no response, the status of one. The
// body is used again once it returns.
type Answer func(w http.ResponseWriter, r *http.Request, body []byte, arrived time.Time) (Result, int)

// Handler answers signed requests while it is open. The response is that of the
// request, so any number of processes can stand behind one address.
type Handler struct {
	key         ed25519.PublicKey
	clock       *Clock
	answer      Answer
	count       func(Result)
	buffers     sync.Pool
	largeBodies chan struct{} // holds one token for each that is being read
	bodyTimeout time.Duration

	mu       sync.RWMutex // guards open
	open     bool
	requests sync.WaitGroup
}

// New makes a Handler, which is closed. It answers requests that were signed with
// key, of which nil signs none, and tells count of each request.
func New(key ed25519.PublicKey, clock *Clock, answer Answer, count func(Result)) *Handler {
	return &Handler{
		key: key, clock: clock, answer: answer, count: count,
		buffers:     sync.Pool{New: func() any { return new(bytes.Buffer) }},
		largeBodies: make(chan struct{}, maxLargeBodies),
		bodyTimeout: bodyTimeout,
	}
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now()
	if !h.enter() {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "not running", http.StatusServiceUnavailable)
		return
	}
	defer h.requests.Done()
	buf := h.buffers.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() <= 2*smallBody {
			h.buffers.Put(buf)
		}
	}()
	result := Refused
	signedAt, body, status := h.verify(w, r, buf)
	switch {
	case status == http.StatusUnauthorized:
		result = Forged
	case status != 0:
	case h.clock.recording(signedAt):
		result, status = Repeated, http.StatusConflict
	default:
		result, status = h.answer(w, r, body, arrived)
	}
	h.count(result)
	if status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	if status != 0 {
		w.WriteHeader(status)
	}
}

// verify reads the body of a request that Discord signed, into buf. It returns
// the status to refuse any other with; 0 if all is well.
func (h *Handler) verify(w http.ResponseWriter, r *http.Request, buf *bytes.Buffer) (signedAt time.Time, body []byte, status int) {
	if r.Method != http.MethodPost {
		return time.Time{}, nil, http.StatusMethodNotAllowed
	}
	if r.ContentLength > maxLargeBody {
		return time.Time{}, nil, http.StatusRequestEntityTooLarge
	}
	signature, stamp, ok := signed(r.Header)
	if !ok {
		return time.Time{}, nil, http.StatusUnauthorized
	}
	buf.Reset()
	buf.WriteString(stamp)
	if status := h.read(w, r, buf, len(stamp)); status != 0 {
		return time.Time{}, nil, status
	}
	body = buf.Bytes()[len(stamp):]
	// The signature is over the timestamp and the body as one text, so where
	// one ends is not signed. A timestamp is digits, and a body is no number.
	if !ed25519.Verify(h.key, buf.Bytes(), signature[:]) || len(body) == 0 || body[0] != '{' {
		return time.Time{}, nil, http.StatusUnauthorized
	}
	seconds, _ := strconv.ParseInt(stamp, 10, 64) // digits, by its shape
	return time.Unix(seconds, 0), body, 0
}

// Shapes of the headers of a signed request, as Discord sends them.
var (
	signatureShape = regexp.MustCompile(`^[0-9a-f]{128}$`)
	stampShape     = regexp.MustCompile(`^[0-9]{1,12}$`)
)

// signed reads the headers that a signed request has.
func signed(h http.Header) (signature [ed25519.SignatureSize]byte, stamp string, ok bool) {
	sig := h.Get("X-Signature-Ed25519")
	stamp = h.Get("X-Signature-Timestamp")
	if !signatureShape.MatchString(sig) || !stampShape.MatchString(stamp) || h.Get("Content-Encoding") != "" {
		return signature, "", false
	}
	_, err := hex.Decode(signature[:], []byte(sig))
	return signature, stamp, err == nil
}

// read takes in the body, after what is in buf already. It returns the status
// to refuse the request with; 0 if all is well.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, buf *bytes.Buffer, before int) (status int) {
	// Not every ResponseWriter has deadlines; the server has one anyway.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(h.bodyTimeout))
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
	case h.largeBodies <- struct{}{}:
		defer func() { <-h.largeBodies }()
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

// enter counts a request in, unless the handler is closed. A request that is in
// ends with h.requests.Done.
func (h *Handler) enter() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if !h.open || h.key == nil {
		return false
	}
	h.requests.Add(1)
	return true
}

// Open lets requests in.
func (h *Handler) Open() { h.setOpen(true) }

// Close turns requests away.
func (h *Handler) Close() { h.setOpen(false) }

func (h *Handler) setOpen(open bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open = open
}

// Wait waits for the requests that were let in. The handler must be closed.
func (h *Handler) Wait() { h.requests.Wait() }
