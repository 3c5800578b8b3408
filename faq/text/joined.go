package text

import "strings"

// The longest word that is parted, the longest part of it, and how long it must be
// for words of the set that have three letters: "wanttodie".
const (
	longestJoined = 40
	longestPart   = 14
	longJoined    = 8
)

// splitInTwo appends the two words that a joined word is made of, one of them of
// the set. A short word of another language joins with no English but function words.
func (r *strictReader) splitInTwo(w string) bool {
	cut, longest := 0, 2 // the longer the word of the set, the better: arm stopped, not arms topped
	for i := 1; i < len(w); i++ {
		a, b := w[:i], w[i:]
		n := max(r.weight(a, b), r.weight(b, a))
		if n > longest && r.joins(a, b) && r.joins(b, a) {
			cut, longest = i, n
		}
	}
	if cut == 0 {
		return false
	}
	r.add(w[:cut])
	r.add(w[cut:])
	return true
}

// weight is how many letters of the set w brings to a joined word. A word of three
// counts only beside an everyday word or one of the set: "myarm", but no "spas kms".
func (s *Spellings) weight(w, other string) int {
	_, everyday := language().words[other]
	switch {
	case !s.has(w) || s.forms[w].bent && !s.forms[other].foreign || len(w) < 4 && !everyday && !s.has(other):
		return 0
	case len(w) >= 4 && s.forms[w].foreign && !s.forms[other].foreign:
		return len(w) / 2 // rather two words of English
	}
	return len(w)
}

// joins reports whether w is a word that may be written together with another.
func (s *Spellings) joins(w, other string) bool {
	if _, plain := language().words[w]; plain {
		return len(w) > 1 || w == "i" || w == "a"
	}
	switch {
	case s.forms[w].bent && !IsWord(w):
		return s.forms[other].foreign && !s.forms[other].bent
	case len(w) >= 4:
		return s.knows(w)
	case len(w) < 2 || !s.has(w):
		return false
	case s.forms[w].foreign:
		return s.forms[other].foreign || language().words[other].class == Function && IsWord(other)
	}
	return true
}

// split appends the words that a joined word is made of, as few as possible: plain
// words, long English ones and words of the set, one of the set at least.
func (r *strictReader) split(w string) bool {
	if len(w) < 5 || len(w) > longestJoined {
		return false
	}
	// pieces[i] is the least number of words that w[:i] is made of, and from[i]
	// where the last of them begins.
	var pieces, from [longestJoined + 1]uint8
	var ours [longestJoined + 1]bool
	const none = 255
	for i := 1; i <= len(w); i++ {
		pieces[i] = none
	}
	for i := 0; i < len(w); i++ {
		if pieces[i] == none {
			continue
		}
		for j := i + 1; j <= min(len(w), i+longestPart); j++ {
			part := w[i:j]
			known := r.has(part) && !r.forms[part].bent
			if _, plain := language().words[part]; plain && j-i == 1 && part != "i" && part != "a" {
				continue
			} else if !plain && !(known && (j-i >= 4 || j-i == 3 && len(w) >= longJoined && !r.forms[part].foreign)) && !(j-i >= 5 && IsEnglish(part)) {
				continue
			}
			mine := ours[i] || known && j-i >= 3
			if n := pieces[i] + 1; n < pieces[j] || n == pieces[j] && mine && !ours[j] {
				pieces[j], from[j], ours[j] = n, uint8(i), mine
			}
		}
	}
	if pieces[len(w)] == none || !ours[len(w)] {
		return false
	}
	var cuts [longestJoined]uint8
	n := 0
	for i := uint8(len(w)); i > 0; i = from[i] {
		cuts[n] = i
		n++
	}
	for start := uint8(0); n > 0; n-- {
		r.add(w[start:cuts[n-1]])
		start = cuts[n-1]
	}
	return true
}

// splitDigits appends the words and numbers that a token is made of: "10ibuprofen",
// "itook12pills". It appends nothing where the letters are no words ("b12").
func (r *strictReader) splitDigits(w string) bool {
	i := strings.IndexAny(w, "0123456789")
	if i < 0 {
		return false
	}
	before := len(r.to)
	if i > 0 {
		if word := w[:i]; i > 1 && r.knows(word) {
			r.add(word)
		} else if !r.splitInTwo(word) && !r.split(word) {
			return false
		}
		r.read(w[i:])
		return true
	}
	for i < len(w) && (isDigit(w[i]) || w[i] == '.' || w[i] == '/') {
		i++
	}
	if i == len(w) || !isDigit(w[i-1]) {
		return false
	}
	r.add(w[:i])
	if rest := w[i:]; rest[0] == 'x' && len(rest) > 1 && isDigit(rest[1]) { // "12x400mg"
		r.add("x")
		r.read(rest[1:])
	} else if r.isWord(rest) {
		r.read(rest)
	} else if !r.splitInTwo(rest) && !r.split(rest) && !r.splitDigits(rest) {
		r.to = r.to[:before]
		return false
	}
	return true
}
