package discord

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
)

// choice is an option of a menu: what is sent, and what is read.
type choice struct{ value, label string }

// choose is a menu with one answer, the current one chosen.
func choose(id, current string, list ...choice) []discordgo.MessageComponent {
	menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: custom("set", id)}
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

// channelSelect is Discord's own channel menu, with the current ones chosen.
func channelSelect(id, placeholder string, current []string, max int, disabled bool) []discordgo.MessageComponent {
	return idSelect(discordgo.SelectMenu{
		MenuType: discordgo.ChannelSelectMenu, CustomID: custom("set", id), Placeholder: placeholder, MaxValues: max, Disabled: disabled,
		ChannelTypes: []discordgo.ChannelType{discordgo.ChannelTypeGuildText, discordgo.ChannelTypeGuildNews, discordgo.ChannelTypeGuildForum, discordgo.ChannelTypeGuildVoice},
	}, discordgo.SelectMenuDefaultValueChannel, current)
}

func idSelect(menu discordgo.SelectMenu, kind discordgo.SelectMenuDefaultValueType, current []string) []discordgo.MessageComponent {
	none := 0
	menu.MinValues = &none
	for _, id := range current {
		menu.DefaultValues = append(menu.DefaultValues, discordgo.SelectMenuDefaultValue{ID: id, Type: kind})
	}
	return []discordgo.MessageComponent{menu}
}

// namedChannels is how many channels are named in one line.
const namedChannels = 6

// channels names channels so that Discord shows them as links.
func channels(ids []string) string {
	if len(ids) == 0 {
		return "none"
	}
	var names []string
	for _, id := range ids[:min(len(ids), namedChannels)] {
		names = append(names, "<#"+id+">")
	}
	if more := len(ids) - namedChannels; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, " ")
}

// span is a length of time in words.
func span(d time.Duration) string {
	switch {
	case d == 0:
		return "no limit"
	case d%time.Hour == 0:
		return plural(int(d/time.Hour), "hour", "hours")
	case d%time.Minute == 0:
		return plural(int(d/time.Minute), "minute", "minutes")
	}
	return plural(int(d/time.Second), "second", "seconds")
}

// plural counts something by its two forms.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
