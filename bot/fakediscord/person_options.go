package fakediscord

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"backfaq/bot/fakediscord/form"
)

// builder turns what a person enters into an interaction's data.
type builder struct {
	s        *Server
	ch       *Channel
	focused  string // the option being completed, if any
	resolved object // what ids stand for, by kind
}

// options checks what a person enters against the options of the command.
func (b *builder) options(known []form.Option, args Args) ([]object, error) {
	var out []object
	left := maps.Clone(args)
	for _, o := range known {
		v, given := left[o.Name]
		delete(left, o.Name)
		if !given && (!o.Required || b.focused != "") {
			continue
		}
		entry := object{"name": o.Name, "type": o.Type, "value": v}
		var err error
		switch {
		case !given:
			err = errors.New("it is required")
		case o.Name != b.focused:
			entry["value"], err = b.value(o, v)
		case !o.Autocomplete:
			err = errors.New("it has no autocomplete")
		default:
			entry["focused"] = true
		}
		if err != nil {
			return nil, fmt.Errorf("%w: the option %q: %w", ErrHidden, o.Name, err)
		}
		out = append(out, entry)
	}
	for name := range left {
		return nil, fmt.Errorf("%w: there is no option %q", ErrHidden, name)
	}
	return out, nil
}

// value checks a value against its option and returns it as the wire has it.
func (b *builder) value(o form.Option, v any) (any, error) {
	text, isText := v.(string)
	_, isInt := v.(int)
	_, isBool := v.(bool)
	file, isFile := v.(Upload)
	switch {
	case o.Type == form.OptionString && isText:
		return v, errors.Join(fits(text, o.MinLength, o.MaxLength, form.MaxStringOption, o.Required), offered(o, v))
	case o.Type == form.OptionInteger && isInt:
		return v, offered(o, v)
	case o.Type == form.OptionBoolean && isBool:
		return v, nil
	case o.Type == form.OptionAttachment && isFile:
		a := b.s.store(b.ch, file)
		a.Ephemeral = true
		b.add("attachments", a.ID, a)
		return a.ID, nil
	}
	return nil, fmt.Errorf("a %T does not fit type %d", v, o.Type)
}

// fits checks the length of what a person types, in code points.
func fits(text string, least, most *int, limit int, required bool) error {
	from, to := 0, limit
	if least != nil {
		from = *least
	}
	if most != nil {
		to = *most
	}
	if n := utf8.RuneCountInString(text); required && n == 0 || n > to || n > 0 && n < from {
		return fmt.Errorf("%d characters are not between %d and %d", n, from, to)
	}
	return nil
}

// offered checks a value against the choices of its option, if it has some.
func offered(o form.Option, v any) error {
	if len(o.Choices) > 0 && !slices.ContainsFunc(o.Choices, func(c Choice) bool { return fmt.Sprint(c.Value) == fmt.Sprint(v) }) {
		return fmt.Errorf("%v is none of its choices", v)
	}
	return nil
}

// choose checks what is chosen in a select menu.
func (b *builder) choose(c Component, values []string) error {
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

// pick resolves one chosen value. It reports whether the menu has it.
func (b *builder) pick(c Component, v string) bool {
	channel := b.s.channels[v]
	switch {
	case c.Type == form.StringSelect:
		return slices.ContainsFunc(c.Options, func(o SelectOption) bool { return o.Value == v })
	case c.Type == form.RoleSelect && b.ch.guild != nil:
		roles := b.ch.guild.wireRoles()
		at := slices.IndexFunc(roles, func(r roleWire) bool { return r.ID == v })
		if at >= 0 {
			b.add("roles", v, roles[at])
		}
		return at >= 0
	case c.Type == form.ChannelSelect && channel != nil && channel.guild == b.ch.guild &&
		(len(c.ChannelTypes) == 0 || slices.Contains(c.ChannelTypes, int(channel.Type))):
		w := channel.wire()
		w.Permissions = b.s.botMay(channel).String()
		b.add("channels", v, w)
		return true
	}
	return false
}

// add notes what an id stands for.
func (b *builder) add(kind, id string, v any) {
	if b.resolved == nil {
		b.resolved = object{}
	}
	m, ok := b.resolved[kind].(object)
	if !ok {
		m = object{}
		b.resolved[kind] = m
	}
	m[id] = v
}

// resolve adds what ids stand for to an interaction's data.
func (b *builder) resolve(data object) object {
	if b.resolved != nil {
		data["resolved"] = b.resolved
	}
	return data
}
