package form

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

// The types of components that this package knows, with the numbers of the
// wire.
const (
	ActionRow     = 1
	Button        = 2
	StringSelect  = 3
	TextInput     = 4
	RoleSelect    = 6
	ChannelSelect = 8
	TextDisplay   = 10
	MediaGallery  = 12
	File          = 13
	Separator     = 14
	Container     = 17
	Label         = 18
)

var (
	componentID = null(integer(0, 1<<31-1))
	customID    = text(1, 100)
	emojiRule   = null(object(fields{"id": null(snowflake), "name": null(upTo(32)), "animated": null(yesNo)}))
	channelType = integer(0, 17)
	urlRule     = all(text(1, 512), matching(regexp.MustCompile(`^(https?|discord)://\S+$`)))
	fileURL     = all(text(1, 2048), matching(regexp.MustCompile(`^(https?|attachment)://\S+$`)))
)

// unfurled is a picture or file of a component. What Discord adds to it comes
// back in edits and is not looked at.
var unfurled = object(fields{
	"url": fileURL, "proxy_url": anything, "height": anything, "width": anything, "content_type": anything, "attachment_id": anything,
}, "url")

var selectBase = fields{
	"type": anything, "id": componentID, "custom_id": customID, "placeholder": null(upTo(150)),
	"min_values": null(integer(0, 25)), "max_values": null(integer(1, 25)), "disabled": null(yesNo), "required": null(yesNo),
}

// autoSelect is a menu that Discord fills, with ids of one kind.
func autoSelect(kind string, more fields) Rule {
	return object(selectBase.with(more).with(fields{
		"default_values": null(listOf(0, 25, object(fields{"id": snowflake, "type": word(kind)}, "id", "type"))),
	}), "custom_id")
}

// componentRules are the forms of the types of components, without what they
// hold.
var componentRules = map[int]fields{
	ActionRow: {"type": anything, "id": componentID, "components": anything},
	Button: {
		"type": anything, "id": componentID, "style": oneOf(1, 2, 3, 4, 5), "label": null(upTo(80)), "emoji": emojiRule,
		"custom_id": null(customID), "url": null(urlRule), "disabled": null(yesNo),
	},
	TextInput: {
		"type": anything, "id": componentID, "custom_id": customID, "style": oneOf(1, 2), "label": null(text(1, 45)),
		"min_length": null(integer(0, 4000)), "max_length": null(integer(1, 4000)), "required": null(yesNo),
		"value": null(upTo(4000)), "placeholder": null(upTo(100)),
	},
	TextDisplay:  {"type": anything, "id": componentID, "content": trimmed(1, maxV2Text)},
	MediaGallery: {"type": anything, "id": componentID, "items": listOf(1, 10, galleryItem)},
	File:         {"type": anything, "id": componentID, "file": unfurled, "spoiler": null(yesNo)},
	Separator:    {"type": anything, "id": componentID, "divider": null(yesNo), "spacing": null(oneOf(1, 2))},
	Container: {
		"type": anything, "id": componentID, "components": anything, "accent_color": null(integer(0, 0xffffff)), "spoiler": null(yesNo),
	},
	Label: {
		"type": anything, "id": componentID, "label": text(1, 45), "description": null(text(1, 100)), "component": anything,
	},
}

var componentRequired = map[int][]string{
	ActionRow: {"components"}, Button: {"style"}, TextInput: {"custom_id", "style"},
	TextDisplay: {"content"}, MediaGallery: {"items"}, File: {"file"}, Container: {"components"}, Label: {"label", "component"},
}

var selectRules = map[int]Rule{
	StringSelect: object(selectBase.with(fields{"options": listOf(1, 25, object(fields{
		"label": text(1, 100), "value": text(1, 100), "description": null(upTo(100)), "emoji": emojiRule, "default": null(yesNo),
	}, "label", "value"))}), "custom_id", "options"),
	RoleSelect:    autoSelect("role", nil),
	ChannelSelect: autoSelect("channel", fields{"channel_types": null(all(listOf(0, 25, channelType), unique))}),
}

var galleryItem = object(fields{"media": unfurled, "description": null(text(1, 1024)), "spoiler": null(yesNo)}, "media")

// selects are the menus that a row can hold.
var selects = []int{StringSelect, RoleSelect, ChannelSelect}

