package discord

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/locale"
	"backfaq/faq"
)

// maxRelated is how many entries are offered below an answer. Buttons stand one
// below the other on a phone.
const maxRelated = 2

// relatedButtons is a row of entries that the entry names as worth reading next.
func relatedButtons(a faq.Answer) []discordgo.MessageComponent {
	var shown []*faq.Entry
	for _, id := range a.Entry.Related {
		if e := a.Book.Entry(id); e != nil && a.Shows(e) && e != a.Second && len(shown) < maxRelated {
			shown = append(shown, e)
		}
	}
	return entryButtons(shown)
}

// partsMenu is a menu of the entries that belong to the section of an entry, or a
// button to a list of them where one menu does not hold them all.
func partsMenu(p locale.Printer, a faq.Answer) []discordgo.MessageComponent {
	list := entriesBelow(a.View, a.Entry.ID)
	if len(list) > maxOptions {
		return actionRows([]discordgo.MessageComponent{discordgo.Button{Label: p.Sprintf(labelParts), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("topics", a.Entry.ID)}})
	}
	rows, _, _ := menuRows(list, p.Sprintf(labelParts), 0, pickMenu)
	return rows
}

// feedbackButtons is the row below an answer. "Not what I asked" carries what came
// next in the search, so that nothing has to be remembered.
func feedbackButtons(p locale.Printer, a faq.Answer) []discordgo.MessageComponent {
	next := []string{a.Entry.ID}
	for _, m := range a.Matches {
		if m.Entry != a.Entry && len(next) <= faq.MaxSuggestions {
			next = append(next, m.Entry.ID)
		}
	}
	return []discordgo.MessageComponent{
		discordgo.Button{Label: p.Sprintf(labelHelpful), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("helpful", a.Entry.ID)},
		discordgo.Button{Label: p.Sprintf(labelOther), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("other", next...)},
	}
}

func shareButton(p locale.Printer, e *faq.Entry) discordgo.MessageComponent {
	return discordgo.Button{Label: p.Sprintf(labelShare), Style: discordgo.PrimaryButton, CustomID: encodeCustomID("share", e.ID)}
}

func browseButton(p locale.Printer) discordgo.MessageComponent {
	return discordgo.Button{Label: p.Sprintf(labelBrowse), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("topics")}
}

func entryButtons(list []*faq.Entry) []discordgo.MessageComponent {
	var row []discordgo.MessageComponent
	for _, e := range list {
		row = append(row, discordgo.Button{Label: truncate(e.Title, maxLabel), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("entry", e.ID)})
	}
	return row
}

// actionRows makes action rows of the given buttons, leaving out empty ones.
func actionRows(list ...[]discordgo.MessageComponent) []discordgo.MessageComponent {
	var out []discordgo.MessageComponent
	for _, buttons := range list {
		if len(buttons) > 0 {
			out = append(out, discordgo.ActionsRow{Components: buttons})
		}
	}
	return out
}

// menusShown is how many menus of entries stand on one page or card: a message has
// five rows, and a pager may need one.
const menusShown = 4

// menuRows lets people choose among one part of a list of entries; complete
// finishes the n-th menu of the whole list. It returns the part nearest to the one
// that is wanted, and how many there are.
func menuRows(list []*faq.Entry, placeholder string, want int, complete func(n int, menu *discordgo.SelectMenu)) (rows []discordgo.MessageComponent, part, parts int) {
	menus := menusOf("", placeholder, list)
	parts = (len(menus) + menusShown - 1) / menusShown
	part = max(0, min(want, parts-1))
	first := part * menusShown
	for n := first; n < min(first+menusShown, len(menus)); n++ {
		complete(n, &menus[n])
		rows = append(rows, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menus[n]}})
	}
	return rows, part, parts
}

// pickMenu makes a menu show the entry that is chosen in it.
func pickMenu(n int, menu *discordgo.SelectMenu) {
	menu.CustomID = encodeCustomID("pick", strconv.Itoa(n))
}

// menusOf makes menus of entries, 25 to each; their ids are name and a number.
func menusOf(name, placeholder string, list []*faq.Entry) []discordgo.SelectMenu {
	var menus []discordgo.SelectMenu
	for page := range slices.Chunk(list, maxOptions) {
		menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: name + strconv.Itoa(len(menus)), Placeholder: placeholder}
		for _, e := range page {
			menu.Options = append(menu.Options, discordgo.SelectMenuOption{Label: truncate(e.Title, maxOption), Value: e.ID})
		}
		menus = append(menus, menu)
	}
	return menus
}

// pager is a row of buttons to the parts before and after one of a long list. Their
// custom_ids end with the number of the part.
func pager(p locale.Printer, action string, part, parts int, args ...string) []discordgo.MessageComponent {
	var row []discordgo.MessageComponent
	button := func(label string, to int) {
		if to >= 0 && to < parts {
			row = append(row, discordgo.Button{Label: p.Sprintf(label, to+1, parts), Style: discordgo.SecondaryButton,
				CustomID: encodeCustomID(action, append(slices.Clone(args), strconv.Itoa(to))...)})
		}
	}
	button(labelEarlier, part-1)
	button(labelMore, part+1)
	return actionRows(row)
}

// choice is an option of a menu, or one that autocomplete offers: what is sent,
// and what is read.
type choice struct{ value, label string }

