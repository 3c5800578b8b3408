package fakediscord

import (
	"encoding/json"
	"net/http"
	"time"

	"backfaq/bot/fakediscord/form"
)

func (s *Server) callback(r *request) (any, error) {
	i := s.calls[r.PathValue("token")]
	if i == nil || i.ID != r.PathValue("call") {
		return nil, refuse(404, 10062, "Unknown interaction")
	}
	return nil, s.respond(i, r.raw, r.files)
}

// takes are the types of first responses that the interaction takes.
func (i *Interaction) takes() []int {
	switch {
	case i.Type == Autocompletion:
		return []int{AutocompleteResponse}
	case i.Type == CommandUse:
		return []int{MessageResponse, ModalResponse}
	case i.Type == ComponentUse:
		return []int{MessageResponse, DeferredUpdate, UpdateResponse, ModalResponse}
	case i.source != nil:
		return []int{MessageResponse, DeferredUpdate, UpdateResponse}
	}
	return []int{MessageResponse}
}

// respond applies the first response to an interaction. The caller holds the
// lock.
func (s *Server) respond(i *Interaction, raw json.RawMessage, files []Upload) error {
	switch {
	case i.acked:
		return refuse(400, 40060, "Interaction has already been acknowledged.")
	case time.Since(i.created) > responseDeadline:
		return refuse(404, 10062, "Unknown interaction")
	}
	typ, data, err := form.Callback(raw, i.takes()...)
	if err != nil {
		return err
	}
	out := Response{Step: "response", Type: typ}
	switch typ {
	case MessageResponse:
		out.Message, err = s.say(i, data, files)
	case UpdateResponse:
		out.Message, err = s.edit(i.Channel, i.source.ID, data, files, "data")
	case DeferredUpdate:
		out.Message = i.source
	case AutocompleteResponse:
		out.Choices, err = form.Choices(data)
	case ModalResponse:
		out.Modal = &Modal{call: i}
		out.Modal.Modal, err = form.ReadModal(data)
		number(out.Modal.Components)
	}
	if err != nil {
		return err
	}
	i.acked = true
	if out.Message != nil {
		i.original = out.Message.ID
	}
	i.answered(out)
	return nil
}

// say posts a message of the bot in response to an interaction.
func (s *Server) say(i *Interaction, raw json.RawMessage, files []Upload) (*Message, error) {
	f, err := draft(files, Message{}, FlagSuppressEmbeds|FlagEphemeral|FlagComponentsV2).Message(raw, "data")
	if err != nil {
		return nil, err
	}
	m := s.newMessage(i.Channel, s.app.bot)
	m.WebhookID, m.ApplicationID, m.Interaction = s.app.id, s.app.id, i.note
	if i.Type == CommandUse {
		m.Type = 20
	}
	s.fill(m, i.Channel, f, files)
	allow := f.Mentions
	if allow == nil { // the default of interactions
		allow = &form.Mentions{Parse: []string{"users"}}
	}
	if m.Ephemeral() {
		m.VisibleTo = i.Person.user.ID
	}
	s.ping(m, i.Channel, allow, s.botMay(i.Channel).Has(MentionEveryone))
	s.post(i.Channel, m)
	return m, nil
}

// editOriginal edits the message of the first response, by the token of the
// interaction.
func (s *Server) editOriginal(r *request) (any, error) {
	i := s.calls[r.PathValue("token")]
	switch {
	case i == nil || r.PathValue("app") != s.app.id || !i.acked:
		return nil, refuse(404, 10015, "Unknown Webhook")
	case time.Since(i.created) > tokenLifetime:
		return nil, refuse(http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	}
	edited, err := s.edit(i.Channel, i.original, r.raw, r.files)
	if err != nil {
		return nil, err
	}
	i.answered(Response{Step: "edit", Message: edited})
	return edited, nil
}
