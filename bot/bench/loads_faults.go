package bench

import (
	"bytes"
	"context"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"backfaq/bot/fakediscord"
)

// forgeries measures whether requests that Discord did not sign keep good ones
// waiting.
func (b *bench) forgeries(ctx context.Context, p *program, f *fixture) error {
	if err := p.SetEndpoint(ctx, p.endpoint()); err != nil {
		return err
	}
	time.Sleep(time.Second) // watch has looked
	before := p.most(metricRSS)
	var accepted, sent atomic.Int64
	jobs := make(chan int, 1000)
	var forgers sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	for range 8 * runtime.NumCPU() {
		forgers.Go(func() {
			for n := range jobs {
				status, err := forge(ctx, client, p.endpoint(), n)
				if err != nil {
					continue
				}
				sent.Add(1)
				if status != http.StatusUnauthorized {
					accepted.Add(1)
				}
			}
		})
	}
	var calls []*fakediscord.Interaction
	err := every(ctx, 500, b.Duration, func(n int) error {
		for i := range 10 {
			jobs <- i
		}
		call, err := f.slash(n)
		calls = append(calls, call)
		return err
	})
	close(jobs)
	forgers.Wait()
	if err != nil {
		return err
	}
	took := responses(ctx, calls)
	b.durations("answer to a good request", took, map[string]float64{"p99": 100 + float64(latency/time.Millisecond)})
	b.atMost("good requests without an answer", float64(len(calls)-len(took)), 0, "")
	b.atLeast("forged requests a second", float64(sent.Load())/b.Duration.Seconds(), 4900, "")
	b.atMost("of them not refused with 401", float64(accepted.Load()), 0, "")
	b.uses(p)
	b.atMost("memory more than before", (p.most(metricRSS)-before)/mib, 32, "MiB")
	return nil
}

// forge posts a request with a wrong signature. Every second signature has the
// right form, so that it costs a verification.
func forge(ctx context.Context, client *http.Client, url string, n int) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(bytes.Repeat([]byte("x"), 2000)))
	if err != nil {
		return 0, err
	}
	signature := strings.Repeat("0", 128)
	if n%2 == 0 {
		signature = "none"
	}
	req.Header.Set("X-Signature-Ed25519", signature)
	req.Header.Set("X-Signature-Timestamp", "1700000000")
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

// cut measures how long 16 shards need to resume.
func (b *bench) cut(ctx context.Context, p *program, _ *fixture) error {
	const shards = 16
	b.atLeast("start of 16 shards, by Discord's rule", time.Since(p.began).Seconds(), 75, "s")
	b.atMost("start of 16 shards", time.Since(p.began).Seconds(), 90, "s")
	mark, began := p.Mark(), time.Now()
	p.Inject(fakediscord.AllShards, fakediscord.Cut())
	resumed := 0
	end, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := p.WaitAfter(end, mark, func(e fakediscord.Event) bool {
		if e.Kind == fakediscord.KindGatewayOut && e.Type == "RESUMED" {
			resumed++
		}
		return resumed == shards
	}); err != nil {
		return err
	}
	b.atMost("all cut off, until the last resumed", time.Since(began).Seconds(), 30, "s")
	b.atMost("sessions started for that", float64(p.identifies(mark)), 0, "")
	return nil
}

// soak measures growth over time while connections are lost.
func (b *bench) soak(ctx context.Context, p *program, f *fixture) error {
	duration, pause := 2*time.Minute, 15*time.Second
	if b.Soak {
		duration, pause = time.Hour, 5*time.Minute
	}
	faults := []fakediscord.Fault{fakediscord.Cut(), fakediscord.Reconnect(), fakediscord.CloseWith(4000), fakediscord.CloseWith(1001)}
	next, lost, asked, answers := time.Now().Add(pause), 0, 0, 0
	var waiting []*fakediscord.Interaction
	err := every(ctx, 10, duration, func(i int) error {
		if time.Now().After(next) {
			p.Inject(fakediscord.AllShards, faults[lost%len(faults)])
			lost++
			next = next.Add(pause)
		}
		call, err := f.slash(i)
		asked++
		if waiting = append(waiting, call); len(waiting) == 40 {
			answers += len(responses(ctx, waiting[:20])) // asked 2 to 4 s ago
			waiting = waiting[20:]
		}
		return err
	})
	if err != nil {
		return err
	}
	answers += len(responses(ctx, waiting))
	series := p.samples()
	series = series[len(series)/4:] // warm by then
	first, final := series[:len(series)/4], series[len(series)*3/4:]
	grew := func(value func(sample) float64) float64 { return mean(final, value) - mean(first, value) }
	heap := func(s sample) float64 { return s.heap }
	if b.Soak { // the line that fits the last three quarters of the hour best
		b.atMost("growth of the heap per hour", slope(series, heap)/mib, 1, "MiB")
	} else {
		b.atMost("growth of the heap", grew(heap)/mib, 1, "MiB")
	}
	b.shown("growth of resident memory", grew(func(s sample) float64 { return s.rss })/mib, "MiB")
	b.atMost("growth in goroutines", grew(func(s sample) float64 { return s.goroutines }), 10, "")
	b.atMost("growth in open files", grew(func(s sample) float64 { return s.fds }), 5, "")
	b.shown("connections lost", float64(lost), "")
	b.shown("questions", float64(asked), "")
	b.atMost("of them without an answer", float64(asked-answers), 0, "")
	b.uses(p)
	b.load = "L10"
	b.atMost("sessions started per shard and hour", p.most(metricIdentifies)/max(1, duration.Hours()), 20, "")
	return nil
}

// startAndStop measures the first answer after a start and what a stop under
// load drops.
func (b *bench) startAndStop(ctx context.Context, p *program, f *fixture) error {
	const questions = 30
	if _, err := f.mention(p, 0); err != nil {
		return err
	}
	e, err := p.WaitFor(ctx, func(e fakediscord.Event) bool {
		return e.Kind == fakediscord.KindREST && strings.HasSuffix(e.Path, "/messages")
	})
	if err != nil {
		return err
	}
	b.atMost("from the start to the first answer", e.Time.Add(e.Took).Sub(p.began).Seconds(), 2, "s")
	for n := range questions {
		if _, err := f.mention(p, n); err != nil {
			return err
		}
	}
	time.Sleep(latency) // they have arrived, their answers have not
	mark := p.Mark()
	b.atMost("stop", p.stop().Seconds(), 5, "s")
	b.atMost("questions dropped at the stop", float64(questions-len(answered(p.EventsAfter(mark)))), 0, "")
	b.atMost("exit code", float64(p.process.ProcessState.ExitCode()), 0, "")
	return nil
}
