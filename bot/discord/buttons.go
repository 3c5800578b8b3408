package discord

import (
	"slices"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"backfaq/faq"
)

// related is a row of up to three entries that the entry names as worth reading
// next.
func related(a faq.Answer) []discordgo.MessageComponent {
	var shown []*faq.Entry
	for _, id := range a.Entry.Related {
		if e := a.Book.Entry(id); e != nil && a.Shows(e) && len(shown) < faq.MaxSuggestions {
			shown = append(shown, e)
		}
	}
	return entryButtons(shown)
}

// parts is a menu of the entries that belong to the section of an entry.
func parts(a faq.Answer) []discordgo.MessageComponent {
	var list []*faq.Entry
	for _, e := range a.Book.Entries() {
		if e.Parent == a.Entry.ID && a.Shows(e) {
			list = append(list, e)
		}
	}
	menus := entryMenus(list, labelParts)
	return menus[:min(len(menus), 1)]
}

// feedback is the row below an answer. "Not what I asked" carries what came
// next in the search, so that nothing has to be remembered.
func feedback(a faq.Answer) []discordgo.MessageComponent {
	next := []string{a.Entry.ID}
	for _, m := range a.Matches {
		if m.Entry != a.Entry && len(next) <= faq.MaxSuggestions {
			next = append(next, m.Entry.ID)
		}
	}
	return []discordgo.MessageComponent{
		discordgo.Button{Label: labelHelpful, Style: discordgo.SecondaryButton, CustomID: custom("helpful", a.Entry.ID)},
		discordgo.Button{Label: labelOther, Style: discordgo.SecondaryButton, CustomID: custom("other", next...)},
	}
}

func shareButton(e *faq.Entry) discordgo.MessageComponent {
	return discordgo.Button{Label: labelShare, Style: discordgo.PrimaryButton, CustomID: custom("share", e.ID)}
}

func browse() discordgo.MessageComponent {
	return discordgo.Button{Label: labelBrowse, Style: discordgo.SecondaryButton, CustomID: custom("topics")}
}

func entryButtons(list []*faq.Entry) []discordgo.MessageComponent {
	var row []discordgo.MessageComponent
	for _, e := range list {
		row = append(row, discordgo.Button{Label: label(e.Title, maxLabel), Style: discordgo.SecondaryButton, CustomID: custom("entry", e.ID)})
	}
	return row
}

// rows makes action rows of the given buttons, leaving out empty ones.
func rows(list ...[]discordgo.MessageComponent) []discordgo.MessageComponent {
	var out []discordgo.MessageComponent
	for _, buttons := range list {
		if len(buttons) > 0 {
			out = append(out, discordgo.ActionsRow{Components: buttons})
		}
	}
	return out
}

// entryMenus lets people choose among entries: as many menus as it takes, up to
// the five rows a message may have.
func entryMenus(list []*faq.Entry, placeholder string) []discordgo.MessageComponent {
	var out []discordgo.MessageComponent
	for n, menu := range menusOf("pick", placeholder, list) {
		if n == maxRow {
			break
		}
		menu.CustomID = custom("pick", strconv.Itoa(n))
		out = append(out, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
	}
	return out
}

// menusOf makes menus of entries, 25 to each; their ids are name and a number.
func menusOf(name, placeholder string, list []*faq.Entry) []discordgo.SelectMenu {
	var menus []discordgo.SelectMenu
	for page := range slices.Chunk(list, maxOptions) {
		menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: name + strconv.Itoa(len(menus)), Placeholder: placeholder}
		for _, e := range page {
			menu.Options = append(menu.Options, discordgo.SelectMenuOption{Label: label(e.Title, maxOption), Value: e.ID})
		}
		menus = append(menus, menu)
	}
	return menus
}
