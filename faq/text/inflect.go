package text

import "strings"

// inflection says how the words of a language with an ending take other forms.
type inflection struct {
	ending string
	forms  string // endings in its place; ge- is a syllable before the word
}

// inflections are the regular forms of a language, by the first ending that fits:
// those of the commonest verbs, then of nouns and adjectives. They are folded, as
// the words are: "respiré" ends in "e".
var inflections = map[string][]inflection{
	"es": {
		{"ar", "ar o as a amos an e es en ando ado ada ados adas aba aban aste aron aria arme arse arte arlo ara"},
		{"er", "er o es e emos en iendo ido ida idos idas ia ian io i iste ieron a as erme erse erlo"},
		{"ir", "ir o es e imos en iendo ido ida idos idas ia ian io i iste ieron a as irme irse irlo"},
		{"o", "o a os as"},
		{"z", "z ces"},
		{"", " s es"},
	},
	"pt": {
		{"ar", "ar o as a amos am e ei es ou em ando ado ada ados adas ava avam aram aria asse arme arse"},
		{"er", "er o es e emos em endo ido ida idos idas ia iam i eu eram eria erme erse a"},
		{"ir", "ir o es e imos em indo ido ida idos idas ia iam i iu iram iria irme irse a"},
		{"ao", "ao oes aos"},
		{"o", "o a os as"},
		{"m", "m ns"},
		{"", " s es"},
	},
	"de": {
		{"eln", "eln le elt elte elten elst elnd ge-elt"},
		{"en", " en e st t te ten et ete eten end ge-t ge-et ge-en"},
		{"e", "e en n"},
		{"", " e en er es em n s"},
	},
	"fr": {
		{"er", "er e es ent ons ez ais ait aient ant ee ees"},
		{"ir", "ir is it issent issait i ie ies"},
		{"re", "re  s ons ez ent ait aient ant u ue us"},
		{"e", "e es"},
		{"eux", "eux euse euses"},
		{"", " s e es x"},
	},
}

// inflected are the forms of a word of another language than English.
func inflected(w, language string) []string {
	forms := []string{w}
	for _, in := range inflections[language] {
		stem, ok := strings.CutSuffix(w, in.ending)
		if !ok || len(stem) < 3 {
			continue
		}
		for end := range strings.SplitSeq(in.forms, " ") {
			form := stem + end
			if end, ok := strings.CutPrefix(end, "ge-"); ok {
				form = "ge" + stem + end
			}
			if form != w {
				forms = append(forms, form)
			}
		}
		break
	}
	switch language {
	case "de": // a word may be written with dots, which folding drops, or with an e
		for _, form := range forms {
			if plain := withoutDots.Replace(form); plain != form {
				forms = append(forms, plain)
			}
		}
	case "fr":
		for _, form := range forms {
			if vowel(form[0]) || form[0] == 'h' {
				for _, short := range elided {
					forms = append(forms, short+form)
				}
			}
		}
	}
	return forms
}

var (
	withoutDots = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")
	elided      = []string{"l", "d", "j", "m", "n", "s", "t", "c", "qu"} // before a vowel, with an apostrophe that folding drops
)
