package form

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The types of commands that the bot has.
const (
	ChatCommand    = 1
	MessageCommand = 3
)

// The types of options that this package knows, with the numbers of the wire.
const (
	OptionString     = 3
	OptionInteger    = 4
	OptionBoolean    = 5
	OptionAttachment = 11
)

// Limits of commands; lengths are in code points.
const (
	MaxStringOption = 6000
	maxCommandText  = 8000
	maxCommands     = 130
	maxOptions      = 25
	maxChoices      = 25
)

// A Command is a command that the bot registers.
type Command struct {
	ID          string    `json:"id"`
	AppID       string    `json:"application_id"`
	Version     string    `json:"version"`
	Type        int       `json:"type"`
	Name        string    `json:"name"`
	Names       Localized `json:"name_localizations,omitempty"`
	Description string    `json:"description"`
	Texts       Localized `json:"description_localizations,omitempty"`
	Options     []Option  `json:"options,omitempty"`
	Permissions *string   `json:"default_member_permissions"`
	NSFW        bool      `json:"nsfw"`
	Contexts    []int     `json:"contexts"`
	Installs    []int     `json:"integration_types"`
}

// An Option is an option of a command.
type Option struct {
	Type         int       `json:"type"`
	Name         string    `json:"name"`
	Names        Localized `json:"name_localizations,omitempty"`
	Description  string    `json:"description"`
	Texts        Localized `json:"description_localizations,omitempty"`
	Required     bool      `json:"required,omitempty"`
	Autocomplete bool      `json:"autocomplete,omitempty"`
	Choices      []Choice  `json:"choices,omitempty"`
	MinLength    *int      `json:"min_length,omitempty"`
	MaxLength    *int      `json:"max_length,omitempty"`
	// Of options that this package does not know; discordgo sends null.
	Options      *struct{} `json:"options,omitempty"`
	ChannelTypes *struct{} `json:"channel_types,omitempty"`
}

// A Choice is a choice of an option, or one line of an autocompletion.
type Choice struct {
	Name  string    `json:"name"`
	Names Localized `json:"name_localizations,omitempty"` // of a command's choice
	Value any       `json:"value"`
}

// Localized is a text by locale.
type Localized map[string]string

// locales are those that commands can be localized for (reference#locales).
var locales = strings.Fields("bg cs da de el en-GB en-US es-419 es-ES fi fr hi hr hu id it ja ko lt nl no pl pt-BR ro ru sv-SE th tr uk vi zh-CN zh-TW")

func (l Localized) check(c *problems, at path, text func(path, string)) {
	for locale, s := range l {
		if !slices.Contains(locales, locale) {
			c.add(at.in(locale), "UNKNOWN_FIELD", "Discord does not know this field")
		}
		text(at.in(locale), s)
	}
}

// commandName is what Discord documents for chat commands and options. Scripts
// without lower case are fine; upper case is not.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

