package faq

import (
	"errors"
	"time"
)

// ErrUnavailable is wrapped by an error of the database itself: it is gone,
// slow, full or read-only. The change was refused, or, when the
// time ran out in the middle of saving, may or may not have been saved. Any
// other error of a change is a sentence for the moderator who asked for it.
var ErrUnavailable = errors.New("the database is not available")

// Change is one line of the list of changes that moderators made to a server.
type Change struct {
	Number int64 // counts a server's changes from 1; see [Document.Undo]
	At     time.Time
	Actor  string // the moderator's Discord id
	What   string
}

// ShownChanges is how many of the last changes moderators are shown.
const ShownChanges = 10

// RareWord is how many unanswered questions must have held a word of the
// vocabulary before moderators are shown it, so that no word points to a person.
const RareWord = 5

// Stats is what was asked on one server over a span of days. It holds neither
// text nor people.
type Stats struct {
	Total   Sums
	Days    []DaySums    // one for each day of the span, oldest first
	Sources []SourceSums // most used first
	// Entries are those that were answered with or voted on, most answered
	// first. An id may be of an entry that is gone.
	Entries []EntrySums
	// Levels are how often a warning of a level was shown, most urgent first.
	Levels []LevelSum
	// Words are vocabulary words that at least RareWord unanswered questions
	// held, most frequent first.
	Words []WordSum
}

// Sums counts questions by what came of them.
type Sums struct{ Answered, Suggested, Unknown, Helpful, Unhelpful int64 }

// Questions is how many questions there were.
func (s Sums) Questions() int64 { return s.Answered + s.Suggested + s.Unknown }

// DaySums are the sums of one day, which begins at Day, in UTC.
type DaySums struct {
	Day time.Time
	Sums
}

// LevelSum is how many questions were shown a warning of a level.
type LevelSum struct {
	Level     Level
	Questions int64
}

// SourceSums are the sums of one way of asking; nobody votes on a way.
type SourceSums struct {
	Source Source
	Sums
}

// EntrySums are the sums of one entry: answered, helpful and unhelpful.
type EntrySums struct {
	Entry string
	Sums
}

// WordSum is how many unanswered questions held a word.
type WordSum struct {
	Word      string
	Questions int64
}
