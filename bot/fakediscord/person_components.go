package fakediscord

import (
	"fmt"
	"unicode/utf8"

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
	ch := s.channels[m.ChannelID]
	now := ch.message(m.ID)
	if now == nil || now.VisibleTo != "" && now.VisibleTo != p.user.ID {
		return nil, fmt.Errorf("%w: %s does not see message %s", ErrHidden, p.user.Username, m.ID)
	}
	c, ok := now.Component(customID)
	switch {
	case !ok || c.IsSelect() != menu:
		return nil, fmt.Errorf("%w: message %s has no such component %q", ErrHidden, m.ID, customID)
	case c.Disabled:
		return nil, fmt.Errorf("%w: %q is disabled", ErrHidden, customID)
	}
	data := object{"custom_id": customID, "component_type": c.Type, "id": c.ID}
	if menu {
		if values == nil {
			values = []string{}
		}
		b := optionBuilder{s: s, ch: ch, resolved: object{}}
		if err := b.choose(c, values); err != nil {
			return nil, err
		}
		data["values"] = values
		if len(b.resolved) > 0 {
			data["resolved"] = b.resolved
		}
	}
	return p.act(action{typ: ComponentUse, ch: ch, name: customID, source: now, data: data})
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
	b := modalBuilder{optionBuilder: optionBuilder{s: s, ch: from.Channel, resolved: object{}}, entered: entered, used: map[string]bool{}}
	var list []object
	for _, c := range m.Components {
		o := object{"type": c.Type, "id": c.ID}
		switch c.Type {
		case form.ActionRow:
			var row []object
			for _, in := range c.Components {
				field, err := b.field(in)
				if err != nil {
					return nil, err
				}
				row = append(row, field)
			}
			o["components"] = row
		case form.Label:
			field, err := b.field(*c.Inner)
			if err != nil {
				return nil, err
			}
			o["component"] = field
		}
		list = append(list, o)
	}
	for name := range entered {
		if !b.used[name] {
			return nil, fmt.Errorf("%w: the modal has no field %q", ErrHidden, name)
		}
	}
	data := object{"custom_id": m.CustomID, "components": list}
	if len(b.resolved) > 0 {
		data["resolved"] = b.resolved
	}
	var source *Message
	if from.source != nil {
		source = from.Channel.message(from.source.ID)
	}
	return p.act(action{
		typ: ModalSubmission, ch: from.Channel, name: m.CustomID, source: source, owners: from.note.Owners, data: data,
	})
}

type modalBuilder struct {
	optionBuilder
	entered Fields
	used    map[string]bool
}

// field is one field of a modal with what was entered.
func (b *modalBuilder) field(c Component) (object, error) {
	o := object{"type": c.Type, "id": c.ID, "custom_id": c.CustomID}
	v, given := b.entered[c.CustomID]
	b.used[c.CustomID] = true
	required := c.Required == nil || *c.Required
	switch c.Type {
	case form.TextInput:
		text, ok := v.(string)
		if given && !ok {
			return nil, fmt.Errorf("%w: field %q takes a string", ErrHidden, c.CustomID)
		}
		if !given {
			text = c.Value
		}
		o["value"] = text
		return o, checkText(c, text, required)
	case form.StringSelect, form.RoleSelect, form.ChannelSelect:
		values, ok := v.([]string)
		if given && !ok {
			return nil, fmt.Errorf("%w: field %q takes []string", ErrHidden, c.CustomID)
		}
		if values == nil {
			values = []string{}
		}
		o["values"] = values
		if len(values) == 0 && !required {
			return o, nil
		}
		return o, b.choose(c, values)
	}
	return o, nil
}

func checkText(c Component, text string, required bool) error {
	least, most := 0, 4000
	if c.MinLength != nil {
		least = *c.MinLength
	}
	if c.MaxLength != nil {
		most = *c.MaxLength
	}
	n := utf8.RuneCountInString(text)
	if required && n == 0 || n > most || n > 0 && n < least {
		return fmt.Errorf("%w: field %q takes %d to %d characters, not %d", ErrHidden, c.CustomID, least, most, n)
	}
	return nil
}
