package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"backfaq/config"
	"backfaq/faq"
)

// What the store promises, on every database.

func TestSettings(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		s := open(t, url, Options{})
		view, err := s.View(t.Context(), serverA)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(config.DefaultSettings(), view.Settings); diff != "" {
			t.Errorf("a server nobody configured (-want +got):\n%s", diff)
		}
		if view.Book != faq.Builtin() {
			t.Error("a server without entries of its own does not share the FAQ")
		}

		want := config.DefaultSettings()
		want.Mode, want.Channels = config.OnlyThese, []string{"5", "18446744073709551615"}
		want.Strictness = config.Strict
		want.Note = "Ask in <#5> — ¿sí?"
		got, err := s.Change(t.Context(), serverA, alice, "channels", func(c *config.Settings) error {
			*c = want.Clone()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Change returned (-want +got):\n%s", diff)
		}
		view, err = s.View(t.Context(), serverA)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, view.Settings); diff != "" {
			t.Errorf("the next question sees (-want +got):\n%s", diff)
		}
		view.Settings.Channels[0] = "6"
		if again, _ := s.View(t.Context(), serverA); again.Settings.Channels[0] != "5" {
			t.Error("a caller changed the cache")
		}
		if got := noteNow(t, s, serverB); got != "" {
			t.Errorf("another server sees %q", got)
		}

		if _, err := s.Reset(t.Context(), serverA, bob); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(config.DefaultSettings(), settings(t, s, serverA)); diff != "" {
			t.Errorf("after a reset (-want +got):\n%s", diff)
		}
	})
}

func TestRefusedChangeLeavesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		s := open(t, url, Options{})
		mine := errors.New("not today")
		_, err := s.Change(t.Context(), serverA, alice, "x", func(*config.Settings) error { return mine })
		if err != mine {
			t.Errorf("the caller's own error came back as %v", err)
		}
		_, err = s.Change(t.Context(), serverA, alice, "x", func(c *config.Settings) error {
			c.Questions = 1000
			return nil
		})
		if err == nil || errors.Is(err, faq.ErrUnavailable) || !strings.Contains(err.Error(), "questions_per_10s") {
			t.Errorf("a value out of its limits: %v", err)
		}
		if _, err := s.Change(t.Context(), "-1", alice, "x", func(*config.Settings) error { return nil }); err == nil {
			t.Error("an id that is none was taken")
		}
		if changes, err := s.Audit(t.Context(), serverA); err != nil || len(changes) != 0 {
			t.Errorf("audit of nothing: %v, %v", changes, err)
		}
		if known, err := s.Known(t.Context()); err != nil || len(known) != 0 {
			t.Errorf("a refused change left a row: %v, %v", known, err)
		}
	})
}

func TestAudit(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		now := clockAt(noon)
		s := open(t, url, Options{Now: now.now})
		for i := range keptChanges + 20 {
			now.set(noon.Add(time.Duration(i) * time.Minute))
			note(t, s, serverA, fmt.Sprint(i))
		}
		note(t, s, serverB, "other")
		var want []faq.Change
		for i := keptChanges + 19; len(want) < faq.ShownChanges; i-- {
			want = append(want, faq.Change{At: noon.Add(time.Duration(i) * time.Minute), Actor: alice, What: fmt.Sprintf("note: %d", i)})
		}
		got, err := s.Audit(t.Context(), serverA)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
		if n := count(t, s, "audit"); n != keptChanges+1 {
			t.Errorf("%d audit rows of two servers, want %d", n, keptChanges+1)
		}
		// Text no column takes as it is does not stop a change.
		if _, err := s.Change(t.Context(), serverB, "\x00\xff", strings.Repeat("é\x00", 1000), func(*config.Settings) error { return nil }); err != nil {
			t.Error(err)
		}
	})
}

// count counts the rows of a table.
func count(t *testing.T, s *Store, table string) (n int) {
	t.Helper()
	if err := s.read.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTeach(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		s := open(t, url, Options{})
		ask := func(server string) string {
			t.Helper()
			view, err := s.View(t.Context(), server)
			if err != nil {
				t.Fatal(err)
			}
			r := view.Book.Read("zorbling the flimwhistle", faq.Options{})
			if r.Outcome != faq.Answered {
				return ""
			}
			return r.Matches[0].Entry.ID
		}
		teach := func(entry string) error {
			return s.Teach(t.Context(), serverA, alice, faq.Taught{Wording: " zorbling the flimwhistle ", Entry: entry})
		}
		if got := ask(serverA); got != "" {
			t.Fatalf("before: %q", got)
		}
		if err := teach("no-such-entry"); err == nil || errors.Is(err, faq.ErrUnavailable) {
			t.Errorf("a wording for no entry: %v", err)
		}
		if err := teach("faq-causes"); err != nil {
			t.Fatal(err)
		}
		if got := ask(serverA); got != "faq-causes" {
			t.Errorf("taught: %q", got)
		}
		if got := ask(serverB); got != "" {
			t.Errorf("another server was taught: %q", got)
		}
		if err := teach("faq-symptoms"); err != nil {
			t.Fatal(err)
		}
		if got := ask(serverA); got != "faq-symptoms" {
			t.Errorf("taught anew: %q", got)
		}
		if doc, err := s.Export(t.Context(), serverA); err != nil || len(doc.Taught) != 1 {
			t.Errorf("taught twice: %v, %v", doc.Taught, err)
		}
		for range 2 { // the second time it is gone already, which is fine
			if err := s.Forget(t.Context(), serverA, alice, "zorbling the flimwhistle"); err != nil {
				t.Fatal(err)
			}
		}
		if got := ask(serverA); got != "" {
			t.Errorf("forgotten: %q", got)
		}
		changes, err := s.Audit(t.Context(), serverA)
		if err != nil {
			t.Fatal(err)
		}
		var what []string
		for _, c := range changes {
			what = append(what, c.What)
		}
		want := []string{"removed a taught wording of faq-symptoms", "taught a wording for faq-symptoms", "taught a wording for faq-causes"}
		if diff := cmp.Diff(want, what); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
	})
}

