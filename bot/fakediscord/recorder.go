package fakediscord

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Kind says what an [Event] is.
type Kind string

// The kinds of events, as they stand in a transcript.
const (
	KindREST         Kind = "rest"          // a request of the bot and its answer
	KindFile         Kind = "file"          // an attachment fetched from the CDN's path
	KindGatewayOpen  Kind = "gateway.open"  // a WebSocket was accepted
	KindGatewayIn    Kind = "gateway.in"    // a frame from the bot
	KindGatewayOut   Kind = "gateway.out"   // a frame to the bot
	KindGatewayClose Kind = "gateway.close" // a WebSocket ended
	KindEndpoint     Kind = "endpoint"      // a signed request to the bot's endpoint and its answer
)

// Bytes is recorded text. In a transcript it is written as the JSON it holds,
// otherwise as a string.
type Bytes []byte

// MarshalJSON implements [json.Marshaler].
func (b Bytes) MarshalJSON() ([]byte, error) {
	if json.Valid(b) {
		return b, nil
	}
	return json.Marshal(string(b))
}

// An Event is one thing that went over the wire, whole.
type Event struct {
	N    int       `json:"n"` // the event's number, from 0
	Time time.Time `json:"time"`
	Kind Kind      `json:"kind"`

	// Of a request: what was asked. Path is without /api/v10.
	Method        string      `json:"method,omitempty"`
	Path          string      `json:"path,omitempty"`
	Query         string      `json:"query,omitempty"`
	RequestHeader http.Header `json:"request_header,omitempty"`
	// Body is the request's body, or the gateway's frame after decompression.
	Body Bytes `json:"body,omitempty"`
	// Form is the JSON of the body: all of it, or its part payload_json.
	Form json.RawMessage `json:"-"`

	// Of a request: what was answered. Status is 0 when the connection was
	// cut or the request hangs.
	Status         int           `json:"status,omitempty"`
	ResponseHeader http.Header   `json:"response_header,omitempty"`
	Response       Bytes         `json:"response,omitempty"`
	Took           time.Duration `json:"took_ns,omitempty"`

	// Of the gateway. Conn numbers the connections from 1; Shard is -1 until
	// the connection has identified or resumed.
	Conn  int    `json:"conn,omitempty"`
	Shard int    `json:"shard,omitempty"`
	Op    int    `json:"op,omitempty"`
	Type  string `json:"type,omitempty"` // of a dispatch (op 0)
	// Code is the close code: of our close frame or of the bot's. 0 means the
	// connection ended without one.
	Code  int  `json:"code,omitempty"`
	ByBot bool `json:"by_bot,omitempty"` // a close: the bot closed or vanished
}

// JSON decodes the event's body into v.
func (e Event) JSON(v any) error {
	if err := json.Unmarshal(e.Body, v); err != nil {
		return fmt.Errorf("decode the body of event %d (%s %s): %w", e.N, e.Method, e.Path, err)
	}
	return nil
}

// recorder keeps what went over the wire and writes the transcript.
type recorder struct {
	log journal[Event]

	mu  sync.Mutex
	out io.Writer
	err error
}

func (r *recorder) add(e Event) {
	r.mu.Lock() // held for both, so that the transcript is in order
	defer r.mu.Unlock()
	r.log.add(func(n int) Event {
		e.N = n
		return e
	})
	if r.out == nil || r.err != nil {
		return
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = r.out.Write(append(line, '\n'))
	}
	r.err = err
}

// Record writes every event from now on to w, one JSON object per line. What
// is written holds tokens: the bot's in requests, and those of interactions. The
// function it returns tells the error that ended the transcript, if one did.
func (s *Server) Record(w io.Writer) (failed func() error) {
	s.rec.mu.Lock()
	defer s.rec.mu.Unlock()
	s.rec.out, s.rec.err = w, nil
	return func() error {
		s.rec.mu.Lock()
		defer s.rec.mu.Unlock()
		return s.rec.err
	}
}

// Events returns what went over the wire so far, oldest first.
func (s *Server) Events() []Event { return s.EventsAfter(-1) }

// EventsAfter returns the events with a number greater than n.
func (s *Server) EventsAfter(n int) []Event {
	items, _ := s.rec.log.since(n + 1)
	return items
}

// Mark returns the number of the latest event, to wait for what follows it.
func (s *Server) Mark() int {
	_, next := s.rec.log.since(0)
	return next - 1
}

// WaitFor returns the first event ever recorded for which match is true, as
// soon as there is one.
func (s *Server) WaitFor(ctx context.Context, match func(Event) bool) (Event, error) {
	return s.WaitAfter(ctx, -1, match)
}

// WaitAfter is WaitFor for events with a number greater than n.
func (s *Server) WaitAfter(ctx context.Context, n int, match func(Event) bool) (Event, error) {
	for {
		events, next, err := s.rec.log.wait(ctx, n+1)
		if err != nil {
			return Event{}, fmt.Errorf("wait for an event after number %d: %w", n, err)
		}
		for _, e := range events {
			if match(e) {
				return e, nil
			}
		}
		n = next - 1
	}
}

// journal is a numbered list that grows at one end, forgets at the other and
// can be waited on. Readers hold a number, not a subscription: nothing is lost
// between a look and a wait, and nobody has to unsubscribe.
type journal[T any] struct {
	keep int // how many items are kept at least; 0: all

	mu      sync.Mutex
	first   int // number of items[0]
	items   []T
	changed chan struct{} // made by the first waiter, closed by the next add
}

// add appends what make returns for the number the item will have.
func (j *journal[T]) add(make func(n int) T) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.items = append(j.items, make(j.first+len(j.items)))
	if j.keep > 0 && len(j.items) >= 2*j.keep {
		forget := len(j.items) - j.keep
		// A fresh array, because readers may hold slices of the old one.
		j.items = append([]T(nil), j.items[forget:]...)
		j.first += forget
	}
	if j.changed != nil {
		close(j.changed)
		j.changed = nil
	}
}

// since returns the items numbered n and up, and the number after the last.
func (j *journal[T]) since(n int) (items []T, next int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	from := min(max(n-j.first, 0), len(j.items))
	return slices.Clip(j.items[from:]), j.first + len(j.items)
}

// wait returns the items numbered n and up as soon as there is one.
func (j *journal[T]) wait(ctx context.Context, n int) (items []T, next int, err error) {
	for {
		j.mu.Lock()
		if j.changed == nil {
			j.changed = make(chan struct{})
		}
		more := j.changed
		j.mu.Unlock()
		if items, next = j.since(n); len(items) > 0 {
			return items, next, nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, next, ctx.Err()
		}
	}
}
