package fakediscord

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
)

// What a bot can do with an interaction: one first response by the callback,
// then follow-ups and edits by the webhook of its token.
func callRoutes() []route {
	const hook = "/webhooks/{app}/{token}"
	return []route{
		{method: "POST", pattern: "/interactions/{call}/{token}/callback", open: true, serve: (*Server).callback},
		{method: "POST", pattern: hook, open: true, serve: (*Server).followup},
		{method: "GET", pattern: hook + "/messages/{message}", open: true, serve: (*Server).getFollowup},
		{method: "PATCH", pattern: hook + "/messages/{message}", open: true, serve: (*Server).editFollowup},
		{method: "DELETE", pattern: hook + "/messages/{message}", open: true, serve: (*Server).deleteFollowup},
	}
}

func randomToken() string {
	b := make([]byte, 60)
	_, _ = rand.Read(b) // never fails
	return "aW50ZXJhY3Rpb24" + base64.RawURLEncoding.EncodeToString(b)
}

func (s *Server) callback(r *request) (any, error) {
	i := s.calls[r.vars["call"]]
	if i == nil || i.Token != r.vars["token"] {
		return nil, refuse(404, 10062, "Unknown interaction")
	}
	m, err := s.respond(i, r.raw, r.files)
	if err != nil || r.URL.Query().Get("with_response") != "true" {
		return nil, err
	}
	call := object{"id": i.ID, "type": i.Type}
	out := object{"interaction": call}
	if m != nil {
		call["response_message_id"], call["response_message_ephemeral"] = m.ID, m.Ephemeral()
		call["response_message_loading"] = m.Loading()
		var first struct {
			Type int `json:"type"`
		}
		_ = json.Unmarshal(r.raw, &first) // checked before
		out["resource"] = object{"type": first.Type, "message": m}
	}
	return out, nil
}

// responsesTo says which types of first responses an interaction takes.
func (i *Interaction) takes() []int {
	switch i.Type {
	case CommandUse:
		return []int{MessageResponse, DeferredResponse, ModalResponse}
	case ComponentUse:
		return []int{MessageResponse, DeferredResponse, DeferredUpdate, UpdateResponse, ModalResponse}
	case Autocompletion:
		return []int{AutocompleteResponse}
	case ModalSubmission:
		if i.source != nil {
			return []int{MessageResponse, DeferredResponse, DeferredUpdate, UpdateResponse}
		}
		return []int{MessageResponse, DeferredResponse}
	}
	return []int{Pong}
}

var choicesRule = form(notAMessage.with(fields{
	"components": empty,
	"choices": null(listOf(0, maxChoices, form(fields{
		"name": text(1, 100), "name_localizations": null(mapOf(locales, text(1, 100))), "value": choiceValue,
	}, "name", "value"))),
}))

func choiceValue(c *check, at place, v any) {
	if _, ok := v.(json.Number); !ok {
		text(1, 100)(c, at, v)
	}
}

// respond applies the first response to an interaction. It returns the
// response's message, nil when there is none. The caller holds the lock.
func (s *Server) respond(i *Interaction, raw json.RawMessage, files []Upload) (*Message, error) {
	switch {
	case i.acked:
		return nil, refuse(400, 40060, "Interaction has already been acknowledged.")
	case s.now().Sub(i.created) > responseDeadline:
		return nil, refuse(404, 10062, "Unknown interaction")
	}
	var in struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if err := checkForm(raw, form(fields{"type": oneOf(i.takes()...), "data": anything}, "type"), &in); err != nil {
		return nil, err
	}
	if len(in.Data) == 0 || string(in.Data) == "null" {
		in.Data = json.RawMessage("{}")
	}
	out := Response{Step: "response", Type: in.Type, Raw: slices.Clone(raw)}
	var err error
	switch in.Type {
	case MessageResponse:
		out.Message, err = s.say(i, in.Data, files, callbackMessageRule, 0)
	case DeferredResponse:
		out.Message, err = s.think(i, in.Data)
	case UpdateResponse:
		if i.source != nil {
			out.Message, err = s.update(i, in.Data, files)
		}
	case DeferredUpdate:
		out.Message = i.source
	case AutocompleteResponse:
		var data struct{ Choices []Choice }
		err = nest("data", checkForm(in.Data, choicesRule, &data))
		out.Choices = data.Choices
	case ModalResponse:
		m := Modal{call: i}
		err = nest("data", checkForm(in.Data, modalRule, &m))
		number(m.Components)
		out.Modal = &m
	}
	if err != nil {
		return nil, nest("data", err)
	}
	i.acked = true
	if out.Message != nil {
		i.original = out.Message.ID
	}
	i.answered(out)
	return out.Message, nil
}

// nest moves the problems of a part of a form to their place in the whole.
func nest(name string, err error) error {
	e, ok := err.(*apiError)
	if !ok || e.errs == nil || e.errs[name] != nil {
		return err
	}
	nested := *e
	nested.errs = object{name: e.errs}
	return &nested
}

