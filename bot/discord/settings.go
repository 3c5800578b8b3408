package discord

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/locale"
	"backfaq/config"
	"backfaq/faq"
)

// setting is one row of the table of settings: how it is shown, how it is
// changed, and what a change does.
type setting struct {
	id, page string
	label    string
	hint     string
	hidden   bool  // shown and changed by the setting before it
	text     *line // set if the setting is a line of text, written in a modal
	show     func(locale.Printer, config.Settings, *faq.Book) string
	// control is the rows that change it, for one part of a list that is long.
	control func(b *Bot, p locale.Printer, s config.Settings, book *faq.Book, part int) []discordgo.MessageComponent
	apply   func(s *config.Settings, book *faq.Book, values []string) error
	// missing says why moderators may want to set it; "" if there is no need,
	// nil if there never is.
	missing func(config.Settings) string
}

// part is the part of its page that a setting stands on after a change.
func (s *setting) part(values []string) int {
	if s.id != "off" {
		return 0
	}
	menu, err := strconv.Atoi(firstValue(values))
	if err != nil {
		return 0
	}
	return menu / menusShown
}

// wanted is a setting that is missing while it is empty.
func wanted(s setting, why string) setting {
	s.missing = func(now config.Settings) string {
		if s.show(locale.English, now, nil) == valueNone {
			return why
		}
		return ""
	}
	return s
}

// line is what the modal of a text setting needs to know.
type line struct {
	field       func(*config.Settings) *string
	placeholder string
	max         int // code points
}

