package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"backfaq/bot/fakediscord"
)

const benchQuestion = "what are the common causes of upper back spasms?"

// crew of the program: what goroutines it may have at most, and 50 to spare.
const goroutinesAllowed = 64 + 32 + 50

// cpu notes how much of one processor the program used since its start.
func (b *bench) cpu(s *subject) {
	b.shown("processors used", s.most(metricCPU)/time.Since(s.began).Seconds(), "")
}

func (b *bench) manyServers(ctx context.Context) error {
	measure := func(guilds int) (ready time.Duration, rss, heap float64, err error) {
		var q *city
		s, err := newSubject(ctx, fakediscord.Options{KeepEvents: 10_000, Shards: 1}, func(srv *fakediscord.Server) {
			srv.AddGuilds(guilds-1, fakediscord.Scenery{Channels: 50, Roles: 30})
			q = newCity(srv, 1, 1)
		})
		if err != nil {
			return 0, 0, 0, err
		}
		defer func() { _ = s.close() }()
		if err := s.connected(ctx, 1); err != nil {
			return 0, 0, 0, err
		}
		// The question stands in line behind all the servers.
		m, err := q.ask(s, 0)
		if err != nil {
			return 0, 0, 0, err
		}
		e, err := s.WaitFor(ctx, func(e fakediscord.Event) bool {
			return e.Method == http.MethodPost && bytes.Contains(e.Body, []byte(m.ID))
		})
		if err != nil {
			return 0, 0, 0, err
		}
		time.Sleep(time.Second)
		s.mu.Lock()
		defer s.mu.Unlock()
		return e.Time.Add(e.Took).Sub(s.began), s.peak[metricRSS], s.series[len(s.series)-1].heap, nil
	}
	_, _, alone, err := measure(1)
	if err != nil {
		return err
	}
	ready, rss, heap, err := measure(2500)
	if err != nil {
		return err
	}
	b.atMost("from the start to an answer, all servers known", ready.Seconds(), 10, "s")
	b.atMost("resident memory at most", rss/mib, 96, "MiB")
	b.shown("heap with one server", alone/mib, "MiB")
	b.atMost("more heap per server", max(0, heap-alone)/2500/1024, 4, "KiB")
	return nil
}

func (b *bench) crowd(ctx context.Context) error {
	const beat = 5 * time.Second
	var q *city
	s, err := newSubject(ctx, fakediscord.Options{Heartbeat: beat, KeepEvents: 20_000}, func(srv *fakediscord.Server) { q = newCity(srv, 200, 500) })
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if err := s.connected(ctx, 1); err != nil {
		return err
	}
	asked := map[string]time.Time{}
	at := map[string]time.Time{}
	beats := 0
	looked := s.Mark()
	look := func() { // before the recorder forgets
		events := s.EventsAfter(looked)
		if len(events) > 0 {
			looked = events[len(events)-1].N
		}
		for id, t := range answered(events) {
			at[id] = t
		}
	}
	var crowd sync.WaitGroup
	crowd.Go(func() {
		_ = every(ctx, 200, b.Load, func(n int) error {
			for i := range 10 {
				g, ch, who := q.spot(n*10 + i)
				s.Dispatch(g.ID, "MESSAGE_CREATE", fmt.Appendf(nil, `{"id":"%d","channel_id":"%s","guild_id":"%s","type":0,"content":"","timestamp":"2026-01-01T00:00:00Z","author":{"id":"%s","username":"someone"},"member":{"roles":[]},"mentions":[],"mention_roles":[],"attachments":[],"embeds":[],"components":[]}`,
					10_000_000+n*10+i, ch.ID, g.ID, who.ID()))
			}
			return nil
		})
	})
	err = every(ctx, 20, b.Load, func(n int) error {
		when := time.Now()
		m, err := q.ask(s, n)
		asked[m.ID] = when
		if n%20 == 0 {
			look()
			beats = max(beats, s.missedBeats(beat))
		}
		return err
	})
	crowd.Wait()
	if err != nil {
		return err
	}
	time.Sleep(3 * time.Second)
	look()
	took, missing := times(asked, at)
	b.took("answer", took, map[string]float64{"p99": 250})
	b.atMost("questions without an answer", float64(missing), 0, "")
	b.atMost("heartbeats that came late", float64(beats), 0, "")
	b.cpu(s)
	b.atMost("goroutines", s.most(metricGoroutines), goroutinesAllowed, "")
	return nil
}

