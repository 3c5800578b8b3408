package store

import (
	"strconv"
	"sync"
	"testing"

	"backfaq/config"
	"backfaq/faq"
)

// Sixteen moderators save at once to two servers, on PostgreSQL through two
// processes: every change lands, none is told that the database is busy.
func TestSixteenWriters(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		stores := []*Store{open(t, url, Options{})}
		if stores[0].dsn.postgres != nil {
			stores = append(stores, open(t, url, Options{}))
		}
		const writers, each = 16, 15
		var wg sync.WaitGroup
		for w := range writers {
			s := stores[w%len(stores)]
			server := []string{serverA, serverB}[w/2%2]
			wg.Go(func() {
				for i := range each {
					_, err := s.Edit(t.Context(), server, alice, func(doc *faq.Document) (string, error) {
						n, _ := strconv.Atoi(doc.Settings.Note)
						doc.Settings.Note = strconv.Itoa(n + 1)
						return "count up", nil
					})
					if err != nil {
						t.Errorf("writer %d, change %d: %v", w, i, err)
					}
					s.Count(faq.Count{Server: server, Source: faq.FromSlash, Outcome: faq.Unknown, Words: []string{"spasm"}})
					if _, err := s.Stats(t.Context(), server, 7); err != nil { // saves the counters
						t.Errorf("writer %d, counters: %v", w, err)
					}
					if _, err := s.View(t.Context(), server); err != nil {
						t.Errorf("writer %d, view: %v", w, err)
					}
				}
			})
		}
		wg.Wait()
		for _, server := range []string{serverA, serverB} {
			for _, s := range stores { // one may hold the last counters of the other's questions
				if _, err := s.Stats(t.Context(), server, 7); err != nil {
					t.Fatal(err)
				}
			}
			if got := settings(t, stores[0], server).Note; got != strconv.Itoa(writers/2*each) {
				t.Errorf("%s: %s changes landed, want %d", server, got, writers/2*each)
			}
			stats, err := stores[0].Stats(t.Context(), server, 7)
			if err != nil || stats.Total.Unknown != writers/2*each || len(stats.Words) != 1 || stats.Words[0].Questions != writers/2*each {
				t.Errorf("%s: counted %+v %v, want %d, %v", server, stats.Total, stats.Words, writers/2*each, err)
			}
		}
	})
}
