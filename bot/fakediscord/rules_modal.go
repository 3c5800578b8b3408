package fakediscord

// notAMessage are fields of messages that a response without a message may
// carry as long as they are empty: common libraries send them always.
var notAMessage = fields{
	"flags": anything, "tts": anything, "content": empty, "embeds": empty, "allowed_mentions": anything, "attachments": empty,
}

func empty(c *check, at place, v any) {
	list, isList := v.([]any)
	if v != nil && v != "" && !(isList && len(list) == 0) {
		c.say(at, "UNKNOWN_FIELD", "Only a message has this field")
	}
}

var modalRule = all(form(notAMessage.with(fields{
	"custom_id": customID, "title": text(1, 45), "components": listOf(1, maxRows, componentIn(inModal, 0)),
}), "custom_id", "title", "components"), wholeModal)

// wholeModal checks what concerns all fields of a modal together.
func wholeModal(c *check, at place, v any) {
	o, _ := v.(map[string]any)
	list, _ := o["components"].([]any)
	seen := map[string]bool{}
	eachComponent(at.in("components"), list, func(at place, field map[string]any) {
		if id, ok := field["custom_id"].(string); ok && id != "" {
			if seen[id] {
				c.say(at.in("custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
			}
			seen[id] = true
		}
		if len(at) > 1 && intOf(field["type"]) == TextInput && at[len(at)-1] != "component" && field["label"] == nil {
			c.say(at.in("label"), "BASE_TYPE_REQUIRED", "This field is required")
		}
	})
}
