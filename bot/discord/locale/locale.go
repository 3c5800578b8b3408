// Package locale says the bot's sentences in the reader's language. A sentence is
// written in English where the bot says it; each language has a message catalogue,
// a PO file (gettext) of English sentences and their translations, which people
// and their tools can edit without reading Go.
package locale

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

//go:embed *.po
var files embed.FS

// Language is one that the bot speaks beside English.
type Language struct {
	Tag       language.Tag
	Locales   []string          // as Discord names it (reference#locales)
	Sentences map[string]string // from English
}

// Languages are all of them. A regional variety finds its language by itself;
// English is for everyone else.
var Languages = []Language{
	read("de", "de"),
	read("es", "es-ES", "es-419"),
	read("fr", "fr"),
	read("pt", "pt-BR"),
}

// read panics on a catalogue that cannot be read: it is part of the program.
func read(name string, locales ...string) Language {
	data, err := files.ReadFile(name + ".po")
	if err != nil {
		panic("locale: " + err.Error())
	}
	sentences, err := parse(string(data))
	if err != nil {
		panic(fmt.Sprintf("locale: %s.po, %v", name, err))
	}
	return Language{Tag: language.MustParse(name), Locales: locales, Sentences: sentences}
}

// parse reads the part of the PO format that the catalogues use: comments, msgid
// and msgstr, each in one or more quoted pieces
// (gnu.org/software/gettext/manual, "The Format of PO Files").
func parse(po string) (map[string]string, error) {
	sentences := map[string]string{}
	var id, translation string
	into := &id
	number := 0
	for line := range strings.Lines(po) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		keyword, _, _ := strings.Cut(line, `"`)
		piece, err := strconv.Unquote(line[len(keyword):])
		switch keyword = strings.TrimSpace(keyword); {
		case err != nil || keyword != "" && keyword != "msgid" && keyword != "msgstr":
			return nil, fmt.Errorf("line %d: want msgid or msgstr and a text in quotation marks", number)
		case keyword == "msgid":
			id, into = "", &id
		case keyword == "msgstr":
			if _, twice := sentences[id]; twice {
				return nil, fmt.Errorf("line %d: %q is translated twice", number, id)
			}
			translation, into = "", &translation
		}
		*into += piece
		if into == &translation {
			sentences[id] = translation
		}
	}
	delete(sentences, "") // the header
	return sentences, nil
}

// Printer says sentences in one language, and numbers as the reader writes them.
// It may be used by several goroutines.
type Printer struct {
	*message.Printer
	spoken language.Tag // that of the sentences
}

// English is for the terminal, and for readers whose language is not known.
var English = For("en-US")

// For is the printer of a locale of Discord's. The sentences are English for one
// that has no catalogue, or is none.
func For(locale string) Printer {
	tag, err := language.Parse(locale)
	if err != nil {
		tag = language.AmericanEnglish
	}
	spoken := language.English
	base, _ := tag.Base()
	if slices.ContainsFunc(Languages, func(l Language) bool { return l.Tag.String() == base.String() }) {
		spoken = tag
	}
	return Printer{message.NewPrinter(tag, message.Catalog(all)), spoken}
}

var all = func() catalog.Catalog {
	b := catalog.NewBuilder(catalog.Fallback(language.English))
	for _, l := range Languages {
		for sentence, translation := range l.Sentences {
			if err := b.SetString(l.Tag, sentence, translation); err != nil {
				panic(fmt.Sprintf("locale: %v: %q: %v", l.Tag, sentence, err))
			}
		}
	}
	return b
}()

// Count is n of something. The sentences have one %d each.
func (p Printer) Count(n int, one, many string) string {
	if plural.Cardinal.MatchPlural(p.spoken, n, 0, 0, 0, 0) == plural.One {
		return p.Sprintf(one, n)
	}
	return p.Sprintf(many, n)
}

// Each says something in every language, by Discord's names of them, as commands
// carry it (interactions/application-commands#localization).
func Each[L ~string](say func(Printer) string) map[L]string {
	list := map[L]string{}
	for _, l := range Languages {
		for _, name := range l.Locales {
			list[L(name)] = say(For(name))
		}
	}
	return list
}
