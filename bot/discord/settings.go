package discord

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/config"
	"backfaq/faq"
)

// setting is one row of the table of settings: how it is shown, how it is
// changed, and what a change does.
type setting struct {
	id, page string
	label    string
	hint     string
	show     func(config.Settings, *faq.Book) string
	hidden   bool                                                                // shown and changed by the setting before it
	control  func(*Bot, config.Settings, *faq.Book) []discordgo.MessageComponent // rows
	apply    func(s *config.Settings, book *faq.Book, values []string) error
	text     *line // set if the setting is a line of text, written in a modal
}

// line is what the modal of a text setting needs to know.
type line struct {
	field       func(*config.Settings) *string
	placeholder string
	max         int // code points
}

// panelPage is one page of the panel.
type panelPage struct{ id, label, description string }

// pages of the panel, in the order they are offered.
var pages = []panelPage{
	{"where", "Where it answers", "Channels, mentions, listening in"},
	{"how", "How it answers", "Private or public, how sure, how often"},
	{"says", "What it says", "A sentence of yours, emergency number, entries on or off"},
	{"help", "Who helps", "Help channel and role, review channel"},
	{"teach", "Teaching", "Your own entries and wordings"},
	{"checks", "Checks", "Missing permissions, last changes"},
	{"data", "Data", "Export, import, reset, delete"},
}

