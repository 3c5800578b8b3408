package store

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"backfaq/config"
	"backfaq/faq"
)

func TestNewerSchemaIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		s := open(t, url, Options{})
		note(t, s, serverA, "of tomorrow")
		if _, err := s.write.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)`, 99, true); err != nil {
			t.Fatal(err)
		}
		err := migrate(t.Context(), s.dsn.dialect(), s.write, migrations)
		if err == nil || !strings.Contains(err.Error(), "made by a newer backfaq (schema 99") {
			t.Errorf("migrate: %v", err)
		}
		if got := settings(t, s, serverA).Note; got != "of tomorrow" {
			t.Errorf("afterwards: %q", got)
		}
		if !strings.HasSuffix(url.Reveal(), inMemory) {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if again, err := Open(t.Context(), url, Options{}); err == nil {
				_ = again.Close()
				t.Fatal("opened")
			} else if !strings.Contains(err.Error(), "newer backfaq") {
				t.Error(err)
			}
		}
	})
}

// A step that fails in the middle leaves nothing of itself, and the program of
// before still runs.
func TestHalfAMigration(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		s := open(t, url, Options{})
		note(t, s, serverA, "kept")
		names, err := fs.Glob(migrations, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		steps := func(next string) fstest.MapFS {
			all := fstest.MapFS{"00099_next.sql": {Data: []byte("-- +goose Up\n" + next)}}
			for _, name := range names {
				data, err := fs.ReadFile(migrations, name)
				if err != nil {
					t.Fatal(err)
				}
				all[name] = &fstest.MapFile{Data: data}
			}
			return all
		}
		err = migrate(t.Context(), s.dsn.dialect(), s.write, steps("CREATE TABLE extra (n BIGINT);\nUPDATE servers SET changes = 7;\nCREATE TABLE servers (n BIGINT);\n"))
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("from version %d to 99", len(names))) {
			t.Errorf("the broken step: %v", err)
		}
		if err := migrate(t.Context(), s.dsn.dialect(), s.write, migrations); err != nil {
			t.Errorf("the program of before: %v", err)
		}
		if got := noteNow(t, s, serverA); got != "kept" {
			t.Errorf("afterwards: %q", got)
		}
		if err := migrate(t.Context(), s.dsn.dialect(), s.write, steps("CREATE TABLE extra (n BIGINT);\n")); err != nil {
			t.Errorf("the mended step: %v", err)
		}
		if n := count(t, s, "servers WHERE changes = 7"); n != 0 {
			t.Error("half of the broken step was kept")
		}
	})
}

// A database that the first released schema made is read as it was written. The
// file shows what programs out there have stored, so it never changes.
func TestSchema1IsStillRead(t *testing.T) {
	url := sqliteURL(t)
	stored, err := os.ReadFile("testdata/schema-1.sql")
	if err != nil {
		t.Fatal(err)
	}
	old := raw(t, url)
	run(t, old, string(stored))
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}

	s := open(t, url, Options{})
	doc, err := s.Document(t.Context(), serverA)
	if err != nil {
		t.Fatal(err)
	}
	want := faq.NewDocument()
	want.Settings.Mode, want.Settings.Channels = config.OnlyThese, []string{"3000000000000000001"}
	want.Settings.Note, want.Settings.Strictness, want.Settings.Cooldown = "Ask at the desk too.", config.Lenient, 60
	want.Entries = []faq.Entry{{ID: "own-a2b3c4d5", Title: "When does the clinic open?", Answer: "At nine.", Phrasings: []string{"opening hours"}}}
	want.Taught = []faq.Taught{{Wording: "my wings hurt", Entry: "faq-causes"}}
	if diff := cmp.Diff(want, doc); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	changes, err := s.Audit(t.Context(), serverA)
	if err != nil {
		t.Fatal(err)
	}
	wantChanges := []faq.Change{
		{Number: 2, At: time.Unix(1772625660, 0).UTC(), Actor: alice, What: "taught a wording for faq-causes"},
		{Number: 1, At: time.Unix(1772625600, 0).UTC(), Actor: alice, What: "channels"},
	}
	if diff := cmp.Diff(wantChanges, changes); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
	stats, err := s.Stats(t.Context(), serverA, 7)
	if err != nil || stats.Total != (faq.Sums{Answered: 3, Unknown: 6, Helpful: 1}) || len(stats.Words) != 1 {
		t.Errorf("statistics: %+v, %v", stats, err)
	}
	note(t, s, serverA, "and changed")
}
