package form

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// The types of commands.
const (
	ChatCommand    = 1
	UserCommand    = 2
	MessageCommand = 3
)

// The types of options that this package knows, with the numbers of the wire.
const (
	OptionString     = 3
	OptionInteger    = 4
	OptionBoolean    = 5
	OptionAttachment = 11
)

// Limits of commands.
const (
	MaxStringOption = 6000
	maxCommandText  = 8000
	maxChoices      = 25
)

// commandName is what Discord documents for chat commands and options. Scripts
// without lower case are fine; upper case is not.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

func slashName(c *problems, at path, v any) {
	s, ok := v.(string)
	if !ok {
		c.add(at, "BASE_TYPE_BAD_STRING", "Must be a string.")
	} else if !commandName.MatchString(s) || s != strings.ToLower(s) {
		c.add(at, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
}

// locales are those that commands can be localized for (reference#locales).
var locales = strings.Fields("bg cs da de el en-GB en-US es-419 es-ES fi fr hi hr hu id it ja ko lt nl no pl pt-BR ro ru sv-SE th tr uk vi zh-CN zh-TW")

// localized is a value in several languages.
func localized(r Rule) Rule {
	each := fields{}
	for _, name := range locales {
		each[name] = r
	}
	return null(object(each))
}

// Commands is a whole list of commands, as PUT takes it.
var Commands = all(listOf(0, 130, command), uniqueNames)

var command = all(object(fields{
	"name": text(1, 32), "description": null(upTo(100)), "type": null(oneOf(ChatCommand, UserCommand, MessageCommand)),
	"name_localizations": localized(text(1, 32)), "description_localizations": localized(text(1, 100)),
	"options":                    null(listOf(0, 25, option)),
	"default_member_permissions": null(digits), "nsfw": null(yesNo),
	"integration_types": null(all(listOf(1, 2, oneOf(0, 1)), unique)), "contexts": null(all(listOf(0, 3, oneOf(0, 1, 2)), unique)),
}, "name"), wholeCommand)

// wholeCommand checks what depends on the type of the command.
func wholeCommand(c *problems, at path, v any) {
	o, _ := v.(map[string]any)
	description, _ := o["description"].(string)
	options, _ := o["options"].([]any)
	if t := intOf(o["type"]); t == UserCommand || t == MessageCommand {
		if description != "" {
			c.add(at.in("description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID", "Context menu commands cannot have description")
		}
		if len(options) > 0 {
			c.add(at.in("options"), "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS", "Context menu commands cannot have options")
		}
		return
	}
	slashName(c, at.in("name"), o["name"])
	localized(slashName)(c, at.in("name_localizations"), o["name_localizations"])
	if description == "" {
		c.add(at.in("description"), "BASE_TYPE_REQUIRED", "This field is required")
	}
	wholeOptions(c, at.in("options"), options)
	if n := commandText(o); n > maxCommandText {
		c.add(at, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (%d)", maxCommandText)
	}
	contexts, _ := o["contexts"].([]any)
	installs, _ := o["integration_types"].([]any)
	if slices.Contains(contexts, any(json.Number("2"))) && !slices.Contains(installs, any(json.Number("1"))) {
		c.add(at.in("contexts"), "APPLICATION_COMMAND_CONTEXT_INVALID", "PRIVATE_CHANNEL needs the integration type USER_INSTALL")
	}
}

// commandText counts names, descriptions and values.
func commandText(o map[string]any) int {
	n := 0
	for _, name := range []string{"name", "description", "value"} {
		s, _ := o[name].(string)
		n += utf8.RuneCountInString(s)
	}
	for _, name := range []string{"options", "choices"} {
		list, _ := o[name].([]any)
		for _, x := range list {
			m, _ := x.(map[string]any)
			n += commandText(m)
		}
	}
	return n
}

var option = all(object(fields{
	"type": oneOf(OptionString, OptionInteger, OptionBoolean, OptionAttachment), "name": slashName, "description": text(1, 100),
	"required": null(yesNo), "autocomplete": null(yesNo), "options": empty, "channel_types": empty, // discordgo sends null
	"name_localizations": localized(slashName), "description_localizations": localized(text(1, 100)),
	"choices": null(listOf(0, maxChoices, object(fields{
		"name": text(1, 100), "name_localizations": localized(text(1, 100)), "value": anything,
	}, "name", "value"))),
	"min_length": null(integer(0, MaxStringOption)), "max_length": null(integer(1, MaxStringOption)),
}, "type", "name", "description"), wholeOption)

// wholeOption checks what depends on the type of the option.
func wholeOption(c *problems, at path, v any) {
	o, _ := v.(map[string]any)
	t := intOf(o["type"])
	choices, _ := o["choices"].([]any)
	complete, _ := o["autocomplete"].(bool)
	switch {
	case t != OptionString && t != OptionInteger && (len(choices) > 0 || complete):
		c.add(at.in("choices"), "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Options of type %d have no choices", t)
	case complete && len(choices) > 0:
		c.add(at.in("autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", "Autocomplete and choices exclude each other")
	}
	value := text(1, 100)
	if t == OptionInteger {
		value = integer(-1<<53, 1<<53)
	}
	for i, x := range choices {
		m, _ := x.(map[string]any)
		value(c, at.in("choices").at(i).in("value"), m["value"])
	}
	if most := o["max_length"]; most != nil && intOf(o["min_length"]) > intOf(most) {
		c.add(at, "APPLICATION_COMMAND_OPTION_RANGE", "min_length is greater than max_length")
	}
}

// wholeOptions checks the options of one command together.
func wholeOptions(c *problems, at path, list []any) {
	seen, optional := map[string]bool{}, false
	for i, x := range list {
		o, _ := x.(map[string]any)
		name := fmt.Sprint(o["name"])
		if seen[name] {
			c.add(at, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name %q is used twice", name)
		}
		seen[name] = true
		required, _ := o["required"].(bool)
		if required && optional {
			c.add(at.at(i), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		optional = optional || !required
	}
}

func uniqueNames(c *problems, at path, v any) {
	seen := map[string]bool{}
	list, _ := v.([]any)
	for i, x := range list {
		o, _ := x.(map[string]any)
		key := fmt.Sprint(max(ChatCommand, intOf(o["type"])), o["name"])
		if seen[key] {
			c.add(at.at(i).in("name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		seen[key] = true
	}
}