func TestOwnEntries(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		s := open(t, url, Options{})
		e, err := s.PutEntry(t.Context(), serverA, alice, faq.Entry{Title: "When does the clinic open?", Answer: "At nine.", Phrasings: []string{"opening hours"}})
		if err != nil {
			t.Fatal(err)
		}
		if !faq.IsOwnID(e.ID) {
			t.Errorf("id %q", e.ID)
		}
		e.Answer = "At ten."
		if _, err := s.PutEntry(t.Context(), serverA, bob, e); err != nil {
			t.Fatal(err)
		}
		view, err := s.View(t.Context(), serverA)
		if err != nil {
			t.Fatal(err)
		}
		if got := view.Book.Entry(e.ID); got == nil || got.Answer != "At ten." || !got.Own {
			t.Errorf("the server sees %+v", got)
		}
		if view, _ := s.View(t.Context(), serverB); view.Book.Entry(e.ID) != nil {
			t.Error("another server sees the entry")
		}
		if _, err := s.PutEntry(t.Context(), serverB, alice, e); err == nil {
			t.Error("another server edited the entry")
		}
		if _, err := s.PutEntry(t.Context(), serverA, alice, faq.Entry{Title: "No answer"}); err == nil || errors.Is(err, faq.ErrUnavailable) || strings.Contains(err.Error(), "entries[") {
			t.Errorf("an entry without an answer: %v", err)
		}
		if err := s.Teach(t.Context(), serverA, alice, faq.Taught{Wording: "when can i come", Entry: e.ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Change(t.Context(), serverA, alice, "off", func(c *config.Settings) error {
			c.Off = []string{e.ID}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.DeleteEntry(t.Context(), serverA, alice, e.ID); err != nil {
				t.Fatal(err)
			}
		}
		doc, err := s.Export(t.Context(), serverA)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(faq.NewDocument(), doc); diff != "" {
			t.Errorf("what is left of a deleted entry (-want +got):\n%s", diff)
		}
	})
}

func TestLimits(t *testing.T) {
	s := open(t, "sqlite::memory:", Options{})
	doc := faq.NewDocument()
	for i := range config.MaxOwnEntries {
		doc.Entries = append(doc.Entries, faq.Entry{ID: fmt.Sprintf("own-%d", i), Title: fmt.Sprintf("Question %d?", i), Answer: "Yes."})
	}
	for i := range config.MaxExportRows - config.MaxOwnEntries {
		doc.Taught = append(doc.Taught, faq.Taught{Wording: fmt.Sprintf("wording %d", i), Entry: "faq-causes"})
	}
	data, err := doc.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Import(t.Context(), serverA, alice, data); err != nil {
		t.Fatal(err)
	}
	if err := s.Teach(t.Context(), serverA, alice, faq.Taught{Wording: "one too many", Entry: "faq-causes"}); err == nil {
		t.Error("more rows than can be imported again")
	}
	if _, err := s.PutEntry(t.Context(), serverA, alice, faq.Entry{Title: "One too many?", Answer: "Yes."}); err == nil {
		t.Error("more own entries than allowed")
	}
	if err := s.Forget(t.Context(), serverA, alice, "wording 7"); err != nil {
		t.Error(err)
	}
	if err := s.Teach(t.Context(), serverA, alice, faq.Taught{Wording: "not too many now", Entry: "faq-causes"}); err != nil {
		t.Error(err)
	}
	// What could not be exported and imported again is refused as well.
	var large error
	for i := 0; i < config.MaxOwnEntries && large == nil; i++ {
		e := doc.Entries[i]
		for j := range faq.MaxOwnPhrasings / (faq.MaxPhrasing + 1) {
			e.Phrasings = append(e.Phrasings, fmt.Sprintf("%d %s", j, strings.Repeat("x", faq.MaxPhrasing-4)))
		}
		_, large = s.PutEntry(t.Context(), serverA, alice, e)
	}
	if large == nil || !strings.Contains(large.Error(), "at most 262144") {
		t.Errorf("more than fits a file: %v", large)
	}
}
