package faq

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"backfaq/faq/signs"
)

const (
	twelveWords = "why does my upper back keep cramping after a day at work"
	story       = "So last night I was lifting boxes for my sister and felt fine. This morning I woke up and the muscle " +
		"beside my right shoulder blade had balled up like a fist. I have tried a hot shower and two ibuprofen, no tingling " +
		"or numbness, I can breathe normally, but turning my head to the left makes me yelp and my boss wants me in at noon. " +
		"My neighbour says ice, the internet says heat. What should I do about it at home?"
)

// The first reading pays for what is compiled once; the benchmarks leave it out.
func benchmark(b *testing.B, book *Book, text string) {
	book.Read(text, Options{})
	b.ReportAllocs()
	for b.Loop() {
		book.Read(text, Options{})
	}
}

func BenchmarkQuestion(b *testing.B) { benchmark(b, Builtin(), twelveWords) }
func BenchmarkStory(b *testing.B)    { benchmark(b, Builtin(), story) }

// BenchmarkWorst reads the texts that make most work: words that are all
// misspelt, words that all start terms, letters that unfold into many.
func BenchmarkWorst(b *testing.B) {
	for name, text := range worstTexts() {
		b.Run(name, func(b *testing.B) { benchmark(b, Builtin(), text) })
	}
}

func worstTexts() map[string]string {
	return map[string]string{
		"misspelt":  strings.Repeat("physiotherapizt acetaminofhen ", 20),
		"terms":     strings.Repeat("back pain cant move arm ", 20),
		"small":     strings.Repeat("a ", 200),
		"ligature":  strings.Repeat("\ufdfa", 400),
		"one word":  strings.Repeat("spasm", 80),
		"no stops":  strings.Repeat("lost the of a my ", 30),
		"sentences": strings.Repeat("pain. ", 70),
	}
}

// Within all that is read, twice the text takes at most three times as long; beyond it,
// four times the text takes no longer. Ratios, so that a busy machine does not matter.
func TestReadingIsBounded(t *testing.T) {
	book := Builtin().With(ownEntries, taughtWordings)
	best := func(text string) time.Duration {
		shortest := time.Hour
		for range 15 {
			start := time.Now()
			book.Read(text, Options{})
			shortest = min(shortest, time.Since(start))
		}
		return shortest
	}
	for name, text := range worstTexts() {
		long := []rune(strings.Repeat(text, 4*signs.MostRead/len([]rune(text))+1))
		for _, c := range []struct {
			some, more int // code points
			times      time.Duration
		}{{MaxQuestion / 2, MaxQuestion, 3}, {signs.MostRead, 4 * signs.MostRead, 2}} {
			some, more := string(long[:c.some]), string(long[:c.more])
			a, b := best(some), best(more)
			for range 4 { // somebody else may have had the machine
				if b <= c.times*a+100*time.Microsecond {
					break
				}
				a, b = best(some), best(more)
			}
			if b > c.times*a+100*time.Microsecond {
				t.Errorf("%s: %v for %d code points, %v for %d", name, a, c.some, b, c.more)
			}
		}
	}
}

// BenchmarkEntries reads the same question in FAQs of growing size: ten
// phrasings to an entry.
func BenchmarkEntries(b *testing.B) {
	for _, n := range []int{100, 1000, 4000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			book := madeUp(b, n)
			question := book.Entries()[n/2].Phrasings[3] + " in the morning please"
			benchmark(b, book, question)
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MB-heap")
			runtime.KeepAlive(book)
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load("upper-back-spasms.yaml", builtin); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWith lays the most a server may have over the book.
func BenchmarkWith(b *testing.B) {
	var own []Entry
	for i := range 100 {
		own = append(own, Entry{ID: fmt.Sprint("own-", i), Title: fmt.Sprintf("How do I join the club number %d?", i),
			Answer: "Ask at the desk.", Phrasings: []string{"where is the club", fmt.Sprint("club sign up ", i)}})
	}
	var taught []Taught
	for i := range 500 {
		taught = append(taught, Taught{Wording: fmt.Sprintf("my thingy acts up on level %d again", i), Entry: "faq-causes"})
	}
	book := Builtin()
	b.ReportAllocs()
	for b.Loop() {
		book.With(own, taught)
	}
}

// madeUp is a FAQ of n entries over words drawn by rank, as in a language.
func madeUp(tb testing.TB, n int) *Book {
	tb.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 8, 20_000)
	word := func() string {
		var w strings.Builder
		for x := zipf.Uint64() + 30; x > 0; x /= 30 {
			w.WriteString([]string{"ba", "ke", "lo", "mi", "ru", "sta", "pen", "tor", "vi", "zu", "gra", "hel", "ni", "so", "da",
				"fe", "cho", "wa", "ly", "tri", "que", "bor", "ja", "plu", "ex", "om", "sil", "ty", "ga", "mer"}[x%30])
		}
		return w.String()
	}
	phrase := func() string {
		words := []string{"how", "do", "i"}
		for range 6 {
			words = append(words, word())
		}
		return strings.Join(words, " ")
	}
	var f strings.Builder
	f.WriteString("disclaimer: made up\nentries:\n")
	for i := range n {
		fmt.Fprintf(&f, "- {id: e%d, title: %q, answer: %q, phrasings: [", i, phrase(), phrase())
		for range 10 {
			fmt.Fprintf(&f, "%q, ", phrase())
		}
		f.WriteString("]}\n")
	}
	b, err := Load("made-up.yaml", []byte(f.String()))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}
