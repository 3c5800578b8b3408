package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"backfaq/bot/fakediscord"
)

// goroutinesAllowed is 128 workers for interactions, 32 for messages, and 50 to
// spare.
const goroutinesAllowed = 128 + 32 + 50

// uses adds how much of the machine the program used since its start: of the
// processors on average, of the rest at most.
func (b *bench) uses(p *program) {
	b.shown("processors used", p.most(metricCPU)/time.Since(p.began).Seconds(), "")
	b.shown("resident memory", p.most(metricRSS)/mib, "MiB")
	heap := 0.0
	for _, s := range p.samples() {
		heap = max(heap, s.heap)
	}
	b.shown("heap", heap/mib, "MiB")
	b.shown("open files", p.most(metricFDs), "")
}

// manyServers measures memory per server and how long the first answer takes
// while all GUILD_CREATE events arrive.
func (b *bench) manyServers(ctx context.Context, one *program, alone *fixture) error {
	const guilds = 2500
	var f *fixture
	p, err := b.start(ctx, fakediscord.Options{KeepEvents: 10_000, Shards: 1}, func(srv *fakediscord.Server) {
		srv.AddGuilds(guilds-1, fakediscord.Size{Channels: 50, Roles: 30})
		f = newFixture(srv, 1, 1)
	})
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	if err := p.connected(ctx, 1); err != nil {
		return err
	}
	// The question is queued behind all the servers.
	answered, heap, err := f.heapAfterAnswer(ctx, p)
	if err != nil {
		return err
	}
	b.atMost("from the start to an answer, all servers known", answered.Sub(p.began).Seconds(), 10, "s")
	b.atMost("resident memory at most", p.most(metricRSS)/mib, 48, "MiB")
	_, before, err := alone.heapAfterAnswer(ctx, one)
	if err != nil {
		return err
	}
	b.shown("heap with one server", before/mib, "MiB")
	b.atMost("more heap per server", max(0, heap-before)/guilds/1024, 4, "KiB")
	return nil
}

// heapAfterAnswer asks a question, and says when it was answered and how large
// the heap was then.
func (f *fixture) heapAfterAnswer(ctx context.Context, p *program) (answered time.Time, heap float64, err error) {
	m, err := f.mention(p, 0)
	if err != nil {
		return answered, 0, err
	}
	e, err := p.WaitFor(ctx, func(e fakediscord.Event) bool {
		return e.Method == http.MethodPost && bytes.Contains(e.Body, []byte(m.ID))
	})
	if err != nil {
		return answered, 0, err
	}
	time.Sleep(time.Second) // watch has looked again
	series := p.samples()
	return e.Time.Add(e.Took), series[len(series)-1].heap, nil
}

// beat is the heartbeat of the load that counts late ones.
const beat = 5 * time.Second

// chatter measures how questions fare among messages that do not concern the
// bot.
func (b *bench) chatter(ctx context.Context, p *program, f *fixture) error {
	asked, done := map[string]time.Time{}, map[string]time.Time{}
	late, seen := 0, p.Mark()
	look := func() { // before the recorder forgets
		events := p.EventsAfter(seen)
		if len(events) > 0 {
			seen = events[len(events)-1].N
		}
		for id, t := range answered(events) {
			done[id] = t
		}
		late = max(late, p.lateHeartbeats(beat))
	}
	var others sync.WaitGroup
	others.Go(func() {
		_ = every(ctx, 200, b.Duration, func(n int) error {
			for i := range 10 {
				ch, who := f.target(n*10 + i)
				p.Dispatch(ch.GuildID(), "MESSAGE_CREATE", fmt.Appendf(nil, `{"id":"%d","channel_id":"%s","guild_id":"%s","type":0,"content":"","timestamp":"2026-01-01T00:00:00Z","author":{"id":"%s","username":"someone"},"member":{"roles":[]},"mentions":[],"mention_roles":[],"attachments":[],"embeds":[],"components":[]}`,
					10_000_000+n*10+i, ch.ID, ch.GuildID(), who.ID()))
			}
			return nil
		})
	})
	err := every(ctx, 20, b.Duration, func(n int) error {
		when := time.Now()
		m, err := f.mention(p, n)
		asked[m.ID] = when
		if n%20 == 0 {
			look()
		}
		return err
	})
	others.Wait()
	if err != nil {
		return err
	}
	time.Sleep(3 * time.Second) // an answer that takes longer counts as missing
	look()
	took, missing := waits(asked, done)
	b.durations("answer", took, map[string]float64{"p99": 250})
	b.atMost("questions without an answer", float64(missing), 0, "")
	b.atMost("heartbeats that came late", float64(late), 0, "")
	b.atMost("goroutines", p.most(metricGoroutines), goroutinesAllowed, "")
	b.uses(p)
	return nil
}

