// Package faq is what the bot knows and what it decides to say. It knows
// nothing of Discord, of databases or of HTTP.
//
// A [Book] is one FAQ, read from YAML and compiled for searching. A [Desk] sits
// in front of it and answers: it looks at the server's settings, decides whether
// the question was for it, looks for warning signs, searches the book and
// gives its verdict. [Desk.Ask] is that path, top to bottom.
package faq

import (
	"backfaq/config"
	"backfaq/faq/text"
)

// MaxQuestion is how many code points of a question are looked at. Whatever is
// longer is cut there, before and after normalising, so that the work for one
// question is bounded.
const MaxQuestion = text.Most

// MaxSuggestions is how many entries a "did you mean" offers.
const MaxSuggestions = 3

// Source is the way a question reached the bot.
type Source string

// The sources there are. Overheard is the one that was not put to the bot.
const (
	FromMention  Source = "mention"
	FromDM       Source = "dm"
	FromSlash    Source = "slash"
	FromMessage  Source = "message" // the message command "Answer from FAQ"
	FromButton   Source = "button"  // a suggestion, a related entry, /topics
	FromShare    Source = "share"   // an answer given privately, now for everyone
	Overheard    Source = "overheard"
	FromTerminal Source = "terminal"
)

// Entry is one curated answer.
type Entry struct {
	ID        string   `yaml:"id" json:"id"`
	Title     string   `yaml:"title" json:"title"`
	Answer    string   `yaml:"answer" json:"answer"`
	Phrasings []string `yaml:"phrasings" json:"phrasings,omitempty"`
	// Parent is the id of the entry whose section this one belongs to.
	Parent string `yaml:"parent" json:"parent,omitempty"`
	// Related lists ids of entries worth reading next.
	Related []string `yaml:"related" json:"related,omitempty"`
	// Own says that the moderators of a server wrote the entry.
	Own bool `yaml:"-" json:"-"`
}

// Taught is a wording that a server's moderators tied to an entry.
type Taught struct {
	Wording string `json:"wording"`
	Entry   string `json:"entry"`
}

// Match is an entry that the search considered, with its score. Scores are
// comparable within one question only, and matches come best first.
type Match struct {
	Entry *Entry
	Score float64
}

// Outcome is the verdict on a question.
type Outcome string

// The verdicts. Warned is for a warning that nothing may stand beside, Talked for
// small talk, which asks nothing.
const (
	Answered  Outcome = "answered"
	Suggested Outcome = "suggested"
	Unknown   Outcome = "unknown"
	Silent    Outcome = "silent"
	Warned    Outcome = "warned"
	Talked    Outcome = "talked"
)

// Reading is what a book makes of a text: the search and the verdict, before
// any server policy.
type Reading struct {
	Outcome Outcome // Answered, Suggested or Unknown
	Second  *Entry  // when Answered: the entry of the other thing that was asked, if two were
	Matches []Match // the best five, best first, also when Unknown
	Warning Warning
	Words   []string // the book's own vocabulary words that the text held
	Why     *Explanation
}

// Options shape one reading. The zero value reads as the shipped defaults do.
type Options struct {
	Strictness config.Strictness // "" is balanced
	Off        []string          // ids of entries that are switched off
	Whole      string            // read for warning signs in place of the question, if set
	About      string            // id of the entry that the question follows upon
	Explain    bool              // fill Reading.Why, which costs time and memory
}
