package fakediscord

import (
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"backfaq/bot/fakediscord/form"
)

// optionBuilder turns what a person enters into an interaction's data.
type optionBuilder struct {
	s        *Server
	ch       *Channel
	focused  string // the option being completed, if any
	resolved object
}

// build checks what a person enters against the options of the command.
func (b *optionBuilder) build(known []form.Option, args Args) ([]object, error) {
	var out []object
	left := maps.Clone(args)
	for _, o := range known {
		v, given := left[o.Name]
		delete(left, o.Name)
		if !given {
			if o.Required && b.focused == "" {
				return nil, fmt.Errorf("%w: the option %q is required", ErrHidden, o.Name)
			}
			continue
		}
		entry := object{"name": o.Name, "type": o.Type}
		if o.Name == b.focused {
			if !o.Autocomplete {
				return nil, fmt.Errorf("%w: the option %q has no autocomplete", ErrHidden, o.Name)
			}
			entry["value"], entry["focused"] = v, true
		} else {
			value, err := b.value(o, v)
			if err != nil {
				return nil, fmt.Errorf("%w: the option %q: %w", ErrHidden, o.Name, err)
			}
			entry["value"] = value
		}
		out = append(out, entry)
	}
	for name := range left {
		return nil, fmt.Errorf("%w: there is no form.Option %q", ErrHidden, name)
	}
	return out, nil
}

// value checks a value against its option and returns it as the wire has it.
func (b *optionBuilder) value(o form.Option, v any) (any, error) {
	wrong := fmt.Errorf("a %T does not fit type %d", v, o.Type)
	switch v := v.(type) {
	case string:
		if o.Type != form.OptionString {
			return nil, wrong
		}
		return v, b.checkString(o, v)
	case int:
		if o.Type != form.OptionInteger {
			return nil, wrong
		}
		return v, checkChoice(o, v)
	case bool:
		if o.Type != form.OptionBoolean {
			return nil, wrong
		}
		return v, nil
	case Upload:
		if o.Type != form.OptionAttachment {
			return nil, wrong
		}
		a := b.s.store(b.ch, v)
		a.Ephemeral = true
		b.add("attachments", a.ID, a)
		return a.ID, nil
	}
	return nil, wrong
}

func (b *optionBuilder) checkString(o form.Option, v string) error {
	least, most := 0, form.MaxStringOption
	if o.MinLength != nil {
		least = *o.MinLength
	}
	if o.MaxLength != nil {
		most = *o.MaxLength
	}
	if n := utf8.RuneCountInString(v); n < least || n > most || o.Required && n == 0 {
		return fmt.Errorf("%d characters are not between %d and %d", n, least, most)
	}
	return checkChoice(o, v)
}

func checkChoice(o form.Option, v any) error {
	if len(o.Choices) == 0 {
		return nil
	}
	for _, c := range o.Choices {
		if fmt.Sprint(c.Value) == fmt.Sprint(v) {
			return nil
		}
	}
	return fmt.Errorf("%v is none of its choices", v)
}

// choose checks what is chosen in a select menu.
func (b *optionBuilder) choose(c Component, values []string) error {
	least, most := 1, 1
	if c.Min != nil {
		least = *c.Min
	}
	if c.Max != nil {
		most = *c.Max
	}
	if len(values) < least || len(values) > most {
		return fmt.Errorf("%w: %q takes %d to %d values, not %d", ErrHidden, c.CustomID, least, most, len(values))
	}
	for _, v := range values {
		if !b.pick(c, v) {
			return fmt.Errorf("%w: %q does not offer %q", ErrHidden, c.CustomID, v)
		}
	}
	return nil
}

// pick resolves one chosen value.
func (b *optionBuilder) pick(c Component, v string) bool {
	channel := b.s.channels[v]
	switch {
	case c.Type == form.StringSelect:
		return slices.ContainsFunc(c.Options, func(o SelectOption) bool { return o.Value == v })
	case c.Type == form.RoleSelect && b.ch.guild != nil && b.ch.guild.role(v) != nil:
		b.addRole(b.ch.guild.role(v))
	case c.Type == form.ChannelSelect && channel != nil && channel.guild == b.ch.guild &&
		(len(c.ChannelTypes) == 0 || slices.Contains(c.ChannelTypes, int(channel.Type))):
		b.addChannel(channel)
	default:
		return false
	}
	return true
}

func (b *optionBuilder) add(kind, id string, v any) {
	m, ok := b.resolved[kind].(object)
	if !ok {
		m = object{}
		b.resolved[kind] = m
	}
	m[id] = v
}

func (b *optionBuilder) addRole(r *Role) {
	for _, w := range r.guild.wireRoles() {
		if w.ID == r.ID {
			b.add("roles", r.ID, w)
		}
	}
}

func (b *optionBuilder) addChannel(ch *Channel) {
	w := ch.wire()
	w.Permissions = b.s.botMay(ch).String()
	b.add("channels", ch.ID, w)
}
