package signs_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"backfaq/faq"
	"backfaq/faq/signs"
	"backfaq/faq/text"
)

// builtin is the set of the built-in FAQ.
func builtin(tb testing.TB) *signs.Set {
	tb.Helper()
	return faq.Builtin().Signs()
}

// programFile is signs.yaml as it is written.
func programFile(tb testing.TB) *signs.File {
	tb.Helper()
	data, err := os.ReadFile("../content/signs.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	var f signs.File
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		tb.Fatal(err)
	}
	return &f
}

type line struct {
	level signs.Level
	ids   string
	text  string
}

func lines(tb testing.TB) (list []line) {
	tb.Helper()
	data, err := os.ReadFile("testdata/lines.txt")
	if err != nil {
		tb.Fatal(err)
	}
	for l := range strings.Lines(string(data)) {
		if l = strings.TrimRight(l, "\n"); l == "" || l[0] == '#' {
			continue
		}
		part := strings.Split(l, "\t")
		level, ok := signs.ParseLevel(part[0])
		if len(part) != 3 || !ok {
			tb.Fatalf("%q is not level, tab, ids, tab, line", l)
		}
		list = append(list, line{level, part[1], part[2]})
	}
	return list
}

// language is the language of a line, by the sign in it.
func (l line) language() string {
	for _, lang := range []string{"es", "pt", "de", "fr"} {
		if strings.HasSuffix(l.ids, "-"+lang) {
			return lang
		}
	}
	return "en"
}

func TestLines(t *testing.T) {
	set, all, calm := builtin(t), lines(t), 0
	for _, l := range all {
		r := set.In(l.text)
		if ids := strings.Join(r.Signs, " "); r.Level != l.level || ids != l.ids {
			t.Errorf("%q: %s [%s], want %s [%s]", l.text, r.Level, ids, l.level, l.ids)
		}
		if (r.Level == signs.None) != (len(r.Texts) == 0) {
			t.Errorf("%q: texts %v do not fit the level %s", l.text, r.Texts, r.Level)
		}
		if l.level < signs.Sign {
			calm++
		}
	}
	if len(all) < 600 || 3*calm < len(all) {
		t.Errorf("%d lines, %d of which must not alarm: want 600 at least, and a third", len(all), calm)
	}
}

// disguises are ways to write a line that a reader does not notice or mind.
var disguises = []struct {
	name  string
	apply func(r *rand.Rand, set *signs.Set, s string) []string
}{
	{"joined", joined},
	{"mark without blank", one(func(r *rand.Rand, s string) string {
		return []string{"hello!", "ok|", "so@", "look$"}[r.IntN(4)] + s + []string{"!bye", "|bye"}[r.IntN(2)]
	})},
	{"zero-width", one(words(func(r *rand.Rand, w []rune) []rune {
		return slices.Insert(w, r.IntN(len(w)), []rune{'\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad'}[r.IntN(5)])
	}))},
	{"U+200B for blanks", one(func(_ *rand.Rand, s string) string { return strings.ReplaceAll(s, " ", "\u200b") })},
	{"confusables", one(func(_ *rand.Rand, s string) string {
		return strings.NewReplacer("a", "а", "e", "е", "o", "о", "p", "р", "c", "с", "i", "і", "x", "х").Replace(s)
	})},
	{"upper case", one(func(_ *rand.Rand, s string) string { return strings.ToUpper(s) })},
	{"leet", one(words(func(_ *rand.Rand, w []rune) []rune {
		if len(w) < 4 || strings.ContainsAny(string(w), "0123456789") {
			return w
		}
		return []rune(strings.NewReplacer("a", "4", "e", "3", "o", "0", "s", "5").Replace(string(w)))
	}))},
	{"first of 4,000", one(func(_ *rand.Rand, s string) string { return string([]rune(s + ". " + filler)[:signs.MostRead]) })},
	{"last of 4,000", one(func(_ *rand.Rand, s string) string {
		return string([]rune(filler)[:signs.MostRead-len([]rune(s))-2]) + ". " + s
	})},
}

var filler = strings.Repeat("The garden was green and the train came late. ", 100)

func one(f func(*rand.Rand, string) string) func(*rand.Rand, *signs.Set, string) []string {
	return func(r *rand.Rand, _ *signs.Set, s string) []string { return []string{f(r, s)} }
}

func words(f func(*rand.Rand, []rune) []rune) func(*rand.Rand, string) string {
	return func(r *rand.Rand, s string) string {
		list := strings.Fields(s)
		for i, w := range list {
			list[i] = string(f(r, []rune(w)))
		}
		return strings.Join(list, " ")
	}
}

// joined writes each two words as one that may be: both known, one of them of the
// signs, and together no other word.
func joined(_ *rand.Rand, set *signs.Set, s string) (out []string) {
	list := strings.Fields(s)
	for i := 0; i+1 < len(list); i++ {
		a, b := list[i], list[i+1]
		known := func(w string) bool { return set.Knows(w) || text.IsWord(w) }
		if !letters(a) || !letters(b) || !known(a) || !known(b) || known(a+b) || !(len(a) > 2 && set.Knows(a) || len(b) > 2 && set.Knows(b)) {
			continue
		}
		l := slices.Clone(list)
		l[i] = a + b
		out = append(out, strings.Join(slices.Delete(l, i+1, i+2), " "))
	}
	return out
}

