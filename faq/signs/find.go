package signs

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"backfaq/faq/text"
)

// MostRead is how many code points of a text are read: all that Discord lets a
// person send.
const MostRead = 4000

// gapInPart is how many small words may stand between two words of a part, and
// longestFind how many words, small ones included, a part of six words takes up.
const (
	gapInPart   = 3
	longestFind = 6 + 5*gapInPart
)

// gaps are how many words may stand between two parts of a way, by their joint, and
// sentences how many sentences apart they may be.
var (
	gaps      = [...]int32{meets: 7, follows: 7, next: 2, near: 40, story: 90}
	sentences = [...]int{near: 1, story: 4}
)

// find is a part found in words[from:to].
type find struct{ part, from, to int32 }

// reading is one text being looked at. It is used again for the next.
type reading struct {
	set      *Set
	words    []text.Word
	statuses text.Statuses
	symbols  []int32 // of all words, one after the other
	at       []int32 // where those of a word begin; one more than words
	finds    []find
	byPart   [][]int32 // finds of each part, in their order
	touched  []int32
	rowState []state
	used     [mostParts]find
}

// state is what is known of a row so far.
type state uint8

const (
	absent state = iota
	denied
	present
)

var readings = sync.Pool{New: func() any { return new(reading) }}

// In looks for signs in a text. Its first [MostRead] code points are read, all of
// them with the same care, in time linear in their number.
func (s *Set) In(question string) Result {
	if s == nil || len(s.rows) == 0 {
		return Result{}
	}
	r := readings.Get().(*reading)
	defer readings.Put(r)
	r.read(s, question)
	r.spot()
	if len(r.finds) == 0 {
		return Result{}
	}
	r.file()
	r.doses()
	r.statuses.Read(r.words)
	r.judge()
	return r.result()
}

var (
	link  = regexp.MustCompile(`https?://[^\s<>]+`)
	block = regexp.MustCompile("(?s)```.*?```") // of code
)

// withoutLinks is a text without links and blocks of code. One that is nothing but a
// block is no program: somebody wrote it so.
func withoutLinks(s string) string {
	if strings.Contains(s, "://") {
		s = link.ReplaceAllString(s, " ")
	}
	if strings.Contains(s, "```") {
		if rest := block.ReplaceAllString(s, " "); strings.TrimSpace(rest) != "" {
			return rest
		}
	}
	return s
}

// symbolsOf are the symbols that a spelling stands for.
func (s *Set) symbolsOf(spelling string) []int32 {
	if n := s.spellings.Number(spelling); n < len(s.symbols) {
		return s.symbols[n]
	}
	return nil
}

func (r *reading) read(s *Set, question string) {
	r.set = s
	r.words = s.spellings.Read(r.words[:0], withoutLinks(question), MostRead)
	r.symbols, r.at, r.finds = r.symbols[:0], r.at[:0], r.finds[:0]
	for i := range r.words {
		w := &r.words[i]
		r.at = append(r.at, int32(len(r.symbols)))
		r.symbols = append(r.symbols, s.symbolsOf(w.Read)...)
		if n, ok := number(w.Read); ok {
			for k, x := range s.ranges {
				if x.from <= n && n <= x.to && !r.noCount(i) {
					r.symbols = append(r.symbols, -1-int32(k))
				}
			}
		}
	}
	r.at = append(r.at, int32(len(r.symbols)))
}

// spot finds the parts, in the order of their first words.
func (r *reading) spot() {
	for i := range r.words {
		r.walk(0, int32(i), int32(i))
	}
}

// walk follows the trie from a node along the words from at on.
func (r *reading) walk(node, from, at int32) {
	for skipped := 0; ; skipped++ {
		for _, sym := range r.symbols[r.at[at]:r.at[at+1]] {
			next, ok := r.set.trie[edge{node, sym}]
			if !ok {
				continue
			}
			for _, part := range r.set.ends[next] {
				r.finds = append(r.finds, find{part, from, at + 1})
			}
			if r.sameClause(at, at+1) {
				r.walk(next, from, at+1)
			}
		}
		if node == 0 || skipped == gapInPart || !r.small(at) || !r.sameClause(at, at+1) {
			return
		}
		at++
	}
}

// small reports whether a word may stand between the words of a part.
func (r *reading) small(at int32) bool {
	return r.words[at].Is(text.Filler) || r.set.small[r.words[at].Read]
}

func (r *reading) sameClause(a, b int32) bool {
	return int(b) < len(r.words) && r.words[a].Clause == r.words[b].Clause
}

// file sorts the finds by their parts.
func (r *reading) file() {
	if len(r.byPart) < int(r.set.parts) {
		r.byPart = make([][]int32, r.set.parts)
		r.touched = r.touched[:0]
	}
	for _, p := range r.touched {
		r.byPart[p] = r.byPart[p][:0]
	}
	r.touched = r.touched[:0]
	for i, f := range r.finds {
		if len(r.byPart[f.part]) == 0 {
			r.touched = append(r.touched, f.part)
		}
		r.byPart[f.part] = append(r.byPart[f.part], int32(i))
	}
}