// say posts a message of the bot in response to an interaction.
func (s *Server) say(i *Interaction, raw json.RawMessage, files []Upload, r rule, flags int) (*Message, error) {
	const allowed = FlagSuppressEmbeds | FlagEphemeral | FlagSilent | FlagComponentsV2
	f, sent, err := readMessage(raw, files, r, nil, allowed)
	if err != nil {
		return nil, err
	}
	m := s.newMessage(i.Channel, s.app.bot)
	m.Flags = flags
	s.belong(m, i, m.Flags|f.Flags)
	m.TTS = f.TTS
	s.fill(m, i.Channel, f, sent, files)
	allow := f.Mentions
	if allow == nil { // the default of interactions
		allow = &allowedMentions{Parse: []string{"users"}}
	}
	s.ping(m, i.Channel, allow, s.botMay(i.Channel).Has(MentionEveryone))
	s.post(i.Channel, m)
	return m, nil
}

// belong marks a message as a response.
func (s *Server) belong(m *Message, i *Interaction, flags int) {
	m.WebhookID, m.ApplicationID, m.Interaction, m.call = s.app.id, s.app.id, i.note, i
	m.Flags = flags
	if i.Type == CommandUse {
		m.Type = 20
	}
	if i.quiet {
		m.Flags |= FlagEphemeral
	}
	if m.Ephemeral() {
		m.VisibleTo = i.Person.user.ID
	}
}

// think posts "thinking…".
func (s *Server) think(i *Interaction, raw json.RawMessage) (*Message, error) {
	var data struct{ Flags int }
	if err := checkForm(raw, form(fields{"flags": null(integer(0, 1<<31-1))}), &data); err != nil {
		return nil, err
	}
	m := s.newMessage(i.Channel, s.app.bot)
	s.belong(m, i, data.Flags&FlagEphemeral|FlagLoading)
	s.post(i.Channel, m)
	return m, nil
}

// update edits the message whose component was used.
func (s *Server) update(i *Interaction, raw json.RawMessage, files []Upload) (*Message, error) {
	old := i.Channel.message(i.source.ID)
	if old == nil {
		return nil, refuse(404, 10008, "Unknown Message")
	}
	return s.edit(i.Channel, old, raw, files, callbackMessageRule)
}

// hook finds the interaction of a webhook's token.
func (s *Server) hook(r *request) (*Interaction, error) {
	i := s.tokens[r.vars["token"]]
	switch {
	case i == nil || r.vars["app"] != s.app.id || !i.acked:
		return nil, refuse(404, 10015, "Unknown Webhook")
	case s.now().Sub(i.created) > tokenLifetime:
		return nil, refuse(http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	}
	return i, nil
}

func (s *Server) followup(r *request) (any, error) {
	i, err := s.hook(r)
	if err != nil {
		return nil, err
	}
	if i.userOnly && i.followups == userInstalledFollowup {
		return nil, refuse(400, 40094, "This interaction has reached its limit of follow-up messages")
	}
	// The first follow-up to "thinking…" takes its place.
	if m := i.Channel.message(i.original); m != nil && m.Loading() {
		return s.editStep(i, m, r, "edit")
	}
	m, err := s.say(i, r.raw, r.files, followupRule, 0)
	if err != nil {
		return nil, err
	}
	i.followups++
	i.answered(Response{Step: "followup", Message: m, Raw: slices.Clone(r.raw)})
	return m, nil
}

// owned finds a message of an interaction.
func (s *Server) owned(r *request) (*Interaction, *Message, error) {
	i, err := s.hook(r)
	if err != nil {
		return nil, nil, err
	}
	id := r.vars["message"]
	if id == "@original" {
		id = i.original
	}
	m := i.Channel.message(id)
	if m == nil || m.call != i && id != i.original {
		return nil, nil, refuse(404, 10008, "Unknown Message")
	}
	return i, m, nil
}

func (s *Server) getFollowup(r *request) (any, error) {
	_, m, err := s.owned(r)
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (s *Server) editFollowup(r *request) (any, error) {
	i, m, err := s.owned(r)
	if err != nil {
		return nil, err
	}
	return s.editStep(i, m, r, "edit")
}

func (s *Server) editStep(i *Interaction, m *Message, r *request, step string) (any, error) {
	rule := editMessageRule
	if r.Method == http.MethodPost {
		rule = followupRule
	}
	edited, err := s.edit(i.Channel, m, r.raw, r.files, rule)
	if err != nil {
		return nil, err
	}
	i.answered(Response{Step: step, Message: edited, Raw: slices.Clone(r.raw)})
	return edited, nil
}

func (s *Server) deleteFollowup(r *request) (any, error) {
	i, m, err := s.owned(r)
	if err != nil {
		return nil, err
	}
	s.remove(i.Channel, m)
	i.answered(Response{Step: "delete", Message: m})
	return nil, nil
}
