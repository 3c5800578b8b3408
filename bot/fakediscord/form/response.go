package form

import "encoding/json"

// Callback checks the outside of a response to an interaction, which must be
// of one of these types, and returns its data, which has a form of its own.
func Callback(raw json.RawMessage, types ...int) (typ int, data json.RawMessage, err error) {
	in := struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}{Data: json.RawMessage("{}")}
	if err := decode(nil, raw, &in); err != nil {
		return 0, nil, err
	}
	var c problems
	oneOf(&c, path{"type"}, in.Type, types...)
	return in.Type, in.Data, c.err()
}

// notAMessage are fields of messages that a response without a message may
// carry as long as they are empty: common libraries send them always.
type notAMessage struct {
	Content     string          `json:"content"`
	Embeds      []struct{}      `json:"embeds"`
	Attachments []struct{}      `json:"attachments"`
	TTS         bool            `json:"tts"`
	Mentions    json.RawMessage `json:"allowed_mentions"`
	Flags       int             `json:"flags"`
}

func (n notAMessage) check(c *problems) {
	if n.Content != "" || len(n.Embeds) > 0 || len(n.Attachments) > 0 {
		c.add(path{"data"}, "UNKNOWN_FIELD", "Only a message has this field")
	}
}

// Choices checks the data of an autocompletion.
func Choices(raw json.RawMessage) ([]Choice, error) {
	var in struct {
		notAMessage
		Components []struct{} `json:"components"`
		Choices    []Choice   `json:"choices"`
	}
	if err := decode(path{"data"}, raw, &in); err != nil {
		return nil, err
	}
	var c problems
	in.check(&c)
	checkChoices(&c, path{"data", "choices"}, in.Choices, OptionString)
	return in.Choices, c.err()
}

// A Modal is a form that the bot shows.
type Modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []Component `json:"components"`
}

// ReadModal checks the data of a response that opens a modal.
func ReadModal(raw json.RawMessage) (Modal, error) {
	var in struct {
		notAMessage
		Modal
	}
	if err := decode(path{"data"}, raw, &in); err != nil {
		return Modal{}, err
	}
	var c problems
	in.check(&c)
	at := path{"data"}
	c.length(at.in("custom_id"), in.CustomID, 1, maxCustomID)
	c.length(at.in("title"), in.Title, 1, 45)
	c.count(at.in("components"), len(in.Components), 1, maxRows)
	c.tree(inModal, true, nil).check(at.in("components"), in.Components)
	return in.Modal, c.err()
}
