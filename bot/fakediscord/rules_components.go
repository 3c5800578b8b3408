package fakediscord

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

var (
	componentID = null(integer(0, 1<<31-1))
	customID    = text(1, 100)
	emojiRule   = null(form(fields{"id": null(snowflake), "name": null(upTo(32)), "animated": null(yesNo)}))
	channelType = integer(0, 17)
	urlRule     = all(text(1, 512), matching(regexp.MustCompile(`^(https?|discord)://\S+$`)))
	fileURL     = all(text(1, 2048), matching(regexp.MustCompile(`^(https?|attachment)://\S+$`)))
)

// unfurled is a picture or file of a component. What Discord adds to it comes
// back in edits and is not looked at.
var unfurled = form(fields{
	"url": fileURL, "proxy_url": anything, "height": anything, "width": anything, "content_type": anything, "attachment_id": anything,
}, "url")

var selectBase = fields{
	"type": anything, "id": componentID, "custom_id": customID, "placeholder": null(upTo(150)),
	"min_values": null(integer(0, 25)), "max_values": null(integer(1, 25)), "disabled": null(yesNo), "required": null(yesNo),
}

func autoSelect(kinds ...string) rule {
	return form(selectBase.with(fields{"default_values": null(listOf(0, 25, form(fields{
		"id": snowflake, "type": word(kinds...),
	}, "id", "type")))}), "custom_id")
}

// componentRules are the forms of the types of components, without what they
// hold.
var componentRules = map[int]fields{
	ActionRow: {"type": anything, "id": componentID, "components": anything},
	Button: {
		"type": anything, "id": componentID, "style": oneOf(1, 2, 3, 4, 5, 6), "label": null(upTo(80)), "emoji": emojiRule,
		"custom_id": null(customID), "url": null(urlRule), "sku_id": null(snowflake), "disabled": null(yesNo),
	},
	TextInput: {
		"type": anything, "id": componentID, "custom_id": customID, "style": oneOf(1, 2), "label": null(text(1, 45)),
		"min_length": null(integer(0, 4000)), "max_length": null(integer(1, 4000)), "required": null(yesNo),
		"value": null(upTo(4000)), "placeholder": null(upTo(100)),
	},
	Section:      {"type": anything, "id": componentID, "components": anything, "accessory": anything},
	TextDisplay:  {"type": anything, "id": componentID, "content": trimmed(1, maxV2Text)},
	Thumbnail:    {"type": anything, "id": componentID, "media": unfurled, "description": null(text(1, 1024)), "spoiler": null(yesNo)},
	MediaGallery: {"type": anything, "id": componentID, "items": listOf(1, 10, galleryItem)},
	FileComponent: {
		"type": anything, "id": componentID, "file": unfurled, "spoiler": null(yesNo), "name": anything, "size": anything,
	},
	Separator: {"type": anything, "id": componentID, "divider": null(yesNo), "spacing": null(oneOf(1, 2))},
	Container: {
		"type": anything, "id": componentID, "components": anything, "accent_color": null(integer(0, 0xffffff)), "spoiler": null(yesNo),
	},
	Label: {
		"type": anything, "id": componentID, "label": text(1, 45), "description": null(text(1, 100)), "component": anything,
	},
	FileUpload: {
		"type": anything, "id": componentID, "custom_id": customID, "min_values": null(integer(0, 10)),
		"max_values": null(integer(1, 10)), "required": null(yesNo),
	},
	RadioGroup: {
		"type": anything, "id": componentID, "custom_id": customID, "options": listOf(2, 10, pickOption), "required": null(yesNo),
	},
	CheckboxGroup: {
		"type": anything, "id": componentID, "custom_id": customID, "options": listOf(1, 10, pickOption),
		"min_values": null(integer(0, 10)), "max_values": null(integer(1, 10)), "required": null(yesNo),
	},
	Checkbox: {"type": anything, "id": componentID, "custom_id": customID, "default": null(yesNo)},
}

var componentRequired = map[int][]string{
	ActionRow: {"components"}, Button: {"style"}, TextInput: {"custom_id", "style"},
	Section: {"components", "accessory"}, TextDisplay: {"content"}, Thumbnail: {"media"}, MediaGallery: {"items"},
	FileComponent: {"file"}, Container: {"components"}, Label: {"label", "component"}, FileUpload: {"custom_id"},
	RadioGroup: {"custom_id", "options"}, CheckboxGroup: {"custom_id", "options"}, Checkbox: {"custom_id"},
}

var selectRules = map[int]rule{
	StringSelect: form(selectBase.with(fields{"options": listOf(1, 25, form(fields{
		"label": text(1, 100), "value": text(1, 100), "description": null(upTo(100)), "emoji": emojiRule, "default": null(yesNo),
	}, "label", "value"))}), "custom_id", "options"),
	UserSelect: autoSelect("user"), RoleSelect: autoSelect("role"), MentionableSelect: autoSelect("user", "role"),
	ChannelSelect: form(selectBase.with(fields{
		"channel_types":  null(all(listOf(0, 25, channelType), unique)),
		"default_values": null(listOf(0, 25, form(fields{"id": snowflake, "type": word("channel")}, "id", "type"))),
	}), "custom_id"),
}

var galleryItem = form(fields{"media": unfurled, "description": null(text(1, 1024)), "spoiler": null(yesNo)}, "media")

