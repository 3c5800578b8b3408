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

// Choices checks the data of an autocompletion.
func Choices(raw json.RawMessage) ([]Choice, error) {
	at := path{"data"}
	var in struct {
		Choices []Choice
		// Of messages; common libraries send them always.
		TTS, Content, Embeds, Components any
	}
	if err := decode(at, raw, &in); err != nil {
		return nil, err
	}
	var c problems
	checkChoices(&c, at.in("choices"), in.Choices, OptionString)
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
	at := path{"data"}
	var in Modal
	if err := decode(at, raw, &in); err != nil {
		return in, err
	}
	var c problems
	c.length(at.in("custom_id"), in.CustomID, 1, maxCustomID)
	c.length(at.in("title"), in.Title, 1, 45)
	c.count(at.in("components"), len(in.Components), 1, maxRows)
	c.tree(inModal, true, nil).check(at.in("components"), in.Components)
	return in, c.err()
}
