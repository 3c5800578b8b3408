package faq

import (
	_ "embed"
	"sort"
	"strings"
	"sync"

	"github.com/kljensen/snowball/english"
)

// The language of the matcher, which is the same for every FAQ.
var (
	//go:embed words/plain.txt
	plainFile string
	//go:embed words/same.txt
	sameFile string
	//go:embed words/english.txt
	englishFile string
)

// strength says how much a word tells about what a question is about.
type strength uint8

const (
	content  strength = iota // a word that not every question could hold
	common                   // has a meaning, but fits any subject
	function                 // holds sentences together
)

// language is what is known of English.
type language struct {
	words   map[string]strength // plain words as listed
	stems   map[string]strength // and by their stems
	small   map[string]bool     // words that may stand between the words of a term
	same    map[string]string   // stem of a word that another stands for
	numbers map[string]bool     // words that count as numbers
	denies  map[string]int      // words that deny what follows: 2 if plainly
	known   string              // sorted lines of English words
	typos   typos               // over the plain words
}

// theLanguage reads the embedded lists once; nothing changes them afterwards.
var theLanguage = sync.OnceValue(func() *language {
	l := &language{words: make(map[string]strength, 2048), stems: make(map[string]strength, 2048), small: map[string]bool{}, same: map[string]string{}, numbers: map[string]bool{}, denies: map[string]int{}}
	kind, set, deny := function, map[string]bool(nil), 0
	for line := range strings.Lines(plainFile) {
		line = strings.TrimSpace(line)
		switch {
		case line == "[function]":
			kind = function
		case line == "[common]":
			kind = common
		case line == "[small]":
			set = l.small
		case line == "[numbers]":
			set, deny = l.numbers, 0
		case line == "[denial]":
			set, deny = nil, 1
		case line == "[plain denial]":
			deny = 2
		case strings.HasPrefix(line, "#"):
		default:
			for w := range strings.FieldsSeq(line) {
				switch {
				case deny > 0:
					l.denies[w] = deny
					continue
				case set != nil:
					set[w] = true
					continue
				}
				if _, ok := l.words[w]; !ok {
					l.words[w] = kind
					l.stems[stem(w)] = kind
					l.typos.add(w)
				}
			}
		}
	}
	for line := range strings.Lines(sameFile) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		first := ""
		for w := range strings.FieldsSeq(line) {
			st := stem(w)
			if first == "" {
				first = st
			}
			if _, ok := l.same[st]; !ok {
				l.same[st] = first
			}
		}
	}
	_, l.known, _ = strings.Cut(englishFile, "\n\n")
	return l
})

// isEnglish looks a word up in the sorted list.
func (l *language) isEnglish(w string) bool {
	s := l.known
	i := sort.Search(len(s), func(i int) bool {
		from := strings.LastIndexByte(s[:i], '\n') + 1 // of the line that holds byte i
		to := from + strings.IndexByte(s[from:], '\n')
		return s[from:to] >= w
	})
	return strings.HasPrefix(s[i:], w) && s[i+len(w)] == '\n'
}

// standIn is the stem that stands for a stem where wordings are compared.
func (l *language) standIn(stem string) string {
	if s, ok := l.same[stem]; ok {
		return s
	}
	return stem
}

// strength finds how much a word says, by itself or by its stem.
func (l *language) strength(w, stem string) strength {
	if s, ok := l.words[w]; ok {
		return s
	}
	return l.stems[stem] // content, if it is not there
}

// stem reduces a word to what its inflections share. Short words and words with
// digits stay as they are.
func stem(w string) string {
	if len(w) < 4 {
		return w
	}
	for i := range len(w) {
		if w[i] < 'a' || w[i] > 'z' {
			return w
		}
	}
	return english.Stem(w, false)
}
