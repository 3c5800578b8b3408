package faq

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"backfaq/config"
)

// Question is what a person asked, freed of everything that is Discord's. Text
// is never logged or stored.
type Question struct {
	Text   string
	Source Source

	// Whole is all that was written, code included, where that is more
	// than Text. It is read for warning signs alone.
	Whole string

	// Server is empty in direct messages and in the terminal. Parent is the
	// channel that a thread or forum post belongs to, Category the group of
	// channels that the channel stands in.
	Server, Channel, Parent, Category string
	Person                            string
	Moderator                         bool

	// Replied says that it replies to a message of the bot.
	Replied bool
	// About is the id of the entry that such a message shows; "" for none.
	About string

	// Entry is the id of the entry wanted, when a title was chosen rather
	// than words written.
	Entry string

	// Explain asks for Answer.Why.
	Explain bool

	// Rehearsal asks what would be said, whatever was said before: it changes
	// nothing, and Silence tells a reason for silence beside the answer.
	Rehearsal bool
}

// Answer is what to say, and why. Only Discord's room knows how to show it.
type Answer struct {
	View                   // the FAQ and the settings that were in force
	Reading                // of what was asked
	Entry       *Entry     // the entry to show when Answered
	Suggestions []*Entry   // at most MaxSuggestions, when Suggested
	Talk        *SmallTalk // the row that replies when Talked
	Silence     Silence    // why Silent
}

// Silence is the reason for silence.
type Silence string

// The reasons. SilentLimitedNow is the one a person is told about, once.
const (
	NotSilent        Silence = ""
	SilentLimited    Silence = "limited"     // asked too much; already told
	SilentLimitedNow Silence = "limited-now" // asked too much; tell them
	SilentChannel    Silence = "channel"     // not here, by the server's settings
	SilentMentions   Silence = "mentions"    // mentions are switched off
	SilentUnsure     Silence = "unsure"      // overheard, and not sure
	SilentCooldown   Silence = "cooldown"    // overheard, said here a moment ago
	SilentModerator  Silence = "moderator"   // overheard from a moderator
	SilentTalk       Silence = "talk"        // small talk that wants no reply
)

// View is a server as the desk needs it: its settings, and the FAQ with its
// own entries and taught wordings laid over it.
type View struct {
	Settings config.Settings
	Book     *Book
}

// Servers gives the view of a server. An error means that the curated answers
// go out with default settings.
type Servers interface {
	View(ctx context.Context, server string) (View, error)
}

// Count is one count for the statistics: no text and no person.
type Count struct {
	Server  string
	Source  Source
	Outcome Outcome
	Entry   string
	Words   []string // vocabulary words of a question that was not answered; none at Sign and above
	Level   Level    // of the warning that was shown
}

// Counter counts, without text and without people. Its methods must not block.
type Counter interface {
	Count(Count)
	Feedback(server, entry string, helpful bool)
}

// Desk answers questions. Book is required; every other field may be zero.
// A Desk may be used by many goroutines once its fields are set.
type Desk struct {
	Book    *Book
	Servers Servers // nil: defaults everywhere
	Counter Counter // nil: nothing is counted
	Now     func() time.Time
	Log     *slog.Logger

	limits limits
}

// Ask decides what to say to one question. It does the same bounded work for
// any text and never fails: with the database gone it answers by the defaults.
func (d *Desk) Ask(ctx context.Context, q Question) Answer {
	a := Answer{View: d.View(ctx, q.Server)}
	if a.Silence = a.refuses(q); a.Silence != NotSilent && q.Source == Overheard {
		return a.silent()
	}
	// The reading holds the warning signs, and those are shown even where the
	// bot is otherwise silent, so it is made before anyone is turned away.
	a.Reading = a.Book.Read(q.Text, Options{Strictness: a.strictness(q), Off: a.Settings.Off, Whole: q.Whole, About: q.About, Explain: q.Explain})
	a.choose(q)
	a.smallTalk(q)
	if q.Source == Overheard && (a.Outcome != Answered || a.Warning.Level == Caution || a.Warning.Level >= Poison) {
		a.Silence = SilentUnsure
		return a.silent() // nobody asked: a warning out of nowhere is noise
	}
	if q.Rehearsal {
		return a
	}
	if a.Silence == NotSilent {
		a.Silence = d.limits.take(q, a, d.now())
	}
	if limited := a.Silence == SilentLimited || a.Silence == SilentLimitedNow; limited && a.Warning.Level >= Sign {
		if d.limits.warn(q, a.Warning.Level, d.now()) {
			a.Silence = NotSilent // nor is the reason for the limit said beside a warning
		} else {
			a.Warning = Warning{}
		}
	}
	switch {
	case a.Silence != NotSilent && q.Source == Overheard:
		return a.silent()
	case a.Silence != NotSilent:
		a.Outcome, a.Entry, a.Suggestions = Silent, nil, nil
		return a
	}
	d.count(q, a)
	return a
}

