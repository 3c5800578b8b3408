package discord

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"backfaq/bot/discord/locale"
)

// sentence is one that people read, with the name of its constant; "" for one in a
// table or of a command.
type sentence struct{ name, text string }

// sentences are all of them: the texts of sentences*.go, those of the commands, and
// the reasons of other rooms, as config.Refuse has them.
func sentences(t *testing.T) []sentence {
	t.Helper()
	var list []sentence
	for _, name := range glob(t, "sentences*.go") {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.ValueSpec:
				for i, v := range n.Values {
					if lit, ok := v.(*ast.BasicLit); ok {
						list = append(list, sentence{n.Names[i].Name, unquote(t, lit)})
						n.Values[i] = n.Names[i] // seen
					}
				}
			case *ast.KeyValueExpr: // of a table
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "id" {
					return false
				}
			case *ast.BasicLit:
				if n.Kind == token.STRING {
					list = append(list, sentence{"", unquote(t, n)})
				}
			}
			return true
		})
	}
	for _, name := range slices.Concat(glob(t, "../../config/*.go"), glob(t, "../../faq/*.go")) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && strings.HasSuffix(types.ExprString(call.Fun), "Refuse") {
				list = append(list, sentence{"", unquote(t, call.Args[0].(*ast.BasicLit))})
			}
			return true
		})
	}
	for _, c := range commandsOf(handlers()) {
		list = append(list, sentence{"", c.Name}, sentence{"", c.Description})
		for _, o := range c.Options {
			list = append(list, sentence{"", o.Name}, sentence{"", o.Description})
		}
	}
	return slices.DeleteFunc(list, func(s sentence) bool { return s.text == "" })
}

// glob names the files of a pattern that are no tests.
func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

func unquote(t *testing.T, lit *ast.BasicLit) string {
	t.Helper()
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Every language has every sentence and no other, with what the program or Discord
// reads in it: placeholders, Markdown, white space at the ends, and the names of
// commands and buttons.
func TestEveryLanguageHasEverySentence(t *testing.T) {
	all := sentences(t)
	if len(all) < 300 {
		t.Fatalf("%d sentences were found", len(all))
	}
	for _, l := range locale.Languages {
		t.Run(l.Tag.String(), func(t *testing.T) {
			stray := maps.Clone(l.Sentences)
			for _, s := range all {
				translation, ok := l.Sentences[s.text]
				delete(stray, s.text)
				if !ok || translation == "" {
					t.Errorf("no translation of %q", s.text)
					continue
				}
				if want, got := marks(s.text), marks(translation); !slices.Equal(want, got) {
					t.Errorf("%q has %q,\n%q has %q", s.text, want, translation, got)
				}
				if most := room(s); most > 0 && utf8.RuneCountInString(translation) > most {
					t.Errorf("%q is longer than %d: %d", translation, most, utf8.RuneCountInString(translation))
				}
				for _, named := range pointer.FindAllStringSubmatch(s.text, -1) {
					if name := l.Sentences[named[3]]; name != "" && !strings.Contains(translation, named[1]+named[2]+name+named[4]) {
						t.Errorf("%q does not name %q, which %q does", translation, name, s.text)
					}
				}
			}
			for text := range stray {
				t.Errorf("the bot does not say %q", text)
			}
		})
	}
}

// mark is what translations have as well: placeholders, marks of Markdown, ends of
// lines, and blanks at the beginning and the end.
var mark = regexp.MustCompile("%[sdq]|\\*\\*|`|(?m)^(?:#+|-#|-) |\n|\\]\\(|^ | $")

// pointer is the name of a button, page, command or option in a sentence.
var pointer = regexp.MustCompile("(\\*\\*|`)(/?)([^*`]+)(\\*\\*|`)")

func marks(text string) []string { return mark.FindAllString(text, -1) }

// room is how long a sentence may be, by the beginning of its name; 0 is as long as
// it likes. Discord cuts nothing: it refuses what is too long.
func room(s sentence) int {
	is := func(beginnings ...string) bool {
		return slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(s.name, b) })
	}
	switch {
	case is("label", "title"):
		return maxModal
	case is("choice", "pick", "example"), is("hint") && utf8.RuneCountInString(s.text) <= maxOption:
		return maxOption
	case is("privacyText", "helpText"):
		return maxContent - 400 // for the disclaimer and the titles
	}
	return 0
}
