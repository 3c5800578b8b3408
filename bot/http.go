package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/net/netutil"

	"backfaq/bot/discord"
	"backfaq/bot/discord/gateway"
	"backfaq/config"
)

const (
	// maxConnections is how many are open at once; more wait to be accepted. One
	// that says half of a request costs some 30 KiB until its time is over, so
	// all cost 20 MiB, and leave half of the usual 1,024 file descriptors to the
	// gateway and the database.
	maxConnections = 512

	maxHeader   = 16 << 10 // bytes of a request's headers
	pingTimeout = 800 * time.Millisecond
	maxReport   = 1 << 20 // bytes of /readyz that are read
)

// listen takes the address, so that a mistake in it is found before anything
// else happens. The handlers come with serve.
func listen(h config.HTTP) (net.Listener, error) {
	if h.Off() {
		return nil, nil
	}
	l, err := net.Listen("tcp", h.Addr)
	if err == nil {
		return netutil.LimitListener(l, maxConnections), nil
	}
	return nil, usageError{fmt.Errorf("HTTP_ADDR cannot be listened on: %w; set it to another address and port, or to none", unheard(err))}
}

// unheard is why an address cannot be listened on, without the address.
func unheard(err error) error {
	if sys, ok := errors.AsType[*os.SyscallError](err); ok {
		return sys.Err
	}
	return errors.New("it is no address and port of this machine")
}

// front answers by HTTP from the first moment on: that the program is starting,
// until it is given its routes.
type front struct{ routes atomic.Pointer[http.Handler] }

func (f *front) set(routes http.Handler) { f.routes.Store(&routes) }

// ServeHTTP implements http.Handler.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	routes := f.routes.Load()
	switch {
	case routes != nil:
		(*routes).ServeHTTP(w, r)
	case r.URL.Path == "/healthz":
		healthz(w, r)
	case r.URL.Path == "/readyz":
		const opening = "not open yet"
		readiness{Status: notReady, Problem: "starting", Database: opening, Shards: []shardReport{}}.write(w)
	default:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "starting", http.StatusServiceUnavailable)
	}
}

func healthz(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "ok") }

// routes are what the program answers by HTTP. Only /interactions is meant for
// the world; the rest holds no secrets, no ids and no words of anyone.
func routes(bot *discord.Bot, database func(context.Context) error, metrics prometheus.Gatherer, interactions http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthz)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), pingTimeout)
		defer cancel()
		ready(bot.Health(), database(ctx)).write(w)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{DisableCompression: true}))
	if interactions != nil {
		mux.Handle("/interactions", interactions)
		mux.Handle("/interactions/{$}", interactions) // as people type it into the developer portal
	}
	return mux
}

// States of the program in /readyz. Degraded: it answers, and something else
// does not work, or not for the moment.
const (
	isReady    = "ready"
	isDegraded = "degraded"
	notReady   = "not ready"
)

// readiness is what /readyz shows.
type readiness struct {
	Status   string        `json:"status"`
	Problem  string        `json:"problem,omitempty"`
	Database string        `json:"database"`
	Shards   []shardReport `json:"shards"`
	Of       int           `json:"shards_in_all"`
}

type shardReport struct {
	Shard int       `json:"shard"`
	State string    `json:"state"`
	Why   string    `json:"why,omitempty"`
	Since time.Time `json:"since"`
}

func (r readiness) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	if r.Status == notReady {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(r)
}

// String is the report as one line: what keeps the bot from answering.
func (r readiness) String() string {
	why := []string{}
	if r.Problem != "" {
		why = append(why, r.Problem)
	}
	for _, s := range r.Shards {
		if s.State != string(gateway.Connected) {
			why = append(why, strings.TrimSuffix(fmt.Sprintf("shard %d is %s: %s", s.Shard, s.State, s.Why), ": "))
		}
	}
	if r.Database != "ok" {
		why = append(why, "database: "+r.Database)
	}
	return strings.TrimSuffix(r.Status+": "+strings.Join(why, "; "), ": ")
}

func ready(h discord.Health, database error) readiness {
	r := readiness{Status: isReady, Problem: h.Problem, Database: "ok", Shards: []shardReport{}, Of: h.Count}
	for _, s := range h.Shards {
		r.Shards = append(r.Shards, shardReport{s.Shard, string(s.State), s.Why, s.Since.UTC().Round(0)})
	}
	if database != nil {
		// The curated answers need no database.
		r.Status, r.Database = isDegraded, database.Error()
	}
	switch {
	case !h.Ready():
		r.Status = notReady
	case !h.Well():
		r.Status = isDegraded
	}
	return r
}

// connections counts those that are open.
type connections struct{ open atomic.Int64 }

// changed is told of every change of a connection's state, as http.Server does.
func (c *connections) changed(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.open.Add(1)
	case http.StateClosed, http.StateHijacked:
		c.open.Add(-1)
	}
}

func (c *connections) gauge() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "backfaq_http_connections", Help: "Open connections to HTTP_ADDR. There are at most " + strconv.Itoa(maxConnections) + "; more wait.",
	}, func() float64 { return float64(c.open.Load()) })
}

// serve answers until ctx ends, and a little longer for what is on its way.
func serve(ctx context.Context, l net.Listener, handler http.Handler, open *connections, log *slog.Logger) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    maxHeader,
		ConnState:         open.changed,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // what strangers do wrong
	}
	stopped := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(stopped)
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(late) != nil {
			_ = server.Close()
		}
	})
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving HTTP: %w", err)
	}
	<-stopped
	return nil
}

// newRegistry holds the counters of one program.
func newRegistry(database func(context.Context) error) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "backfaq_database_up", Help: "1 if the database answers."}, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), pingTimeout)
			defer cancel()
			if database(ctx) != nil {
				return 0
			}
			return 1
		}),
	)
	return r
}

// healthCommand is for containers, which have no other program to ask with.
type healthCommand struct {
	config.HTTP
	Ready bool `help:"Ask whether the bot is connected and answers, not just whether it runs."`
}

func (c *healthCommand) Run(ctx context.Context, std streams) error {
	if c.Off() {
		if c.Ready {
			return usageError{errors.New("HTTP_ADDR is none, so a bot cannot be asked whether it is ready: set it to an address and port")}
		}
		// In a container, the bot is what keeps it running.
		_, err := fmt.Fprintln(std.out, "ok: HTTP_ADDR is none, so nothing was asked")
		return err
	}
	if err := c.Check(); err != nil {
		return usageError{err}
	}
	host, port, _ := net.SplitHostPort(c.Addr)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	path := "/healthz"
	if c.Ready {
		path = "/readyz"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		return fmt.Errorf("asking the bot how it is: %w", err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy
	res, err := client.Do(req)
	if err != nil {
		if at, ok := errors.AsType[*url.Error](err); ok {
			err = at.Err // without the address
		}
		if sys, ok := errors.AsType[*os.SyscallError](err); ok {
			err = sys.Err
		}
		return fmt.Errorf("no bot answers at HTTP_ADDR: %w: start one with bot run, or set HTTP_ADDR to the address that it has", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		var report readiness
		if json.NewDecoder(io.LimitReader(res.Body, maxReport)).Decode(&report) != nil || report.Status == "" {
			return fmt.Errorf("what answers at HTTP_ADDR is no bot that is well: %s: see its log", res.Status)
		}
		return fmt.Errorf("the bot is %s", report)
	}
	_, err = fmt.Fprintln(std.out, "ok")
	return err
}
