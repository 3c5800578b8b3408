package fakediscord

import (
	"encoding/json"
	"iter"

	"backfaq/bot/fakediscord/form"
)

// The types of components that people operate.
const (
	Button       = form.Button
	StringSelect = form.StringSelect
)

// A Component is any component of a message or a modal; what a type does not
// have stays zero. Marshalled, it is what Discord shows.
type Component struct {
	Type     int             `json:"type"`
	ID       int             `json:"id,omitempty"`
	CustomID string          `json:"custom_id,omitempty"`
	Disabled bool            `json:"disabled,omitempty"`
	Style    int             `json:"style,omitempty"`
	Label    string          `json:"label,omitempty"`
	Emoji    json.RawMessage `json:"emoji,omitempty"`
	URL      string          `json:"url,omitempty"`

	Placeholder  string          `json:"placeholder,omitempty"`
	Min          *int            `json:"min_values,omitempty"`
	Max          *int            `json:"max_values,omitempty"`
	Options      []SelectOption  `json:"options,omitempty"`
	ChannelTypes []ChannelType   `json:"channel_types,omitempty"`
	Defaults     []DefaultChoice `json:"default_values,omitempty"`

	MinLength *int   `json:"min_length,omitempty"`
	MaxLength *int   `json:"max_length,omitempty"`
	Required  *bool  `json:"required,omitempty"`
	Value     string `json:"value,omitempty"`

	Content     string      `json:"content,omitempty"`
	Description string      `json:"description,omitempty"`
	Spoiler     bool        `json:"spoiler,omitempty"`
	AccentColor *int        `json:"accent_color,omitempty"`
	Divider     *bool       `json:"divider,omitempty"`
	Spacing     int         `json:"spacing,omitempty"`
	Items       []MediaItem `json:"items,omitempty"`
	File        *Media      `json:"file,omitempty"`

	Components []Component `json:"components,omitempty"`
	Inner      *Component  `json:"component,omitempty"` // of a label
}

// A SelectOption is one line of a string select.
type SelectOption struct {
	Label       string          `json:"label"`
	Value       string          `json:"value"`
	Description string          `json:"description,omitempty"`
	Emoji       json.RawMessage `json:"emoji,omitempty"`
	Default     bool            `json:"default,omitempty"`
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

// isSelect reports whether the component is one of the select menus.
func (c Component) isSelect() bool {
	return c.Type == form.StringSelect || c.Type == form.RoleSelect || c.Type == form.ChannelSelect
}

// walk yields the component and all that it holds, outermost first.
func (c *Component) walk(yield func(*Component) bool) bool {
	if !yield(c) {
		return false
	}
	for i := range c.Components {
		if !c.Components[i].walk(yield) {
			return false
		}
	}
	return c.Inner == nil || c.Inner.walk(yield)
}

func walkAll(list []Component) iter.Seq[*Component] {
	return func(yield func(*Component) bool) {
		for i := range list {
			if !list[i].walk(yield) {
				return
			}
		}
	}
}

// number gives every component without an id the next free one, as Discord does.
func number(list []Component) {
	taken := map[int]bool{}
	for c := range walkAll(list) {
		taken[c.ID] = true
	}
	next := 1
	for c := range walkAll(list) {
		if c.ID == 0 {
			for taken[next] {
				next++
			}
			c.ID, taken[next] = next, true
		}
	}
}
