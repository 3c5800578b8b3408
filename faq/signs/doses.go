package signs

import (
	"slices"
	"strings"
)

// Doses are told in numbers as often as in words: "supposed to be one every eight
// hours, had six since lunch". Arithmetic on the numbers of a text finds two parts
// that ways may use as they use lists:
//
//	<over-plan>  a number was taken that is more than the text itself says is allowed
//	<over-day>   a number was taken that is more than a day's, whatever it says
//
// It reads the numbers by the lists of the file that bear these names.
const (
	medicine = iota // "ibuprofen", "tablet"
	plan            // says that a number is allowed: "max", "supposed to"
	intake          // says that a number was taken: "had", "popped", "im on"
	soFar           // says what was reached, by day or by habit: "im on"
	asks            // says that a number is asked about: "can i"
	every           // stands before a number of hours
	hours           //
	daily           // stands after a number in a day: "a day"
	counted         // may stand after a number of tablets that are not named: "since"
	overPlan
	overDay
	doseParts
)

var dosePartNames = [doseParts]string{"medicine", "dose-allowed", "dose-taken", "dose-so-far", "dose-asked", "dose-every",
	"dose-hours", "dose-daily", "dose-counted", "over-plan", "over-day"}

// Limits where a text names none: tablets in a day, also where they are told by
// the hour, and milligrams of a medicine that [File.Most] does not have.
const (
	mostTablets = 8
	mostHourly  = 12
	mostMg      = 4000
)

// leastStrength is from where on a number without a unit is one of milligrams.
const leastStrength = 100

// amount is a number of tablets or milligrams in a text, in words[from:to].
type amount struct {
	from, to  int32
	count, mg float64 // mg is 0 where no strength is told
	most      float64 // mg in a day of the medicine
	hourly    bool    // the count is reckoned from hours
	of        string  // the medicine as it is named, if it is
	cue       int     // plan, intake, soFar or asks; -1 if nothing says
}

// doses finds the two parts.
func (r *reading) doses() {
	if len(r.found(intake))+len(r.found(soFar))+len(r.found(every)) == 0 || len(r.found(medicine)) == 0 && len(r.found(plan)) == 0 {
		return
	}
	var amounts [40]amount
	list := r.amounts(amounts[:0])
	total := 0.0
	for _, a := range list {
		exceeds := func(p amount) bool {
			return p.cue == plan && r.nearby(a, p) && (a.of == "" || p.of == "" || a.of == p.of) && (a.count > p.count && p.count > 0 || a.mg > p.mg && p.mg > 0)
		}
		taken := a.cue == intake
		switch {
		case a.cue == plan || a.cue == asks:
		case (taken || a.cue == soFar) && slices.ContainsFunc(list, exceeds):
			r.add(overPlan, a)
		case a.hourly && a.of != "" && a.count > mostHourly, (taken || a.of != "") && a.mg > a.most:
			r.add(overDay, a)
		case taken && !a.hourly && len(r.found(medicine)) > 0:
			if total += a.count; total > mostTablets {
				r.add(overDay, a)
			}
		}
	}
}

// nearby reports whether two amounts are at most two sentences apart.
func (r *reading) nearby(a, b amount) bool {
	d := r.words[a.from].Sentence - r.words[b.from].Sentence
	return -2 <= d && d <= 2
}

// found is the finds of a list, by their places in r.finds.
func (r *reading) found(list int) []int32 { return r.byPart[r.set.doses[list]] }

func (r *reading) add(part int, a amount) {
	p := r.set.doses[part]
	if len(r.byPart[p]) == 0 {
		r.touched = append(r.touched, p)
	}
	r.byPart[p] = append(r.byPart[p], int32(len(r.finds)))
	r.finds = append(r.finds, find{p, a.from, a.to})
}

// end is where the find of a list ends that begins at a word or, of the next few in
// its clause, at one; 0 if there is none.
func (r *reading) end(list int, at, few int32) int32 {
	finds := r.found(list)
	i, _ := slices.BinarySearchFunc(finds, at, func(i, at int32) int { return int(r.finds[i].from - at) })
	if i == len(finds) || r.finds[finds[i]].from > at+few || !r.sameClause(at, r.finds[finds[i]].from) {
		return 0
	}
	return r.finds[finds[i]].to
}

func (r *reading) amounts(list []amount) []amount {
	for i := int32(0); i < int32(len(r.words)) && len(list) < cap(list); {
		a, ok := r.amount(i)
		if !ok {
			i++
			continue
		}
		a.cue = r.cue(a)
		list = append(list, a)
		i = a.to
	}
	return list
}

// cue is the list of the last words before an amount in its sentence that say whether
// it is allowed, taken or asked about, or of those right behind it ("8 a day max").
func (r *reading) cue(a amount) int {
	cue, last := -1, int32(-1)
	for _, list := range [...]int{plan, intake, soFar, asks} {
		finds := r.found(list)
		i, _ := slices.BinarySearchFunc(finds, a.from, func(i, at int32) int { return int(r.finds[i].from - at) })
		if i == 0 {
			continue
		}
		if f := r.finds[finds[i-1]]; f.from > last && r.words[f.from].Sentence == r.words[a.from].Sentence {
			cue, last = list, f.from
		}
	}
	if r.sameClause(a.from, a.to) && r.end(plan, a.to, 1) > 0 {
		return plan
	}
	return cue
}

