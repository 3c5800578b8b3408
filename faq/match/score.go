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

// An entry that is known by its wordings alone is as likely right as not where
// half of overlapSlope's measure, overlapMidpoint, is reached.
const (
	overlapSlope    = 20
	overlapMidpoint = 0.555
	diceShare       = 0.45 // the rest is recall

	// A question whose words together weigh less than minQueryWeight says so
	// little ("what time is it") that it needs to agree the more.
	minQueryWeight = 0.75
	vaguePenalty   = 0.1

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
	r.place.empty(len(p.list))
	if len(r.at) < len(p.list) {
		r.at = make([]int32, len(p.list))
	}
	add := func(f Feature, weight float32) {
		row, ok := p.rows[f]
		switch {
		case !ok || weight == 0:
		case r.place.has(row):
			x := &r.features[r.at[row]]
			x.weight = max(x.weight, weight)
		default:
			r.place.add(row)
			r.at[row] = int32(len(r.features))
			r.features = append(r.features, weighed{row, weight})
		}
	}
	r.Features(add)
	add(Feature{Kind: Unseen}, r.unseen(p))
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
			r.learnedReasons(m, column, add)
		} else {
			overlapReasons(m.overlap, add)
		}
		if score, name := m.overlap.same(); score > 0 {
			add(Reason{Name: name, Points: score - sum})
		}
		add(Reason{Name: level, Points: m.tie})
	}
}

// learnedReasons are those of an entry that points were learned for, by its column.
func (r *Reading) learnedReasons(m Match, column int, add func(Reason)) {
	p := r.matcher.points
	for _, x := range r.features {
		row := p.row(x.row)
		if row[0] != 0 {
			add(Reason{Feature: &p.list[x.row], Points: float64(x.weight * row[0]), Shared: true})
		}
		if row[column] != 0 {
			add(Reason{Feature: &p.list[x.row], Points: float64(x.weight * row[column])})
		}
	}
	if closeness, ok := p.rows[Feature{Kind: Closeness}]; ok {
		row := p.row(closeness)
		add(Reason{Feature: &p.list[closeness], Points: float64(m.overlap.Dice) * float64(row[0]+row[column])})
	}
}

// overlapReasons are those of an entry that is known by its wordings alone.
func overlapReasons(o Overlap, add func(Reason)) {
	add(Reason{Name: "base", Points: -overlapSlope * overlapMidpoint})
	add(Reason{Name: "words shared with a wording", Points: overlapSlope * diceShare * float64(o.Dice)})
	add(Reason{Name: "words that it has anywhere", Points: overlapSlope * (1 - diceShare) * float64(o.Recall)})
	if o.Query < minQueryWeight {
		add(Reason{Name: "a question that says little", Points: -overlapSlope * vaguePenalty})
	}
}

// score gives every entry its score, best first.
func (r *Reading) score() {
	m := r.matcher
	r.scores = r.scores[:0]
	if m.points != nil {
		r.weigh()
		r.overlapOf(func(entry int) bool { return m.column(entry) > 0 })
	} else {
		for _, o := range r.search.top() {
			r.search.measure(&o)
			r.scores = append(r.scores, Match{Entry: o.Entry, overlap: o})
		}
	}
	for i := range r.scores {
		for reason := range r.Reasons(r.scores[i]) {
			r.scores[i].Score += reason.Points
		}
	}
	slices.SortStableFunc(r.scores, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
}

// overlapOf lists all entries that points were learned for, and of the others
// those with a wording that shares words with the question.
func (r *Reading) overlapOf(learned func(entry int) bool) {
	m := r.matcher
	for entry := range m.entries {
		if learned(entry) {
			r.scores = append(r.scores, Match{Entry: entry})
		}
	}
	for _, o := range r.search.best {
		if !learned(o.Entry) {
			r.search.measure(&o)
			r.scores = append(r.scores, Match{Entry: o.Entry, overlap: o})
			continue
		}
		at, _ := slices.BinarySearchFunc(r.scores[:m.learned], o.Entry, func(x Match, entry int) int { return x.Entry - entry })
		r.scores[at].overlap = o
	}
}
