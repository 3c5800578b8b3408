package form

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of components; lengths are in code points.
const (
	maxComponents = 40
	maxRows       = 5
	maxV2Text     = 4000
	maxCustomID   = 100
	MaxTextInput  = 4000
	maxURL        = 2048
)

var (
	linkPattern  = regexp.MustCompile(`^(https?|discord)://\S+$`)
	mediaPattern = regexp.MustCompile(`^(https?|attachment)://\S+$`)
)

// Types of components by the type that may hold them; 0 is the message or modal itself.
var (
	inMessage = map[int][]int{
		0:         {ActionRow, TextDisplay, MediaGallery, File, Separator},
		ActionRow: {Button, StringSelect, RoleSelect, ChannelSelect},
	}
	inModal = map[int][]int{
		0:     {TextDisplay, Label},
		Label: {TextInput, StringSelect, RoleSelect, ChannelSelect},
	}
)

// tree is the components of one message or modal while they are checked.
type tree struct {
	*problems
	holds    map[int][]int
	v2       bool     // a message of components, or a modal
	files    []string // names of the uploads that may be shown
	total    int
	runes    int // of text displays
	customID func(path, string)
}

func (c *problems) tree(holds map[int][]int, v2 bool, files []string) *tree {
	return &tree{
		problems: c, holds: holds, v2: v2, files: files,
		customID: unique[string](c, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"),
	}
}

// check checks all components, at a place of the form.
func (t *tree) check(at path, list []Component) {
	t.inside(at, 0, list)
	if t.total > maxComponents {
		t.add(at, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The total number of components exceeds %d", maxComponents)
	}
	if t.runes > maxV2Text {
		t.add(at, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "The total text exceeds %d characters", maxV2Text)
	}
}

// inside checks what a component of a type holds.
func (t *tree) inside(at path, parent int, list []Component) {
	for i := range list {
		t.component(at.at(i), parent, &list[i])
	}
}

func (t *tree) component(at path, parent int, x *Component) {
	t.total++
	oneOf(t.problems, at.in("type"), x.Type, t.holds[parent]...)
	if !t.v2 && x.Type >= TextDisplay && x.Type <= Separator {
		t.add(at.in("type"), "COMPONENT_REQUIRES_V2", "Components of type %d need the IS_COMPONENTS_V2 flag", x.Type)
	}
	if x.IsSelect() || x.Type == TextInput || x.Type == Button && x.Style != 5 {
		t.length(at.in("custom_id"), x.CustomID, 1, maxCustomID)
		if x.CustomID != "" {
			t.customID(at.in("custom_id"), x.CustomID)
		}
	}
	for _, media := range x.Media() {
		t.media(at, media.URL)
	}
	switch x.Type {
	case ActionRow:
		t.row(at, x)
	case Button:
		t.button(at, x)
	case StringSelect, RoleSelect, ChannelSelect:
		t.selectMenu(at, x)
	case TextInput:
		t.textInput(at, x)
	case TextDisplay:
		t.runes += utf8.RuneCountInString(x.Content)
		t.length(at.in("content"), strings.TrimSpace(x.Content), 1, maxV2Text)
	case MediaGallery:
		t.count(at.in("items"), len(x.Items), 1, 10)
		for i, item := range x.Items {
			t.length(at.in("items").at(i).in("description"), item.Description, 0, 1024)
		}
	case File:
		if x.File == nil {
			t.required(at.in("file"))
		}
	case Label:
		t.length(at.in("label"), x.Label, 1, 45)
		t.length(at.in("description"), x.Description, 0, 100)
		if x.Inner == nil {
			t.required(at.in("component"))
			return
		}
		t.component(at.in("component"), Label, x.Inner)
	}
}

// media checks the address of a picture or file.
func (t *tree) media(at path, url string) {
	name, own := strings.CutPrefix(url, "attachment://")
	switch {
	case len(url) > maxURL || !mediaPattern.MatchString(url):
		t.add(at, "STRING_TYPE_REGEX", "String value did not match validation regex.")
	case own && !slices.Contains(t.files, name):
		t.add(at, "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "The referenced attachment %q was not found", name)
	}
}

// row checks an action row: five buttons, or one of anything else.
func (t *tree) row(at path, x *Component) {
	t.count(at.in("components"), len(x.Components), 1, 5)
	t.inside(at.in("components"), ActionRow, x.Components)
	if len(x.Components) > 1 && slices.ContainsFunc(x.Components, func(in Component) bool { return in.Type != Button }) {
		t.add(at, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
	}
}

func (t *tree) button(at path, x *Component) {
	oneOf(t.problems, at.in("style"), x.Style, 1, 2, 3, 4, 5)
	t.length(at.in("label"), x.Label, 0, 80)
	switch {
	case x.Style == 5 && (x.CustomID != "" || x.URL == ""):
		t.add(at, "BUTTON_COMPONENT_INVALID_URL", "A link button has a url and no custom_id")
	case x.Style == 5 && (len(x.URL) > 512 || !linkPattern.MatchString(x.URL)):
		t.add(at.in("url"), "STRING_TYPE_REGEX", "String value did not match validation regex.")
	case x.Style != 5 && x.URL != "":
		t.add(at, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
	case x.Label == "":
		t.add(at, "BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL", "A button must have a label or an emoji")
	}
}

func (t *tree) selectMenu(at path, x *Component) {
	t.length(at.in("placeholder"), x.Placeholder, 0, 150)
	options, least, most := len(x.Options), value(x.Min, 1), value(x.Max, 1)
	if x.Type == StringSelect {
		t.count(at.in("options"), options, 1, 25)
	} else {
		options = 25
	}
	if least < 0 || least > most || least > options || x.Max != nil && (most < 1 || most > options) {
		t.add(at, "SELECT_COMPONENT_MAX_VALUES_OUT_OF_RANGE", "min_values %d and max_values %d do not fit", least, most)
	}
	defaults := len(x.Defaults)
	for i, chosen := range x.Defaults {
		oneOf(t.problems, at.in("default_values").at(i).in("type"), chosen.Type, map[int]string{RoleSelect: "role", ChannelSelect: "channel"}[x.Type])
	}
	once := unique[string](t.problems, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
	for i, o := range x.Options {
		here := at.in("options").at(i)
		t.length(here.in("label"), o.Label, 1, 100)
		t.length(here.in("value"), o.Value, 1, 100)
		t.length(here.in("description"), o.Description, 0, 100)
		once(here.in("value"), o.Value)
		if o.Default {
			defaults++
		}
	}
	if defaults > most || len(x.Defaults) > 0 && defaults < least {
		t.add(at, "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "%d defaults do not fit min_values %d and max_values %d", defaults, least, most)
	}
}

func (t *tree) textInput(at path, x *Component) {
	oneOf(t.problems, at.in("style"), x.Style, 1, 2)
	t.length(at.in("placeholder"), x.Placeholder, 0, 100)
	n, most := utf8.RuneCountInString(x.Value), value(x.MaxLength, MaxTextInput)
	if most > MaxTextInput || value(x.MinLength, 0) > most || n > most || n > 0 && n < value(x.MinLength, 0) {
		t.add(at, "TEXT_INPUT_LENGTH", "min_length, max_length and value do not fit")
	}
}
