package store

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"backfaq/config"
	"backfaq/faq"
)

// full is a server with as many own entries and wordings as it can have.
func full() faq.Document {
	doc := faq.NewDocument()
	for i := range config.MaxOwnEntries {
		doc.Entries = append(doc.Entries, faq.Entry{
			ID: fmt.Sprintf("own-%d", i), Title: fmt.Sprintf("What about muscle number %d?", i), Answer: "Ask the physiotherapist in room seven.",
			Phrasings: []string{fmt.Sprintf("muscle number %d hurts badly", i), fmt.Sprintf("pain in number %d since monday", i)},
		})
	}
	for i := range config.MaxExportRows - config.MaxOwnEntries {
		doc.Taught = append(doc.Taught, faq.Taught{Wording: fmt.Sprintf("my wings number %d feel locked up after rowing", i), Entry: "faq-causes"})
	}
	return doc
}

func BenchmarkView(b *testing.B) {
	s := open(b, sqliteURL(b), Options{})
	edit(b, s, serverA, "fill", func(doc *faq.Document) { *doc = full() })
	view := func(b *testing.B) {
		if _, err := s.View(b.Context(), serverA); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("cached", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			view(b)
		}
	})
	b.Run("read-full", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.views.invalidate(serverA)
			view(b)
		}
	})
}

// BenchmarkEdit is how long a moderator waits for a change while 16 save at
// once, each on a server of their own or all on one. "paced" is the load that is
// promised, 100 changes a second; the others are as many as go.
func BenchmarkEdit(b *testing.B) {
	for _, c := range []struct {
		name    string
		url     func(testing.TB) config.Secret
		servers int
		pace    rate.Limit
	}{
		{"sqlite/paced", sqliteURL, 16, 100},
		{"sqlite/own-server", sqliteURL, 16, rate.Inf},
		{"sqlite/one-server", sqliteURL, 1, rate.Inf},
		{"postgres/paced", postgresURL, 16, 100},
		{"postgres/own-server", postgresURL, 16, rate.Inf},
		{"postgres/one-server", postgresURL, 1, rate.Inf},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := open(b, c.url(b), Options{})
			const writers = 16
			pace := rate.NewLimiter(c.pace, 1)
			took := make([]time.Duration, b.N)
			var wg sync.WaitGroup
			b.ResetTimer()
			for w := range writers {
				wg.Go(func() {
					for i := w; i < b.N; i += writers {
						if err := pace.Wait(b.Context()); err != nil {
							b.Error(err)
						}
						start := time.Now()
						if err := setNote(b.Context(), s, serverA[:18]+strconv.Itoa(w%c.servers), "x"); err != nil {
							b.Error(err)
						}
						took[i] = time.Since(start)
					}
				})
			}
			wg.Wait()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
		})
	}
}