// interactionsByHTTP measures /ask by the interactions endpoint.
func (b *bench) interactionsByHTTP(ctx context.Context, p *program, f *fixture) error {
	if err := p.SetEndpoint(ctx, p.endpoint()); err != nil {
		return err
	}
	return b.interactions(ctx, p, f, "HTTP")
}

// interactionsByGateway measures /ask by the gateway.
func (b *bench) interactionsByGateway(ctx context.Context, p *program, f *fixture) error {
	return b.interactions(ctx, p, f, "gateway")
}

func (b *bench) interactions(ctx context.Context, p *program, f *fixture, way string) error {
	var calls []*fakediscord.Interaction
	err := every(ctx, 400, b.Duration, func(n int) error {
		call, err := f.slash(n)
		calls = append(calls, call)
		return err
	})
	if err != nil {
		return err
	}
	took := responses(ctx, calls)
	late := len(calls) - len(took)
	for _, t := range took {
		if t > 2500*time.Millisecond {
			late++
		}
	}
	// Half of the latency is the way there, half the way back.
	b.durations("answer by "+way, took, map[string]float64{"p50": 20 + float64(latency/time.Millisecond), "p99": 250, "p99.9": 1000})
	b.atMost("by "+way+" not or after 2.5 s", float64(late), 0, "")
	b.shown("goroutines", p.most(metricGoroutines), "")
	b.uses(p)
	return nil
}

// responses are how long the bot took for each interaction that it answered.
func responses(ctx context.Context, calls []*fakediscord.Interaction) []time.Duration {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	var took []time.Duration
	for _, call := range calls {
		if r, err := call.Response(ctx); err == nil && r.Message != nil {
			took = append(took, r.After)
		}
	}
	return took
}

// replies measures whether replies keep within Discord's rate limits.
func (b *bench) replies(ctx context.Context, p *program, f *fixture) error {
	mark := p.Mark()
	asked := map[string]time.Time{}
	if err := every(ctx, 40, b.Duration, func(n int) error {
		when := time.Now()
		m, err := f.mention(p, n)
		asked[m.ID] = when
		return err
	}); err != nil {
		return err
	}
	time.Sleep(5 * time.Second) // an answer that takes longer counts as missing
	events := p.EventsAfter(mark)
	var posts []time.Time
	refused := 0
	for _, e := range events {
		if e.Kind != fakediscord.KindREST {
			continue
		}
		posts = append(posts, e.Time)
		if e.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	took, missing := waits(asked, answered(events))
	b.atMost("calls in the busiest second", float64(busiestSecond(posts)), 45, "")
	b.atMost("times 429", float64(refused), 0, "")
	b.atMost("questions without an answer", float64(missing), 0, "")
	b.durations("answer", took, nil)
	return nil
}

// busiestSecond is the largest number of times within one second.
func busiestSecond(times []time.Time) int {
	slices.SortFunc(times, time.Time.Compare)
	most, first := 0, 0
	for last := range times {
		for times[last].Sub(times[first]) >= time.Second {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}
