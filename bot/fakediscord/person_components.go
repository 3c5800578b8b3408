package fakediscord

import (
	"fmt"
	"slices"

	"backfaq/bot/fakediscord/form"
)

// Press presses a button.
func (p *Person) Press(m Message, customID string) (*Interaction, error) {
	return p.operate(m, customID, nil, false)
}

// Select chooses values in a select menu: the values of options, or ids.
func (p *Person) Select(m Message, customID string, values ...string) (*Interaction, error) {
	return p.operate(m, customID, values, true)
}

func (p *Person) operate(m Message, customID string, values []string, menu bool) (*Interaction, error) {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, now, err := p.shown(m)
	if err != nil {
		return nil, err
	}
	c, ok := now.Component(customID)
	switch {
	case !ok || c.IsSelect() != menu:
		return nil, fmt.Errorf("%w: message %s has no such component %q", ErrHidden, m.ID, customID)
	case c.Disabled:
		return nil, fmt.Errorf("%w: %q is disabled", ErrHidden, customID)
	}
	data := object{"custom_id": customID, "component_type": c.Type, "id": c.ID}
	b := builder{s: s, ch: ch}
	if menu {
		data["values"] = slices.Concat([]string{}, values)
		if err := b.choose(c, values); err != nil {
			return nil, err
		}
	}
	return p.act(action{typ: ComponentUse, ch: ch, name: customID, source: now, data: b.resolve(data)})
}

// shown finds a message that the person can see, as it stands. The caller
// holds the lock.
func (p *Person) shown(m Message) (*Channel, *Message, error) {
	ch := p.srv.channels[m.ChannelID]
	now := ch.message(m.ID)
	if now == nil || now.VisibleTo != "" && now.VisibleTo != p.user.ID {
		return nil, nil, fmt.Errorf("%w: %s does not see message %s", ErrHidden, p.user.Username, m.ID)
	}
	return ch, now, nil
}

// Forge sends the use of a component that the message need not have, as a
// client that somebody tampered with could.
func (p *Person) Forge(m Message, componentType int, customID string, values ...string) (*Interaction, error) {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[m.ChannelID]
	now := ch.message(m.ID)
	if now == nil {
		now = &m
	}
	data := object{"custom_id": customID, "component_type": componentType, "id": 1}
	if componentType != Button {
		data["values"] = values
	}
	return p.act(action{typ: ComponentUse, ch: ch, name: customID, source: now, data: data})
}

// Fields are what a person enters into a modal, by custom_id: a string for a
// text input, []string for a menu.
type Fields map[string]any

// SubmitModal enters fields into a modal and submits it. The client refuses
// what the modal does not allow. A modal can be submitted more than once.
func (p *Person) SubmitModal(m Modal, entered Fields) (*Interaction, error) {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	from := m.call
	if from == nil || from.Person != p {
		return nil, fmt.Errorf("%w: the modal was not shown to %s", ErrHidden, p.user.Username)
	}
	b := builder{s: s, ch: from.Channel}
	list, used := []object{}, 0
	for _, c := range m.Components {
		o := object{"type": c.Type, "id": c.ID}
		if in := c.Inner; in != nil {
			v, given := entered[in.CustomID]
			if given {
				used++
			}
			field, err := b.field(*in, v)
			if err != nil {
				return nil, fmt.Errorf("%w: field %q: %w", ErrHidden, in.CustomID, err)
			}
			o["component"] = field
		}
		list = append(list, o)
	}
	if used < len(entered) {
		return nil, fmt.Errorf("%w: the modal does not have all of these fields", ErrHidden)
	}
	var source *Message
	if from.source != nil {
		source = from.Channel.message(from.source.ID)
	}
	return p.act(action{
		typ: ModalSubmission, ch: from.Channel, name: m.CustomID, source: source, owners: from.note.Owners,
		data: b.resolve(object{"custom_id": m.CustomID, "components": list}),
	})
}

// field is one field of a modal with what was entered, nil for nothing.
func (b *builder) field(c Component, v any) (object, error) {
	o := object{"type": c.Type, "id": c.ID, "custom_id": c.CustomID}
	required := c.Required == nil || *c.Required
	text, isText := v.(string)
	values, isList := v.([]string)
	switch {
	case c.Type == form.TextInput && (isText || v == nil):
		if v == nil {
			text = c.Value
		}
		o["value"] = text
		return o, fits(text, c.MinLength, c.MaxLength, form.MaxTextInput, required)
	case c.IsSelect() && (isList || v == nil):
		o["values"] = slices.Concat([]string{}, values)
		if len(values) == 0 && !required {
			return o, nil
		}
		return o, b.choose(c, values)
	}
	return nil, fmt.Errorf("a %T does not fit type %d", v, c.Type)
}