// settings is the one table of what moderators can set.
func settings() []setting {
	return []setting{
		{
			id: "mode", page: "where", label: labelChannels, hint: hintChannels,
			show: where,
			missing: func(s config.Settings) string {
				if s.Mode != config.Everywhere && len(s.Channels) == 0 {
					return wantedChannels
				}
				return ""
			},
			control: func(_ *Bot, p locale.Printer, s config.Settings, _ *faq.Book, _ int) []discordgo.MessageComponent {
				return actionRows(
					choose("mode", string(s.Mode), choice{string(config.Everywhere), p.Sprintf(choiceEverywhere)}, choice{string(config.OnlyThese), p.Sprintf(choiceOnly)}, choice{string(config.AllBut), p.Sprintf(choiceExcept)}),
					channelSelect("channels", p.Sprintf(pickChannels), areaTypes, s.Channels, config.MaxChannels, false),
				)
			},
			apply: func(s *config.Settings, _ *faq.Book, v []string) error {
				s.Mode = config.ChannelMode(firstValue(v))
				return nil
			},
		},
		{
			id: "channels", page: "where", label: labelChannels, hidden: true,
			show: where,
			apply: func(s *config.Settings, _ *faq.Book, v []string) error {
				s.Channels = v
				if s.Mode == config.Everywhere && len(v) > 0 {
					s.Mode = config.OnlyThese // choosing channels means these
				}
				return nil
			},
		},
		boolSetting("mentions", "where", labelMentions, hintMentions,
			valueAnswered, valueNotAnswered, func(s *config.Settings) *bool { return &s.Mentions }),
		{
			id: "listen", page: "where", label: labelListen, hint: hintListen,
			show: func(p locale.Printer, s config.Settings, _ *faq.Book) string {
				if len(s.Listen) == 0 {
					return p.Sprintf(valueNowhere)
				}
				return p.Sprintf(valueListenIn) + channelLinks(p, s.Listen)
			},
			control: func(b *Bot, p locale.Printer, s config.Settings, _ *faq.Book, _ int) []discordgo.MessageComponent {
				return actionRows(channelSelect("listen", p.Sprintf(pickListen), areaTypes, s.Listen, config.MaxChannels, !b.messageContent))
			},
			apply: func(s *config.Settings, _ *faq.Book, v []string) error { s.Listen = v; return nil },
		},
		boolSetting("private", "how", labelPrivate, hintPrivate,
			valuePrivate, valuePublic, func(s *config.Settings) *bool { return &s.Private }),
		{
			id: "strictness", page: "how", label: labelStrictness, hint: hintStrictness,
			show: func(p locale.Printer, s config.Settings, _ *faq.Book) string {
				return p.Sprintf(strictnessNames[s.Strictness])
			},
			control: func(_ *Bot, p locale.Printer, s config.Settings, _ *faq.Book, _ int) []discordgo.MessageComponent {
				return actionRows(choose("strictness", string(s.Strictness), choice{string(config.Strict), p.Sprintf(choiceStrict)}, choice{string(config.Balanced), p.Sprintf(choiceBalanced)}, choice{string(config.Lenient), p.Sprintf(choiceLenient)}))
			},
			apply: func(s *config.Settings, _ *faq.Book, v []string) error {
				s.Strictness = config.Strictness(firstValue(v))
				return nil
			},
		},
		{
			id: "cooldown", page: "how", label: labelCooldown, hint: hintCooldown,
			show: func(p locale.Printer, s config.Settings, _ *faq.Book) string {
				return durationText(p, s.Cooldown.Duration())
			},
			control: func(_ *Bot, p locale.Printer, s config.Settings, _ *faq.Book, _ int) []discordgo.MessageComponent {
				return actionRows(chooseNumber("cooldown", int(s.Cooldown), func(n int) string { return durationText(p, time.Duration(n)*time.Second) }, 0, 60, 600, 3600, 21600, 86400))
			},
			apply: func(s *config.Settings, _ *faq.Book, v []string) error {
				n, err := strconv.Atoi(firstValue(v))
				s.Cooldown = config.Seconds(n)
				return err
			},
		},
		{
			id: "questions", page: "how", label: labelQuestions, hint: hintQuestions,
			show: func(p locale.Printer, s config.Settings, _ *faq.Book) string {
				return p.Sprintf(valueQuestions, s.Questions)
			},
			control: func(_ *Bot, p locale.Printer, s config.Settings, _ *faq.Book, _ int) []discordgo.MessageComponent {
				return actionRows(chooseNumber("questions", s.Questions, func(n int) string { return p.Sprintf(valueQuestions, n) }, 1, 3, 5, 10, 20, 60))
			},
			apply: func(s *config.Settings, _ *faq.Book, v []string) (err error) {
				s.Questions, err = strconv.Atoi(firstValue(v))
				return err
			},
		},
		textSetting("note", "says", labelNote, hintNote, exampleNote,
			config.MaxNote, func(s *config.Settings) *string { return &s.Note }),
		wanted(textSetting("emergency", "says", labelEmergency, hintEmergency, exampleEmergency,
			config.MaxEmergency, func(s *config.Settings) *string { return &s.EmergencyNumber }), wantedEmergency),
		{
			id: "off", page: "says", label: labelOff, hint: hintOff,
			show: func(p locale.Printer, s config.Settings, book *faq.Book) string {
				var titles []string
				for _, e := range switchable(book) {
					if slices.Contains(s.Off, e.ID) {
						titles = append(titles, escapeMarkdown(truncate(e.Title, maxLabel)))
					}
				}
				if len(titles) == 0 {
					return p.Sprintf(valueNone)
				}
				return truncate(strings.Join(titles, "; "), maxChange)
			},
			control: offMenus,
			apply:   applyOff,
		},
		wanted(idSetting("helpchannel", "help", labelHelpChannel, hintHelpChannel, discordgo.ChannelSelectMenu, func(s *config.Settings) *string { return &s.HelpChannel }), wantedHelp),
		idSetting("helprole", "help", labelHelpRole, hintHelpRole, discordgo.RoleSelectMenu, func(s *config.Settings) *string { return &s.HelpRole }),
		wanted(idSetting("review", "help", labelReview, hintReview,
			discordgo.ChannelSelectMenu, func(s *config.Settings) *string { return &s.ReviewChannel }), wantedReview),
	}
}

// where says in which channels the bot answers.
func where(p locale.Printer, s config.Settings, _ *faq.Book) string {
	switch {
	case s.Mode == config.OnlyThese && len(s.Channels) == 0:
		return p.Sprintf(valueUntilChosen)
	case s.Mode == config.OnlyThese:
		return p.Sprintf(valueOnlyIn) + channelLinks(p, s.Channels)
	case s.Mode == config.AllBut && len(s.Channels) > 0:
		return p.Sprintf(valueExceptIn) + channelLinks(p, s.Channels)
	}
	return p.Sprintf(valueEverywhere)
}

