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
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
)

// What a request to the door may cost before we know that it is Discord's.
const (
	doorSmall   = 16 << 10 // bytes; what nearly every interaction fits in
	doorLarge   = 1 << 20  // bytes; the longest forms
	doorLarges  = 16       // large ones that are read at a time
	doorReading = 2500 * time.Millisecond
	doorWorkers = 2 * interactionWorkers // handlers that run at a time

	// tokenLife is how long an interaction can be answered. What Discord signed
	// so long before the latest that came is somebody's recording of it.
	tokenLife = 15 * time.Minute

	// clockError is how far ahead our clock may be. Until Discord's first
	// timestamp came there is no other to tell a recording by.
	clockError = time.Hour
)

// What became of a request to the door, for those who count.
const (
	doorAnswered = "answered"
	doorPing     = "ping"
	doorForged   = "forged" // no good signature; Discord sends some on purpose
	doorRefused  = "refused"
	doorRepeated = "repeated"
	doorBusy     = "busy"
)

// door answers interactions that Discord delivers by HTTP
// (interactions/receiving-and-responding). It looks at as little as it can
// before the signature: method, size, shape of the headers, signature, and
// only then the body.
type door struct {
	bot     *Bot
	key     ed25519.PublicKey
	buffers sync.Pool
	larges  chan struct{}
	workers chan struct{}
	newest  atomic.Int64 // the latest of Discord's timestamps, in seconds
}

// Door answers interactions that Discord signed with key, for as long as Run
// runs. The reply is the response's body, so any number of processes can stand
// behind one address.
func (b *Bot) Door(key ed25519.PublicKey) http.Handler {
	d := &door{
		bot: b, key: key,
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
		larges:  make(chan struct{}, doorLarges),
		workers: make(chan struct{}, doorWorkers),
	}
	d.newest.Store(time.Now().Add(-clockError).Unix())
	return d
}

// ServeHTTP implements http.Handler.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now()
	if !d.bot.enter() {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "not running", http.StatusServiceUnavailable)
		return
	}
	defer d.bot.inside.Done()
	result := doorRefused
	defer func() { d.bot.metrics.doors.WithLabelValues(result).Inc() }()
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if r.ContentLength > doorLarge {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	signature, stamp, ok := signed(r.Header)
	if !ok {
		result = doorForged
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	buf := d.buffers.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() <= 2*doorSmall {
			d.buffers.Put(buf)
		}
	}()
	buf.Reset()
	buf.WriteString(stamp)
	if status := d.read(w, r, buf, len(stamp)); status != 0 {
		w.WriteHeader(status)
		return
	}
	body := buf.Bytes()[len(stamp):]
	// The signature is over the timestamp and the body as one text, so where
	// one ends is not signed. A timestamp is digits, and a body is no number.
	if !ed25519.Verify(d.key, buf.Bytes(), signature[:]) || len(body) == 0 || body[0] != '{' {
		result = doorForged
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	result = d.answer(w, r, body, stamp, arrived)
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

// read takes in the body, after what is in buf already. It returns the status
// to refuse the request with; 0 if all is well.
func (d *door) read(w http.ResponseWriter, r *http.Request, buf *bytes.Buffer, before int) (status int) {
	// Not every ResponseWriter has deadlines; the server has one anyway.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(doorReading))
	defer func() {
		// Of a body that we did not read to its end the server throws away the
		// rest, and that must end, too.
		if status == 0 {
			_ = control.SetReadDeadline(time.Time{})
		}
	}()
	if _, err := buf.ReadFrom(io.LimitReader(r.Body, doorSmall)); err != nil {
		return http.StatusBadRequest
	}
	if buf.Len()-before < doorSmall {
		return 0
	}
	select {
	case d.larges <- struct{}{}:
		defer func() { <-d.larges }()
	default:
		return http.StatusServiceUnavailable
	}
	// Once, instead of doubling up to it.
	*buf = *bytes.NewBuffer(append(make([]byte, 0, doorLarge+doorSmall), buf.Bytes()...))
	_, err := buf.ReadFrom(io.LimitReader(r.Body, doorLarge-doorSmall+1))
	switch {
	case err != nil:
		return http.StatusBadRequest
	case buf.Len()-before > doorLarge:
		return http.StatusRequestEntityTooLarge
	}
	return 0
}

// answer handles an interaction that is surely Discord's, and says what became
// of it.
func (d *door) answer(w http.ResponseWriter, r *http.Request, body []byte, stamp string, arrived time.Time) string {
	b := d.bot
	var i interaction
	if err := json.Unmarshal(body, &i); err != nil {
		b.metrics.dropped(dropUnreadable)
		b.Log.Warn("dropped an interaction that cannot be read", "err", err)
		w.WriteHeader(http.StatusBadRequest)
		return doorRefused
	}
	if i.Type == discordgo.InteractionPing {
		write(w, "application/json", []byte(`{"type":1}`))
		return doorPing
	}
	if !i.whole() {
		b.metrics.dropped(dropUnreadable)
		w.WriteHeader(http.StatusBadRequest)
		return doorRefused
	}
	if d.recording(stamp) || !b.once("i", i.ID) {
		w.WriteHeader(http.StatusConflict)
		return doorRepeated
	}
	ctx, cancel := context.WithDeadline(r.Context(), arrived.Add(interactionLife))
	defer cancel()
	select {
	case d.workers <- struct{}{}:
		defer func() { <-d.workers }()
	case <-ctx.Done():
		b.metrics.dropped(dropBusy)
		w.WriteHeader(http.StatusServiceUnavailable)
		return doorBusy
	}
	reply, idle := b.inTime(ctx, &i, arrived.Add(handlerLife))
	contentType, out, err := reply.encode()
	if err != nil || out == nil {
		if err != nil {
			b.Log.Error("could not encode a reply", "err", err)
		}
		w.WriteHeader(http.StatusBadRequest)
		return doorRefused
	}
	write(w, contentType, out)
	_ = http.NewResponseController(w).Flush()
	b.metrics.answered("http", arrived)
	b.follow(reply)
	<-idle // a handler that is late still counts as one that runs
	return doorAnswered
}

func write(w http.ResponseWriter, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // who went away gets no answer
}

// recording reports whether a signature is much older than the latest, and
// takes note of the latest. From the first one on it goes by Discord's clock
// alone: ours may be off.
func (d *door) recording(stamp string) bool {
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return true
	}
	for {
		newest := d.newest.Load()
		if at <= newest {
			return at < newest-int64(tokenLife/time.Second)
		}
		if d.newest.CompareAndSwap(newest, at) {
			return false
		}
	}
}

// enter counts a request in, unless the bot does not run (any more). Whoever is
// in leaves with b.inside.Done.
func (b *Bot) enter() bool {
	b.gate.RLock()
	defer b.gate.RUnlock()
	if !b.open {
		return false
	}
	b.inside.Add(1)
	return true
}

// admit opens the door for requests, or closes it.
func (b *Bot) admit(open bool) {
	b.gate.Lock()
	defer b.gate.Unlock()
	b.open = open
}