// settings is the one table of what moderators can set.
func settings() []setting {
	return []setting{
		{
			id: "mode", page: "where", label: "Channels", hint: "Where I answer. Threads and forum posts follow their channel.",
			show: where,
			control: func(_ *Bot, s config.Settings, _ *faq.Book) []discordgo.MessageComponent {
				return rows(
					choose("mode", string(s.Mode), choice{"everywhere", "Everywhere"}, choice{"only", "Only in these channels"}, choice{"except", "Everywhere but in these channels"}),
					channelSelect("channels", "These channels", s.Channels, config.MaxChannels, false),
				)
			},
			apply: func(s *config.Settings, _ *faq.Book, v []string) error {
				s.Mode = config.ChannelMode(first(v))
				return nil
			},
		},
		{
			id: "channels", page: "where", label: "Channels", hidden: true,
			show: where,
			apply: func(s *config.Settings, _ *faq.Book, v []string) error {
				s.Channels = v
				if s.Mode == config.Everywhere && len(v) > 0 {
					s.Mode = config.OnlyThese // choosing channels while "everywhere" means these
				}
				return nil
			},
		},
		toggle("mentions", "where", "Mentions", "Whether I answer when somebody mentions me or replies to me.",
			"answered", "not answered", func(s *config.Settings) *bool { return &s.Mentions }),
		{
			id: "listen", page: "where", label: "Listening in", hint: "Channels where I also answer what nobody asked me, when I am sure. Greyed out unless whoever runs me sets DISCORD_MESSAGE_CONTENT=true.",
			show: func(s config.Settings, _ *faq.Book) string {
				if len(s.Listen) == 0 {
					return "nowhere"
				}
				return "in " + channels(s.Listen)
			},
			control: func(b *Bot, s config.Settings, _ *faq.Book) []discordgo.MessageComponent {
				return rows(channelSelect("listen", "Channels to listen in", s.Listen, config.MaxChannels, !b.MessageContent))
			},
			apply: func(s *config.Settings, _ *faq.Book, v []string) error { s.Listen = v; return nil },
		},
		toggle("private", "how", "Answers to /ask", "Who sees them, unless the person chooses.",
			"private: only the person who asks", "public: everyone in the channel", func(s *config.Settings) *bool { return &s.Private }),
		{
			id: "strictness", page: "how", label: "How sure I must be", hint: "Strict: I answer less and am wrong less. Lenient: the other way round.",
			show: func(s config.Settings, _ *faq.Book) string { return string(s.Strictness) },
			control: func(_ *Bot, s config.Settings, _ *faq.Book) []discordgo.MessageComponent {
				return rows(choose("strictness", string(s.Strictness), choice{"strict", "Strict"}, choice{"balanced", "Balanced"}, choice{"lenient", "Lenient"}))
			},
			apply: func(s *config.Settings, _ *faq.Book, v []string) error {
				s.Strictness = config.Strictness(first(v))
				return nil
			},
		},
		{
			id: "cooldown", page: "how", label: "Repeating unasked", hint: "Where I listen in, I do not repeat an answer in a channel within this time.",
			show: func(s config.Settings, _ *faq.Book) string { return span(s.Cooldown.Duration()) },
			control: func(_ *Bot, s config.Settings, _ *faq.Book) []discordgo.MessageComponent {
				return rows(chooseNumber("cooldown", int(s.Cooldown), func(n int) string { return span(time.Duration(n) * time.Second) }, 0, 60, 600, 3600, 21600, 86400))
			},
			apply: func(s *config.Settings, _ *faq.Book, v []string) error {
				n, err := strconv.Atoi(first(v))
				s.Cooldown = config.Seconds(n)
				return err
			},
		},
		{
			id: "questions", page: "how", label: "Questions per person", hint: "How many questions a person may ask in 10 seconds.",
			show: func(s config.Settings, _ *faq.Book) string { return fmt.Sprintf("%d in 10 seconds", s.Questions) },
			control: func(_ *Bot, s config.Settings, _ *faq.Book) []discordgo.MessageComponent {
				return rows(chooseNumber("questions", s.Questions, func(n int) string { return fmt.Sprintf("%d in 10 seconds", n) }, 1, 3, 5, 10, 20, 60))
			},
			apply: func(s *config.Settings, _ *faq.Book, v []string) (err error) {
				s.Questions, err = strconv.Atoi(first(v))
				return err
			},
		},
		written("note", "says", "Your sentence", "Stands above the disclaimer in every message, never instead of it.", "for example: Our physio answers questions on Fridays.",
			config.MaxNote, func(s *config.Settings) *string { return &s.Note }),
		written("emergency", "says", "Emergency numbers", "Shown first when somebody tells of an emergency.", "for example: 112, poison 19240",
			config.MaxEmergency, func(s *config.Settings) *string { return &s.EmergencyNumber }),
		{
			id: "off", page: "says", label: "Entries switched off", hint: "Choose the entries I shall not show here. Where warning signs lead cannot be switched off.",
			show: func(s config.Settings, book *faq.Book) string {
				var titles []string
				for _, e := range switchable(book) {
					if slices.Contains(s.Off, e.ID) {
						titles = append(titles, plain(label(e.Title, maxLabel)))
					}
				}
				if len(titles) == 0 {
					return "none"
				}
				return label(strings.Join(titles, "; "), maxChange)
			},
			control: offMenus,
			apply:   applyOff,
		},
		one("helpchannel", "help", "Help channel", "Named when I do not have an answer.", discordgo.ChannelSelectMenu, func(s *config.Settings) *string { return &s.HelpChannel }),
		one("helprole", "help", "Help role", "Named when I do not have an answer. Nobody is pinged.", discordgo.RoleSelectMenu, func(s *config.Settings) *string { return &s.HelpRole }),
		one("review", "help", "Review channel", "Questions I could not answer appear here as cards, without their text, so that you can teach me. So do changes of settings.",
			discordgo.ChannelSelectMenu, func(s *config.Settings) *string { return &s.ReviewChannel }),
	}
}

// where says in which channels the bot answers.
func where(s config.Settings, _ *faq.Book) string {
	switch {
	case s.Mode == config.OnlyThese && len(s.Channels) == 0:
		return "nowhere, as no channel is chosen yet"
	case s.Mode == config.OnlyThese:
		return "only in " + channels(s.Channels)
	case s.Mode == config.AllBut && len(s.Channels) > 0:
		return "everywhere but in " + channels(s.Channels)
	}
	return "everywhere"
}

// toggle is a setting with two values and one button.
func toggle(id, page, label, hint, on, off string, field func(*config.Settings) *bool) setting {
	word := func(v bool) string {
		if v {
			return on
		}
		return off
	}
	return setting{
		id: id, page: page, label: label, hint: hint,
		show: func(s config.Settings, _ *faq.Book) string { return word(*field(&s)) },
		control: func(_ *Bot, s config.Settings, _ *faq.Book) []discordgo.MessageComponent {
			to := !*field(&s)
			return rows([]discordgo.MessageComponent{discordgo.Button{Label: "Change to: " + word(to), Style: discordgo.SecondaryButton, CustomID: custom("set", id, strconv.FormatBool(to))}})
		},
		apply: func(s *config.Settings, _ *faq.Book, v []string) (err error) {
			*field(s), err = strconv.ParseBool(first(v))
			return err
		},
	}
}

