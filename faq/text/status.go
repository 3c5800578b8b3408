package text

import "slices"

// Status says what the words around a word make of it. It follows the ConText
// algorithm of clinical language processing (Harkema, Chapman and others, 2009):
// a trigger, its direction, how far it reaches, and what ends it. Where the
// words leave room for doubt, a word has no status and so counts.
type Status uint8

// The statuses, which may be combined.
const (
	Denied     Status = 1 << iota // "no numbness", "numb? no"
	Past                          // long ago or over: "numb years ago", "all gone now"
	Unrelated                     // "my brother's arm is numb, other story"
	Figurative                    // beside a film, a game or a joke; whether a complaint stands beside it too is for the caller to see
	Laughing                      // beside "lol": the same, but somebody may laugh at what is so

	statuses = 5
)

// Statuses holds the status of each word of a text. The zero value is ready; it
// may be used again for the next text, by one goroutine at a time.
type Statuses struct {
	of   []Status
	cues [statuses][]int32 // by word: one more than the word that gave it the status
}

// Read finds the status of each word. The work is linear in their number.
func (s *Statuses) Read(words []Word) {
	n := len(words)
	s.of = reset(s.of, n)
	for i := range s.cues {
		s.cues[i] = reset(s.cues[i], n)
	}
	c := contextReader{Statuses: s, words: words}
	for i := 0; i < n; {
		rule, length := triggers().at(words, i)
		if length == 0 {
			i++
			continue
		}
		c.apply(rule, i, i+length)
		i += length
	}
}

// Under is the status of a word, leaving out what cues give it for which own
// reports true: "no feeling" is a complaint of its own and denies nothing in it.
func (s *Statuses) Under(word int, own func(cue int) bool) Status {
	st := s.of[word]
	for k := range s.cues {
		if bit := Status(1) << k; st&bit != 0 && own(int(s.cues[k][word])-1) {
			st &^= bit
		}
	}
	return st
}

func (s *Statuses) mark(status Status, word, cue int) {
	k := 0
	for status>>k != 1 {
		k++
	}
	if s.of[word]&status == 0 {
		s.of[word] |= status
		s.cues[k][word] = int32(cue) + 1
	}
}

