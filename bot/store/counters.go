package store

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"sync"

	"backfaq/config"
	"backfaq/faq"
)

const (
	// maxCounts is how many different counters wait in memory to be saved,
	// about 3 MiB. Counting one that waits already is always possible.
	maxCounts = 20_000
	// maxBatch is how many are saved in one transaction, which has to be done
	// within writePatience over a slow network too.
	maxBatch = 500
	// maxName is how long an entry's id or a word can be, in bytes.
	maxName = 64

	helpful   faq.Outcome = "helpful"
	unhelpful faq.Outcome = "unhelpful"
)

// counter is a row of counts, or of words if word is set, without its number.
type counter struct {
	server  string
	day     int64
	entry   string
	way     faq.Source
	outcome faq.Outcome // or helpful, unhelpful, or the name of a level of warning
	word    string
}

// tally gathers counters until they are saved.
type tally struct {
	mu      sync.Mutex
	waiting map[counter]int64
	dropped int64

	saving sync.Mutex // held while counters are on their way to the database
}

// Count counts a question, in memory. It never blocks on the database. A
// question outside a server is not counted.
func (s *Store) Count(t faq.Count) {
	if !config.IsID(t.Server) {
		return
	}
	day := s.today()
	var counts []counter
	if t.Outcome != faq.Warned { // counted by its level alone
		counts = append(counts, counter{server: t.Server, day: day, entry: t.Entry, way: t.Source, outcome: t.Outcome})
	}
	if t.Level >= faq.Sign {
		counts = append(counts, counter{server: t.Server, day: day, outcome: faq.Outcome(t.Level.String())})
	}
	words := slices.Clone(t.Words)
	slices.Sort(words)
	for _, word := range slices.Compact(words) {
		counts = append(counts, counter{server: t.Server, day: day, word: word})
	}
	s.tally.add(counts)
}

// Feedback counts a vote on an entry. The caller knows that there is such an
// entry.
func (s *Store) Feedback(server, entry string, yes bool) {
	if !config.IsID(server) {
		return
	}
	outcome := unhelpful
	if yes {
		outcome = helpful
	}
	s.tally.add([]counter{{server: server, day: s.today(), entry: entry, outcome: outcome}})
}

// Dropped is how many counts were lost because too many were waiting.
func (s *Store) Dropped() int64 {
	s.tally.mu.Lock()
	defer s.tally.mu.Unlock()
	return s.tally.dropped
}

func (t *tally) add(counts []counter) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range counts {
		t.put(c, 1)
	}
}

func (t *tally) put(c counter, n int64) {
	if _, there := t.waiting[c]; !there && len(t.waiting) >= maxCounts || !storable(c.entry) || !storable(c.word) {
		t.dropped += n
		return
	}
	if t.waiting == nil {
		t.waiting = make(map[counter]int64)
	}
	t.waiting[c] += n
}

// storable keeps a name that no database would take from spoiling a batch.
func storable(name string) bool {
	return len(name) <= maxName && name == clean(name, maxName)
}

// flush saves the counters that wait, a batch in a transaction; those that it
// cannot save wait on.
func (s *Store) flush(ctx context.Context) error {
	s.tally.saving.Lock()
	defer s.tally.saving.Unlock()
	s.tally.mu.Lock()
	waiting := s.tally.waiting
	s.tally.waiting = nil
	s.tally.mu.Unlock()
	for batch := range slices.Chunk(inOrder(waiting), maxBatch) {
		err := s.tx(ctx, "save counters", func(ctx context.Context, tx *sql.Tx) error { return save(ctx, tx, batch, waiting) })
		if err != nil {
			s.tally.mu.Lock()
			defer s.tally.mu.Unlock()
			for c, n := range waiting {
				s.tally.put(c, n)
			}
			return err
		}
		for _, c := range batch {
			delete(waiting, c)
		}
	}
	return nil
}

func save(ctx context.Context, tx *sql.Tx, batch []counter, n map[counter]int64) error {
	count, err := tx.PrepareContext(ctx, `
		INSERT INTO counts (server, day, entry, way, outcome, n) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (server, day, entry, way, outcome) DO UPDATE SET n = counts.n + excluded.n`)
	if err != nil {
		return err
	}
	defer func() { _ = count.Close() }()
	word, err := tx.PrepareContext(ctx, `
		INSERT INTO words (server, day, word, n) VALUES ($1, $2, $3, $4)
		ON CONFLICT (server, day, word) DO UPDATE SET n = words.n + excluded.n`)
	if err != nil {
		return err
	}
	defer func() { _ = word.Close() }()
	for _, c := range batch {
		if c.word != "" {
			_, err = word.ExecContext(ctx, c.server, c.day, c.word, n[c])
		} else {
			_, err = count.ExecContext(ctx, c.server, c.day, c.entry, string(c.way), string(c.outcome), n[c])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inOrder lists counters in one order for every process, so that two that save
// at once cannot each hold a row the other waits for.
func inOrder(waiting map[counter]int64) []counter {
	return slices.SortedFunc(maps.Keys(waiting), func(a, b counter) int {
		return cmp.Or(strings.Compare(a.word, b.word), strings.Compare(a.server, b.server), cmp.Compare(a.day, b.day),
			strings.Compare(a.entry, b.entry), cmp.Compare(a.way, b.way), cmp.Compare(a.outcome, b.outcome))
	})
}

// today is the number of the day in UTC.
func (s *Store) today() int64 { return s.now().Unix() / secondsPerDay }

const secondsPerDay = 24 * 60 * 60

var _ faq.Counter = (*Store)(nil)