// written is a setting that is one line, written in a modal.
func written(id, page, label, hint, placeholder string, max int, field func(*config.Settings) *string) setting {
	return setting{
		id: id, page: page, label: label, hint: hint, text: &line{field, placeholder, max},
		show: func(s config.Settings, _ *faq.Book) string {
			if *field(&s) == "" {
				return "none"
			}
			return plain(*field(&s))
		},
		control: func(_ *Bot, s config.Settings, _ *faq.Book) []discordgo.MessageComponent {
			return rows([]discordgo.MessageComponent{discordgo.Button{Label: "Write: " + label, Style: discordgo.SecondaryButton, CustomID: custom("write", id)}})
		},
		apply: func(s *config.Settings, _ *faq.Book, v []string) error {
			*field(s) = strings.TrimSpace(first(v))
			return nil
		},
	}
}

// one is a setting that is one channel or role, or none.
func one(id, page, label, hint string, kind discordgo.SelectMenuType, field func(*config.Settings) *string) setting {
	list := func(s config.Settings) []string {
		if *field(&s) == "" {
			return nil
		}
		return []string{*field(&s)}
	}
	return setting{
		id: id, page: page, label: label, hint: hint,
		show: func(s config.Settings, _ *faq.Book) string {
			if kind == discordgo.RoleSelectMenu && *field(&s) != "" {
				return "<@&" + *field(&s) + ">"
			}
			return channels(list(s))
		},
		control: func(_ *Bot, s config.Settings, _ *faq.Book) []discordgo.MessageComponent {
			if kind == discordgo.RoleSelectMenu {
				return rows(idSelect(discordgo.SelectMenu{MenuType: kind, CustomID: custom("set", id), Placeholder: label, MaxValues: 1}, discordgo.SelectMenuDefaultValueRole, list(s)))
			}
			row := channelSelect(id, label, list(s), 1, false)
			if id == "review" { // cards cannot be posted to a forum
				menu := row[0].(discordgo.SelectMenu)
				menu.ChannelTypes = []discordgo.ChannelType{discordgo.ChannelTypeGuildText, discordgo.ChannelTypeGuildNews}
				row[0] = menu
			}
			return rows(row)
		},
		apply: func(s *config.Settings, _ *faq.Book, v []string) error { *field(s) = first(v); return nil },
	}
}

// offMenus lets moderators choose what is switched off, 25 entries to a menu.
func offMenus(_ *Bot, s config.Settings, book *faq.Book) []discordgo.MessageComponent {
	var out []discordgo.MessageComponent
	for n, page := range slices.Collect(slices.Chunk(switchable(book), maxOptions)) {
		if n == maxRow {
			break
		}
		none := 0
		menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: custom("set", "off", strconv.Itoa(n)), Placeholder: "Entries to switch off", MinValues: &none, MaxValues: len(page)}
		for _, e := range page {
			menu.Options = append(menu.Options, discordgo.SelectMenuOption{Label: label(e.Title, maxOption), Value: e.ID, Default: slices.Contains(s.Off, e.ID)})
		}
		out = append(out, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
	}
	return out
}

// applyOff takes the number of a menu and what was chosen in it. What the other
// menus show stays as it is.
func applyOff(s *config.Settings, book *faq.Book, v []string) error {
	n, err := strconv.Atoi(first(v))
	menus := slices.Collect(slices.Chunk(switchable(book), maxOptions))
	if err != nil || n < 0 || n >= len(menus) {
		return errors.New("that menu is no longer there; open the panel again")
	}
	chosen := v[1:]
	for _, e := range menus[n] {
		s.Off = slices.DeleteFunc(s.Off, func(id string) bool { return id == e.ID })
		if slices.Contains(chosen, e.ID) {
			s.Off = append(s.Off, e.ID)
		}
	}
	return nil
}

// switchable lists the entries that can be switched off. Own entries are
// removed instead.
func switchable(book *faq.Book) []*faq.Entry {
	var list []*faq.Entry
	for _, e := range book.Entries() {
		if !e.Own && e != book.WarningEntry() {
			list = append(list, e)
		}
	}
	return list
}