func reset[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// contextReader applies triggers to a text.
type contextReader struct {
	*Statuses
	words []Word
}

func (c *contextReader) apply(r rule, from, to int) {
	switch r {
	case deniesThing:
		c.denyThing(from, to)
	case deniesState:
		if !c.cancelled(from, cancelsAny, cancels) && !c.rhetorical(from) {
			c.denyList(from, to, 1)
		}
	case deniesAlone:
		c.denyAsked(from)
	case deniesAll:
		c.before(Denied, from, from)
	case longAgo:
		if c.isOver(from) || !c.goesOnStill(from) {
			c.clause(Past, from)
		}
	case isOver:
		if !c.goesOnAfter(to) {
			c.before(Past, from, from)
		}
	case unrelated:
		c.before(Unrelated, from, from)
		c.clause(Unrelated, from)
	case laughing:
		c.sentence(Laughing, from)
	case figurative:
		c.sentence(Figurative, from)
	}
}

// sameClause and sameSentence report whether a word exists and stands with another.
func (c *contextReader) sameClause(i, as int) bool {
	return i >= 0 && i < len(c.words) && c.words[i].Clause == c.words[as].Clause
}

func (c *contextReader) sameSentence(i, as int) bool {
	return i >= 0 && i < len(c.words) && c.words[i].Sentence == c.words[as].Sentence
}

// farthest is how many words away a cue is looked for, so that a text without
// any full stop costs no more than others.
const farthest = 24

// cancelled reports whether a denial is taken back later in its sentence: "never
// had chest pain until today".
func (c *contextReader) cancelled(from int, by ...rule) bool {
	for i := from + 1; i < from+farthest && c.sameSentence(i, from); i++ {
		if c.cancels(i, by...) && !triggers().vague[c.words[i-1].Read] {
			return true
		}
	}
	return false
}

// cancels reports whether a phrase that takes a status back begins at a word.
func (c *contextReader) cancels(i int, by ...rule) bool {
	return slices.ContainsFunc(triggers().cancels[c.words[i].Read], func(p trigger) bool {
		return slices.Contains(by, p.rule) && begins(c.words[i:], p.words)
	})
}

// rhetorical reports whether a denial opens a question: "isn't numbness a bad sign?"
func (c *contextReader) rhetorical(from int) bool {
	return c.words[from].Asked && !c.sameSentence(from-1, from) && c.words[from].Read != "never"
}

// denyThing denies what follows "no" and its like. "No, my arm is numb" and "no
// my arm is numb" deny nothing.
func (c *contextReader) denyThing(from, to int) {
	if !c.sameClause(to, from) || c.cancelled(from, cancelsAny) || c.words[from].Read == "no" && triggers().goesOn[c.words[to].Read] {
		return
	}
	c.denyList(from, to, 2)
}

// denyList denies the next words that say something, at most so many, as many
// after each "or", and a list of bare items after commas.
func (c *contextReader) denyList(cue, from, most int) {
	const reach = 8 // words without an "or" between them
	t := triggers()
	left, denied, i := most, false, from
	for since := 0; c.sameClause(i, cue) && since < reach; i++ {
		w := c.words[i].Read
		since++
		switch {
		case w == "or" || w == "nor":
			if denied {
				left, since = most, 0
			}
		case t.ends[w]:
			return
		case left == most && t.carries[w]:
		case t.starts(c.words, i):
			return
		case w == "and" || t.goesOn[w]:
			left = 0
		case left > 0:
			c.mark(Denied, i, cue)
			left, denied = left-1, true
		}
	}
	if denied && !c.sameClause(i, cue) {
		c.denyItems(cue, i)
	}
}

// denyItems denies the bare items of a list that goes on after a comma: there are
// three of them at least ("no numbness, tingling, fever"), or the last is joined
// by "or". Of two alone the second may be a complaint: "no fever, chest pain".
func (c *contextReader) denyItems(cue, from int) {
	items, closed, i := 0, false, from
	for c.sameSentence(i, cue) && items < 12 && !closed {
		start, bare := i, true
		for ; c.sameClause(i, start); i++ {
			w := c.words[i].Read
			if w == "or" || w == "nor" {
				closed = true
			}
			bare = bare && !triggers().goesOn[w] && !triggers().ends[w] && !triggers().starts(c.words, i)
		}
		if !bare && !closed || i-start > 4 && !closed {
			i = start
			break
		}
		items++
		if closed {
			i = min(i, start+5)
		}
	}
	if !closed && items < 2 {
		return
	}
	for j := from; j < i; j++ {
		if triggers().ends[c.words[j].Read] {
			return
		}
		c.mark(Denied, j, cue)
	}
}

// denyAsked denies what an answer of one word answers: the clauses before it in
// its sentence, or the question before it.
func (c *contextReader) denyAsked(at int) {
	i := at - 1
	if c.sameSentence(i, at) {
		for ; c.sameSentence(i, at) && at-i < farthest; i-- {
			c.mark(Denied, i, at)
		}
		return
	}
	if i >= 0 && c.words[i].Asked && !c.words[at].Asked {
		for last := i; c.sameSentence(i, last) && at-i < farthest; i-- {
			c.mark(Denied, i, at)
		}
	}
}

// before gives a status to the words before a cue in its clause. Where none are
// but "it is", the clause before is meant, or the short sentence before.
func (c *contextReader) before(s Status, cue, at int) {
	i, named := at-1, false
	for ; c.sameClause(i, at); i-- {
		c.mark(s, i, cue)
		named = named || !triggers().goesOn[c.words[i].Read] && c.words[i].Read != "all" && c.words[i].Read != "thats"
	}
	if named || i < 0 || c.words[at].Sentence-c.words[i].Sentence > 1 {
		return
	}
	for last := i; c.sameClause(i, last) && last-i < farthest; i-- {
		c.mark(s, i, cue)
	}
}

func (c *contextReader) clause(s Status, cue int) {
	for i := cue; c.sameClause(i, cue) && cue-i < farthest; i-- {
		c.mark(s, i, cue)
	}
	for i := cue + 1; c.sameClause(i, cue) && i-cue < farthest; i++ {
		c.mark(s, i, cue)
	}
}

// sentence gives a status to the sentence of a cue, up to where it turns from a
// film to the person, and to the one before where the cue stands alone in it.
func (c *contextReader) sentence(s Status, cue int) {
	turns := func(i int) bool { return s == Figurative && c.cancels(i, cancelsFigurative) }
	i := cue
	for ; c.sameSentence(i, cue) && cue-i < 2*farthest && !turns(i); i-- {
		c.mark(s, i, cue)
	}
	if i >= 0 && i == cue-1 && c.words[i].Sentence == c.words[cue].Sentence-1 {
		for last := i; c.sameSentence(i, last) && last-i < farthest; i-- {
			c.mark(s, i, cue)
		}
	}
	for i := cue + 1; c.sameSentence(i, cue) && i-cue < 2*farthest && !turns(i); i++ {
		c.mark(s, i, cue)
	}
}

// isOver reports whether the sentence says after a cue that it is all over.
func (c *contextReader) isOver(cue int) bool {
	for i := cue + 1; c.sameSentence(i, cue) && i-cue < farthest; i++ {
		if r, _ := triggers().at(c.words, i); r == isOver {
			return true
		}
	}
	return false
}

// goesOnStill reports whether the sentence of a cue says that it is not past.
func (c *contextReader) goesOnStill(cue int) bool {
	for i := cue - 1; c.sameSentence(i, cue) && cue-i < farthest; i-- {
		if triggers().still[c.words[i].Read] {
			return true
		}
	}
	return c.goesOnAfter(cue)
}

func (c *contextReader) goesOnAfter(at int) bool {
	for i := at; c.sameSentence(i, max(at-1, 0)) && i-at < farthest; i++ {
		if triggers().still[c.words[i].Read] {
			return true
		}
	}
	return false
}
