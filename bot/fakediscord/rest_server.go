package fakediscord

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"strings"
	"time"

	"backfaq/bot/fakediscord/form"
)

// maxBody is what Discord takes in one request.
const maxBody = 25 << 20

// request is one call of the REST API on its way to its handler.
type request struct {
	*http.Request
	route  *route // nil when there is none
	path   string // without /api/v10
	event  Event
	raw    json.RawMessage // the JSON of the body: all of it, or payload_json
	files  []Upload        // of a multipart body, by number
	unread error           // why the body is none
}

// A route is one endpoint. The handler runs with the world locked; what it
// returns is sent as JSON, nil as 204.
type route struct {
	method, pattern string
	open            bool // the path's token is the authorisation; no global limit
	// limit is how many requests it takes per time for one top-level resource, 0
	// without a limit. Discord documents none of them ("never hard-code"); these
	// are near what it answers.
	limit int
	per   time.Duration
	serve func(*Server, *request) (any, error)
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	for _, known := range restRoutes() {
		mux.HandleFunc(known.method+" /api/{version}"+known.pattern, func(w http.ResponseWriter, r *http.Request) { s.serveREST(&known, w, r) })
	}
	mux.HandleFunc("/api/{version}/", func(w http.ResponseWriter, r *http.Request) { s.serveREST(nil, w, r) })
	for _, path := range []string{"/gateway", "/gateway/", "/resume", "/resume/"} {
		mux.HandleFunc(path, s.serveGateway)
	}
	mux.HandleFunc("GET /attachments/{channel}/{id}/{name}", s.serveFile)
	return mux
}

// enter counts a handler in, unless the server closes.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wg.Add(1)
	return true
}

// serveREST serves the REST API: read, apply what is scripted, authorise,
// limit, serve, answer, record.
func (s *Server) serveREST(to *route, w http.ResponseWriter, hr *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler) // no answer, not even an empty one
	}
	defer s.wg.Done()
	start := time.Now()
	r := &request{Request: hr, route: to, path: strings.TrimPrefix(hr.URL.Path, "/api/"+hr.PathValue("version"))}
	r.event = Event{
		Time: time.Now(), Kind: KindREST, Shard: -1, Method: hr.Method, Path: r.path, Query: hr.URL.RawQuery,
		RequestHeader: hr.Header.Clone(),
	}
	var err error
	if r.event.Body, err = io.ReadAll(io.LimitReader(hr.Body, maxBody+1)); err != nil {
		panic(http.ErrAbortHandler) // the bot went away
	}
	r.unread = r.parse()
	s.pause(s.opts.Latency / 2)
	out := s.answer(r)
	s.pause(s.opts.Latency / 2)
	r.event.Took = time.Since(start)
	out.finish(s, w, r)
}

// answer decides what a request is answered with.
func (s *Server) answer(r *request) *reply {
	fault := s.scripted(r)
	if fault != nil && !fault.after {
		return fault.make()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.effect(r)
	if fault != nil {
		return fault.make()
	}
	return out
}

// effect authorises, limits and serves a request. The caller holds the lock.
func (s *Server) effect(r *request) *reply {
	agent, auth := r.UserAgent(), r.Header.Get("Authorization")
	switch {
	case agent == "" || strings.HasPrefix(agent, "Go-http-client"):
		// Cloudflare turns away what does not name itself.
		return errorReply(refuse(403, 40333, "internal network error"))
	case r.route == nil: // 501, so that the bot does not take it for an answer of Discord's
		name := r.Method + " " + r.path
		s.unknown = append(s.unknown, name)
		return errorReply(refuse(http.StatusNotImplemented, 0, "the stand-in for Discord has no route "+name))
	case !r.route.open && !(strings.HasPrefix(auth, "Bot ") && s.goodToken(auth)):
		return errorReply(refuse(401, 0, "401: Unauthorized"))
	}
	headers, limited := s.limits.take(r)
	if limited != nil {
		return limited
	}
	var v any
	err := r.unread
	if err == nil {
		v, err = r.route.serve(s, r)
	}
	out := &reply{status: http.StatusNoContent, header: http.Header{}}
	switch {
	case err != nil:
		out = errorReply(err)
	case v != nil:
		out = jsonReply(http.StatusOK, v)
	}
	maps.Copy(out.header, headers)
	return out
}

// parse reads the body's JSON and files.
func (r *request) parse() error {
	if len(r.event.Body) > maxBody {
		return refuse(413, 40005, "Request entity too large")
	}
	if len(r.event.Body) == 0 {
		return nil
	}
	switch kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind {
	case "application/json":
		r.raw = json.RawMessage(r.event.Body)
	case "multipart/form-data":
		if err := r.parseMultipart(); err != nil {
			return refuse(400, 50035, "Invalid Form Body")
		}
	default:
		return refuse(400, 50035, "Invalid Form Body")
	}
	if !json.Valid(r.raw) {
		return refuse(400, 50109, "The request body contains invalid JSON.")
	}
	r.event.Form = r.raw
	return nil
}

// parseMultipart reads payload_json and the parts files[n].
func (r *request) parseMultipart() error {
	r.Body = io.NopCloser(bytes.NewReader(r.event.Body))
	if err := r.ParseMultipartForm(maxBody); err != nil {
		return err
	}
	r.raw = json.RawMessage("{}")
	for _, text := range r.MultipartForm.Value["payload_json"] {
		r.raw = json.RawMessage(text)
	}
	for n := range len(r.MultipartForm.File) {
		f, header, err := r.FormFile(fmt.Sprintf("files[%d]", n))
		if err != nil {
			return err
		}
		data, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		r.files = append(r.files, Upload{Name: header.Filename, ContentType: header.Header.Get("Content-Type"), Data: data})
	}
	return nil
}

func refuse(status, code int, msg string) *form.Error {
	return &form.Error{Status: status, Code: code, Message: msg}
}

// reply is what goes back to the bot, or does not.
type reply struct {
	status int
	header http.Header
	body   []byte
	hang   bool // never answered
	cut    bool // the connection is cut instead
}

func jsonReply(status int, v any) *reply {
	return &reply{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: marshal(v)}
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
	return jsonReply(e.Status, e)
}

// finish sends the reply and records the exchange.
func (r *reply) finish(s *Server, w http.ResponseWriter, req *request) {
	if r.hang || r.cut {
		s.rec.add(req.event)
		if r.hang {
			select {
			case <-req.Context().Done():
			case <-s.life.Done():
			}
		}
		panic(http.ErrAbortHandler) // no answer, not even an empty one
	}
	maps.Copy(w.Header(), r.header)
	// Recorded before it is sent: who has seen the answer finds it recorded.
	req.event.Status, req.event.ResponseHeader, req.event.Response = r.status, r.header.Clone(), r.body
	s.rec.add(req.event)
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // a bot that went away is no fault of ours
}
