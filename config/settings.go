package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of what moderators can set. They keep one message of settings within
// Discord's own limits and one server's settings within a few kilobytes.
const (
	MaxChannels     = 25  // ids in one list: as many as a channel select returns
	MaxNote         = 300 // code points of the server's own sentence
	MaxEmergency    = 80  // code points of the local emergency numbers
	MaxCooldown     = 24 * time.Hour
	MaxQuestions    = 60 // questions a person may ask in QuestionWindow
	MaxTaught       = 500
	MaxWording      = 200 // code points of a taught wording
	MaxOwnEntries   = 100
	MaxSwitchedOff  = 100
	QuestionWindow  = 10 * time.Second
	MaxExportBytes  = 256 << 10
	MaxExportRows   = 500
	UndoFor         = 10 * time.Minute // how long a change can be taken back
	RemovedKeepDays = 30               // days a server's rows outlive the bot's removal
	WelcomeFor      = 24 * time.Hour   // how long after it joined a server the bot may still say so
	StatsKeepDays   = 90               // days counters are kept: the longest span shown
)

// Strictness is how sure the bot must be before it answers.
type Strictness string

// The three steps of strictness. Balanced is the default.
const (
	Strict   Strictness = "strict"
	Balanced Strictness = "balanced"
	Lenient  Strictness = "lenient"
)

// ChannelMode says how a server's list of channels is read.
type ChannelMode string

// The three ways to read the list.
const (
	Everywhere ChannelMode = "everywhere" // the list is not looked at
	OnlyThese  ChannelMode = "only"
	AllBut     ChannelMode = "except"
)

// Settings is what the moderators of one Discord server have decided. Start from
// [DefaultSettings]: the bot behaves sensibly before anyone has set anything.
// Ids are Discord's, kept as the strings they are on the wire.
type Settings struct {
	Mode     ChannelMode `json:"channels"`
	Channels []string    `json:"channel_ids,omitempty"`

	// Mentions: whether a mention of the bot, or a reply to it, is a question.
	Mentions bool `json:"mentions"`
	// Private: whether /ask answers only the person who asked, unless they
	// choose otherwise.
	Private bool `json:"private"`

	Strictness Strictness `json:"strictness"`

	// Listen lists the channels in which the bot also answers what was not put
	// to it, when it is sure. It needs the message content intent.
	Listen []string `json:"listen_ids,omitempty"`

	// Cooldown is how long, in seconds on the wire, the bot does not repeat an
	// entry in a channel unasked.
	Cooldown Seconds `json:"cooldown_seconds"`
	// Questions is how many questions a person may ask in QuestionWindow.
	Questions int `json:"questions_per_10s"`

	Off  []string `json:"entries_off,omitempty"`
	Note string   `json:"note,omitempty"`
	// EmergencyNumber is one number or several, with a word before each that is
	// not the general one: "112, poison 19240".
	EmergencyNumber string `json:"emergency_number,omitempty"`
	HelpChannel     string `json:"help_channel_id,omitempty"`
	HelpRole        string `json:"help_role_id,omitempty"`
	ReviewChannel   string `json:"review_channel_id,omitempty"`
}

// Seconds is a duration that is a whole number of seconds in JSON.
type Seconds int64

const maxCooldown = Seconds(MaxCooldown / time.Second)

// Duration is s as Go counts time.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

// DefaultSettings is how the bot behaves on a server nobody has configured, in a
// direct message, and when the database cannot be reached.
func DefaultSettings() Settings {
	return Settings{
		Mode:       Everywhere,
		Mentions:   true,
		Private:    true,
		Strictness: Balanced,
		Cooldown:   600,
		Questions:  5,
	}
}

// Clone returns a copy that shares no memory with s.
func (s Settings) Clone() Settings {
	s.Channels = slices.Clone(s.Channels)
	s.Listen = slices.Clone(s.Listen)
	s.Off = slices.Clone(s.Off)
	return s
}

// Reason is why something that a moderator wrote is refused. Sentence is English, with
// the verbs of fmt for Args; bot/discord says it in the moderator's language. Errors of
// other types are read in English.
type Reason struct {
	Sentence string
	Args     []any
}

// Refuse is a [Reason].
func Refuse(sentence string, args ...any) error { return Reason{sentence, args} }

func (r Reason) Error() string { return fmt.Sprintf(r.Sentence, r.Args...) }

// Validate reports the first value that is out of its limits, in a sentence a
// moderator can act on.
func (s Settings) Validate() error {
	switch s.Mode {
	case Everywhere, OnlyThese, AllBut:
	default:
		return fmt.Errorf("channels is %q: use everywhere, only or except", s.Mode)
	}
	switch s.Strictness {
	case Strict, Balanced, Lenient:
	default:
		return fmt.Errorf("strictness is %q: use strict, balanced or lenient", s.Strictness)
	}
	for _, l := range []struct {
		name string
		ids  []string
		max  int
	}{{"channel_ids", s.Channels, MaxChannels}, {"listen_ids", s.Listen, MaxChannels}} {
		if len(l.ids) > l.max {
			return fmt.Errorf("%s has %d channels: at most %d", l.name, len(l.ids), l.max)
		}
		for _, id := range l.ids {
			if !IsID(id) {
				return fmt.Errorf("%s: %q is not a Discord id", l.name, id)
			}
		}
	}
	for _, l := range []struct{ name, id string }{{"help_channel_id", s.HelpChannel}, {"help_role_id", s.HelpRole}, {"review_channel_id", s.ReviewChannel}} {
		if l.id != "" && !IsID(l.id) {
			return fmt.Errorf("%s: %q is not a Discord id", l.name, l.id)
		}
	}
	switch {
	case s.Cooldown < 0 || s.Cooldown > maxCooldown: // as integers: a Duration of many seconds overflows
		return fmt.Errorf("cooldown_seconds is %d: use 0 to %d", s.Cooldown, maxCooldown)
	case s.Questions < 1 || s.Questions > MaxQuestions:
		return fmt.Errorf("questions_per_10s is %d: use 1 to %d", s.Questions, MaxQuestions)
	case len(s.Off) > MaxSwitchedOff:
		return fmt.Errorf("entries_off has %d entries: at most %d", len(s.Off), MaxSwitchedOff)
	}
	if err := oneLine("note", s.Note, MaxNote); err != nil {
		return err
	}
	if err := oneLine("emergency_number", s.EmergencyNumber, MaxEmergency); err != nil {
		return err
	}
	if s.EmergencyNumber != "" && !emergencyNumbers.MatchString(s.EmergencyNumber) {
		return Refuse("write an emergency number with digits, blanks, + and -, or several with a comma between them and a word before: 112, poison 19240")
	}
	return nil
}

// emergencyNumbers are numbers of three digits or more, with commas between them.
var emergencyNumbers = regexp.MustCompile(`^` + oneNumber + `(, *` + oneNumber + `)*$`)

const oneNumber = `(\p{L}[\p{L} ]* )?\+?[0-9][0-9 -]+[0-9]`

// oneLine refuses texts that could hide what stands below them: line breaks,
// control characters, or more than max code points.
func oneLine(name, text string, max int) error {
	if n := utf8.RuneCountInString(text); n > max {
		return fmt.Errorf("%s has %d characters: at most %d", name, n, max)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029 }) {
		return fmt.Errorf("%s must be one line of plain text", name)
	}
	return nil
}

// IsID reports whether s is a Discord id: a 64-bit number in decimal
// (Discord, reference#snowflakes).
func IsID(s string) bool {
	if s == "" || len(s) > 20 {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}
