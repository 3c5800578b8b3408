package faq

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"backfaq/faq/text"
)

// SmallTalk is a row of what people say that asks nothing, and the reply to it.
type SmallTalk struct {
	Says      []string `yaml:"says"`      // the whole message; several in a line have commas between
	Reply     string   `yaml:"reply"`     // "": an invitation to ask, or silence in reply to the bot
	Questions bool     `yaml:"questions"` // entries follow as buttons
	Help      bool     `yaml:"help"`      // how to ask follows
	Quiet     bool     `yaml:"quiet"`     // silence where it replies to the bot
}

// smallTalkFile is the section smalltalk of a FAQ file.
type smallTalkFile struct {
	Beside []string    `yaml:"beside"` // words that may stand before or after a saying
	Rows   []SmallTalk `yaml:"rows"`
}

// phrasebook finds the row of a saying.
type phrasebook struct {
	rows   map[string]*SmallTalk
	beside []string
}

//go:embed content/smalltalk.yaml
var smallTalkData []byte

// programTalk is the small talk of every FAQ that has none of its own.
var programTalk = sync.OnceValue(func() *phrasebook {
	var f smallTalkFile
	if err := yaml.UnmarshalWithOptions(smallTalkData, &f, yaml.Strict()); err != nil {
		panic(fmt.Errorf("the small talk of the program cannot be read: %w", err)) // every test loads it
	}
	return f.compile()
})

func (f *smallTalkFile) compile() *phrasebook {
	p := &phrasebook{rows: map[string]*SmallTalk{}}
	for _, b := range f.Beside {
		p.beside = append(p.beside, saying(b))
	}
	for i := range f.Rows {
		for _, line := range f.Rows[i].Says {
			for s := range strings.SplitSeq(line, ",") {
				p.rows[saying(s)] = &f.Rows[i]
			}
		}
	}
	return p
}

// smallTalk checks the section smalltalk. A saying that nobody could say, or that is
// another row's already, would be lost without a word.
func (c *check) smallTalk(f *smallTalkFile) {
	if f == nil {
		return
	}
	const at = "$.smalltalk"
	if len(f.Rows) == 0 {
		c.fault(at, "smalltalk has no rows: add `rows:` with `says:` and `reply:`, or leave it out")
	}
	unfit := func(path, what, s string) bool {
		switch n := utf8.RuneCountInString(s); {
		case saying(s) == "":
			c.fault(path, "%s %q has no words: write what people say, or remove it and its comma", what, s)
		case n > maxSaying:
			c.fault(path, "%s has %d characters: shorten it to %d", what, n, maxSaying)
		default:
			return false
		}
		return true
	}
	for i, b := range f.Beside {
		unfit(fmt.Sprintf("%s.beside[%d]", at, i), "beside", b)
	}
	rows := map[string]int{} // by saying
	for i, row := range f.Rows {
		path := fmt.Sprintf("%s.rows[%d]", at, i)
		if len(row.Says) == 0 {
			c.fault(path, "a small-talk row says nothing: add `says:` with what people say")
		}
		if n := utf8.RuneCountInString(row.Reply); n > MaxAnswer {
			c.fault(path+".reply", "a small-talk reply has %d characters: shorten it to %d", n, MaxAnswer)
		}
		for j, line := range row.Says {
			path := fmt.Sprintf("%s.says[%d]", path, j)
			for s := range strings.SplitSeq(line, ",") {
				if s = strings.TrimSpace(s); unfit(path, "saying", s) {
					continue
				}
				if first, ok := rows[saying(s)]; ok && first != i {
					c.fault(path, "saying %q stands in line %d, too: keep one of the two", s, c.line(fmt.Sprintf("%s.rows[%d]", at, first)))
				}
				rows[saying(s)] = i
			}
		}
	}
}

// maxSaying is how many code points small talk has at most.
const maxSaying = 60

// saying is the folded words of a text, with one blank between.
func saying(s string) string { return strings.Join(text.Words(firstRunes(s, maxSaying)), " ") }

// find is the row of a text that is nothing but small talk; nil if it is not. A
// text without a word, a smiley for example, is small talk as well.
func (p *phrasebook) find(said string) *SmallTalk {
	if strings.TrimSpace(said) == "" || firstRunes(said, maxSaying) != said {
		return nil
	}
	s := saying(said)
	if s == "" {
		return &SmallTalk{}
	}
	for {
		if row := p.rows[s]; row != nil {
			return row
		}
		cut := slices.IndexFunc(p.beside, func(b string) bool { return strings.HasSuffix(s, " "+b) || strings.HasPrefix(s, b+" ") })
		if cut < 0 {
			return nil
		}
		if shorter, ok := strings.CutSuffix(s, " "+p.beside[cut]); ok {
			s = shorter
		} else {
			s = strings.TrimPrefix(s, p.beside[cut]+" ")
		}
	}
}

// smallTalk replies to a text that is nothing but small talk, where the search
// found no answer to it.
func (a *Answer) smallTalk(q Question) {
	if q.Entry != "" || a.Outcome != Unknown && a.Outcome != Suggested || a.Warning.Level != NoWarning {
		return
	}
	row := a.Book.talk.find(q.Text)
	if row == nil {
		return
	}
	a.Outcome, a.Suggestions, a.Talk = Talked, nil, row
	if quiet := row.Quiet || row.Reply == "" && !row.Help; quiet && q.Replied && a.Silence == NotSilent {
		a.Silence = SilentTalk
	}
}
