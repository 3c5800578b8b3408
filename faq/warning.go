package faq

import (
	"embed"
	"fmt"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"

	"backfaq/faq/signs"
)

// Level is how urgent a warning sign is; package signs says what each stands for.
type Level = signs.Level

// The levels, in rising order.
const (
	NoWarning = signs.None
	Reminder  = signs.Reminder
	Reason    = signs.Reason
	Caution   = signs.Caution
	Sign      = signs.Sign
	Emergency = signs.Emergency
	Poison    = signs.Poison
	Crisis    = signs.Crisis
)

// WarningText is a text of a level of warning.
type WarningText = signs.Text

// Warning is what a person must hear of warning signs. [Desk.Ask] lets its level
// decide what may stand beside it.
type Warning struct {
	Level Level
	Signs []string      // ids of the signs found, in the order of the file
	Texts []WarningText // to show, first to last; none at NoWarning
	Entry *Entry        // where signs lead; nil if the FAQ names none
}

//go:embed content/signs.yaml content/signs-*.yaml
var signsFiles embed.FS

// programSigns are the signs that come with the program. Those of poison and
// crisis are looked for whatever FAQ is loaded.
var programSigns = sync.OnceValue(func() *signs.File {
	read := func(name string) *signs.File {
		f := new(signs.File)
		data, err := signsFiles.ReadFile("content/" + name)
		if err == nil {
			err = yaml.UnmarshalWithOptions(data, f, yaml.Strict())
		}
		if err != nil {
			panic(fmt.Errorf("the warning signs of the program cannot be read: %w", err)) // every test loads it
		}
		return f
	}
	f := read("signs.yaml")
	f.Languages = map[string]*signs.File{}
	for _, language := range []string{"de", "es", "fr", "pt"} {
		f.Languages[language] = read("signs-" + language + ".yaml")
	}
	return f
})

// warn finds what to show for the warning signs of a question, of which it reads
// more than the search does.
func (b *Book) warn(question string) Warning {
	r := b.signs.In(question)
	if r.Level == NoWarning {
		return Warning{}
	}
	return Warning{Level: r.Level, Signs: r.Signs, Texts: r.Texts, Entry: b.WarningEntry()}
}

// leads checks the entries that warning signs name.
func (c *check) leads(f *signs.File, ids map[string]bool) {
	if f == nil {
		return
	}
	if f.Entry != "" && !ids[f.Entry] {
		c.fault("$.signs.entry", "warning signs lead to %q, which is no entry: use the id of one", f.Entry)
	}
	for i, id := range f.Medicine {
		if !ids[id] {
			c.fault(fmt.Sprintf("$.signs.medicine[%d]", i), "%q is no entry: use the id of one", id)
		}
	}
}

// signs compiles the warning signs of a file and notes what is wrong with them.
func (c *check) signs(f *signs.File) *signs.Set {
	set, problems := signs.Compile(f, programSigns())
	for _, p := range problems {
		c.fault("$.signs."+p.Path, "%s", p.Message)
	}
	return set
}

// heedWarning lets the level of a warning decide what may stand beside it.
func (a *Answer) heedWarning() {
	switch doctor := a.Warning.Entry; {
	case a.Warning.Level >= Poison:
		a.Outcome = Warned
	case a.Warning.Level == Caution:
		a.avoidMedicine()
	case doctor == nil:
	case a.Warning.Level < Sign, a.Warning.Level == Sign && a.Outcome == Answered: // something else is plainly asked
	case a.Outcome == Unknown: // the FAQ does not know what it is about, so the doctor is one button
		a.Outcome, a.Suggestions = Suggested, []*Entry{doctor}
	default:
		a.Outcome, a.Entry, a.Suggestions = Answered, doctor, nil
	}
}

// avoidMedicine offers what the search found and does not speak of medicine,
// after the entry that signs lead to.
func (a *Answer) avoidMedicine() {
	a.Outcome = Warned
	if doctor := a.Warning.Entry; doctor != nil {
		a.Outcome, a.Suggestions = Suggested, []*Entry{doctor}
	}
	a.Matches = slices.DeleteFunc(a.Matches, func(m Match) bool {
		return m.Entry == a.Warning.Entry || slices.Contains(a.Book.medicine, m.Entry.ID)
	})
}
