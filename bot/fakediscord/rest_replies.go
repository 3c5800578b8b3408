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

// apiError is an error as Discord writes it.
type apiError struct {
	status int
	code   int
	msg    string
}

func (e *apiError) Error() string { return fmt.Sprintf("HTTP %d, %s (%d)", e.status, e.msg, e.code) }

func refuse(status, code int, msg string) *apiError {
	return &apiError{status: status, code: code, msg: msg}
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
	status, body := http.StatusInternalServerError, object{"message": "500: Internal Server Error", "code": 0}
	if e, ok := errors.AsType[*apiError](err); ok {
		status, body = e.status, object{"message": e.msg, "code": e.code}
	}
	if e, ok := errors.AsType[*form.Error](err); ok {
		status, body = http.StatusBadRequest, object{"message": e.Message, "code": e.Code}
		if e.Fields != nil {
			body["errors"] = e.Fields
		}
	}
	r := valueReply(body)
	r.status = status
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