// boolSetting is a setting with two values and one button.
func boolSetting(id, page, label, hint, on, off string, field func(*config.Settings) *bool) setting {
	word := func(p locale.Printer, v bool) string {
		if v {
			return p.Sprintf(on)
		}
		return p.Sprintf(off)
	}
	return setting{
		id: id, page: page, label: label, hint: hint,
		show: func(p locale.Printer, s config.Settings, _ *faq.Book) string { return word(p, *field(&s)) },
		control: func(_ *Bot, p locale.Printer, s config.Settings, _ *faq.Book, _ int) []discordgo.MessageComponent {
			to := !*field(&s)
			return actionRows([]discordgo.MessageComponent{discordgo.Button{Label: p.Sprintf(labelChangeTo) + word(p, to), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("set", id, strconv.FormatBool(to))}})
		},
		apply: func(s *config.Settings, _ *faq.Book, v []string) (err error) {
			*field(s), err = strconv.ParseBool(firstValue(v))
			return err
		},
	}
}

// escapedLink is a link to a channel or role after [escapeMarkdown].
var escapedLink = regexp.MustCompile(`\\<\\?(@&|#)(\d+)\\>`)

// textSetting is a setting that is one line, written in a modal.
func textSetting(id, page, label, hint, placeholder string, max int, field func(*config.Settings) *string) setting {
	return setting{
		id: id, page: page, label: label, hint: hint, text: &line{field, placeholder, max},
		show: func(p locale.Printer, s config.Settings, _ *faq.Book) string {
			if *field(&s) == "" {
				return p.Sprintf(valueNone)
			}
			return escapedLink.ReplaceAllString(escapeMarkdown(*field(&s)), "<$1$2>")
		},
		control: func(_ *Bot, p locale.Printer, s config.Settings, _ *faq.Book, _ int) []discordgo.MessageComponent {
			return actionRows([]discordgo.MessageComponent{discordgo.Button{Label: p.Sprintf(labelWrite) + p.Sprintf(label), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("write", id)}})
		},
		apply: func(s *config.Settings, _ *faq.Book, v []string) error {
			*field(s) = strings.TrimSpace(firstValue(v))
			return nil
		},
	}
}

// idSetting is a setting that is one channel or role, or none.
func idSetting(id, page, label, hint string, kind discordgo.SelectMenuType, field func(*config.Settings) *string) setting {
	list := func(s config.Settings) []string {
		if *field(&s) == "" {
			return nil
		}
		return []string{*field(&s)}
	}
	return setting{
		id: id, page: page, label: label, hint: hint,
		show: func(p locale.Printer, s config.Settings, _ *faq.Book) string {
			if kind == discordgo.RoleSelectMenu && *field(&s) != "" {
				return "<@&" + *field(&s) + ">"
			}
			return channelLinks(p, list(s))
		},
		control: func(_ *Bot, p locale.Printer, s config.Settings, _ *faq.Book, _ int) []discordgo.MessageComponent {
			if kind == discordgo.RoleSelectMenu {
				return actionRows(idSelect(discordgo.SelectMenu{MenuType: kind, CustomID: encodeCustomID("set", id), Placeholder: p.Sprintf(label), MaxValues: 1}, discordgo.SelectMenuDefaultValueRole, list(s)))
			}
			types := talkTypes
			if id == "review" { // cards cannot be posted to a forum
				types = postTypes
			}
			return actionRows(channelSelect(id, p.Sprintf(label), types, list(s), 1, false))
		},
		apply: func(s *config.Settings, _ *faq.Book, v []string) error { *field(s) = firstValue(v); return nil },
	}
}

// changeLine is a line in the list of changes, said in a reader's language.
type changeLine func(locale.Printer) string

// inWords is a line that is one sentence.
func inWords(sentence string, args ...any) changeLine {
	return func(p locale.Printer) string { return p.Sprintf(sentence, args...) }
}

// edited is a change as it was saved for everyone, and as the one who acts reads it.
type edited struct {
	faq.Change
	toReader string
}

// edit changes the server's document in the name of the person who acts.
func (b *Bot) edit(ctx context.Context, i *interaction, alter func(*faq.Document) (changeLine, error)) (made edited, err error) {
	made.Change, err = b.store.Edit(ctx, string(i.Guild), string(i.person().ID), func(doc *faq.Document) (string, error) {
		what, err := alter(doc)
		if err != nil {
			return "", err
		}
		made.toReader = what(i.reader())
		return what(i.everyone()), nil
	})
	return made, err
}
