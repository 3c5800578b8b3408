package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"backfaq/bot/fakediscord"
	"backfaq/bot/store"
	"backfaq/config"
	"backfaq/faq"
)

// bigBook is a FAQ with a thousand entries, made of words that differ little.
func bigBook() (*faq.Book, error) {
	var y strings.Builder
	y.WriteString("disclaimer: Not medical advice.\nentries:\n")
	words := strings.Fields("back neck shoulder spine muscle pain spasm cramp ache stiff sore tight numb weak twitch rest heat ice sleep posture desk chair lift run swim walk stretch breathe cough turn bend sit")
	for n := range 1000 {
		a, b, c := words[n%len(words)], words[n/len(words)%len(words)], words[(n*7+3)%len(words)]
		fmt.Fprintf(&y, "  - id: entry-%d\n    title: \"What about %s and %s with %s %d?\"\n    answer: About %s.\n    phrasings: [\"%s %s when %s\", \"why %s after %s\"]\n", n, a, b, c, n, a, a, b, c, b, c)
	}
	return faq.Load("bench.yaml", []byte(y.String()))
}

func (b *bench) matcher(context.Context) error {
	book, err := bigBook()
	if err != nil {
		return err
	}
	read := func(text string) time.Duration {
		began := time.Now()
		book.Read(text, faq.Options{})
		return time.Since(began)
	}
	var took []time.Duration
	for n := range 500 {
		took = append(took, read(fmt.Sprintf("why does my %s hurt after I %s all day", []string{"upper back", "neck", "shoulder"}[n%3], []string{"sit", "run", "lift"}[n%3])))
	}
	slices.Sort(took)
	b.atMost("an ordinary question, median", float64(took[len(took)/2])/1e6, 2, "ms")
	worst := time.Duration(0)
	long := "bakc shuolder msucle psain sapsm spnie "
	for _, text := range []string{
		strings.Repeat(long, 200), strings.Repeat("a ", 3000), strings.Repeat("ab", 3000), strings.Repeat("\ufdfa", 6000),
		strings.Repeat("e\u0301\u0302\u0303", 1500), strings.Repeat("back spasm ", 600), strings.Repeat("zzzzzzzz ", 700), strings.Repeat("🙂", 3000),
	} {
		best := time.Hour
		for range 5 {
			best = min(best, read(text))
		}
		worst = max(worst, best)
	}
	b.atMost("the worst of 8 long inputs", float64(worst)/1e6, 50, "ms")
	at := func(n int) float64 {
		best := time.Hour
		for range 20 {
			best = min(best, read(strings.Repeat(long, n)))
		}
		return float64(best)
	}
	b.atMost("twice the input takes so many times as long", at(10)/at(5), 2.5, "")
	return nil
}

func (b *bench) changes(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "backfaq-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	kept, err := store.Open(ctx, config.Secret("sqlite:"+filepath.Join(dir, "bench.db")), store.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	disk, err := os.Create(filepath.Join(dir, "disk"))
	if err != nil {
		return err
	}
	defer func() { _ = disk.Close() }()
	var mu sync.Mutex
	var writes, reads, syncs []time.Duration
	failed := 0
	jobs := make(chan int, 1000)
	var writers sync.WaitGroup
	for range 16 {
		writers.Go(func() {
			for n := range jobs {
				server := fmt.Sprint(100_000_000_000_000_000 + n%50)
				began := time.Now()
				_, err := kept.Change(ctx, server, "200000000000000000", "cooldown", func(s *config.Settings) error {
					s.Questions = 1 + n%config.MaxQuestions
					return nil
				})
				wrote := time.Since(began)
				_, viewed := kept.View(ctx, server) // fills the cache
				began = time.Now()
				_, again := kept.View(ctx, server)
				read := time.Since(began)
				mu.Lock()
				writes, reads = append(writes, wrote), append(reads, read)
				if errors.Join(err, viewed, again) != nil {
					failed++
				}
				mu.Unlock()
			}
		})
	}
	err = every(ctx, 100, b.Load, func(n int) error {
		jobs <- n
		if n%10 == 0 { // what the disk alone takes, beside it
			began := time.Now()
			_, wrote := disk.Write(make([]byte, 4096))
			err := errors.Join(wrote, disk.Sync())
			syncs = append(syncs, time.Since(began))
			return err
		}
		return nil
	})
	close(jobs)
	writers.Wait()
	if err := errors.Join(err, kept.Close()); err != nil {
		return err
	}
	b.took("the disk alone, one write of 4 KiB", syncs, nil)
	b.took("change", writes, map[string]float64{"p99": 20})
	b.took("settings from the cache", reads, map[string]float64{"p99": 1})
	b.atMost("changes that failed", float64(failed), 0, "")
	return nil
}

