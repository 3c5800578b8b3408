package signs_test

import (
	"strings"
	"testing"
	"time"

	"backfaq/faq/signs"
)

// worst are texts of 4,000 code points that cost the most: misspellings, joined
// words, denials without end, one sign after the other, marks without blanks.
var worst = map[string]string{
	"unknown words":   repeat("grblmpf xcvbqwe ntrlkjh zzyqwop "),
	"misspelt signs":  repeat("breahtingg numbnesss paralisys ibuporfenn "),
	"joined words":    repeat("mychesthurtsandicantbreatheproperly "),
	"one long word":   repeat("chestpain"),
	"denials":         repeat("no numbness or no chest pain and not numb nor "),
	"signs":           repeat("chest pain cant breathe numb weak fever fell worse "),
	"parts that miss": repeat("took want cannot hurts severe fell numb "),
	"commas":          repeat("no numbness, tingling, fever, chest pain, weakness, "),
	"jokes":           repeat("lol chest lol pain lol "),
	"marks":           repeat("chest!pain|numb@weak$cant!"),
	"small words":     repeat("is the a my so in of to "),
	"confusables":     repeat("сhеst раіn "),
}

func repeat(s string) string {
	return string([]rune(strings.Repeat(s, signs.MostRead/len([]rune(s))+1))[:signs.MostRead])
}

func BenchmarkQuestion(b *testing.B) {
	set := builtin(b)
	b.ReportAllocs()
	for b.Loop() {
		set.In("my upper back is in spasm and i cannot sleep at night")
	}
}

func BenchmarkWorst(b *testing.B) {
	set := builtin(b)
	for name, text := range worst {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				set.In(text)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	file := programFile(b)
	for b.Loop() {
		signs.Compile(file, nil)
	}
}

// Twice the text takes at most three times as long, whatever it is: nothing is
// quadratic. A ratio, so that a busy machine does not matter.
func TestLinear(t *testing.T) {
	set := builtin(t)
	for name, text := range worst {
		half := string([]rune(text)[:signs.MostRead/2])
		best := func(s string) time.Duration {
			shortest := time.Hour
			for range 15 {
				start := time.Now()
				set.In(s)
				shortest = min(shortest, time.Since(start))
			}
			return shortest
		}
		a, b := best(half), best(text)
		for range 4 { // somebody else may have had the machine
			if b <= 3*a+100*time.Microsecond {
				break
			}
			a, b = best(half), best(text)
		}
		if b > 3*a+100*time.Microsecond {
			t.Errorf("%s: %v for half of it, %v for all", name, a, b)
		}
	}
}