func letters(s string) bool {
	return len(s) > 1 && !strings.ContainsFunc(s, func(r rune) bool { return r < 'a' || r > 'z' })
}

// The goals, in per cent: of lines of a level that are seen at it or above, in any
// disguise; and of lines that must not alarm, how many do.
var (
	goals      = map[signs.Level]float64{signs.Sign: 98, signs.Emergency: 100, signs.Poison: 100, signs.Crisis: 100}
	mostAlarms = 1.5
)

func TestDisguises(t *testing.T) {
	set, all := builtin(t), lines(t)
	for _, d := range disguises {
		r := rand.New(rand.NewPCG(1, 2))
		seen, asked := map[signs.Level]int{}, map[signs.Level]int{}
		alarms, calm := 0, 0
		for _, l := range all {
			for _, s := range d.apply(r, set, l.text) {
				got := set.In(s)
				if l.level < signs.Sign {
					calm++
					if got.Level >= signs.Sign {
						alarms++
						t.Logf("%s: false alarm %s %v: %q", d.name, got.Level, got.Signs, clip(s))
					}
					continue
				}
				asked[l.level]++
				if got.Level >= l.level {
					seen[l.level]++
				} else {
					t.Logf("%s: %s is %s: %q", d.name, l.level, got.Level, clip(s))
				}
			}
		}
		row := fmt.Sprintf("%-20s", d.name)
		for l := signs.Sign; l <= signs.Crisis; l++ {
			share := percent(seen[l], asked[l])
			row += fmt.Sprintf("%s %.1f of %d, ", l, share, asked[l])
			if share < goals[l] {
				t.Errorf("%s: %.1f %% of %s seen, want %.0f", d.name, share, l, goals[l])
			}
		}
		t.Logf("%sfalse alarms %.1f of %d", row, percent(alarms, calm), calm)
		if percent(alarms, calm) > mostAlarms {
			t.Errorf("%s: %.1f %% false alarms", d.name, percent(alarms, calm))
		}
	}
}

func clip(s string) string { return s[max(0, len(s)-120):] }

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

// TestTable prints the labelled lines by level and language.
func TestTable(t *testing.T) {
	set := builtin(t)
	seen, asked := map[string]int{}, map[string]int{}
	for _, l := range lines(t) {
		key := fmt.Sprintf("%-9s %s", l.level, l.language())
		asked[key]++
		if set.In(l.text).Level == l.level {
			seen[key]++
		}
	}
	for l := signs.None; l <= signs.Crisis; l++ {
		for _, lang := range []string{"en", "es", "pt", "de", "fr"} {
			if key := fmt.Sprintf("%-9s %s", l, lang); asked[key] > 0 {
				t.Logf("%s %4d of %4d", key, seen[key], asked[key])
			}
		}
	}
}

// Plain questions do not alarm: at most 1.5 in a hundred of those that are
// labelled as holding no red flag.
func TestFalseAlarms(t *testing.T) {
	set := builtin(t)
	for _, c := range []struct {
		file string
		seen float64 // per cent of the emergencies that are labelled
	}{
		{"../fit/questions/odd.jsonl", 0}, {"../fit/questions/paraphrases.jsonl", 0},
		{"../../../shared/data/questions.jsonl", 0}, {"../../../shared/data/questions-2.jsonl", 98},
	} {
		data, err := os.ReadFile(c.file)
		if errors.Is(err, fs.ErrNotExist) {
			t.Logf("%s is not here: its questions are no part of the repository; put the folder shared beside it to count their false alarms", c.file)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		calm, alarms, red, redSeen, emergency, seen := 0, 0, 0, 0, 0, 0
		for in := bufio.NewScanner(bytes.NewReader(data)); in.Scan(); {
			var q struct {
				Text      string `json:"text"`
				RedFlag   bool   `json:"red_flag"`
				Emergency bool   `json:"emergency"`
			}
			if err := json.Unmarshal(in.Bytes(), &q); err != nil {
				t.Fatal(err)
			}
			level := set.In(q.Text).Level
			switch {
			case !q.RedFlag:
				calm++
				alarms += toInt(level >= signs.Sign)
			default:
				red++
				redSeen += toInt(level >= signs.Reason)
			}
			emergency += toInt(q.Emergency)
			seen += toInt(q.Emergency && level >= signs.Emergency)
		}
		t.Logf("%s: false alarms %.1f %% of %d, red flags seen (a reason counts) %.1f %% of %d, emergencies %.1f %% of %d",
			c.file, percent(alarms, calm), calm, percent(redSeen, red), red, percent(seen, emergency), emergency)
		if percent(alarms, calm) > mostAlarms {
			t.Errorf("%s: %.1f %% false alarms", c.file, percent(alarms, calm))
		}
		if percent(seen, emergency) < c.seen {
			t.Errorf("%s: %.1f %% of the emergencies seen", c.file, percent(seen, emergency))
		}
	}
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Links and blocks of code are no words; what stands around them is.
func TestLinksAreNoWords(t *testing.T) {
	for text, want := range map[string]signs.Level{
		"look at https://example.com/chest-pain-and-suicide please": signs.None,
		"```\nkill myself\n``` does not compile":                    signs.None,
		"```\nmy chest hurts\n``` https://example.com/x":            signs.Emergency,
		"https://example.com/x my chest hurts https://example.com":  signs.Emergency,
	} {
		if got := builtin(t).In(text).Level; got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