// amount reads the amount that begins at a word: "12 x 400 mg", "5 800s", "one
// tablet every six hours", "every 8h", "3 a day".
func (r *reading) amount(i int32) (amount, bool) {
	a := amount{from: i, to: i, count: 1, most: r.mostOf(i)}
	if r.end(every, i, 0) > 0 {
		ok := r.frequency(&a)
		return a, ok
	}
	v, unit, next := r.quantity(i)
	if unit == noAmount || unit == ofHours || i > 0 && beforeClock[r.words[i-1].Read] {
		return a, false
	}
	a.count, a.to = v, next
	switch {
	case unit == ofStrength, unit == ofTablets && v >= leastStrength && r.behindMedicine(i): // "ibuprofen 400"
		a.count, a.mg = 0, v
	default:
		r.strength(&a, r.skipSmall(next))
	}
	if to := r.end(medicine, a.to, 3); to > 0 {
		a.of, a.to = r.words[to-1].Read, to
		a.most = r.mostOf(to)
		if a.mg == 0 && r.sameClause(i, to) {
			r.strength(&a, to) // "2 ibuprofen 400"
		}
	}
	often := r.frequency(&a)
	return a, often || a.of != "" || a.mg > 0 || !r.sameClause(i, a.to) || r.end(counted, a.to, 0) > 0
}

// strength reads how strong the tablets of an amount are.
func (r *reading) strength(a *amount, at int32) {
	if mg, unit, to := r.quantity(at); unit == ofStrength || unit == ofTablets && mg >= leastStrength {
		a.mg, a.to = a.count*mg, to
	}
}

// behindMedicine reports whether a medicine is named right before a word of its clause.
func (r *reading) behindMedicine(at int32) bool {
	return at > 0 && r.sameClause(at-1, at) && slices.ContainsFunc(r.found(medicine), func(i int32) bool { return r.finds[i].to == at })
}

// mostOf is the limit, in milligrams in a day, of the last medicine before a word.
func (r *reading) mostOf(at int32) float64 {
	for i := at - 1; i >= max(0, at-10); i-- {
		if most, ok := r.set.most[r.words[i].Read]; ok {
			return most
		}
	}
	return mostMg
}

// frequency reads what an amount is taken in: "every six hours", "a day".
func (r *reading) frequency(a *amount) bool {
	if to := r.end(daily, a.to, 1); to > 0 {
		a.to = to
		return true
	}
	to := r.end(every, a.to, 2)
	if to == 0 {
		return false
	}
	v, unit, next := r.quantity(to)
	switch {
	case unit == ofHours, unit == ofTablets && v <= 12: // "every eight hours"; "it has been one every two"
	case r.end(hours, to, 0) > 0: // "every hour"
		v, next = 1, to+1
	default:
		return false
	}
	a.count, a.to, a.hourly = a.count*24/max(v, 1), next, true
	return true
}

// unit is what a number counts.
type unit int

const (
	noAmount unit = iota
	ofTablets
	ofStrength // milligrams
	ofHours    // or other things that are no medicine: days, per cent
)

// quantity reads a number and its unit, and where the next word begins: "400mg",
// "400 mg", "8h", "800s", "twelve".
func (r *reading) quantity(i int32) (v float64, u unit, next int32) {
	if int(i) >= len(r.words) {
		return 0, noAmount, i
	}
	w := r.words[i].Read
	v, ok := number(w)
	if !ok || r.noCount(int(i)) {
		return 0, noAmount, i
	}
	suffix, next := strings.TrimLeft(w, "0123456789."), i+1
	if _, word := numberWords[w]; word {
		suffix = ""
	}
	if suffix == "" && r.sameClause(i, next) {
		if _, ok := units[r.words[next].Read]; ok || r.end(hours, next, 0) > 0 {
			suffix, next = r.words[next].Read, next+1
		}
	}
	switch factor, strength := units[suffix]; {
	case strength:
		return v * factor, ofStrength, next
	case suffix == "s" && v >= 20: // "five 800s"
		return v, ofStrength, next
	case suffix == "" || suffix == "x":
		return v, ofTablets, next
	}
	return v, ofHours, next
}

// units of strength, in milligrams.
var units = map[string]float64{"mg": 1, "mgs": 1, "milligram": 1, "milligrams": 1, "g": 1000, "gram": 1000, "grams": 1000, "gramm": 1000, "gramos": 1000}

// beforeClock are words before the time of day.
var beforeClock = map[string]bool{"at": true, "um": true, "las": true, "around": true, "until": true, "till": true}

// noCount reports whether a number is a time of day, minutes or a price by the word
// behind it, alone or in a list: "at 7, 11 and 3 pm".
func (r *reading) noCount(i int) bool {
	const most = 4 // of a list
	i++
	for last := i + 2*most; i < last && i+1 < len(r.words) && (r.words[i].Read == "and" || r.words[i].Read == "or"); i += 2 {
		if _, ok := number(r.words[i+1].Read); !ok {
			return false
		}
	}
	return i < len(r.words) && noCounts[r.words[i].Read]
}

var noCounts = map[string]bool{"am": true, "pm": true, "oclock": true, "uhr": true, "min": true, "mins": true, "minute": true, "minutes": true,
	"minuten": true, "euro": true, "euros": true, "eur": true, "dollar": true, "dollars": true, "bucks": true, "usd": true}

// skipSmall is the first word from at on that is no small one and no "x".
func (r *reading) skipSmall(at int32) int32 {
	for r.sameClause(at, at+1) && (r.small(at) || r.words[at].Read == "x" || r.words[at].Read == "of") {
		at++
	}
	return at
}
