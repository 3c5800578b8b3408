package text

import (
	_ "embed"
	"sort"
	"strings"
	"sync"

	"github.com/kljensen/snowball/english"
)

// The word lists of English, which are the same for every FAQ.
var (
	//go:embed plain.txt
	plainFile string
	//go:embed same.txt
	sameFile string
	//go:embed english.txt
	englishFile string
)

// Class tells how much a word says of the subject of a question.
type Class uint8

// The classes, from most to least.
const (
	Content  Class = iota // a word that not every question could hold
	Common                // has a meaning, but fits any subject
	Function              // holds sentences together
)

// Role is the part that a word plays in a sentence, whatever the subject. A word
// may have several.
type Role uint16

// The roles, each a section of plain.txt but for Digits.
const (
	Filler      Role = 1 << iota // may stand between the words of a term
	Number                       // counts as a number, digits included
	Digits                       // begins and ends with a digit
	Conjunction                  // joins what is said twice: "and"
	Lead                         // a question names its subject after it
	Qualifier                    // may stand between a Lead and the subject
)

// plainWord is a word of plain.txt, which is known whatever a FAQ holds.
type plainWord struct {
	class Class
	root  string
}

// languageData is what is known of English.
type languageData struct {
	words    map[string]plainWord // plain words as listed
	stems    map[string]Class     // and by their stems
	roles    map[string]Role      //
	joined   map[[2]string]string // two words in a row -> what the second is read as
	synonyms map[string]string    // stem -> the stem that stands for it
	known    string               // sorted lines of English words
	typos    deletionIndex        // over the plain words
}

// sections gives the role or roles of the words of a section of plain.txt.
var sections = map[string]Role{
	"filler": Filler, "numbers": Number, "conjunction": Conjunction, "lead": Lead, "qualifier": Qualifier,
}

// language reads the embedded lists once; nothing changes them afterwards.
var language = sync.OnceValue(func() *languageData {
	l := &languageData{words: make(map[string]plainWord, 2048), stems: make(map[string]Class, 2048), roles: map[string]Role{},
		joined: map[[2]string]string{}, synonyms: map[string]string{}}
	section := ""
	for line := range strings.Lines(plainFile) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSuffix(name, "]")
			continue
		}
		if !strings.HasPrefix(line, "#") {
			l.plain(section, strings.Fields(line))
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
			if _, ok := l.synonyms[st]; !ok {
				l.synonyms[st] = first
			}
		}
	}
	_, l.known, _ = strings.Cut(englishFile, "\n\n")
	if !strings.HasSuffix(l.known, "\n") {
		panic("faq/text: the last line of english.txt has no end") // isEnglish relies on it
	}
	return l
})

// plain files a line of a section of plain.txt.
func (l *languageData) plain(section string, words []string) {
	if section == "joined" && len(words) == 3 {
		l.joined[[2]string{words[0], words[1]}] = words[2]
		return
	}
	class := Common
	if section == "function" {
		class = Function
	}
	for _, w := range words {
		if role, ok := sections[section]; ok {
			l.roles[w] |= role
		} else if _, ok := l.words[w]; !ok {
			l.words[w] = plainWord{class, stem(w)}
			l.stems[stem(w)] = class
			l.typos.add(w)
		}
	}
}

// IsEnglish reports whether a folded word of four letters or more is a common
// word of English, and so no misspelling.
func IsEnglish(w string) bool {
	s := language().known
	i := sort.Search(len(s), func(i int) bool {
		from := strings.LastIndexByte(s[:i], '\n') + 1 // of the line that holds byte i
		to := from + strings.IndexByte(s[from:], '\n')
		return s[from:to] >= w
	})
	return strings.HasPrefix(s[i:], w) && s[i+len(w)] == '\n'
}

// IsWord reports whether a folded spelling is a word of English; short ones only
// if they are plain words.
func IsWord(w string) bool {
	_, plain := language().words[w]
	return plain || len(w) >= 4 && IsEnglish(w)
}

// canonical is the stem that stands for a stem where wordings are compared.
func (l *languageData) canonical(stem string) string {
	if s, ok := l.synonyms[stem]; ok {
		return s
	}
	return stem
}

// class finds how much a word says, by itself or by its stem.
func (l *languageData) class(w, stem string) Class {
	if p, ok := l.words[w]; ok {
		return p.class
	}
	return l.stems[stem] // Content, if it is not there
}

// role is the part that a word plays.
func (l *languageData) role(w string) Role {
	r := l.roles[w]
	if w != "" && isDigit(w[0]) && isDigit(w[len(w)-1]) {
		r |= Digits | Number
	}
	return r
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
