package locale

import (
	"strings"
	"testing"
)

func TestPrinters(t *testing.T) {
	const one, many = "%d day", "%d days"
	for _, c := range []struct{ locale, want string }{
		{"en-US", "0 days, 1 day, 2 days, 1,000 days"},
		{"de", "0 Tage, 1 Tag, 2 Tage, 1.000 Tage"},
		{"es-419", "0 días, 1 día, 2 días, 1,000 días"},
		{"fr", "0 jour, 1 jour, 2 jours, 1\u00a0000 jours"},
		{"pt-BR", "0 dia, 1 dia, 2 dias, 1.000 dias"},
		{"da", "0 days, 1 day, 2 days, 1.000 days"},
		{"ja", "0 days, 1 day, 2 days, 1,000 days"}, // Japanese has no singular, but its readers see English
		{"", "0 days, 1 day, 2 days, 1,000 days"},
		{"no language at all", "0 days, 1 day, 2 days, 1,000 days"},
	} {
		p := For(c.locale)
		var got []string
		for _, n := range []int{0, 1, 2, 1000} {
			got = append(got, p.Count(n, one, many))
		}
		if got := strings.Join(got, ", "); got != c.want {
			t.Errorf("%q: %s, want %s", c.locale, got, c.want)
		}
	}
	names := Each[string](func(p Printer) string { return p.Sprintf("Home") })
	if len(names) != 5 || names["es-ES"] != "Inicio" || names["es-419"] != "Inicio" || names["pt-BR"] != "Início" {
		t.Errorf("Home is %q", names)
	}
}

// A mistake of a translator's is named with its line, not passed over.
func TestMistakesInACatalogue(t *testing.T) {
	const good = "# note\nmsgid \"\"\nmsgstr \"Language: de\\n\"\n\nmsgid \"\"\n\"a\\n\"\n\"b\"\nmsgstr \"c\"\n"
	if got, err := parse(good); err != nil || len(got) != 1 || got["a\nb"] != "c" {
		t.Errorf("read %q, %v", got, err)
	}
	for _, c := range []struct{ po, want string }{
		{"msgid \"a\"\nmsgstr \"b\"\nmsgid \"a\"\nmsgstr \"b\"\n", "line 4: \"a\" is translated twice"},
		{"msgid \"a\"\nmsgstr \"b\n", "line 2: want msgid or msgstr"},
		{"msgid \"a\"\nmsgstr b\n", "line 2: want msgid or msgstr"},
		{"msgid \"a\"\nmsgstr[0] \"b\"\n", "line 2: want msgid or msgstr"},
		{"a\n", "line 1: want msgid or msgstr"},
	} {
		if _, err := parse(c.po); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v", c.po, err)
		}
	}
}