var pickOption = form(fields{
	"label": text(1, 100), "value": text(1, 100), "description": null(upTo(100)), "default": null(yesNo),
}, "label", "value")

// selects are the menus that a row can hold.
var selects = []int{StringSelect, UserSelect, RoleSelect, MentionableSelect, ChannelSelect}

// What may be in what. 0 is the message or modal itself.
var (
	inMessage = map[int][]int{
		0:         {ActionRow, Section, TextDisplay, MediaGallery, FileComponent, Separator, Container},
		ActionRow: append([]int{Button}, selects...),
		Section:   {TextDisplay},
		Container: {ActionRow, Section, TextDisplay, MediaGallery, FileComponent, Separator},
	}
	inAccessory = []int{Button, Thumbnail}
	inModal     = map[int][]int{0: {ActionRow, TextDisplay, Label}, ActionRow: {TextInput}}
	inLabel     = append([]int{TextInput, FileUpload, RadioGroup, CheckboxGroup, Checkbox}, selects...)
)

// messageComponents checks the components of a message one by one.
func messageComponents(c *check, at place, v any) {
	listOf(0, maxComponents, componentIn(inMessage, 0))(c, at, v)
}

// componentIn checks a component in a parent, and what is in it.
func componentIn(tree map[int][]int, parent int) rule {
	return func(c *check, at place, v any) { checkComponent(c, at, v, tree, tree[parent]) }
}

func checkComponent(c *check, at place, v any, tree map[int][]int, allowed []int) {
	o, ok := v.(map[string]any)
	if !ok {
		c.say(at, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
		return
	}
	oneOf(allowed...)(c, at.in("type"), o["type"])
	t := intOf(o["type"])
	if r, ok := selectRules[t]; ok {
		r(c, at, v)
	} else if f, ok := componentRules[t]; ok {
		form(f, componentRequired[t]...)(c, at, v)
	}
	switch t {
	case ActionRow:
		checkRow(c, at, o, tree)
	case Button:
		checkButton(c, at, o)
	case StringSelect, UserSelect, RoleSelect, MentionableSelect, ChannelSelect:
		checkSelect(c, at, o)
	case TextInput:
		checkTextInput(c, at, o)
	case Section:
		listOf(1, 3, componentIn(tree, Section))(c, at.in("components"), o["components"])
		checkComponent(c, at.in("accessory"), o["accessory"], tree, inAccessory)
	case Container:
		listOf(1, maxComponents, componentIn(tree, Container))(c, at.in("components"), o["components"])
	case Label:
		checkComponent(c, at.in("component"), o["component"], tree, inLabel)
	}
}

func checkRow(c *check, at place, o map[string]any, tree map[int][]int) {
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
		c.say(at, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
	}
}

func checkButton(c *check, at place, o map[string]any) {
	custom, url, sku := o["custom_id"] != nil, o["url"] != nil, o["sku_id"] != nil
	label, _ := o["label"].(string)
	switch style := intOf(o["style"]); {
	case style == 5 && (custom || !url):
		c.say(at, "BUTTON_COMPONENT_INVALID_URL", "A link button has a url and no custom_id")
	case style == 6 && (custom || url || !sku):
		c.say(at, "BUTTON_COMPONENT_INVALID_SKU", "A premium button has a sku_id and nothing else")
	case style >= 1 && style <= 4 && !custom:
		c.say(at.in("custom_id"), "BASE_TYPE_REQUIRED", "This field is required")
	case style >= 1 && style <= 4 && url:
		c.say(at, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
	case style != 6 && label == "" && o["emoji"] == nil:
		c.say(at, "BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL", "A button must have a label or an emoji")
	}
}

func checkSelect(c *check, at place, o map[string]any) {
	least, most := 1, 1
	if o["min_values"] != nil {
		least = intOf(o["min_values"])
	}
	if o["max_values"] != nil {
		most = intOf(o["max_values"])
	}
	options, isString := o["options"].([]any)
	if least > most || isString && (least > len(options) || o["max_values"] != nil && most > len(options)) {
		c.say(at, "SELECT_COMPONENT_MAX_VALUES_OUT_OF_RANGE", "min_values %d and max_values %d do not fit", least, most)
	}
	chosen, _ := o["default_values"].([]any)
	defaults := len(chosen)
	seen := map[string]bool{}
	for i, x := range options {
		m, _ := x.(map[string]any)
		if value := fmt.Sprint(m["value"]); seen[value] {
			c.say(at.in("options").at(i).in("value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		} else {
			seen[value] = true
		}
		if d, _ := m["default"].(bool); d {
			defaults++
		}
	}
	if defaults > most || defaults > 0 && len(chosen) > 0 && defaults < least {
		c.say(at, "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "%d defaults do not fit min_values %d and max_values %d", defaults, least, most)
	}
}

func checkTextInput(c *check, at place, o map[string]any) {
	most := 4000
	if o["max_length"] != nil {
		most = intOf(o["max_length"])
	}
	value, _ := o["value"].(string)
	n := utf8.RuneCountInString(value)
	if intOf(o["min_length"]) > most || n > most || n > 0 && n < intOf(o["min_length"]) {
		c.say(at, "TEXT_INPUT_LENGTH", "min_length, max_length and value do not fit")
	}
}
