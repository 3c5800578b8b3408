package fakediscord

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
)

// reply is what goes back to the bot, or does not.
type reply struct {
	status int
	header http.Header
	body   []byte
	hang   bool // never answered
	reset  bool // the connection is cut instead
}

func valueReply(v any) *reply {
	status := http.StatusOK
	if c, ok := v.(created); ok {
		status, v = http.StatusCreated, c.v
	}
	if v == nil {
		return &reply{status: http.StatusNoContent, header: http.Header{}}
	}
	body, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("fake discord: marshal a response: %v", err)) // our own types always marshal
	}
	return &reply{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: body}
}

func errorReply(err error) *reply {
	e, ok := errors.AsType[*apiError](err)
	if !ok {
		e = refuse(500, 0, "500: Internal Server Error")
	}
	r := valueReply(e.wire())
	r.status = e.status
	return r
}

func (r *reply) with(h http.Header) *reply {
	maps.Copy(r.header, h)
	return r
}

// finish sends the reply and records the exchange.
func (r *reply) finish(s *Server, w http.ResponseWriter, req *request) {
	switch {
	case r.hang:
		s.rec.add(req.event)
		select {
		case <-req.Context().Done():
		case <-s.life.Done():
		}
		panic(http.ErrAbortHandler) // no answer, not even an empty one
	case r.reset:
		s.rec.add(req.event)
		reset(w)
		return
	}
	maps.Copy(w.Header(), r.header)
	// Recorded before it is sent: who has seen the answer finds it recorded.
	req.event.Status, req.event.ResponseHeader, req.event.Response = r.status, r.header.Clone(), r.body
	s.rec.add(req.event)
	s.limits.count(s.now(), r)
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // a bot that went away is no fault of ours
}

// reset cuts the TCP connection with RST.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
