package fakediscord

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

// The types of options, with the numbers of the wire.
const (
	optSubcommand  = 1
	optGroup       = 2
	optString      = 3
	optInteger     = 4
	optBoolean     = 5
	optUser        = 6
	optChannel     = 7
	optRole        = 8
	optMentionable = 9
	optNumber      = 10
	optAttachment  = 11
)

// Limits of commands.
const (
	maxCommandText  = 8000
	maxStringOption = 6000
	maxChoices      = 25
	createsPerDay   = 200
)

var commandsOfType = map[int]int{ChatCommand: 100, UserCommand: 15, MessageCommand: 15}

// commandName is what Discord documents for chat commands and options. Scripts
// without lower case are fine; upper case is not.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

var locales = []string{
	"id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR", "ro",
	"fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
}

func slashName(c *check, at place, v any) {
	s, ok := v.(string)
	if !ok {
		c.say(at, "BASE_TYPE_BAD_STRING", "Must be a string.")
	} else if !commandName.MatchString(s) || s != strings.ToLower(s) {
		c.say(at, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
}

var commandRule = all(form(fields{
	"name": text(1, 32), "name_localizations": null(mapOf(locales, text(1, 32))),
	"description": null(upTo(100)), "description_localizations": null(mapOf(locales, text(1, 100))),
	"type": null(oneOf(1, 2, 3, 4)), "options": null(listOf(0, 25, optionRule)),
	"default_member_permissions": null(digits), "default_permission": null(yesNo), "dm_permission": null(yesNo), "nsfw": null(yesNo),
	"integration_types": null(all(listOf(1, 2, oneOf(0, 1)), unique)), "contexts": null(all(listOf(0, 3, oneOf(0, 1, 2)), unique)),
	"handler": null(oneOf(1, 2, 3)),
	// What Discord adds comes back when a bot sends what it was given.
	"id": null(snowflake), "application_id": null(snowflake), "guild_id": null(snowflake), "version": null(anything),
}, "name"), wholeCommand)

// wholeCommand checks what depends on the type of the command.
func wholeCommand(c *check, at place, v any) {
	o, _ := v.(map[string]any)
	description, _ := o["description"].(string)
	options, _ := o["options"].([]any)
	if t := intOf(o["type"]); t == UserCommand || t == MessageCommand {
		if description != "" {
			c.say(at.in("description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID", "Context menu commands cannot have description")
		}
		if len(options) > 0 {
			c.say(at.in("options"), "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS", "Context menu commands cannot have options")
		}
		return
	}
	slashName(c, at.in("name"), o["name"])
	names, _ := o["name_localizations"].(map[string]any)
	for locale, name := range names {
		slashName(c, at.in("name_localizations").in(locale), name)
	}
	if description == "" {
		c.say(at.in("description"), "BASE_TYPE_REQUIRED", "This field is required")
	}
	wholeOptions(c, at.in("options"), options)
	if n := commandText(o); n > maxCommandText {
		c.say(at, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (%d)", maxCommandText)
	}
	contexts, _ := o["contexts"].([]any)
	installs, hasInstalls := o["integration_types"].([]any)
	if slices.Contains(contexts, any(json.Number("2"))) && (!hasInstalls || !slices.Contains(installs, any(json.Number("1")))) {
		c.say(at.in("contexts"), "APPLICATION_COMMAND_CONTEXT_INVALID", "PRIVATE_CHANNEL needs the integration type USER_INSTALL")
	}
}

// commandText counts names, descriptions and values, the longest locale each.
func commandText(o map[string]any) int {
	n := 0
	for _, name := range []string{"name", "description", "value"} {
		s, _ := o[name].(string)
		most := utf8.RuneCountInString(s)
		byLocale, _ := o[name+"_localizations"].(map[string]any)
		for _, v := range byLocale {
			s, _ := v.(string)
			most = max(most, utf8.RuneCountInString(s))
		}
		n += most
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

// optionRule checks one option. It is a function because options nest.
func optionRule(c *check, at place, v any) {
	optionForm(c, at, v)
	o, _ := v.(map[string]any)
	t := intOf(o["type"])
	inner, _ := o["options"].([]any)
	choices, _ := o["choices"].([]any)
	complete, _ := o["autocomplete"].(bool)
	offers := t == optString || t == optInteger || t == optNumber
	switch {
	case t != optSubcommand && t != optGroup && len(inner) > 0:
		c.say(at.in("options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Only subcommands and groups have options")
	case !offers && (len(choices) > 0 || complete):
		c.say(at.in("choices"), "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Options of type %d have no choices", t)
	case complete && len(choices) > 0:
		c.say(at.in("autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", "Autocomplete and choices exclude each other")
	}
	for i, x := range choices {
		m, _ := x.(map[string]any)
		here := at.in("choices").at(i).in("value")
		switch t {
		case optString:
			text(1, 100)(c, here, m["value"])
		case optInteger:
			integer(-1<<53, 1<<53)(c, here, m["value"])
		case optNumber:
			numeric(c, here, m["value"])
		}
	}
	if most := o["max_length"]; most != nil && intOf(o["min_length"]) > intOf(most) {
		c.say(at, "APPLICATION_COMMAND_OPTION_RANGE", "min_length is greater than max_length")
	}
	if t == optSubcommand || t == optGroup {
		listOf(0, 25, optionRule)(c, at.in("options"), orEmpty(o["options"]))
		wholeOptions(c, at.in("options"), inner)
	}
}

func orEmpty(v any) any {
	if v == nil {
		return []any{}
	}
	return v
}

var optionForm = form(fields{
	"type": integer(optSubcommand, optAttachment), "name": slashName, "name_localizations": null(mapOf(locales, slashName)),
	"description": text(1, 100), "description_localizations": null(mapOf(locales, text(1, 100))),
	"required": null(yesNo), "autocomplete": null(yesNo), "options": anything,
	"choices": null(listOf(0, maxChoices, form(fields{
		"name": text(1, 100), "name_localizations": null(mapOf(locales, text(1, 100))), "value": anything,
	}, "name", "value"))),
	"channel_types": null(all(listOf(0, 25, channelType), unique)),
	"min_value":     null(numeric), "max_value": null(numeric),
	"min_length": null(integer(0, maxStringOption)), "max_length": null(integer(1, maxStringOption)),
}, "type", "name", "description")

// wholeOptions checks the options of one command or subcommand together.
func wholeOptions(c *check, at place, list []any) {
	seen := map[string]bool{}
	optional, sub, plain := false, false, false
	for i, x := range list {
		o, _ := x.(map[string]any)
		name := fmt.Sprint(o["name"])
		if seen[name] {
			c.say(at, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name %q is used twice", name)
		}
		seen[name] = true
		if t := intOf(o["type"]); t == optSubcommand || t == optGroup {
			sub = true
			continue
		}
		plain = true
		required, _ := o["required"].(bool)
		if required && optional {
			c.say(at.at(i), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		optional = optional || !required
	}
	if sub && plain {
		c.say(at, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
	}
}
