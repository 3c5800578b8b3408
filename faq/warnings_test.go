package faq

import (
	"os"
	"strings"
	"testing"
)

// Every line that must raise a warning does, at its level, and no look-alike does.
func TestWarnings(t *testing.T) {
	data, err := os.ReadFile("testdata/warnings.txt")
	if err != nil {
		t.Fatal(err)
	}
	levels := map[string]Level{"none": NoWarning, "reminder": Reminder, "sign": Sign, "emergency": Emergency}
	b := Builtin()
	texts := map[Level]string{NoWarning: "", Reminder: b.warnings.Reminder, Sign: b.warnings.Sign, Emergency: b.warnings.Emergency}
	for line := range strings.Lines(string(data)) {
		name, question, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue
		}
		want, known := levels[name]
		if !known {
			t.Fatalf("no level %q", name)
		}
		w := b.Read(question, Options{}).Warning
		if w.Level != want {
			t.Errorf("%q: level %d %v, want %d", question, w.Level, w.Signs, want)
		}
		if w.Text != texts[w.Level] || (w.Level != NoWarning) != (w.Entry != nil && len(w.Signs) > 0) {
			t.Errorf("%q: text %q, entry %v, signs %v do not fit level %d", question, w.Text, w.Entry, w.Signs, w.Level)
		}
	}
}

// A warning does not depend on what is switched off, nor on how sure the bot must be.
func TestWarningsCannotBeSwitchedOff(t *testing.T) {
	b := Builtin()
	var all []string
	for _, e := range b.Entries() {
		all = append(all, e.ID)
	}
	r := b.Read("my arm is numb and my upper back is in spasm", Options{Off: all, Strictness: "strict"})
	if r.Warning.Level != Sign || r.Warning.Entry != b.WarningEntry() {
		t.Errorf("got %+v", r.Warning)
	}
	if len(r.Matches) != 1 || r.Matches[0].Entry != b.WarningEntry() {
		t.Errorf("matches %v: only the entry that warnings lead to stays on", r.Matches)
	}
}