// silent is an answer of which nothing is shown, a warning sign included.
func (a Answer) silent() Answer {
	return Answer{View: a.View, Reading: Reading{Outcome: Silent}, Silence: a.Silence}
}

// View is a server as its moderators set it up, or as the defaults have it.
func (d *Desk) View(ctx context.Context, server string) View {
	fallback := View{Settings: config.DefaultSettings(), Book: d.Book}
	if server == "" || d.Servers == nil {
		return fallback
	}
	view, err := d.Servers.View(ctx, server)
	if err != nil {
		if d.Log != nil {
			d.Log.Warn("settings unavailable, answering by the defaults", "server", server, "err", err)
		}
		return fallback
	}
	return view
}

// refuses says why the bot may not speak to a question, whatever its words.
func (v View) refuses(q Question) Silence {
	s := &v.Settings
	switch {
	case q.Source == Overheard && !inChannels(s.Listen, q):
		return SilentChannel
	case q.Source == Overheard && q.Moderator:
		return SilentModerator
	case s.Mode == config.OnlyThese && len(s.Channels) > 0 && !inChannels(s.Channels, q), // in effect from the first channel on
		s.Mode == config.AllBut && inChannels(s.Channels, q):
		return SilentChannel
	case q.Source == FromMention && !s.Mentions:
		return SilentMentions
	}
	return NotSilent
}

// inChannels reports whether the question was asked in one of the channels, or below
// one: in a thread or post of a channel, or in a channel of a category.
func inChannels(channels []string, q Question) bool {
	return slices.ContainsFunc(channels, func(id string) bool { return id != "" && (id == q.Channel || id == q.Parent || id == q.Category) })
}

// strictness is what the moderators chose, but nothing short of strict for what
// was not put to the bot.
func (v View) strictness(q Question) config.Strictness {
	if q.Source == Overheard {
		return config.Strict
	}
	return v.Settings.Strictness
}

// choose fills in what the outcome of the reading stands for, as far as a warning
// lets it stand. An entry that was wanted by its id is the answer whatever the
// reading says.
func (a *Answer) choose(q Question) {
	unknown := a.Outcome == Unknown
	if q.Entry == "" && q.Source != Overheard {
		a.heedWarning()
	}
	switch {
	case a.Entry != nil:
	case q.Entry != "":
		a.Outcome = Unknown
		if e := a.Book.Entry(q.Entry); e != nil && a.Shows(e) {
			a.Outcome, a.Entry = Answered, e
		}
	case a.Outcome == Answered:
		a.Entry = a.Matches[0].Entry
	case unknown && a.Warning.Level >= Sign: // the doctor alone, as nothing else is near
	case a.Outcome == Suggested:
		for _, m := range a.Matches {
			if len(a.Suggestions) < MaxSuggestions && !slices.ContainsFunc(a.Suggestions, func(e *Entry) bool { return a.Book.Interchangeable(e, m.Entry) }) {
				a.Suggestions = append(a.Suggestions, m.Entry)
			}
		}
	}
}

// Shows reports whether an entry may be shown on the server.
func (v View) Shows(e *Entry) bool { return !v.Book.hides(e, v.Settings.Off) }

// count counts what was said, and nothing else of the question.
func (d *Desk) count(q Question, a Answer) {
	switch {
	case d.Counter == nil, q.Source == FromTerminal:
		return
	case q.Source == FromShare: // was counted when it was answered
		return
	case a.Outcome == Talked:
		return
	case a.Entry == nil && q.Text == "": // nothing was asked, or an old button pressed
		return
	}
	c := Count{Server: q.Server, Source: q.Source, Outcome: a.Outcome, Level: a.Warning.Level}
	switch {
	case a.Entry != nil:
		c.Entry = a.Entry.ID
	case a.Warning.Level < Sign:
		c.Words = a.Words
	}
	d.Counter.Count(c)
}

func (d *Desk) now() time.Time {
	if d.Now != nil {
		return d.Now()
	}
	return time.Now()
}
