package store

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"backfaq/config"
	"backfaq/faq"
)

// model is what a server must be after the operations so far. Every text that is
// made for a server holds its mark, and no other server may ever show it.
type model struct {
	server, mark string
	doc          faq.Document
	audit        []string // newest first
	total        faq.Sums
}

func newModel(server, mark string) *model {
	return &model{server: server, mark: mark, doc: faq.NewDocument()}
}

func (m *model) audited(what string) {
	m.audit = append([]string{what}, m.audit...)
	m.audit = m.audit[:min(len(m.audit), faq.ShownChanges)]
}

// pick is one of a list, or of none the zero value.
func pick[T any](r *rand.Rand, list []T) (one T) {
	if len(list) > 0 {
		one = list[r.IntN(len(list))]
	}
	return one
}

// act does one random operation on the store and on the model.
func (m *model) act(t *testing.T, r *rand.Rand, s *Store) (did string) {
	t.Helper()
	ctx, actor := t.Context(), pick(r, []string{alice, bob})
	text := func() string { return fmt.Sprintf("%s %d", m.mark, r.IntN(1000)) }
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", did, err)
		}
	}
	edit := func(alter func(*faq.Document) error) {
		t.Helper()
		_, err := s.Edit(ctx, m.server, actor, func(doc *faq.Document) (string, error) { return did, alter(doc) })
		do(err)
		m.audited(did)
	}
	switch r.IntN(12) {
	case 0, 1, 2:
		did = "change " + text()
		edit(func(doc *faq.Document) error {
			doc.Settings.Note = did
			doc.Settings.Off = []string{"faq-causes"}
			doc.Settings.Cooldown = config.Seconds(r.IntN(1000))
			m.doc.Settings = doc.Settings.Clone()
			return nil
		})
	case 3:
		did = "reset"
		edit(func(doc *faq.Document) error { doc.Reset(); return nil })
		m.doc.Settings = config.DefaultSettings()
	case 4, 5:
		taught := faq.Taught{Wording: text(), Entry: pick(r, []string{"faq-causes", "faq-symptoms"})}
		did = fmt.Sprint("teach ", taught)
		edit(func(doc *faq.Document) error { doc.Teach(taught); return nil })
		if i := slices.IndexFunc(m.doc.Taught, func(t faq.Taught) bool { return t.Wording == taught.Wording }); i >= 0 {
			m.doc.Taught[i] = taught
		} else {
			m.doc.Taught = append(m.doc.Taught, taught)
		}
	case 6:
		taught := pick(r, m.doc.Taught)
		did = fmt.Sprint("forget ", taught)
		if taught.Wording == "" {
			break
		}
		edit(func(doc *faq.Document) error { _, err := doc.Forget(taught.Wording); return err })
		m.doc.Taught = slices.DeleteFunc(m.doc.Taught, func(t faq.Taught) bool { return t == taught })
	case 7, 8:
		e := pick(r, m.doc.Entries)
		e.Title, e.Answer, e.Phrasings = text(), text(), []string{text()}
		did = fmt.Sprint("put ", e)
		edit(func(doc *faq.Document) (err error) { e, err = doc.Put(e); return err })
		if i := slices.IndexFunc(m.doc.Entries, func(old faq.Entry) bool { return old.ID == e.ID }); i >= 0 {
			m.doc.Entries[i] = e
		} else {
			m.doc.Entries = append(m.doc.Entries, e)
		}
	case 9:
		e := pick(r, m.doc.Entries)
		did = "remove entry " + e.ID
		if e.ID == "" {
			break
		}
		edit(func(doc *faq.Document) error { _, err := doc.Remove(e.ID); return err })
		m.doc.Entries = slices.DeleteFunc(m.doc.Entries, func(old faq.Entry) bool { return old.ID == e.ID })
	case 10:
		m.count(s)
		did = "count"
	case 11:
		if r.IntN(4) > 0 {
			did = "import what was exported, without its wordings"
			doc, err := s.Document(ctx, m.server)
			do(err)
			doc.Taught = nil
			data, err := doc.Encode()
			do(err)
			file, err := faq.ReadImport("export.json", data)
			do(err)
			edit(func(now *faq.Document) error { *now = now.Plan(file, false, faq.Builtin()).Document; return nil })
			m.doc.Taught = nil
			break
		}
		did = "delete server"
		do(s.DeleteServer(ctx, m.server))
		*m = *newModel(m.server, m.mark)
	}
	return did
}

func (m *model) count(s *Store) {
	s.Count(faq.Count{Server: m.server, Source: faq.FromSlash, Outcome: faq.Unknown, Words: []string{m.mark}})
	s.Feedback(m.server, "faq-causes", true)
	m.total.Unknown++
	m.total.Helpful++
}

// compare looks at a server through every method that reads.
func (m *model) compare(t *testing.T, s *Store, other string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	same := func(what string, want, got any) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("server %s: %s (-want +got):\n%s", m.mark, what, diff)
		}
	}
	doc, err := s.Document(t.Context(), m.server)
	must(err)
	same("export", m.doc, doc)
	view, err := s.View(t.Context(), m.server)
	must(err)
	same("settings", m.doc.Settings, view.Settings)
	var own []string
	for _, e := range view.Book.Entries() {
		if e.Own {
			own = append(own, e.Title+e.Answer)
		}
	}
	var wantOwn []string
	for _, e := range m.doc.Entries {
		wantOwn = append(wantOwn, e.Title+e.Answer)
	}
	same("own entries in the book", wantOwn, own)
	changes, err := s.Audit(t.Context(), m.server)
	must(err)
	var what []string
	for _, c := range changes {
		what = append(what, c.What)
	}
	same("audit", m.audit, what)
	stats, err := s.Stats(t.Context(), m.server, 7)
	must(err)
	same("counters", m.total, stats.Total)

	all, err := json.Marshal([]any{doc, view.Settings, own, changes, stats})
	must(err)
	if strings.Contains(string(all), other) {
		t.Fatalf("server %s shows what belongs to %s:\n%s", m.mark, other, all)
	}
}

// Two servers, two moderators each, random operations: every read agrees with a
// model and shows nothing of the other server, also after the store was closed
// and opened again.
func TestTwoServersAgainstAModel(t *testing.T) {
	onEach(t, func(t *testing.T, url config.Secret) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		r := rand.New(rand.NewPCG(seed, 0))
		now := clockAt(noon)
		s := open(t, url, Options{Now: now.now})
		a, b := newModel(serverA, "alder"), newModel(serverB, "birch")
		for range 200 {
			if r.IntN(50) == 0 && !strings.HasSuffix(url.Reveal(), inMemory) {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = open(t, url, Options{Now: now.now})
			}
			if r.IntN(2) == 0 {
				t.Log("alder", a.act(t, r, s))
			} else {
				t.Log("birch", b.act(t, r, s))
			}
			a.compare(t, s, "birch")
			b.compare(t, s, "alder")
		}
	})
}
