package fakediscord

import (
	"fmt"
	"unicode/utf8"
)

// Fields are what a person enters into a modal, by custom_id: a string for a
// text input, radio group; []string for selects and checkbox groups; bool for
// a checkbox; []Upload for files.
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
		case ActionRow:
			var row []object
			for _, in := range c.Components {
				field, err := b.field(in)
				if err != nil {
					return nil, err
				}
				row = append(row, field)
			}
			o["components"] = row
		case Label:
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
	case TextInput:
		text, ok := v.(string)
		if given && !ok {
			return nil, fmt.Errorf("%w: field %q takes a string", ErrHidden, c.CustomID)
		}
		if !given {
			text = c.Value
		}
		o["value"] = text
		return o, checkText(c, text, required)
	case StringSelect, UserSelect, RoleSelect, MentionableSelect, ChannelSelect, CheckboxGroup:
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
	case RadioGroup:
		value, _ := v.(string)
		o["value"] = value
		if value == "" && !required {
			o["value"] = nil
			return o, nil
		}
		return o, b.choose(c, []string{value})
	case Checkbox:
		value, _ := v.(bool)
		o["value"] = value
	case FileUpload:
		files, _ := v.([]Upload)
		ids := []string{}
		for _, up := range files {
			a := b.s.store(b.ch, up)
			ids = append(ids, a.ID)
			b.add("attachments", a.ID, a)
		}
		o["values"] = ids
		if len(ids) == 0 && required {
			return nil, fmt.Errorf("%w: field %q is required", ErrHidden, c.CustomID)
		}
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
