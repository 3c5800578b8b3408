package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"backfaq/config"
	"backfaq/faq"
)

// Stats sums up what was asked on a server in the last days, today included.
func (s *Store) Stats(ctx context.Context, server string, days int) (faq.Stats, error) {
	if days < 1 || days > config.StatsKeepDays {
		return faq.Stats{}, fmt.Errorf("statistics of %d days: use 1 to %d", days, config.StatsKeepDays)
	}
	// Counts that this process made a moment ago belong in; other processes'
	// last seconds do not matter.
	if err := s.flush(ctx); err != nil {
		return faq.Stats{}, err
	}
	since := s.today() - int64(days) + 1
	var stats faq.Stats
	for day := since; day < since+int64(days); day++ {
		stats.Days = append(stats.Days, faq.DaySums{Day: time.Unix(day*secondsPerDay, 0).UTC()})
	}
	if err := s.sumCounts(ctx, server, since, &stats); err != nil {
		return faq.Stats{}, err
	}
	if err := s.sumWords(ctx, server, since, &stats); err != nil {
		return faq.Stats{}, err
	}
	return stats, nil
}

func (s *Store) sumCounts(ctx context.Context, server string, since int64, stats *faq.Stats) error {
	levels := make(map[faq.Level]int64)
	ways, entries := make(map[faq.Source]*faq.Sums), make(map[string]*faq.Sums)
	err := s.list(ctx, "read statistics", func(scan func(...any) error) error {
		var day, n int64
		var entry string
		var way faq.Source
		var outcome faq.Outcome
		if err := scan(&day, &entry, &way, &outcome, &n); err != nil {
			return err
		}
		for level := faq.Crisis; level >= faq.Sign; level-- {
			if string(outcome) == level.String() {
				levels[level] += n
				return nil
			}
		}
		add(&stats.Total, outcome, n)
		if i := day - since; i < int64(len(stats.Days)) { // a day ahead is of a clock ahead
			add(&stats.Days[i].Sums, outcome, n)
		}
		if way != "" {
			add(at(ways, way), outcome, n)
		}
		if entry != "" {
			add(at(entries, entry), outcome, n)
		}
		return nil
	}, `SELECT day, entry, way, outcome, n FROM counts WHERE server = $1 AND day >= $2`, server, since)
	for level := faq.Crisis; level >= faq.Sign; level-- {
		if levels[level] > 0 {
			stats.Levels = append(stats.Levels, faq.LevelSum{Level: level, Questions: levels[level]})
		}
	}
	for way, sums := range ways {
		stats.Sources = append(stats.Sources, faq.SourceSums{Source: way, Sums: *sums})
	}
	for entry, sums := range entries {
		stats.Entries = append(stats.Entries, faq.EntrySums{Entry: entry, Sums: *sums})
	}
	slices.SortFunc(stats.Sources, func(a, b faq.SourceSums) int {
		return cmp.Or(cmp.Compare(b.Questions(), a.Questions()), cmp.Compare(a.Source, b.Source))
	})
	slices.SortFunc(stats.Entries, func(a, b faq.EntrySums) int {
		return cmp.Or(cmp.Compare(b.Answered, a.Answered), strings.Compare(a.Entry, b.Entry))
	})
	return err
}

func (s *Store) sumWords(ctx context.Context, server string, since int64, stats *faq.Stats) error {
	err := s.list(ctx, "read statistics", func(scan func(...any) error) error {
		var w faq.WordSum
		err := scan(&w.Word, &w.Questions)
		stats.Words = append(stats.Words, w)
		return err
	}, `
		SELECT word, CAST(SUM(n) AS BIGINT) FROM words WHERE server = $1 AND day >= $2
		GROUP BY word HAVING SUM(n) >= $3`, server, since, faq.RareWord)
	// Sorted here, because the databases do not agree on the order of text.
	slices.SortFunc(stats.Words, func(a, b faq.WordSum) int {
		return cmp.Or(cmp.Compare(b.Questions, a.Questions), strings.Compare(a.Word, b.Word))
	})
	return err
}

func add(sums *faq.Sums, outcome faq.Outcome, n int64) {
	switch outcome {
	case faq.Answered:
		sums.Answered += n
	case faq.Suggested:
		sums.Suggested += n
	case faq.Unknown:
		sums.Unknown += n
	case helpful:
		sums.Helpful += n
	case unhelpful:
		sums.Unhelpful += n
	}
}

// at is the sums of a key, made when first asked for.
func at[K comparable](sums map[K]*faq.Sums, key K) *faq.Sums {
	if sums[key] == nil {
		sums[key] = new(faq.Sums)
	}
	return sums[key]
}
