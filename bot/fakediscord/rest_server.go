package fakediscord

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
)

// maxBody is what Discord takes in one request.
const maxBody = 25 << 20

// request is one call of the REST API on its way to its handler.
type request struct {
	*http.Request
	srv   *Server
	route *route
	vars  map[string]string
	path  string // without /api/v10
	event Event
	body  []byte
	raw   json.RawMessage // the JSON of the body: all of it, or payload_json
	files []Upload        // of a multipart body, by number
}

// A route is one endpoint. The handler runs with the world locked; what it
// returns is sent as JSON, nil as 204.
type route struct {
	method, pattern string
	open            bool // the path's token is the authorisation; no global limit
	serve           func(*Server, *request) (any, error)
	parts           []string
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	table := restRoutes()
	for i := range table {
		table[i].parts = strings.Split(table[i].pattern, "/")
	}
	rest := func(w http.ResponseWriter, r *http.Request) { s.serveREST(table, w, r) }
	mux.HandleFunc("/api/v9/", rest)
	mux.HandleFunc("/api/v10/", rest)
	mux.HandleFunc("/gateway/", s.serveGateway)
	mux.HandleFunc("/resume/", s.serveGateway)
	mux.HandleFunc("/gateway", s.serveGateway)
	mux.HandleFunc("/resume", s.serveGateway)
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

// serveREST serves the REST API: read, find the route, apply what
// is scripted, authorise, limit, serve, answer, record.
func (s *Server) serveREST(table []route, w http.ResponseWriter, hr *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler) // no answer, not even an empty one
	}
	defer s.wg.Done()
	start := time.Now()
	_, rest, _ := strings.Cut(strings.TrimPrefix(hr.URL.Path, "/"), "/") // api
	version, path, _ := strings.Cut(rest, "/")
	r := &request{Request: hr, srv: s, path: "/" + path}
	r.event = Event{
		Time: s.now(), Kind: KindREST, Shard: -1, Method: hr.Method, Path: r.path, Query: hr.URL.RawQuery,
		Version: version, RequestHeader: hr.Header.Clone(),
	}
	body, err := io.ReadAll(io.LimitReader(hr.Body, maxBody+1))
	r.body, r.event.Body = body, body
	if err != nil || !s.pause(s.opts.Latency/2) {
		panic(http.ErrAbortHandler) // the bot went away, or the server closed
	}
	out := s.answer(table, r)
	s.pause(s.opts.Latency / 2)
	r.event.Took = time.Since(start)
	out.finish(s, w, r)
}

// answer decides what a request is answered with.
func (s *Server) answer(table []route, r *request) *reply {
	r.find(table)
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
	if banned := s.limits.banned(s.now()); banned != nil {
		return banned
	}
	agent := r.UserAgent()
	switch {
	case agent == "" || strings.HasPrefix(agent, "Go-http-client"):
		// Cloudflare turns away what does not name itself.
		return errorReply(refuse(403, 40333, "internal network error"))
	case r.route == nil:
		return s.unknownRoute(r)
	case !r.route.open && !s.authorised(r):
		return errorReply(refuse(401, 0, "401: Unauthorized"))
	}
	headers, limited := s.limits.take(r, s.now())
	if limited != nil {
		return limited
	}
	if err := r.parse(); err != nil {
		return errorReply(err).with(headers)
	}
	v, err := r.route.serve(s, r)
	if err != nil {
		return errorReply(err).with(headers)
	}
	return valueReply(v).with(headers)
}

func (s *Server) authorised(r *request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return scheme == "Bot" && s.token != "" && token == s.token
}

// find looks the route up.
func (r *request) find(table []route) {
	parts := strings.Split(r.path, "/")
	for i := range table {
		if vars, ok := match(table[i].parts, parts); ok && table[i].method == r.Method {
			r.route, r.vars = &table[i], vars
			return
		}
	}
}

func match(pattern, parts []string) (map[string]string, bool) {
	if len(pattern) != len(parts) {
		return nil, false
	}
	vars := map[string]string{}
	for i, p := range pattern {
		switch {
		case strings.HasPrefix(p, "{"):
			vars[strings.Trim(p, "{}")] = parts[i]
		case p != parts[i]:
			return nil, false
		}
	}
	return vars, true
}

// parse reads the body's JSON and files.
func (r *request) parse() error {
	if len(r.body) > maxBody {
		return refuse(413, 40005, "Request entity too large")
	}
	if len(r.body) == 0 {
		return nil
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return refuse(400, 50035, "Invalid Form Body")
	}
	switch kind {
	case "application/json":
		r.raw = r.body
	case "multipart/form-data":
		if err := r.parseMultipart(params["boundary"]); err != nil {
			return err
		}
	default:
		return refuse(400, 50035, "Invalid Form Body")
	}
	if !json.Valid(r.raw) {
		return refuse(400, 50109, "The request body contains invalid JSON.")
	}
	return nil
}

// parseMultipart reads payload_json and the parts files[n].
func (r *request) parseMultipart(boundary string) error {
	bad := refuse(400, 50035, "Invalid Form Body")
	parts := multipart.NewReader(strings.NewReader(string(r.body)), boundary)
	r.raw = json.RawMessage("{}")
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return bad
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return bad
		}
		if p.FormName() == "payload_json" {
			r.raw = data
			continue
		}
		var n int
		if _, err := fmt.Sscanf(p.FormName(), "files[%d]", &n); err != nil || p.FileName() == "" || n != len(r.files) {
			return bad
		}
		r.files = append(r.files, Upload{Name: p.FileName(), ContentType: p.Header.Get("Content-Type"), Data: data})
	}
}
