package faq

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"backfaq/config"
)

// checkOwn refuses an own entry that breaks the limits of a FAQ file.
func (b *Book) checkOwn(e *Entry) error {
	c := check{}
	c.entry(e, func(key string) string { return key })
	if c.err != nil {
		return c.err
	}
	if len(b.byID) >= config.MaxOwnEntries {
		return fmt.Errorf("there are %d own entries already: remove one before adding %s", len(b.byID), e.ID)
	}
	if _, taken := b.find(e.ID); taken {
		return fmt.Errorf("id %q is taken: choose another", e.ID)
	}
	for _, other := range b.Entries() {
		if strings.EqualFold(other.Title, e.Title) {
			return fmt.Errorf("there is an entry with the title %q already: choose another title", other.Title)
		}
	}
	if n := utf8.RuneCountInString(strings.Join(e.Phrasings, "\n")); n > MaxOwnPhrasings {
		return fmt.Errorf("the phrasings have %d characters together: shorten them to %d", n, MaxOwnPhrasings)
	}
	return nil
}

// checkTaught refuses a taught wording that leads nowhere or says nothing.
func (b *Book) checkTaught(t Taught) error {
	n := utf8.RuneCountInString(t.Wording)
	switch _, ok := b.find(t.Entry); {
	case !ok:
		return fmt.Errorf("%q is no entry: choose one of the list", t.Entry)
	case strings.TrimSpace(t.Wording) == "":
		return fmt.Errorf("the wording is empty: write it as a person would ask")
	case n > config.MaxWording:
		return fmt.Errorf("the wording has %d characters: shorten it to %d", n, config.MaxWording)
	}
	return nil
}
