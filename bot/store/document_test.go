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

// The promises of the store, on every database.

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
		change, err := s.Edit(t.Context(), serverA, alice, func(doc *faq.Document) (string, error) {
			doc.Settings = want.Clone()
			return "channels", nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(faq.Change{Number: 1, At: noon, Actor: alice, What: "channels"}, change); diff != "" {
			t.Errorf("Edit returned (-want +got):\n%s", diff)
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

		edit(t, s, serverA, "reset", (*faq.Document).Reset)
		if diff := cmp.Diff(config.DefaultSettings(), settings(t, s, serverA)); diff != "" {
			t.Errorf("after a reset (-want +got):\n%s", diff)
		}
	})
}

func TestRefusedChangeLeavesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		s := open(t, url, Options{})
		mine := errors.New("not today")
		_, err := s.Edit(t.Context(), serverA, alice, func(*faq.Document) (string, error) { return "x", mine })
		if err != mine {
			t.Errorf("the caller's own error came back as %v", err)
		}
		_, err = s.Edit(t.Context(), serverA, alice, func(doc *faq.Document) (string, error) {
			doc.Settings.Questions = 1000
			return "x", nil
		})
		if err == nil || errors.Is(err, faq.ErrUnavailable) || !strings.Contains(err.Error(), "questions_per_10s") {
			t.Errorf("a value out of its limits: %v", err)
		}
		if err := setNote(t.Context(), s, "-1", "x"); err == nil {
			t.Error("an id that is none was taken")
		}
		change, err := s.Edit(t.Context(), serverA, alice, func(*faq.Document) (string, error) { return "x", faq.ErrUnchanged })
		if err != nil || change != (faq.Change{}) {
			t.Errorf("nothing to do: %+v, %v", change, err)
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
			want = append(want, faq.Change{Number: int64(i + 1), At: noon.Add(time.Duration(i) * time.Minute), Actor: alice, What: fmt.Sprintf("note: %d", i)})
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
		if _, err := s.Edit(t.Context(), serverB, "\x00\xff", func(*faq.Document) (string, error) { return strings.Repeat("é\x00", 1000), nil }); err != nil {
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

// A taught wording is heard by the next question, on its own server alone.
func TestTaughtIsHeardAtOnce(t *testing.T) {
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
		for _, entry := range []string{"faq-causes", "faq-symptoms"} {
			teach(t, s, serverA, "zorbling the flimwhistle", entry)
			if got := ask(serverA); got != entry {
				t.Errorf("taught %s: %q", entry, got)
			}
		}
		if got := ask(serverB); got != "" {
			t.Errorf("another server was taught: %q", got)
		}
		edit(t, s, serverA, "forget", func(doc *faq.Document) {
			if _, err := doc.Forget("zorbling the flimwhistle"); err != nil {
				t.Error(err)
			}
		})
		if got := ask(serverA); got != "" {
			t.Errorf("forgotten: %q", got)
		}
	})
}

// A document that could not be exported and imported again is refused.
func TestDocumentTooLarge(t *testing.T) {
	s := open(t, "sqlite::memory:", Options{})
	doc := full()
	edit(t, s, serverA, "as much as fits", func(now *faq.Document) { *now = doc })
	var err error
	for i := 0; i < config.MaxOwnEntries && err == nil; i++ {
		e := doc.Entries[i]
		for j := range faq.MaxOwnPhrasings / (faq.MaxPhrasing + 1) {
			e.Phrasings = append(e.Phrasings, fmt.Sprintf("%d %s", j, strings.Repeat("x", faq.MaxPhrasing-4)))
		}
		_, err = s.Edit(t.Context(), serverA, alice, func(now *faq.Document) (string, error) {
			_, err := now.Put(e)
			return "longer", err
		})
	}
	if err == nil || !strings.Contains(err.Error(), "at most 262144") {
		t.Errorf("more than fits a file: %v", err)
	}
}

// A change can be taken back for ten minutes, exactly, by its number, and the
// taking back can be taken back; another server's cannot.
func TestUndo(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		now := clockAt(noon)
		s := open(t, url, Options{Now: now.now})
		undo := func(server string, change int64) (faq.Change, error) {
			return s.Edit(t.Context(), server, bob, func(doc *faq.Document) (string, error) { return "undo", doc.Undo(change) })
		}
		saved := func() faq.Document {
			t.Helper()
			doc, err := s.Document(t.Context(), serverA)
			if err != nil {
				t.Fatal(err)
			}
			return doc
		}
		edit(t, s, serverA, "as much as fits", func(doc *faq.Document) { *doc = full() })
		before := saved()
		removed, err := s.Edit(t.Context(), serverA, alice, func(doc *faq.Document) (string, error) {
			*doc = faq.NewDocument()
			return "remove", nil
		})
		if err != nil {
			t.Fatal(err)
		}
		after := saved()
		note(t, s, serverB, "another server")
		if _, err := undo(serverB, removed.Number); err == nil {
			t.Error("another server took it back")
		}
		if _, err := undo(serverA, removed.Number-1); err == nil || !strings.Contains(err.Error(), "something else was changed since") {
			t.Errorf("the change before: %v", err)
		}
		now.set(noon.Add(config.UndoFor - time.Second))
		undone, err := undo(serverA, removed.Number)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, saved()); diff != "" {
			t.Errorf("taken back (-want +got):\n%s", diff)
		}
		if _, err := undo(serverA, undone.Number); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(after, saved()); diff != "" {
			t.Errorf("taken back twice (-want +got):\n%s", diff)
		}
		now.set(noon.Add(3 * config.UndoFor))
		if _, err := undo(serverA, undone.Number+1); err == nil || !strings.Contains(err.Error(), "time is over") {
			t.Errorf("too late: %v", err)
		}
		if err := s.forgetUndo(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := count(t, s, "undo"); n != 0 {
			t.Errorf("%d documents are left that nobody can bring back", n)
		}
	})
}
