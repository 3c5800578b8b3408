package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"backfaq/config"
	"backfaq/faq"
)

// naughty are strings that break programs, for want of the list some of them.
func naughty(t *testing.T) []string {
	t.Helper()
	list := []string{
		"'; DROP TABLE servers; --", `"; DELETE FROM audit; --`, "%", "_", "100%_\\", "$1", "?", ":server", "NULL", "\x00", "a\x00b", "\xff\xfe", "\u2028",
		"-1", "18446744073709551615", "9223372036854775808", "{{.}}", "</script>", strings.Repeat("𝔊", 200), " padded ", "İi̇ſß",
	}
	data, err := os.ReadFile("../../../shared/data/naughty-strings.json")
	if errors.Is(err, os.ErrNotExist) {
		t.Log("the list of naughty strings is not there: only the most important ones are tried")
		return list
	}
	if err != nil {
		t.Fatal(err)
	}
	var more []string
	if err := json.Unmarshal(data, &more); err != nil {
		t.Fatal(err)
	}
	return append(list, more...)
}

// Whatever is in a string, it is stored as it stands or refused, in the same way
// on every database, and touches nothing else.
func TestStringsAreStoredLiterally(t *testing.T) {
	verdicts := make(map[string][]string) // by string, one for each database
	onEach(t, func(t *testing.T, url config.Secret) {
		s := open(t, url, Options{})
		note(t, s, serverB, "untouched")
		for _, text := range naughty(t) {
			verdict := "stored"
			doc := faq.NewDocument()
			doc.Settings.Note = text
			doc.Entries = []faq.Entry{{ID: "own-a", Title: text, Answer: text, Phrasings: []string{text}}}
			doc.Taught = []faq.Taught{{Wording: text, Entry: "own-a"}}
			_, err := s.Edit(t.Context(), serverA, text, func(now *faq.Document) (string, error) {
				*now = doc
				return text, nil
			})
			switch {
			case errors.Is(err, faq.ErrUnavailable):
				t.Errorf("%q: %v", text, err)
				continue
			case err != nil:
				verdict = err.Error()
				if _, err := s.Edit(t.Context(), serverA, text, func(*faq.Document) (string, error) { return text, nil }); err != nil {
					t.Errorf("%q in the audit: %v", text, err)
				}
			default:
				stored, err := s.Document(t.Context(), serverA)
				if diff := cmp.Diff(doc, stored); diff != "" || err != nil {
					t.Errorf("%q: stored (-want +got):\n%s %v", text, diff, err)
				}
			}
			changes, err := s.Audit(t.Context(), serverA)
			if err != nil || changes[0].What != clean(text, maxWhat) || changes[0].Actor != clean(text, maxActor) {
				t.Errorf("%q in the audit: %+v, %v", text, changes, err)
			}
			s.Count(faq.Count{Server: text, Entry: text, Words: []string{text}})
			s.Count(faq.Count{Server: serverA, Source: faq.FromSlash, Outcome: faq.Unknown, Entry: text, Words: []string{text}})
			s.Feedback(serverA, text, true)
			if _, err := s.View(t.Context(), text); err != nil && !errors.Is(err, faq.ErrUnavailable) {
				t.Errorf("%q as a server: %v", text, err)
			}
			verdicts[text] = append(verdicts[text], verdict)
		}
		if _, err := s.Stats(t.Context(), serverA, 7); err != nil {
			t.Errorf("counters: %v", err)
		}
		if got := noteNow(t, s, serverB); got != "untouched" {
			t.Errorf("another server: %q", got)
		}
	})
	for text, list := range verdicts {
		for _, v := range list {
			if v != list[0] {
				t.Errorf("%q: the databases do not agree: %q", text, list)
			}
		}
	}
}

// traces reports whether a text stands in any file of a SQLite database.
func traces(t *testing.T, url config.Secret, text string) bool {
	t.Helper()
	files, err := filepath.Glob(fileOf(url) + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(text)) {
			return true
		}
	}
	return false
}

