package match

import "slices"

// Level is how serious a warning sign is.
type Level int

// The levels, in rising order. Reminder: a sign was named but denied ("no
// numbness"). See: see a professional. Emergency: contact emergency services.
const (
	NoSign Level = iota
	Reminder
	See
	Emergency
)

// Signs looks for warning signs among the terms found in the question: the
// highest level, and the ids of the signs at it, in the order of the file.
func (r *Reading) Signs() (Level, []string) {
	v, e := r.matcher.vocabulary, &r.Evidence
	if v == nil {
		return NoSign, nil
	}
	var (
		highest Level
		ids     []string
		subject = e.Focus != None || v.signsInARow(e) > 1 && !e.OffTopic
	)
	for n := v.firstSign; n < len(v.concepts)-1; n++ {
		sign := &v.concepts[n]
		level := v.level(e, int32(n), subject)
		if level == NoSign || level >= See && !v.partnered(e, sign) {
			continue
		}
		switch {
		case level > Reminder && highest <= Reminder:
			highest, ids = level, []string{sign.ID} // those denied no longer matter
		case level < See && highest >= See:
		default:
			highest, ids = max(highest, level), append(ids, sign.ID)
		}
	}
	return highest, ids
}

// isWarning reports whether a concept is a warning sign.
func (v *Vocabulary) isWarning(concept int32) bool {
	return v.isSign(concept) && v.concepts[concept].Kind != Harmless
}

// signsInARow counts the signs that are named one after the other. Two stand in
// for the subject: "two months of this, ten out of ten".
func (v *Vocabulary) signsInARow(e *Evidence) int {
	n, last, end := 0, int32(-1), 0
	for _, h := range e.Hits {
		if v.isWarning(h.Concept) && h.Concept != last && h.From >= end && !h.Denied {
			n, last, end = n+1, h.Concept, h.To
		}
	}
	return n
}

// partnered reports whether one of the signs that a sign needs beside it is there.
func (v *Vocabulary) partnered(e *Evidence, sign *Concept) bool {
	return len(sign.With) == 0 || slices.ContainsFunc(e.Hits, func(h Hit) bool {
		return v.isWarning(h.Concept) && !h.Denied && slices.Contains(sign.With, v.concepts[h.Concept].ID)
	})
}

// level is how serious the terms found of a sign are, given whether the question
// names the subject.
func (v *Vocabulary) level(e *Evidence, n int32, subject bool) Level {
	sign, level := &v.concepts[n], NoSign
	for _, h := range e.Hits {
		switch {
		case h.Concept != n:
		case h.Denied:
			if sign.Kind == Sign && sign.Beside == "" {
				level = max(level, Reminder)
			}
		case sign.Beside == "subject" && !subject:
		case sign.Emergency:
			level = Emergency
		default:
			level = max(level, See)
		}
	}
	return level
}
