package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"backfaq/bot/fakediscord"
)

// program is the program under test, and the Discord that it is on.
type program struct {
	*fakediscord.Server
	process *exec.Cmd
	ended   chan struct{}
	path    string // of the binary
	web     string // where it answers HTTP
	dir     string
	began   time.Time

	watching sync.WaitGroup
	unwatch  context.CancelFunc
	mu       sync.Mutex
	peak     map[string]float64 // the largest of each metric that watch saw
	series   []sample
}

const (
	metricRSS        = "process_resident_memory_bytes"
	metricCPU        = "process_cpu_seconds_total"
	metricGoroutines = "go_goroutines"
	metricFDs        = "process_open_fds"
	metricNextGC     = "go_memstats_next_gc_bytes" // what lived at the last collection, and metricGOGC percent of it
	metricGOGC       = "go_gc_gogc_percent"
	metricIdentifies = "backfaq_gateway_identifies_total"
	metricConnected  = `backfaq_gateway_shards{state="connected"}`

	settleTime = 2 * time.Minute // to connect to Discord
	mib        = 1 << 20
)

// start starts a Discord, lets build furnish it, and starts the program.
func (b *bench) start(ctx context.Context, o fakediscord.Options, build func(*fakediscord.Server)) (_ *program, err error) {
	o.Latency = latency
	if o.KeepEvents == 0 {
		o.KeepEvents = 50_000
	}
	srv, err := fakediscord.Start(o)
	if err != nil {
		return nil, err
	}
	p := &program{Server: srv, path: b.Program, peak: map[string]float64{}, ended: make(chan struct{}), unwatch: func() {}}
	if p.dir, err = os.MkdirTemp("", "backfaq-bench-"); err != nil {
		return nil, errors.Join(fmt.Errorf("making room for a database: %w", err), srv.Close())
	}
	build(srv)
	if err := p.launch(); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if err := p.watch(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *program) launch() error {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("finding a free port: %w", err)
	}
	p.web = free.Addr().String()
	_ = free.Close()
	p.process = exec.Command(p.path, "run", "--http-addr", p.web, "--database-url", "sqlite:"+filepath.Join(p.dir, "bench.db"),
		"--discord-api-url", p.URL(), "--discord-public-key", p.PublicKey(), "--log-level", "warn")
	p.process.Env = append(os.Environ(), "DISCORD_TOKEN="+p.Token())
	p.process.Stderr = os.Stderr
	p.began = time.Now()
	if err := p.process.Start(); err != nil {
		return fmt.Errorf("starting the program: %w", err)
	}
	go func() {
		defer close(p.ended)
		_ = p.process.Wait()
	}()
	return nil
}

// stop asks the program to end and says how long that took.
func (p *program) stop() time.Duration {
	began := time.Now()
	_ = p.process.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(time.Minute):
		_ = p.process.Process.Kill()
		<-p.ended
	}
	return time.Since(began)
}

func (p *program) close() error {
	p.unwatch()
	p.watching.Wait()
	if p.process != nil && p.process.Process != nil {
		p.stop()
	}
	return errors.Join(p.Close(), os.RemoveAll(p.dir))
}

// metrics are the program's own counters.
func (p *program) metrics(ctx context.Context) (map[string]float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.web+"/metrics", nil)
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
func (p *program) watch(ctx context.Context) error {
	up := time.Now().Add(settleTime)
	for {
		if _, err := p.metrics(ctx); err == nil {
			break
		} else if time.Now().After(up) || ctx.Err() != nil {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	ctx, p.unwatch = context.WithCancel(ctx)
	p.watching.Go(func() {
		for ctx.Err() == nil {
			if now, err := p.metrics(ctx); err == nil {
				p.mu.Lock()
				for name, value := range now {
					p.peak[name] = max(p.peak[name], value)
				}
				p.series = append(p.series, sample{time.Now(), now[metricNextGC] / (1 + now[metricGOGC]/100), now[metricRSS], now[metricGoroutines], now[metricFDs]})
				p.mu.Unlock()
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
func (p *program) most(name string) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.peak[name]
}

// samples are what watch saw so far.
func (p *program) samples() []sample {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.series)
}

// endpoint is where the program takes interactions by HTTP.
func (p *program) endpoint() string { return "http://" + p.web + "/interactions" }

// connected waits until so many shards are, and commands are registered.
func (p *program) connected(ctx context.Context, shards int) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime+time.Duration(shards)*6*time.Second)
	defer cancel()
	for {
		m, err := p.metrics(ctx)
		if err == nil && m[metricConnected] == float64(shards) && len(p.Commands()) > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the program is not connected: %w", errors.Join(err, ctx.Err()))
		case <-p.ended:
			return errors.New("the program ended")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// lateHeartbeats counts heartbeats that came a tenth of the interval too late
// or later.
func (p *program) lateHeartbeats(interval time.Duration) int {
	last, late := map[int]time.Time{}, 0
	for _, e := range p.Events() {
		if e.Kind != fakediscord.KindGatewayIn || e.Op != 1 {
			continue
		}
		if at, ok := last[e.Conn]; ok && e.Time.Sub(at) > interval+interval/10 {
			late++
		}
		last[e.Conn] = e.Time
	}
	return late
}

// identifies counts sessions started after the event with the number n.
func (p *program) identifies(n int) int {
	count := 0
	for _, e := range p.EventsAfter(n) {
		if e.Kind == fakediscord.KindGatewayIn && e.Op == 2 {
			count++
		}
	}
	return count
}
