package fakediscord

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"

	"backfaq/bot/fakediscord/form"
)

func refuse(status, code int, msg string) *form.Error {
	return &form.Error{Status: status, Code: code, Message: msg}
}

// reply is what goes back to the bot, or does not.
type reply struct {
	status int
	header http.Header
	body   []byte
	hang   bool // never answered
	reset  bool // the connection is cut instead
}

func valueReply(v any) *reply {
	if v == nil {
		return &reply{status: http.StatusNoContent, header: http.Header{}}
	}
	return &reply{status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}, body: marshal(v)}
}

// marshal writes values of our own, which always can be written.
func marshal(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("fake discord: marshal %T: %v", v, err))
	}
	return b
}

// errorReply writes an error as Discord does.
func errorReply(err error) *reply {
	e, ok := errors.AsType[*form.Error](err)
	if !ok {
		e = refuse(http.StatusInternalServerError, 0, "500: Internal Server Error")
	}
	r := valueReply(e)
	r.status = e.Status
	return r
}

// unknownRoute answers a request that the stand-in has no route for: 501 with
// the route's name, so that the bot does not mistake it for an answer of
// Discord's. [Server.Close] reports it. The caller holds the lock.
func (s *Server) unknownRoute(r *request) *reply {
	name := r.Method + " " + r.path
	s.unknown = append(s.unknown, name)
	return errorReply(refuse(http.StatusNotImplemented, 0, "the stand-in for Discord has no route "+name))
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
