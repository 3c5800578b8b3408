package form

import "iter"

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
	Label         = 18
)

// A Component is any component of a message or a modal; what a type does not
// have stays zero. Marshalled, it is what Discord shows.
type Component struct {
	Type     int    `json:"type"`
	ID       int    `json:"id,omitempty"`
	CustomID string `json:"custom_id,omitempty"`
	Disabled bool   `json:"disabled,omitempty"`
	Style    int    `json:"style,omitempty"`
	Label    string `json:"label,omitempty"`
	URL      string `json:"url,omitempty"`

	Placeholder  string          `json:"placeholder,omitempty"`
	Min          *int            `json:"min_values,omitempty"`
	Max          *int            `json:"max_values,omitempty"`
	Options      []SelectOption  `json:"options,omitempty"`
	ChannelTypes []int           `json:"channel_types,omitempty"`
	Defaults     []DefaultChoice `json:"default_values,omitempty"`

	MinLength *int   `json:"min_length,omitempty"`
	MaxLength *int   `json:"max_length,omitempty"`
	Required  *bool  `json:"required,omitempty"`
	Value     string `json:"value,omitempty"`

	Content     string      `json:"content,omitempty"`
	Description string      `json:"description,omitempty"`
	Spoiler     bool        `json:"spoiler,omitempty"`
	Divider     *bool       `json:"divider,omitempty"`
	Spacing     int         `json:"spacing,omitempty"`
	Items       []MediaItem `json:"items,omitempty"`
	File        *Media      `json:"file,omitempty"`

	Components []Component `json:"components,omitempty"`
	Inner      *Component  `json:"component,omitempty"` // of a label
}

// A SelectOption is one line of a string select.
type SelectOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// A DefaultChoice is what a role or channel select shows as chosen.
type DefaultChoice struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// Media is a picture or file; a bot names its own upload attachment://name.
type Media struct {
	URL string `json:"url"`
}

// A MediaItem is one picture of a gallery; Description is its alt text.
type MediaItem struct {
	Media       Media  `json:"media"`
	Description string `json:"description,omitempty"`
	Spoiler     bool   `json:"spoiler,omitempty"`
}

// IsSelect reports whether the component is one of the select menus.
func (x *Component) IsSelect() bool {
	return x.Type == StringSelect || x.Type == RoleSelect || x.Type == ChannelSelect
}

// Media are the pictures and files that the component shows.
func (x *Component) Media() []*Media {
	var shown []*Media
	for i := range x.Items {
		shown = append(shown, &x.Items[i].Media)
	}
	if x.File != nil {
		shown = append(shown, x.File)
	}
	return shown
}

// All yields components and all that they hold, outermost first.
func All(list []Component) iter.Seq[*Component] {
	return func(yield func(*Component) bool) {
		for i := range list {
			if !list[i].walk(yield) {
				return
			}
		}
	}
}

func (x *Component) walk(yield func(*Component) bool) bool {
	if !yield(x) {
		return false
	}
	for i := range x.Components {
		if !x.Components[i].walk(yield) {
			return false
		}
	}
	return x.Inner == nil || x.Inner.walk(yield)
}