// judge finds the state of each row.
func (r *reading) judge() {
	r.rowState = slices.Grow(r.rowState[:0], len(r.set.rows))[:len(r.set.rows)]
	clear(r.rowState)
	for _, p := range r.touched {
		for _, n := range r.set.first[p] {
			w := &r.set.ways[n]
			row := &r.set.rows[w.row]
			if r.rowState[w.row] == present || !r.fits(row) || !r.complete(w) {
				continue
			}
			for _, f := range r.byPart[p] {
				r.used[0] = r.finds[f]
				if r.join(w, row, 1); r.rowState[w.row] == present {
					break
				}
			}
		}
	}
}

// complete reports whether all parts of a way were found anywhere.
func (r *reading) complete(w *way) bool {
	for _, p := range w.parts {
		if len(r.byPart[p]) == 0 {
			return false
		}
	}
	return true
}

// fits reports whether the text holds what a row wants beside it, and nothing
// that it does not want.
func (r *reading) fits(row *row) bool {
	found := func(p int32) bool { return len(r.byPart[p]) > 0 }
	return (len(row.beside) == 0 || slices.ContainsFunc(row.beside, found)) && !slices.ContainsFunc(row.unless, found)
}

// join looks for the parts of a way from the k-th on near those before it.
func (r *reading) join(w *way, row *row, k int) {
	if k == len(w.parts) {
		r.weigh(w, row)
		return
	}
	last, reach := r.used[k-1], gaps[w.joints[k-1]]
	list := r.byPart[w.parts[k]]
	begin, _ := slices.BinarySearchFunc(list, last.from-reach-longestFind, func(i, from int32) int { return int(r.finds[i].from - from) })
	for _, i := range list[begin:] {
		f := r.finds[i]
		if f.from > last.to+reach {
			return
		}
		if f.from < last.to && last.from < f.to || f.to+reach < last.from || !r.joined(w.joints[k-1], last, f) {
			continue
		}
		r.used[k] = f
		if r.join(w, row, k+1); r.rowState[w.row] == present {
			return
		}
	}
}

// joined reports whether two parts stand as a joint asks.
func (r *reading) joined(j joint, a, b find) bool {
	ca, cb := r.words[a.from].Clause, r.words[b.from].Clause
	switch j {
	case follows:
		return ca == cb && a.to <= b.from
	case next:
		return ca == cb && a.to <= b.from && r.allSmall(a.to, b.from)
	case near, story:
		sa, sb := r.words[a.from].Sentence, r.words[b.from].Sentence
		return max(sa, sb)-min(sa, sb) <= sentences[j]
	}
	return ca == cb
}

func (r *reading) allSmall(from, to int32) bool {
	for ; from < to; from++ {
		if !r.small(from) {
			return false
		}
	}
	return true
}

// weigh finds out whether a sign that is told of counts.
func (r *reading) weigh(w *way, row *row) {
	used := r.used[:len(w.parts)]
	another := func(part int32) bool { return r.covered(used, part) }
	if slices.ContainsFunc(row.never, another) || slices.ContainsFunc(r.set.never[row.file], another) {
		return
	}
	var all text.Status
	for _, f := range used {
		own := func(cue int) bool {
			return slices.ContainsFunc(used, func(u find) bool { return int(u.from) <= cue && cue < int(u.to) })
		}
		st := r.statuses.Under(int(f.from), own)
		if f.to-f.from > 1 {
			st |= r.statuses.Under(int(f.to-1), own) & text.Denied
		}
		all |= st
	}
	if row.past {
		all &^= text.Past
	}
	if row.level >= Poison {
		all &^= text.Unrelated
	}
	const joke = text.Figurative | text.Laughing
	if row.level == Poison {
		all &^= text.Laughing
	}
	if all&joke != 0 && r.complains(used) {
		all &^= joke
	}
	switch {
	case all == 0:
		r.rowState[w.row] = present
	case all == text.Denied && row.level > Caution && !w.across():
		r.rowState[w.row] = max(r.rowState[w.row], denied)
	}
}

// covered reports whether a phrase that means something else shares a word with a
// part of the way.
func (r *reading) covered(used []find, never int32) bool {
	return slices.ContainsFunc(r.byPart[never], func(i int32) bool {
		n := r.finds[i]
		return slices.ContainsFunc(used, func(u find) bool { return n.from < u.to && u.from < n.to })
	})
}

// complains reports whether a complaint of the body beside the sign itself is
// named in its sentence or the next: then a joke is no reason to overhear it.
func (r *reading) complains(used []find) bool {
	if r.set.complaint < 0 {
		return false
	}
	at := r.words[used[0].from].Sentence
	for _, i := range r.byPart[r.set.complaint] {
		c := r.finds[i]
		if s := r.words[c.from].Sentence; s < at-1 || s > at+1 {
			continue
		}
		if !slices.ContainsFunc(used, func(u find) bool { return c.from < u.to && u.from < c.to }) {
			return true
		}
	}
	return false
}
