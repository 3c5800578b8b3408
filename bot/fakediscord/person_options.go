package fakediscord

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

// optionBuilder turns what a person enters into an interaction's data.
type optionBuilder struct {
	s        *Server
	ch       *Channel
	focused  string // the option being completed, if any
	resolved object
}

// build follows the subcommand's path and checks the options against it.
func (b *optionBuilder) build(known []option, path []string, args Args) ([]object, error) {
	if len(path) > 0 {
		for _, o := range known {
			if o.Name == path[0] && (o.Type == optSubcommand || o.Type == optGroup) {
				inner, err := b.build(o.Options, path[1:], args)
				if err != nil {
					return nil, err
				}
				if inner == nil {
					inner = []object{}
				}
				return []object{{"name": o.Name, "type": o.Type, "options": inner}}, nil
			}
		}
		return nil, fmt.Errorf("%w: there is no subcommand %q", ErrHidden, path[0])
	}
	var out []object
	left := maps.Clone(args)
	for _, o := range known {
		if o.Type == optSubcommand || o.Type == optGroup {
			return nil, fmt.Errorf("%w: a subcommand must be chosen", ErrHidden)
		}
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
		return nil, fmt.Errorf("%w: there is no option %q", ErrHidden, name)
	}
	return out, nil
}

// value checks a value against its option and returns it as the wire has it.
func (b *optionBuilder) value(o option, v any) (any, error) {
	wrong := fmt.Errorf("a %T does not fit type %d", v, o.Type)
	switch v := v.(type) {
	case string:
		if o.Type != optString {
			return nil, wrong
		}
		return v, b.checkString(o, v)
	case int:
		if o.Type != optInteger && o.Type != optNumber {
			return nil, wrong
		}
		return v, checkNumber(o, float64(v))
	case float64:
		if o.Type != optNumber {
			return nil, wrong
		}
		return v, checkNumber(o, v)
	case bool:
		if o.Type != optBoolean {
			return nil, wrong
		}
		return v, nil
	case *Person:
		if o.Type != optUser && o.Type != optMentionable {
			return nil, wrong
		}
		b.addUser(v)
		return v.user.ID, nil
	case *Role:
		if o.Type != optRole && o.Type != optMentionable {
			return nil, wrong
		}
		b.addRole(v)
		return v.ID, nil
	case *Channel:
		if o.Type != optChannel || len(o.ChannelTypes) > 0 && !slices.Contains(o.ChannelTypes, v.Type) {
			return nil, wrong
		}
		b.addChannel(v)
		return v.ID, nil
	case Upload:
		if o.Type != optAttachment {
			return nil, wrong
		}
		a := b.s.store(b.ch, v)
		a.Ephemeral = true
		b.add("attachments", a.ID, a)
		return a.ID, nil
	}
	return nil, wrong
}

func (b *optionBuilder) checkString(o option, v string) error {
	least, most := 0, maxStringOption
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

func checkNumber(o option, v float64) error {
	if o.MinValue != nil && v < *o.MinValue || o.MaxValue != nil && v > *o.MaxValue {
		return fmt.Errorf("%v is out of range", v)
	}
	return checkChoice(o, v)
}

func checkChoice(o option, v any) error {
	if len(o.Choices) == 0 {
		return nil
	}
	for _, c := range o.Choices {
		if c.Value == v {
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
	person, role, channel := b.s.people[v], (*Role)(nil), b.s.channels[v]
	if b.ch.guild != nil {
		role = b.ch.guild.role(v)
	}
	switch {
	case c.Type == StringSelect || c.Type == RadioGroup || c.Type == CheckboxGroup:
		return slices.ContainsFunc(c.Options, func(o SelectOption) bool { return o.Value == v })
	case (c.Type == UserSelect || c.Type == MentionableSelect) && person != nil:
		b.addUser(person)
	case (c.Type == RoleSelect || c.Type == MentionableSelect) && role != nil:
		b.addRole(role)
	case c.Type == ChannelSelect && channel != nil && channel.guild == b.ch.guild &&
		(len(c.ChannelTypes) == 0 || slices.Contains(c.ChannelTypes, channel.Type)):
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

func (b *optionBuilder) addUser(p *Person) {
	b.add("users", p.user.ID, p.user)
	if b.ch.guild == nil {
		return
	}
	if m := b.ch.guild.members[p.user.ID]; m != nil {
		w := m.wire()
		delete(w, "user")
		delete(w, "deaf")
		delete(w, "mute")
		w["permissions"] = b.ch.guild.permissions(p.user.ID, b.ch).String()
		b.add("members", p.user.ID, w)
	}
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

func parsePermissions(s string) Permissions {
	n, _ := strconv.ParseUint(s, 10, 64) // checked when it was registered
	return Permissions(n)
}