func (b *bench) interactions(ctx context.Context) error {
	for _, way := range []string{"gateway", "HTTP"} {
		var q *city
		s, err := newSubject(ctx, fakediscord.Options{}, func(srv *fakediscord.Server) { q = newCity(srv, 50, 2000) })
		if err != nil {
			return err
		}
		err = s.connected(ctx, 1)
		if err == nil && way == "HTTP" {
			err = s.SetEndpoint(ctx, "http://"+s.web+"/interactions")
		}
		var calls []*fakediscord.Interaction
		if err == nil {
			err = every(ctx, 200, b.Load, func(n int) error {
				call, err := q.slash(n)
				calls = append(calls, call)
				return err
			})
		}
		if err != nil {
			_ = s.close()
			return err
		}
		var took []time.Duration
		late := 0
		end, cancel := context.WithTimeout(ctx, 4*time.Second)
		for _, call := range calls {
			r, err := call.Response(end)
			if err != nil || r.Message == nil {
				late++
				continue
			}
			took = append(took, r.After)
			if r.After > 2500*time.Millisecond {
				late++
			}
		}
		cancel()
		// Half of the latency is the way there, half the way back.
		b.took("answer by "+way, took, map[string]float64{"p50": 20 + float64(benchLatency/time.Millisecond), "p99": 250, "p99.9": 1000})
		b.atMost("by "+way+" not or after 2.5 s", float64(late), 0, "")
		b.cpu(s)
		if err := s.close(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) replies(ctx context.Context) error {
	var q *city
	s, err := newSubject(ctx, fakediscord.Options{KeepEvents: 200_000}, func(srv *fakediscord.Server) { q = newCity(srv, 400, 1000) })
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if err := s.connected(ctx, 1); err != nil {
		return err
	}
	mark := s.Mark()
	asked := map[string]time.Time{}
	if err := every(ctx, 40, b.Load, func(n int) error {
		when := time.Now()
		m, err := q.ask(s, n)
		asked[m.ID] = when
		return err
	}); err != nil {
		return err
	}
	time.Sleep(5 * time.Second)
	var posts []time.Time
	refused := 0
	for _, e := range s.EventsAfter(mark) {
		if e.Kind != fakediscord.KindREST {
			continue
		}
		posts = append(posts, e.Time)
		if e.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	slices.SortFunc(posts, time.Time.Compare)
	busiest := 0
	for i := range posts {
		j := i
		for j < len(posts) && posts[j].Sub(posts[i]) < time.Second {
			j++
		}
		busiest = max(busiest, j-i)
	}
	took, missing := times(asked, answered(s.EventsAfter(mark)))
	b.atMost("calls in the busiest second", float64(busiest), 45, "")
	b.atMost("times 429", float64(refused), 0, "")
	b.atMost("questions without an answer", float64(missing), 0, "")
	b.took("answer", took, nil)
	return nil
}

func (b *bench) forgeries(ctx context.Context) error {
	var q *city
	s, err := newSubject(ctx, fakediscord.Options{}, func(srv *fakediscord.Server) { q = newCity(srv, 50, 5000) })
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if err := s.connected(ctx, 1); err != nil {
		return err
	}
	url := "http://" + s.web + "/interactions"
	if err := s.SetEndpoint(ctx, url); err != nil {
		return err
	}
	time.Sleep(time.Second)
	before := s.most(metricRSS)
	body := bytes.Repeat([]byte("x"), 2000)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	var accepted, sent atomic.Int64
	jobs := make(chan int, 1000)
	var forgers sync.WaitGroup
	for range 8 * runtime.NumCPU() {
		forgers.Go(func() {
			for n := range jobs {
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
				if err != nil {
					return
				}
				signature := strings.Repeat("0", 128) // takes a verification
				if n%2 == 0 {
					signature = "none"
				}
				req.Header.Set("X-Signature-Ed25519", signature)
				req.Header.Set("X-Signature-Timestamp", "1700000000")
				if res, err := client.Do(req); err == nil {
					if res.StatusCode != http.StatusUnauthorized {
						accepted.Add(1)
					}
					_ = res.Body.Close()
					sent.Add(1)
				}
			}
		})
	}
	var calls []*fakediscord.Interaction
	err = every(ctx, 500, b.Load, func(n int) error {
		for i := range 10 {
			jobs <- i
		}
		call, err := q.slash(n)
		calls = append(calls, call)
		return err
	})
	close(jobs)
	forgers.Wait()
	if err != nil {
		return err
	}
	var took []time.Duration
	end, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	for _, call := range calls {
		if r, err := call.Response(end); err == nil && r.Message != nil {
			took = append(took, r.After)
		}
	}
	b.took("answer to a good request", took, map[string]float64{"p99": 100 + float64(benchLatency/time.Millisecond)})
	b.atMost("good requests without an answer", float64(len(calls)-len(took)), 0, "")
	b.atLeast("forged requests a second", float64(sent.Load())/b.Load.Seconds(), 4900, "")
	b.atMost("of them not refused with 401", float64(accepted.Load()), 0, "")
	b.cpu(s)
	b.atMost("memory more than before", (s.most(metricRSS)-before)/mib, 32, "MiB")
	return nil
}
