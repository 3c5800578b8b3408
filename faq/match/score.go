package match

import (
	"cmp"
	"iter"
	"slices"
)

// Reason is a part of a score.
type Reason struct {
	Feature *Feature // nil for a reason with a Name
	Name    string
	Points  float64
	Shared  bool // all entries have it in common
}

// The points of an entry that is known by its wordings alone. They were chosen on the
// FAQs of six public bots, a third of whose wordings were kept back as questions, and
// so that the two FAQs in faq/testdata hold their floors; seven other bots tried them.
const (
	overlapBase  = -12.85
	dicePoints   = 9
	recallPoints = 11
	letterPoints = 5

	// A question whose words together weigh less than minQueryWeight says so
	// little ("what time is it") that it needs to agree the more.
	minQueryWeight = 0.75
	vaguePenalty   = 2

	// sameDice is from where on a question counts as one of the entry's own
	// wordings, and sameScore what that is worth whatever else the question holds. It
	// is worth a point more for a phrasing word for word, two for a title, and three for
	// a wording that was taught.
	sameDice  = 0.95
	sameScore = 12
)

// same is the score of an entry for a wording of its own, with the name of the reason;
// 0 if the question is none.
func (o *Overlap) same() (score float64, name string) {
	switch {
	case o.Exact == Title:
		name = "its title, word for word"
	case o.Exact == Taught, o.Dice >= sameDice && o.Taught:
		name = "a taught wording"
	case o.Exact == Phrasing, o.Dice >= sameDice:
		name = "one of its own wordings"
	default:
		return 0, ""
	}
	return sameScore + float64(o.Exact), name
}

// level names what makes up the score of the first of those that are level.
const level = "leads those level with it"

// Match is an entry that answers a question, by its number, with its score: the
// log of the odds that it is a right answer.
type Match struct {
	Entry   int
	Score   float64
	overlap Overlap
	tie     float64 // what made it level with a better one that is interchangeable
}

// weighed is a feature of a question that has points, by its row.
type weighed struct {
	row    int32
	weight float32
}

// weigh finds the features of the question that have points.
func (r *Reading) weigh() {
	p := r.matcher.points
	r.features = r.features[:0]
	r.listed.empty(len(p.list))
	if len(r.place) < len(p.list) {
		r.place = make([]int32, len(p.list))
	}
	add := func(k FeatureKind, a, b int32, weight float32) {
		row, ok := p.rows[number(k, a, b)]
		switch {
		case !ok || weight == 0:
		case r.listed.has(row):
			x := &r.features[r.place[row]]
			x.weight = max(x.weight, weight)
		default:
			r.listed.add(row)
			r.place[row] = int32(len(r.features))
			r.features = append(r.features, weighed{row, weight})
		}
	}
	eachFeature(r, asNumbers{p, r.matcher.concepts}, add)
	add(Unseen, 0, 0, r.unseen(p))
}

// Reasons are the parts that the score of a match is the sum of.
func (r *Reading) Reasons(m Match) iter.Seq[Reason] {
	return func(yield func(Reason) bool) {
		sum, ok := 0.0, true
		add := func(reason Reason) {
			if ok && reason.Points != 0 {
				sum += reason.Points
				ok = yield(reason)
			}
		}
		if column := r.matcher.column(m.Entry); column > 0 {
			p := r.matcher.points
			for _, x := range r.features {
				row := p.row(x.row)
				add(Reason{Feature: &p.list[x.row], Points: float64(x.weight * row[0]), Shared: true})
				add(Reason{Feature: &p.list[x.row], Points: float64(x.weight * row[column])})
			}
		}
		r.overlapReasons(m, sum, add)
	}
}

// sum is the sum of the reasons for each entry that points were learned for, but for
// those of overlap: by column, in 0 what all have in common. It adds the points of
// all entries at once, since a question has some sixty features.
func (r *Reading) sum() []float32 {
	p := r.matcher.points
	width := len(p.Entries) + 1
	r.sums = zeroed(r.sums, width)
	for _, x := range r.features {
		for i, points := range p.row(x.row)[:width] {
			r.sums[i] += x.weight * points
		}
	}
	return r.sums
}

// overlapReasons are those that say how like its wordings the question is. Sum is
// that of the other reasons for the match.
func (r *Reading) overlapReasons(m Match, sum float64, add func(Reason)) {
	reason := func(x Reason) {
		sum += x.Points
		add(x)
	}
	p := r.matcher.points
	if column := r.matcher.column(m.Entry); column == 0 {
		m.overlap.reasons(reason)
	} else if p.closeness >= 0 {
		row := p.row(p.closeness)
		reason(Reason{Feature: &p.list[p.closeness], Points: float64(m.overlap.Dice) * float64(row[0]+row[column])})
	}
	if score, name := m.overlap.same(); score > 0 {
		add(Reason{Name: name, Points: score - sum})
	}
	add(Reason{Name: level, Points: m.tie})
}

// reasons are those of an entry that is known by its wordings alone.
func (o *Overlap) reasons(add func(Reason)) {
	add(Reason{Name: "base", Points: overlapBase})
	add(Reason{Name: "words shared with a wording", Points: dicePoints * float64(o.Dice)})
	add(Reason{Name: "letters shared with its wordings", Points: letterPoints * float64(o.Letters)})
	add(Reason{Name: "words that it has anywhere", Points: recallPoints * float64(o.Recall)})
	if o.Query < minQueryWeight {
		add(Reason{Name: "a question that says little", Points: -vaguePenalty})
	}
}

// score gives every entry its score, best first.
func (r *Reading) score() {
	m := r.matcher
	r.scores = r.scores[:0]
	var sums []float32
	if m.points != nil {
		r.weigh()
		sums = r.sum()
		r.listEntries()
	} else {
		for _, o := range r.search.top() {
			r.search.measure(&o)
			r.scores = append(r.scores, Match{Entry: o.Entry, overlap: o})
		}
	}
	for i := range r.scores {
		x := &r.scores[i]
		if column := m.column(x.Entry); column > 0 {
			x.Score = float64(sums[0]) + float64(sums[column])
		}
		r.overlapReasons(*x, x.Score, func(reason Reason) { x.Score += reason.Points })
	}
	slices.SortStableFunc(r.scores, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
}

// listEntries lists all entries that points were learned for, and of the others
// those with a wording that shares words with the question.
func (r *Reading) listEntries() {
	m := r.matcher
	for entry := range m.entries {
		if m.isLearned(entry) {
			r.scores = append(r.scores, Match{Entry: entry})
		}
	}
	for _, o := range r.search.best {
		if !m.isLearned(o.Entry) {
			r.search.measure(&o)
			r.scores = append(r.scores, Match{Entry: o.Entry, overlap: o})
			continue
		}
		at, _ := slices.BinarySearchFunc(r.scores[:m.learned], o.Entry, func(x Match, entry int) int { return x.Entry - entry })
		r.scores[at].overlap = o
	}
}
