package store

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/config"
	"backfaq/faq"
)

// The cache by itself: its loads are functions of the test.

func viewWith(note string) faq.View {
	s := config.DefaultSettings()
	s.Note = note
	return faq.View{Settings: s}
}

func TestViewsAreLoadedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loads := 0
		v := newCache(func(context.Context, string) (faq.View, int, error) {
			loads++
			time.Sleep(viewTimeout / 2)
			return viewWith("x"), 0, nil
		})
		defer v.close()
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if got, err := v.get(t.Context(), serverA); err != nil || got.Settings.Note != "x" {
					t.Errorf("got %q, %v", got.Settings.Note, err)
				}
			})
		}
		wg.Wait()
		if loads != 1 {
			t.Errorf("%d loads for a hundred who asked at once", loads)
		}
	})
}

// A question after a change never gets a load that began before it.
func TestViewOvertakenByAChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stored := "old"
		v := newCache(func(context.Context, string) (faq.View, int, error) {
			read := stored
			time.Sleep(viewTimeout / 2)
			return viewWith(read), 0, nil
		})
		defer v.close()
		go func() { _, _ = v.get(t.Context(), serverA) }()
		synctest.Wait() // the load has read the old settings
		stored = "new"
		v.invalidate(serverA)
		for range 2 {
			if got, err := v.get(t.Context(), serverA); err != nil || got.Settings.Note != "new" {
				t.Errorf("got %q, %v", got.Settings.Note, err)
			}
		}
	})
}

// A panic in a load is that server's error, and nobody else's.
func TestPanicInALoad(t *testing.T) {
	v := newCache(func(_ context.Context, server string) (faq.View, int, error) {
		if server == serverA {
			panic("a wording that must not be logged")
		}
		return viewWith("fine"), 0, nil
	})
	defer v.close()
	for range 2 {
		if _, err := v.get(t.Context(), serverA); err == nil || strings.Contains(err.Error(), "wording") {
			t.Errorf("the server that panics: %v", err)
		}
		if got, err := v.get(t.Context(), serverB); err != nil || got.Settings.Note != "fine" {
			t.Errorf("the other server: %q, %v", got.Settings.Note, err)
		}
	}
}

// With the database gone right after a change, the settings before it do not
// come back, in whatever order two changes are noted.
func TestChangedSettingsStayChanged(t *testing.T) {
	s := open(t, sqliteURL(t), Options{})
	note(t, s, serverA, "old")
	if got := noteNow(t, s, serverA); got != "old" {
		t.Fatal(got)
	}
	note(t, s, serverA, "new")
	note(t, s, serverB, "never asked for")
	if err := s.read.Close(); err != nil {
		t.Fatal(err)
	}
	if got := noteNow(t, s, serverA); got != "new" {
		t.Errorf("the next question sees %q", got)
	}
	if got := noteNow(t, s, serverB); got != "never asked for" {
		t.Errorf("the first question sees %q", got)
	}
	s.views.saved(serverA, 1, viewWith("overtaken"), 0)
	if got := noteNow(t, s, serverA); got != "new" {
		t.Errorf("after a late word of the first change: %q", got)
	}
}

// A deleted server is not remembered, not even by a load under way.
func TestViewOvertakenByDeletion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fail error
		v := newCache(func(context.Context, string) (faq.View, int, error) {
			read, err := viewWith("deleted"), fail
			time.Sleep(viewTimeout / 2)
			return read, 0, err
		})
		defer v.close()
		go func() { _, _ = v.get(t.Context(), serverA) }()
		synctest.Wait()
		v.forget(serverA)
		fail = errors.New("gone")
		if got, err := v.get(t.Context(), serverA); err == nil {
			t.Errorf("got %q", got.Settings.Note)
		}
	})
}

// A stalled database holds up one question in a while; the others get what was
// known, or an error, at once.
func TestViewOfAStalledDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stalled := false
		v := newCache(func(ctx context.Context, _ string) (faq.View, int, error) {
			if stalled {
				<-ctx.Done()
				return faq.View{}, 0, ctx.Err()
			}
			return viewWith("known"), 0, nil
		})
		defer v.close()
		ask := func(server string) (note string, took time.Duration) {
			start := time.Now()
			got, err := v.get(t.Context(), server)
			if err != nil {
				return "unknown", time.Since(start)
			}
			return got.Settings.Note, time.Since(start)
		}
		ask(serverA)
		stalled = true
		v.invalidateAll()
		if note, took := ask(serverB); note != "unknown" || took != viewTimeout {
			t.Errorf("the first: %s after %v", note, took)
		}
		if note, took := ask(serverB); note != "unknown" || took != 0 {
			t.Errorf("the second: %s after %v", note, took)
		}
		if note, took := ask(serverA); note != "known" || took != 0 {
			t.Errorf("a known server: %s after %v", note, took)
		}
		time.Sleep(coolOff)
		stalled = false
		if note, _ := ask(serverB); note != "known" {
			t.Errorf("afterwards: %s", note)
		}
	})
}

// The cache is bounded by servers and by what their overlays weigh.
func TestViewsAreBounded(t *testing.T) {
	weight := 0
	v := newCache(func(context.Context, string) (faq.View, int, error) { return faq.View{}, weight, nil })
	defer v.close()
	ask := func(servers int) {
		for i := range servers {
			if _, err := v.get(t.Context(), strconv.Itoa(i)); err != nil {
				t.Fatal(err)
			}
		}
		v.close() // all loads are done
	}
	ask(maxViews + 100)
	if n := v.views.Len(); n != maxViews || v.rows != 0 {
		t.Errorf("%d servers, %d rows", n, v.rows)
	}
	v.invalidateAll()
	weight = config.MaxExportRows
	ask(maxViews)
	if n := v.views.Len(); n != maxRows/weight || v.rows != maxRows {
		t.Errorf("%d servers, %d rows", n, v.rows)
	}
}

// Wordings of entries that the FAQ lost do not take the server's other wordings
// with them, and come back with the entry.
func TestEntryGoneFromTheFAQ(t *testing.T) {
	var log journal
	s := open(t, sqliteURL(t), Options{Log: log.logger()})
	for wording, entry := range map[string]string{"zorbling flimwhistle": "faq-causes", "grumbling whatsit": "faq-symptoms"} {
		teach(t, s, serverA, wording, entry)
	}
	book, err := faq.Load("small.yaml", []byte("disclaimer: Not advice.\nentries:\n  - {id: faq-symptoms, title: Signs, answer: Signs.}\n"))
	if err != nil {
		t.Fatal(err)
	}
	s.SetBook(book)
	view, err := s.View(t.Context(), serverA)
	if err != nil {
		t.Fatal(err)
	}
	if r := view.Book.Read("grumbling whatsit", faq.Options{}); r.Outcome != faq.Answered {
		t.Errorf("the other wording: %s", r.Outcome)
	}
	teach(t, s, serverA, "one more", "faq-symptoms")
	if doc, err := s.Document(t.Context(), serverA); err != nil || len(doc.Taught) != 3 {
		t.Errorf("wordings are left: %v, %v", doc.Taught, err)
	}
	if strings.Contains(log.String(), "grumbling") {
		t.Error("a wording was logged")
	}
}