func (c *problems) slashName(at path, s string) {
	if !commandName.MatchString(s) || s != strings.ToLower(s) {
		c.add(at, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
}

// text checks texts of 1 to 100 characters.
func (c *problems) text(at path, s string) { c.length(at, s, 1, 100) }

// Commands checks a whole list of commands, as PUT takes it.
func Commands(raw json.RawMessage) ([]Command, error) {
	var list []Command
	if err := decode(nil, raw, &list); err != nil {
		return nil, err
	}
	var c problems
	c.count(nil, len(list), 0, maxCommands)
	once := unique[string](&c, "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
	for i := range list {
		list[i].Type = max(list[i].Type, ChatCommand) // the default
		if list[i].Installs == nil {
			list[i].Installs = []int{0} // the default
		}
		list[i].check(&c, path{}.at(i))
		once(path{}.at(i).in("name"), strconv.Itoa(list[i].Type)+list[i].Name)
	}
	return list, c.err()
}

// InstalledBy reports whether the command comes with a way of installing the
// app: 0 in a guild, 1 by a user. What is no command comes with both.
func (x *Command) InstalledBy(way int) bool { return x == nil || slices.Contains(x.Installs, way) }

func (x *Command) check(c *problems, at path) {
	oneOf(c, at.in("type"), x.Type, ChatCommand, MessageCommand)
	if x.Permissions != nil {
		if _, err := strconv.ParseUint(*x.Permissions, 10, 64); err != nil {
			c.add(at.in("default_member_permissions"), "NUMBER_TYPE_COERCE", "Value %q is not int.", *x.Permissions)
		}
	}
	for _, v := range x.Installs {
		oneOf(c, at.in("integration_types"), v, 0, 1)
	}
	for _, v := range x.Contexts {
		oneOf(c, at.in("contexts"), v, 0, 1, 2)
	}
	if slices.Contains(x.Contexts, 2) && !slices.Contains(x.Installs, 1) {
		c.add(at.in("contexts"), "APPLICATION_COMMAND_CONTEXT_INVALID", "PRIVATE_CHANNEL needs the integration type USER_INSTALL")
	}
	if x.Type != ChatCommand {
		name := func(at path, s string) { c.length(at, s, 1, 32) }
		name(at.in("name"), x.Name)
		x.Names.check(c, at.in("name_localizations"), name)
		if x.Description != "" {
			c.add(at.in("description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID", "Context menu commands cannot have description")
		}
		c.count(at.in("options"), len(x.Options), 0, 0)
		return
	}
	c.slashName(at.in("name"), x.Name)
	x.Names.check(c, at.in("name_localizations"), c.slashName)
	c.text(at.in("description"), x.Description)
	x.Texts.check(c, at.in("description_localizations"), c.text)
	c.count(at.in("options"), len(x.Options), 0, maxOptions)
	x.checkOptions(c, at.in("options"))
}

// checkOptions checks the options one by one and together.
func (x *Command) checkOptions(c *problems, at path) {
	once := unique[string](c, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name is used twice")
	size, optional := utf8.RuneCountInString(x.Name+x.Description), false
	for i, o := range x.Options {
		o.check(c, at.at(i))
		once(at, o.Name)
		if o.Required && optional {
			c.add(at.at(i), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		optional = optional || !o.Required
		size += utf8.RuneCountInString(o.Name + o.Description)
		for _, choice := range o.Choices {
			text, _ := choice.Value.(string)
			size += utf8.RuneCountInString(choice.Name + text)
		}
	}
	if size > maxCommandText {
		c.add(at[:len(at)-1], "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (%d)", maxCommandText)
	}
}

func (o Option) check(c *problems, at path) {
	oneOf(c, at.in("type"), o.Type, OptionString, OptionInteger, OptionBoolean, OptionAttachment)
	c.slashName(at.in("name"), o.Name)
	o.Names.check(c, at.in("name_localizations"), c.slashName)
	c.text(at.in("description"), o.Description)
	o.Texts.check(c, at.in("description_localizations"), c.text)
	switch {
	case o.Type != OptionString && o.Type != OptionInteger && (len(o.Choices) > 0 || o.Autocomplete):
		c.add(at.in("choices"), "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Options of type %d have no choices", o.Type)
	case o.Autocomplete && len(o.Choices) > 0:
		c.add(at.in("autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", "Autocomplete and choices exclude each other")
	}
	checkChoices(c, at.in("choices"), o.Choices, o.Type)
	least, most := value(o.MinLength, 0), value(o.MaxLength, MaxStringOption)
	if least < 0 || most < 1 || most > MaxStringOption || least > most {
		c.add(at, "APPLICATION_COMMAND_OPTION_RANGE", "min_length and max_length do not fit")
	}
}

// checkChoices checks choices for an option of a type.
func checkChoices(c *problems, at path, list []Choice, typ int) {
	c.count(at, len(list), 0, maxChoices)
	for i, choice := range list {
		here := at.at(i)
		c.text(here.in("name"), choice.Name)
		choice.Names.check(c, here.in("name_localizations"), c.text)
		switch v := choice.Value.(type) {
		case string:
			if typ == OptionInteger {
				c.add(here.in("value"), "NUMBER_TYPE_COERCE", "Value %q is not int.", v)
			}
			c.text(here.in("value"), v)
		default:
			if _, number := v.(float64); !number || typ != OptionInteger {
				c.add(here.in("value"), "BASE_TYPE_BAD_STRING", "Must be a string.")
			}
		}
	}
}