// A question leaves no trace: not in the database, its log, or the program's.
func TestNoTraceOfAQuestion(t *testing.T) {
	const question = "xylophonequestion"
	url := sqliteURL(t)
	var log journal
	s := open(t, url, Options{Log: log.logger()})
	desk := &faq.Desk{Book: faq.Builtin(), Servers: s, Counter: s, Log: log.logger()}
	for _, way := range []faq.Source{faq.FromMention, faq.FromSlash, faq.FromMessage, faq.Overheard} {
		desk.Ask(t.Context(), faq.Question{Text: question + " why does my back hurt", Source: way, Server: serverA, Channel: "5", Person: alice, Explain: true})
	}
	if _, err := s.Stats(t.Context(), serverA, 7); err != nil { // saves the counters
		t.Fatal(err)
	}
	if traces(t, url, question) || strings.Contains(log.String(), question) {
		t.Error("a question was stored or logged")
	}
	if n := count(t, s, "counts"); n == 0 {
		t.Error("nothing was counted, so nothing was tried")
	}
}

// A wording that is forgotten, ten minutes later, or deleted leaves the file, the write-ahead log and any
// backup made afterwards, as soon as the last reader that still sees it is done.
func TestForgottenLeavesTheFiles(t *testing.T) {
	const taught = "marimbawording"
	url := sqliteURL(t)
	var log journal
	now := clockAt(noon)
	s := open(t, url, Options{Log: log.logger(), Now: now.now})
	for what, forget := range map[string]func(){
		"a wording": func() {
			edit(t, s, serverA, "forget", func(doc *faq.Document) {
				if _, err := doc.Forget(taught); err != nil {
					t.Error(err)
				}
			})
			now.set(now.now().Add(config.UndoFor)) // while it could be taken back
		},
		"a wording that another change followed": func() {
			edit(t, s, serverA, "forget", func(doc *faq.Document) { doc.Taught = nil })
			note(t, s, serverA, "so that it can no longer be taken back")
		},
		"a server": func() {
			if err := s.DeleteServer(t.Context(), serverA); err != nil {
				t.Fatal(err)
			}
		},
	} {
		teach(t, s, serverA, taught, "faq-causes")
		reader := raw(t, url)
		run(t, reader, "BEGIN")
		if n := 0; reader.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM servers").Scan(&n) != nil || n != 1 {
			t.Fatal("the reader does not see the server")
		}
		forget()
		eventually(t, what+" that cannot leave is logged", func() bool { return strings.Contains(log.String(), "still in the write-ahead log") })
		if !traces(t, url, taught) {
			t.Errorf("%s left while a reader needs it: this test cannot see anything", what)
		}
		run(t, reader, "ROLLBACK")
		eventually(t, what+" leaves", func() bool { return !traces(t, url, taught) })
		backup := config.Secret("sqlite:" + filepath.Join(t.TempDir(), "backup.db"))
		if err := Backup(t.Context(), url, fileOf(backup)); err != nil {
			t.Fatal(err)
		}
		if traces(t, backup, taught) {
			t.Errorf("%s is in a backup", what)
		}
		log.reset()
	}
}

// While changes are saved all the time the log is emptied now and then, as whoever
// saves waits for it, and once they rest at the next look.
func TestLogIsEmptiedBesideChanges(t *testing.T) {
	url := sqliteURL(t)
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(t.Context(), url, Options{})
		if err != nil {
			t.Fatal(err)
		}
		logged := func() int64 {
			info, err := os.Stat(fileOf(url) + "-wal")
			if err != nil {
				t.Fatal(err)
			}
			return info.Size()
		}
		emptied, before := 0, int64(0)
		for range 300 { // 30 s
			note(t, s, serverA, "x")
			if now := logged(); now < before {
				emptied++
			}
			before = logged()
			time.Sleep(checkpointEvery / 10)
		}
		if emptied < 2 || emptied > 3 {
			t.Errorf("emptied %d times in 30 s of changes", emptied)
		}
		time.Sleep(2 * checkpointEvery)
		if n := logged(); n > 0 {
			t.Errorf("%d bytes in the log after a rest", n)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
