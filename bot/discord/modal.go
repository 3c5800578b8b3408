package discord

import (
	"encoding/json"

	"github.com/bwmarrin/discordgo"
)

// labelComponent is the frame of a field in a modal. The library does not have
// it yet; it replaces the row of one text input, which Discord has deprecated
// (components/reference#label).
const labelComponent = 18

// modal is a form that opens over Discord.
type modal struct {
	id     string
	title  string
	fields []modalField
}

// modalField is one text input, or one menu if Menu is set.
type modalField struct {
	discordgo.TextInput
	hint string
	menu *discordgo.SelectMenu
}

// MarshalJSON is a modal as Discord reads it.
func (m *modal) MarshalJSON() ([]byte, error) {
	fields := []map[string]any{}
	for _, f := range m.fields {
		framed := map[string]any{"type": labelComponent, "label": label(f.Label, maxModal)}
		if f.hint != "" {
			framed["description"] = label(f.hint, maxOption)
		}
		if f.menu != nil {
			framed["component"] = menuInModal{*f.menu, f.Required}
		} else {
			framed["component"] = inputInLabel(f.TextInput)
		}
		fields = append(fields, framed)
	}
	return json.Marshal(map[string]any{"custom_id": m.id, "title": label(m.title, maxModal), "components": fields})
}

// inputInLabel is a text input without the label that its frame carries.
func inputInLabel(in discordgo.TextInput) map[string]any {
	out := map[string]any{"type": discordgo.TextInputComponent, "custom_id": in.CustomID, "style": in.Style, "required": in.Required}
	if in.Value != "" {
		out["value"] = label(in.Value, in.MaxLength)
	}
	if in.Placeholder != "" {
		out["placeholder"] = label(in.Placeholder, maxOption)
	}
	if in.MaxLength > 0 {
		out["max_length"] = in.MaxLength
	}
	return out
}

// menuInModal is a string menu, which a modal requires unless told otherwise.
type menuInModal struct {
	discordgo.SelectMenu
	required bool
}

func (m menuInModal) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{
		"type": discordgo.SelectMenuComponent, "custom_id": m.CustomID, "placeholder": m.Placeholder, "options": m.Options, "required": m.required,
	})
}
