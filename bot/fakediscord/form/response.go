package form

// Callback is the outside of a response of one of these types; its data has a
// form of its own.
func Callback(types ...int) Rule {
	return object(fields{"type": oneOf(types...), "data": anything}, "type")
}

// Choices is the data of an autocompletion.
var Choices = object(notAMessage.with(fields{
	"components": empty,
	"choices":    null(listOf(0, maxChoices, object(fields{"name": text(1, 100), "value": text(1, 100)}, "name", "value"))),
}))

// notAMessage are fields of messages that a response without a message may
// carry as long as they are empty: common libraries send them always.
var notAMessage = fields{
	"flags": anything, "tts": anything, "content": empty, "embeds": empty, "allowed_mentions": anything, "attachments": empty,
}

func empty(c *problems, at path, v any) {
	list, isList := v.([]any)
	if v != nil && v != "" && !(isList && len(list) == 0) {
		c.add(at, "UNKNOWN_FIELD", "Only a message has this field")
	}
}

// Modal is the data of a response that opens a modal.
var Modal = all(object(notAMessage.with(fields{
	"custom_id": customID, "title": text(1, 45), "components": listOf(1, maxRows, componentIn(inModal, 0)),
}), "custom_id", "title", "components"), wholeModal)

// wholeModal checks what concerns all fields of a modal together.
func wholeModal(c *problems, at path, v any) {
	o, _ := v.(map[string]any)
	list, _ := o["components"].([]any)
	seen := map[string]bool{}
	eachComponent(at.in("components"), list, func(at path, field map[string]any) {
		if id, ok := field["custom_id"].(string); ok && id != "" {
			if seen[id] {
				c.add(at.in("custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
			}
			seen[id] = true
		}
		if len(at) > 1 && intOf(field["type"]) == TextInput && at[len(at)-1] != "component" && field["label"] == nil {
			c.add(at.in("label"), "BASE_TYPE_REQUIRED", "This field is required")
		}
	})
}
