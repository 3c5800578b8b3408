package signs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"backfaq/faq/text"
)

// A way to tell of a sign is written as parts with a joint between each two:
//
//	short of breath              one part: the words in this order
//	cant/cannot breathe          a slash parts words that may stand for each other
//	<cannot> + <breathe>         two parts of one clause, in any order
//	took .. 5+ .. <medicine>     parts of one clause, in this order
//	too many <medicine>          parts next to each other
//	<severe> & <lasting>         parts of one sentence or of neighbouring ones
//	<injury> && <lasting>        parts of a story, up to four sentences apart
//
// Small words ("my", "the", "so") may stand between the words of a part, and a
// few others between the parts of a way. A word stands for its plural and its
// verb forms too: numb for numbed, pee for peed and peeing; =numb is only itself.
// 5+ is a number of five or more and 38-42 one of that range, in digits or words.
// <name> is a list under `parts`.
type way struct {
	parts  []int32 // numbers of parts
	joints []joint // between a part and the next
	row    int32
}

// across reports whether the parts may stand in several sentences.
func (w *way) across() bool {
	return slices.ContainsFunc(w.joints, func(j joint) bool { return j >= near })
}

type joint uint8

const (
	meets   joint = iota // +
	follows              // ..
	next                 // nothing between them
	near                 // &
	story                // &&
)

var joints = map[string]joint{"+": meets, "..": follows, "&": near, "&&": story}

// parseWay cuts a way into the texts of its parts and the joints between them.
func parseWay(s string) (parts []string, between []joint, err error) {
	var part []string
	for _, f := range strings.Fields(s) {
		j, isJoint := joints[f]
		_, isName := listName(f)
		after := len(part) == 1 && part[0][0] == '<' && !strings.Contains(part[0], "/")
		if len(part) > 0 && (isJoint || isName) || after {
			parts, part = append(parts, strings.Join(part, " ")), nil
			if !isJoint {
				between = append(between, next)
			}
		}
		if isJoint {
			between = append(between, j)
		} else {
			part = append(part, f)
		}
	}
	if len(part) > 0 {
		parts = append(parts, strings.Join(part, " "))
	}
	if len(parts) != len(between)+1 {
		return nil, nil, fmt.Errorf("%q has a joint without words beside it: write words on both sides of +, .. and &", s)
	}
	if len(parts) > mostParts {
		return nil, nil, fmt.Errorf("%q has %d parts: use at most %d", s, len(parts), mostParts)
	}
	return parts, between, nil
}

const mostParts = 5

// listName is the name in "<name>".
func listName(s string) (string, bool) {
	name, isName := strings.CutPrefix(s, "<")
	return strings.TrimSuffix(name, ">"), isName && !strings.ContainsAny(name, "/ ")
}

// symbol is a word of the file as it is compared: itself with its forms, only
// itself, or a range of numbers.
type symbol struct {
	word     string
	language string // whose forms the word has; empty for English
	exact    bool
	from, to float64 // of a range, where word is empty
}

// alternatives are the words that a slash parts; "9/10" is one word.
func alternatives(w string) []string {
	if n, ok := strings.CutSuffix(w, "/10"); ok {
		if _, err := strconv.Atoi(n); err == nil {
			return []string{w}
		}
	}
	return strings.Split(w, "/")
}

func parseSymbol(w, language string) (symbol, error) {
	switch word, exact := strings.CutPrefix(w, "="); {
	case word == "":
		return symbol{}, fmt.Errorf("a word is missing beside a slash or =")
	case exact, strings.HasSuffix(w, "/10"):
		return symbol{word: word, exact: true}, nil
	}
	if least, ok := strings.CutSuffix(w, "+"); ok {
		from, err := strconv.ParseFloat(least, 64)
		if err != nil {
			return symbol{}, fmt.Errorf("%q: write a number before the +", w)
		}
		return symbol{from: from, to: 1e9}, nil
	}
	if from, to, ok := strings.Cut(w, "-"); ok {
		a, errA := strconv.ParseFloat(from, 64)
		b, errB := strconv.ParseFloat(to, 64)
		if errA == nil && errB == nil && a <= b {
			return symbol{from: a, to: b}, nil
		}
	}
	for _, r := range w {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '&' {
			return symbol{}, fmt.Errorf("%q: write words in small plain letters without marks (cant, not can't)", w)
		}
	}
	return symbol{word: w, language: language}, nil
}

// forms are the spellings that a word of the file stands for.
func (s symbol) forms() []string {
	if s.exact {
		return []string{s.word}
	}
	return text.Forms(s.word, s.language)
}

// number is the value of a word that is one: "10", "38.9", "ten".
func number(w string) (float64, bool) {
	if n, ok := numberWords[w]; ok {
		return n, true
	}
	if w == "" || w[0] < '0' || w[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyz"), 64)
	return n, err == nil
}

var numberWords = map[string]float64{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
	"ten": 10, "eleven": 11, "twelve": 12, "dozen": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
	"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100,
	// but not those that are words of English: once, six, elf
	"eine": 1, "zwei": 2, "drei": 3, "vier": 4, "funf": 5, "fuenf": 5, "sechs": 6, "sieben": 7, "neun": 9, "zehn": 10, "zwolf": 12, "zwoelf": 12, "zwanzig": 20,
	"una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "doce": 12, "veinte": 20,
	"une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "onze": 11, "douze": 12, "quinze": 15, "vingt": 20,
	"uma": 1, "dois": 2, "duas": 2, "quatro": 4, "sete": 7, "oito": 8, "nove": 9, "dez": 10, "doze": 12, "vinte": 20}
