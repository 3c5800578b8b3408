package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"backfaq/bot/fakediscord"
)

// subject is the program under test, and the Discord that it is on.
type subject struct {
	*fakediscord.Server
	process *exec.Cmd
	ended   chan struct{}
	web     string // where it answers HTTP
	dir     string
	began   time.Time

	watching sync.WaitGroup
	unwatch  context.CancelFunc
	mu       sync.Mutex
	peak     map[string]float64 // the largest of each metric that watch saw
	series   []sample
}

// sample is a look at the program.
type sample struct {
	at                         time.Time
	heap, rss, goroutines, fds float64
}

const (
	metricRSS        = "process_resident_memory_bytes"
	metricCPU        = "process_cpu_seconds_total"
	metricGoroutines = "go_goroutines"
	metricFDs        = "process_open_fds"
	metricNextGC     = "go_memstats_next_gc_bytes" // twice what lived at the last collection
	metricConnected  = `backfaq_gateway_shards{state="connected"}`

	settleTime = 2 * time.Minute // to connect to Discord
	mib        = 1 << 20
)

// newSubject starts a Discord, lets build furnish it, and starts the program.
func newSubject(ctx context.Context, o fakediscord.Options, build func(*fakediscord.Server), args ...string) (_ *subject, err error) {
	o.Latency = benchLatency
	if o.KeepEvents == 0 {
		o.KeepEvents = 50_000
	}
	srv, err := fakediscord.Start(o)
	if err != nil {
		return nil, err
	}
	s := &subject{Server: srv, peak: map[string]float64{}, ended: make(chan struct{}), unwatch: func() {}}
	if s.dir, err = os.MkdirTemp("", "backfaq-bench-"); err != nil {
		return nil, errors.Join(fmt.Errorf("making room for a database: %w", err), srv.Close())
	}
	if build != nil {
		build(srv)
	}
	if err := s.start(args...); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if err := s.watch(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *subject) start(args ...string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the program: %w", err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("finding a free port: %w", err)
	}
	s.web = free.Addr().String()
	_ = free.Close()
	s.process = exec.Command(self, append([]string{"run", "--http-addr", s.web, "--database-url", "sqlite:" + filepath.Join(s.dir, "bench.db"),
		"--discord-api-url", s.URL(), "--discord-public-key", s.PublicKey(), "--log-level", "warn"}, args...)...)
	s.process.Env = append(os.Environ(), "DISCORD_TOKEN="+s.Token())
	s.process.Stderr = os.Stderr
	s.began = time.Now()
	if err := s.process.Start(); err != nil {
		return fmt.Errorf("starting the program: %w", err)
	}
	go func() {
		defer close(s.ended)
		_ = s.process.Wait()
	}()
	return nil
}

// stop asks the program to end and says how long that took.
func (s *subject) stop() time.Duration {
	began := time.Now()
	_ = s.process.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(time.Minute):
		_ = s.process.Process.Kill()
		<-s.ended
	}
	return time.Since(began)
}

func (s *subject) close() error {
	s.unwatch()
	s.watching.Wait()
	if s.process != nil && s.process.Process != nil {
		s.stop()
	}
	return errors.Join(s.Close(), os.RemoveAll(s.dir))
}

// metrics are the program's own counters.
func (s *subject) metrics(ctx context.Context) (map[string]float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.web+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the program for its counters: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	all := map[string]float64{}
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		name, value, ok := strings.Cut(lines.Text(), " ")
		if v, err := strconv.ParseFloat(value, 64); ok && err == nil {
			all[name] = v
		}
	}
	return all, nil
}

// watch looks at the program five times a second until close.
func (s *subject) watch(ctx context.Context) error {
	up := time.Now().Add(settleTime)
	for {
		if _, err := s.metrics(ctx); err == nil {
			break
		} else if time.Now().After(up) || ctx.Err() != nil {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	ctx, s.unwatch = context.WithCancel(ctx)
	s.watching.Go(func() {
		for ctx.Err() == nil {
			if now, err := s.metrics(ctx); err == nil {
				s.mu.Lock()
				for name, value := range now {
					s.peak[name] = max(s.peak[name], value)
				}
				s.series = append(s.series, sample{time.Now(), now[metricNextGC] / 2, now[metricRSS], now[metricGoroutines], now[metricFDs]})
				s.mu.Unlock()
			}
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	})
	return nil
}

// most is the largest value that a metric had.
func (s *subject) most(name string) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peak[name]
}

// connected waits until so many shards are, and commands are registered.
func (s *subject) connected(ctx context.Context, shards int) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime+time.Duration(shards)*6*time.Second)
	defer cancel()
	for {
		m, err := s.metrics(ctx)
		if err == nil && m[metricConnected] == float64(shards) && len(s.Commands()) > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the program is not connected: %w", errors.Join(err, ctx.Err()))
		case <-s.ended:
			return errors.New("the program ended")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// missedBeats counts heartbeats that came late.
func (s *subject) missedBeats(interval time.Duration) int {
	last, missed := map[int]time.Time{}, 0
	for _, e := range s.Events() {
		if e.Kind != fakediscord.KindGatewayIn || e.Op != 1 {
			continue
		}
		if at, ok := last[e.Conn]; ok && e.Time.Sub(at) > interval+interval/10 {
			missed++
		}
		last[e.Conn] = e.Time
	}
	return missed
}

// slope is how fast a value grows per hour, by the straight line that fits
// best.
func slope(series []sample, value func(sample) float64) float64 {
	var n, sx, sy, sxx, sxy float64
	for _, s := range series {
		x, y := s.at.Sub(series[0].at).Hours(), value(s)
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	if d := n*sxx - sx*sx; d > 0 {
		return (n*sxy - sx*sy) / d
	}
	return math.NaN()
}
