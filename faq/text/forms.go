package text

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed forms.txt
var formsFile string

// irregular holds the lines of forms.txt by their first words.
var irregular = sync.OnceValue(func() map[string][]string {
	table := map[string][]string{}
	for line := range strings.Lines(formsFile) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
			for i, w := range words {
				if i == 0 {
					table[w] = words
				} else if _, ok := table[w]; !ok {
					table[w] = words[i : i+1]
				}
			}
		}
	}
	return table
})

// Forms are the forms that a folded word of a language may take, itself first; of
// English where that is empty: "numb" is found as numbs, numbed and numbing, "take"
// as took, "dont" as doesnt. Of other languages they are the regular ones.
func Forms(w, language string) []string {
	if language != "" {
		return inflected(w, language)
	}
	if forms, ok := irregular()[w]; ok {
		return forms
	}
	if len(w) < 3 || strings.ContainsAny(w, "0123456789") {
		return []string{w}
	}
	last, before := w[len(w)-1], w[len(w)-2]
	switch {
	case last == 'e':
		return []string{w, w + "s", w + "d", w[:len(w)-1] + "ing"}
	case last == 'y' && !vowel(before):
		return []string{w, w[:len(w)-1] + "ies", w[:len(w)-1] + "ied", w + "ing"}
	case last == 's' || last == 'x' || last == 'h' && (before == 's' || before == 'c'):
		return []string{w, w + "es", w + "ed", w + "ing"}
	case !vowel(last) && last != 'w' && last != 'y' && vowel(before) && !vowel(w[len(w)-3]):
		return []string{w, w + "s", w + "ed", w + "ing", w + string(last) + "ed", w + string(last) + "ing"}
	}
	return []string{w, w + "s", w + "ed", w + "ing"}
}

func vowel(b byte) bool { return strings.IndexByte("aeiou", b) >= 0 }

// Uncontracted is a negation as two words, the second of which is "not": "isnt"
// is "is not". It is empty for any other word.
func Uncontracted(w string) string {
	switch stem, ok := strings.CutSuffix(w, "nt"); {
	case !ok:
		return ""
	case stem == "ca":
		return "can"
	case stem == "wo":
		return "will"
	case strings.Contains(" is are was were do does did have has had could would should ", " "+stem+" "):
		return stem
	}
	return ""
}