// choose is a menu with one answer, the current one chosen.
func choose(id, current string, list ...choice) []discordgo.MessageComponent {
	menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: encodeCustomID("set", id)}
	for _, c := range list {
		menu.Options = append(menu.Options, discordgo.SelectMenuOption{Label: c.label, Value: c.value, Default: c.value == current})
	}
	return []discordgo.MessageComponent{menu}
}

// chooseNumber is a menu of usual numbers, and the current one if it is another.
func chooseNumber(id string, current int, word func(int) string, usual ...int) []discordgo.MessageComponent {
	if !slices.Contains(usual, current) {
		usual = append(usual, current)
		slices.Sort(usual)
	}
	var list []choice
	for _, n := range usual {
		list = append(list, choice{strconv.Itoa(n), word(n)})
	}
	return choose(id, strconv.Itoa(current), list...)
}

// The channels of the menus (resources/channel#channel-object-channel-types).
var (
	// postTypes are those that messages are written in.
	postTypes = []discordgo.ChannelType{discordgo.ChannelTypeGuildText, discordgo.ChannelTypeGuildNews, discordgo.ChannelTypeGuildVoice, discordgo.ChannelTypeGuildStageVoice}
	// forumTypes are those whose posts messages are written in.
	forumTypes = []discordgo.ChannelType{discordgo.ChannelTypeGuildForum, discordgo.ChannelTypeGuildMedia}
	// talkTypes are all that people talk in. With areaTypes, a category stands for its
	// channels.
	talkTypes = slices.Concat(postTypes, forumTypes)
	areaTypes = append(slices.Clone(talkTypes), discordgo.ChannelTypeGuildCategory)
)

// channelSelect is Discord's own channel menu, with the current ones chosen.
func channelSelect(id, placeholder string, types []discordgo.ChannelType, current []string, max int, disabled bool) []discordgo.MessageComponent {
	return idSelect(discordgo.SelectMenu{
		MenuType: discordgo.ChannelSelectMenu, CustomID: encodeCustomID("set", id), Placeholder: placeholder, MaxValues: max, Disabled: disabled,
		ChannelTypes: types,
	}, discordgo.SelectMenuDefaultValueChannel, current)
}

func idSelect(menu discordgo.SelectMenu, kind discordgo.SelectMenuDefaultValueType, current []string) []discordgo.MessageComponent {
	menu.MinValues = new(0)
	for _, id := range current {
		menu.DefaultValues = append(menu.DefaultValues, discordgo.SelectMenuDefaultValue{ID: id, Type: kind})
	}
	return []discordgo.MessageComponent{menu}
}

// namedChannels is how many channels are named in one line.
const namedChannels = 6

// channelLinks names channels so that Discord shows them as links.
func channelLinks(p locale.Printer, ids []string) string {
	if len(ids) == 0 {
		return p.Sprintf(valueNone)
	}
	var names []string
	for _, id := range ids[:min(len(ids), namedChannels)] {
		names = append(names, "<#"+id+">")
	}
	if more := len(ids) - namedChannels; more > 0 {
		names = append(names, p.Sprintf(moreChannels, more))
	}
	return strings.Join(names, " ")
}

// durationText is a length of time in words.
func durationText(p locale.Printer, d time.Duration) string {
	switch {
	case d == 0:
		return p.Sprintf(noLimit)
	case d%time.Hour == 0:
		return p.Count(int(d/time.Hour), oneHour, manyHours)
	case d%time.Minute == 0:
		return p.Count(int(d/time.Minute), oneMinute, manyMinutes)
	}
	return p.Count(int(d/time.Second), oneSecond, manySeconds)
}

func firstValue(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// labelComponent is the frame of a field in a modal. The library does not have
// it yet; it replaces the row of one text input, which Discord has deprecated
// (components/reference#label).
const labelComponent = 18

// modal is a form that opens over Discord.
type modal struct {
	id     string
	title  string
	fields []modalField
}

// modalField is one text input, or one menu if Menu is set.
type modalField struct {
	discordgo.TextInput
	hint string
	menu *discordgo.SelectMenu
}

// MarshalJSON is a modal as Discord reads it.
func (m *modal) MarshalJSON() ([]byte, error) {
	fields := []map[string]any{}
	for _, f := range m.fields {
		framed := map[string]any{"type": labelComponent, "label": truncate(f.Label, maxModal)}
		if f.hint != "" {
			framed["description"] = truncate(f.hint, maxOption)
		}
		if f.menu != nil {
			framed["component"] = menuInModal{*f.menu, f.Required}
		} else {
			framed["component"] = inputInLabel(f.TextInput)
		}
		fields = append(fields, framed)
	}
	return json.Marshal(map[string]any{"custom_id": m.id, "title": truncate(m.title, maxModal), "components": fields})
}

// inputInLabel is a text input without the label that its frame carries.
func inputInLabel(in discordgo.TextInput) map[string]any {
	out := map[string]any{"type": discordgo.TextInputComponent, "custom_id": in.CustomID, "style": in.Style, "required": in.Required}
	if in.Value != "" {
		out["value"] = truncate(in.Value, in.MaxLength)
	}
	if in.Placeholder != "" {
		out["placeholder"] = truncate(in.Placeholder, maxOption)
	}
	if in.MaxLength > 0 {
		out["max_length"] = in.MaxLength
	}
	return out
}

// menuInModal is a string menu, which a modal requires unless told otherwise.
type menuInModal struct {
	discordgo.SelectMenu
	required bool
}

func (m menuInModal) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{
		"type": discordgo.SelectMenuComponent, "custom_id": m.CustomID, "placeholder": m.Placeholder, "options": m.Options, "required": m.required,
	})
}
