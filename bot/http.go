package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"backfaq/bot/discord"
	"backfaq/config"
)

const (
	maxHeader   = 16 << 10 // bytes of a request's headers
	pingTimeout = time.Second
)

// listen takes the address, so that a mistake in it is found before anything
// else happens. The handlers come with serve.
func listen(h config.HTTP) (net.Listener, error) {
	if h.Off() {
		return nil, nil
	}
	l, err := net.Listen("tcp", h.Addr)
	if err == nil {
		return l, nil
	}
	reason := errors.New("it is no address of this machine")
	if sys, ok := errors.AsType[*os.SyscallError](err); ok {
		reason = sys.Err
	}
	return nil, usageError{fmt.Errorf("HTTP_ADDR cannot be listened on: %w; set it to another address and port, or to none", reason)}
}

// routes are what the program answers by HTTP. Only /interactions is meant for
// the world; the rest holds no secrets, no ids and no words of anyone.
func routes(bot *discord.Bot, database func(context.Context) error, metrics prometheus.Gatherer, door http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), pingTimeout)
		defer cancel()
		report := ready(bot.Health(), database(ctx))
		w.Header().Set("Content-Type", "application/json")
		if report.Status == notReady {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(report)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	if door != nil {
		mux.Handle("/interactions", door)
	}
	return mux
}

// What /readyz says of the program. Degraded: it answers, and something else
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

// serve answers until ctx ends, and a little longer for what is on its way.
func serve(ctx context.Context, l net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    maxHeader,
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
		return usageError{errors.New("HTTP_ADDR is none, so a bot cannot be asked how it is; set it to an address and port, or switch off the container's health check")}
	}
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return usageError{errors.New("HTTP_ADDR must be an address and a port, such as 127.0.0.1:8080")}
	}
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
		return fmt.Errorf("the bot does not answer: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the bot is not well: %s", res.Status)
	}
	_, err = fmt.Fprintln(std.out, "ok")
	return err
}
