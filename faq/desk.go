package faq

import (
	"cmp"
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

	// Server is empty in direct messages and in the terminal. Parent is the
	// channel that a thread or forum post belongs to.
	Server, Channel, Parent string
	Person                  string
	Moderator               bool

	// Entry is the id of the entry wanted, when a title was chosen rather
	// than words written.
	Entry string

	// Explain asks for Answer.Why.
	Explain bool

	// Rehearsal asks what would be said: nothing is counted, nobody's
	// allowance is used, and Silence tells a reason for silence beside the answer.
	Rehearsal bool
}

// Answer is what to say, and why. Only Discord's room knows how to show it.
type Answer struct {
	Reading
	Entry       *Entry   // the entry to show when Answered
	Suggestions []*Entry // at most MaxSuggestions, when Suggested
	Silence     Silence  // why Silent

	Book     *Book           // the FAQ as this server sees it
	Settings config.Settings // the settings that were in force
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
	Words   []string // vocabulary words of a question that was not answered
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

	memory memory
}

// Ask decides what to say to one question. It does the same bounded work for
// any text and never fails: with the database gone it answers by the defaults.
func (d *Desk) Ask(ctx context.Context, q Question) Answer {
	view := d.view(ctx, q.Server)
	a := Answer{Book: view.Book, Settings: view.Settings}

	if a.Silence = d.heard(q, view.Settings); a.Silence != NotSilent && q.Source == Overheard {
		return a.silent()
	}

	// The reading holds the warning signs, and those are shown even where the
	// bot is otherwise silent, so it is made before anyone is turned away.
	a.Reading = view.Book.Read(q.Text, Options{
		Strictness: strictness(q, view.Settings),
		Off:        view.Settings.Off,
		Explain:    q.Explain,
	})
	if a.Silence == NotSilent || q.Rehearsal {
		a.Silence = cmp.Or(a.Silence, d.verdict(q, &a))
	}
	switch {
	case a.Silence != NotSilent && q.Source == Overheard:
		return a.silent() // nobody asked: a warning out of nowhere is noise
	case a.Silence != NotSilent && !q.Rehearsal:
		a.Outcome, a.Entry, a.Suggestions = Silent, nil, nil
		return a
	}
	d.count(q, a)
	return a
}

// silent is an answer of which nothing is shown, a warning sign included.
func (a Answer) silent() Answer {
	return Answer{Reading: Reading{Outcome: Silent}, Silence: a.Silence, Book: a.Book, Settings: a.Settings}
}

// view is the server as its moderators set it up, or as the defaults have it.
func (d *Desk) view(ctx context.Context, server string) View {
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

// heard says whether the bot may speak to this question at all, before looking
// at its words. Browsing by button costs nothing and is always heard where the
// bot is switched on.
func (d *Desk) heard(q Question, s config.Settings) Silence {
	if q.Source == Overheard {
		switch {
		case !here(s.Listen, q):
			return SilentChannel
		case q.Moderator:
			return SilentModerator
		}
	}
	switch {
	case s.Mode == config.OnlyThese && !here(s.Channels, q),
		s.Mode == config.AllBut && here(s.Channels, q):
		return SilentChannel
	case q.Source == FromMention && !s.Mentions:
		return SilentMentions
	case q.Source == Overheard, q.Source == FromButton, q.Rehearsal:
		return NotSilent
	}
	return d.memory.limit(q, s.Questions, d.now())
}

// here reports whether the question was asked in one of the channels, or in a
// thread or post below one.
func here(channels []string, q Question) bool {
	return slices.Contains(channels, q.Channel) || q.Parent != "" && slices.Contains(channels, q.Parent)
}

// strictness is what the moderators chose, but nothing short of strict for what
// was not put to the bot.
func strictness(q Question, s config.Settings) config.Strictness {
	if q.Source == Overheard {
		return config.Strict
	}
	return s.Strictness
}

// verdict fills in what the outcome of the reading stands for.
func (d *Desk) verdict(q Question, a *Answer) Silence {
	if q.Entry != "" {
		a.Outcome = Unknown
		if e := a.Book.Entry(q.Entry); e != nil && a.Shows(e) {
			a.Outcome, a.Entry = Answered, e
		}
		return NotSilent
	}
	if q.Source == Overheard && a.Outcome != Answered {
		return SilentUnsure
	}
	switch a.Outcome {
	case Answered:
		a.Entry = a.Matches[0].Entry
	case Suggested:
		for _, m := range a.Matches[:min(len(a.Matches), MaxSuggestions)] {
			a.Suggestions = append(a.Suggestions, m.Entry)
		}
	}
	if q.Source == Overheard && !d.memory.first(q.Channel, a.Entry.ID, a.Settings.Cooldown.Duration(), d.now()) {
		return SilentCooldown
	}
	return NotSilent
}

// Shows reports whether an entry may be shown on this server. The entry that
// warning signs lead to cannot be switched off.
func (a Answer) Shows(e *Entry) bool {
	return !slices.Contains(a.Settings.Off, e.ID) || e == a.Book.WarningEntry()
}

func (d *Desk) count(q Question, a Answer) {
	switch {
	case d.Counter == nil, q.Source == FromTerminal, q.Rehearsal:
		return
	case q.Source == FromShare: // was counted when it was answered
		return
	case a.Entry == nil && q.Text == "": // nothing was asked, or an old button pressed
		return
	}
	tick := Count{Server: q.Server, Source: q.Source, Outcome: a.Outcome}
	if a.Entry != nil {
		tick.Entry = a.Entry.ID
	} else {
		tick.Words = a.Words
	}
	d.Counter.Count(tick)
}

func (d *Desk) now() time.Time {
	if d.Now != nil {
		return d.Now()
	}
	return time.Now()
}