// Types of components by the type that may hold them; 0 is the message or modal itself.
var (
	inMessage = map[int][]int{
		0:         {ActionRow, TextDisplay, MediaGallery, File, Separator, Container},
		ActionRow: append([]int{Button}, selects...),
		Container: {ActionRow, TextDisplay, MediaGallery, File, Separator},
	}
	inModal = map[int][]int{0: {ActionRow, TextDisplay, Label}, ActionRow: {TextInput}}
	inLabel = append([]int{TextInput}, selects...)
)

// messageComponents checks the components of a message one by one.
func messageComponents(c *problems, at path, v any) {
	listOf(0, maxComponents, componentIn(inMessage, 0))(c, at, v)
}

// componentIn checks a component in a parent, and what is in it.
func componentIn(tree map[int][]int, parent int) Rule {
	return func(c *problems, at path, v any) { checkComponent(c, at, v, tree, tree[parent]) }
}

func checkComponent(c *problems, at path, v any, tree map[int][]int, allowed []int) {
	o, ok := v.(map[string]any)
	if !ok {
		c.add(at, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
		return
	}
	oneOf(allowed...)(c, at.in("type"), o["type"])
	t := intOf(o["type"])
	if r, ok := selectRules[t]; ok {
		r(c, at, v)
	} else if f, ok := componentRules[t]; ok {
		object(f, componentRequired[t]...)(c, at, v)
	}
	switch t {
	case ActionRow:
		checkRow(c, at, o, tree)
	case Button:
		checkButton(c, at, o)
	case StringSelect, RoleSelect, ChannelSelect:
		checkSelect(c, at, o)
	case TextInput:
		checkTextInput(c, at, o)
	case Container:
		listOf(1, maxComponents, componentIn(tree, Container))(c, at.in("components"), o["components"])
	case Label:
		checkComponent(c, at.in("component"), o["component"], tree, inLabel)
	}
}

func checkRow(c *problems, at path, o map[string]any, tree map[int][]int) {
	listOf(1, 5, componentIn(tree, ActionRow))(c, at.in("components"), o["components"])
	list, _ := o["components"].([]any)
	wide := 0
	for _, x := range list {
		if m, ok := x.(map[string]any); ok && intOf(m["type"]) == Button {
			wide++
		} else {
			wide += 5
		}
	}
	if wide > 5 {
		c.add(at, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
	}
}

func checkButton(c *problems, at path, o map[string]any) {
	custom, url := o["custom_id"] != nil, o["url"] != nil
	label, _ := o["label"].(string)
	switch style := intOf(o["style"]); {
	case style == 5 && (custom || !url):
		c.add(at, "BUTTON_COMPONENT_INVALID_URL", "A link button has a url and no custom_id")
	case style >= 1 && style <= 4 && !custom:
		c.add(at.in("custom_id"), "BASE_TYPE_REQUIRED", "This field is required")
	case style >= 1 && style <= 4 && url:
		c.add(at, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
	case label == "" && o["emoji"] == nil:
		c.add(at, "BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL", "A button must have a label or an emoji")
	}
}

func checkSelect(c *problems, at path, o map[string]any) {
	least, most := 1, 1
	if o["min_values"] != nil {
		least = intOf(o["min_values"])
	}
	if o["max_values"] != nil {
		most = intOf(o["max_values"])
	}
	options, isString := o["options"].([]any)
	if least > most || isString && (least > len(options) || o["max_values"] != nil && most > len(options)) {
		c.add(at, "SELECT_COMPONENT_MAX_VALUES_OUT_OF_RANGE", "min_values %d and max_values %d do not fit", least, most)
	}
	chosen, _ := o["default_values"].([]any)
	defaults := len(chosen)
	seen := map[string]bool{}
	for i, x := range options {
		m, _ := x.(map[string]any)
		if value := fmt.Sprint(m["value"]); seen[value] {
			c.add(at.in("options").at(i).in("value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		} else {
			seen[value] = true
		}
		if d, _ := m["default"].(bool); d {
			defaults++
		}
	}
	if defaults > most || defaults > 0 && len(chosen) > 0 && defaults < least {
		c.add(at, "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "%d defaults do not fit min_values %d and max_values %d", defaults, least, most)
	}
}

func checkTextInput(c *problems, at path, o map[string]any) {
	most := 4000
	if o["max_length"] != nil {
		most = intOf(o["max_length"])
	}
	value, _ := o["value"].(string)
	n := utf8.RuneCountInString(value)
	if intOf(o["min_length"]) > most || n > most || n > 0 && n < intOf(o["min_length"]) {
		c.add(at, "TEXT_INPUT_LENGTH", "min_length, max_length and value do not fit")
	}
}