func (b *bench) cut(ctx context.Context) error {
	const shards = 16
	s, err := newSubject(ctx, fakediscord.Options{Shards: shards, KeepEvents: 100_000}, func(srv *fakediscord.Server) { srv.AddGuilds(64, fakediscord.Scenery{Channels: 10}) })
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if err := s.connected(ctx, shards); err != nil {
		return err
	}
	b.atLeast("start of 16 shards, by Discord's rule", time.Since(s.began).Seconds(), 75, "s")
	b.atMost("start of 16 shards", time.Since(s.began).Seconds(), 90, "s")
	mark, began := s.Mark(), time.Now()
	s.Strike(fakediscord.AllShards, fakediscord.Cut())
	resumed := 0
	end, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := s.WaitAfter(end, mark, func(e fakediscord.Event) bool {
		if e.Kind == fakediscord.KindGatewayOut && e.Type == "RESUMED" {
			resumed++
		}
		return resumed == shards
	}); err != nil {
		return err
	}
	b.atMost("all cut off, until the last resumed", time.Since(began).Seconds(), 30, "s")
	b.atMost("sessions started for that", float64(s.identifies(mark)), 0, "")
	return nil
}

func (s *subject) identifies(after int) int {
	n := 0
	for _, e := range s.EventsAfter(after) {
		if e.Kind == fakediscord.KindGatewayIn && e.Op == 2 {
			n++
		}
	}
	return n
}

func (b *bench) soak(ctx context.Context) error {
	last, pause := 2*time.Minute, 15*time.Second
	if b.Soak {
		last, pause = time.Hour, 5*time.Minute
	}
	var q *city
	s, err := newSubject(ctx, fakediscord.Options{KeepEvents: 20_000}, func(srv *fakediscord.Server) { q = newCity(srv, 50, 500) })
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if err := s.connected(ctx, 1); err != nil {
		return err
	}
	failed := 0
	faults := []fakediscord.Fault{fakediscord.Cut(), fakediscord.Reconnect(), fakediscord.CloseWith(4000), fakediscord.CloseWith(1001)}
	next, n := time.Now().Add(pause), 0
	var waiting []*fakediscord.Interaction
	err = every(ctx, 10, last, func(i int) error {
		if time.Now().After(next) {
			s.Strike(fakediscord.AllShards, faults[n%len(faults)])
			n++
			next = next.Add(pause)
		}
		call, err := q.slash(i)
		waiting = append(waiting, call)
		if len(waiting) > 40 { // 4 s ago
			early, cancel := context.WithTimeout(ctx, time.Millisecond)
			if _, err := waiting[0].Response(early); err != nil {
				failed++
			}
			cancel()
			waiting = waiting[1:]
		}
		return err
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	series := slices.Clone(s.series)
	s.mu.Unlock()
	series = series[len(series)/4:] // warm by then
	first, final := series[:len(series)/4], series[len(series)*3/4:]
	grew := func(value func(sample) float64) float64 { return mean(final, value) - mean(first, value) }
	heap := func(s sample) float64 { return s.heap }
	if b.Soak {
		b.atMost("growth of the heap per hour", slope(series, heap)/mib, 1, "MiB")
	} else {
		b.atMost("growth of the heap", grew(heap)/mib, 1, "MiB")
	}
	b.shown("growth of resident memory", grew(func(s sample) float64 { return s.rss })/mib, "MiB")
	b.atMost("growth in goroutines", grew(func(s sample) float64 { return s.goroutines }), 10, "")
	b.atMost("growth in open files", grew(func(s sample) float64 { return s.fds }), 5, "")
	b.shown("interactions lost while the connection was", float64(failed), "")
	b.shown("connections lost", float64(n), "")
	hours := max(1, last.Hours())
	b.load = "L10"
	b.atMost("sessions started per shard and hour", float64(s.identifies(-1))/hours, 20, "")
	return nil
}

func mean(series []sample, value func(sample) float64) float64 {
	sum := 0.0
	for _, s := range series {
		sum += value(s)
	}
	return sum / float64(max(1, len(series)))
}

func (b *bench) startAndStop(ctx context.Context) error {
	var q *city
	s, err := newSubject(ctx, fakediscord.Options{}, func(srv *fakediscord.Server) { q = newCity(srv, 30, 50) })
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if _, err := s.WaitFor(ctx, func(fakediscord.Event) bool { return s.Connected() == 1 }); err != nil {
		return err
	}
	if _, err := q.ask(s, 0); err != nil {
		return err
	}
	e, err := s.WaitFor(ctx, func(e fakediscord.Event) bool {
		return e.Kind == fakediscord.KindREST && strings.HasSuffix(e.Path, "/messages")
	})
	if err != nil {
		return err
	}
	b.atMost("from the start to the first answer", e.Time.Add(e.Took).Sub(s.began).Seconds(), 2, "s")
	for n := range 30 { // it stops under load
		if _, err := q.ask(s, n); err != nil {
			return err
		}
	}
	time.Sleep(benchLatency) // they have arrived, their answers have not
	mark := s.Mark()
	b.atMost("stop", s.stop().Seconds(), 5, "s")
	b.atMost("questions dropped at the stop", float64(30-len(answered(s.EventsAfter(mark)))), 0, "")
	b.atMost("exit code", float64(s.process.ProcessState.ExitCode()), 0, "")
	return nil
}
