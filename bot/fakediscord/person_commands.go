package fakediscord

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"backfaq/bot/fakediscord/form"
)

// ErrHidden is what a person gets who uses a command or component that their
// client would not offer them.
var ErrHidden = errors.New("the client does not offer this")

// Args are the options of a slash command by name: string, int, bool or
// [Upload].
type Args map[string]any

// Slash uses a slash command. The client refuses what the registered command
// does not allow.
func (p *Person) Slash(ch *Channel, name string, args Args) (*Interaction, error) {
	return p.use(CommandUse, ch, name, "", args)
}

// Autocomplete types into an option of a slash command: partial is what stands
// in it so far, args are the other options.
func (p *Person) Autocomplete(ch *Channel, name, focused, partial string, args Args) (*Interaction, error) {
	all := Args{focused: partial}
	maps.Copy(all, args)
	return p.use(Autocompletion, ch, name, focused, all)
}

func (p *Person) use(typ InteractionType, ch *Channel, name, focused string, args Args) (*Interaction, error) {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	cmd, err := p.command(ch, form.ChatCommand, name)
	if err != nil {
		return nil, err
	}
	b := builder{s: s, ch: ch, focused: focused}
	options, err := b.options(cmd.Options, args)
	if err != nil {
		return nil, fmt.Errorf("/%s: %w", name, err)
	}
	data := object{"id": cmd.ID, "name": cmd.Name, "type": cmd.Type}
	if len(options) > 0 {
		data["options"] = options
	}
	return p.act(action{typ: typ, ch: ch, cmd: cmd, name: name, data: b.resolve(data)})
}

// MessageCommand uses a command from a message's Apps menu.
func (p *Person) MessageCommand(m Message, name string) (*Interaction, error) {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, now, err := p.shown(m)
	if err != nil {
		return nil, err
	}
	cmd, err := p.command(ch, form.MessageCommand, name)
	if err != nil {
		return nil, err
	}
	target := *now
	target.Referenced = nil
	return p.act(action{typ: CommandUse, ch: ch, cmd: cmd, name: name, data: object{
		"id": cmd.ID, "name": cmd.Name, "type": cmd.Type,
		"target_id": target.ID, "resolved": object{"messages": object{target.ID: target}},
	}})
}

// command finds a command as the person's client would offer it in a channel.
// The caller holds the lock.
func (p *Person) command(ch *Channel, typ int, name string) (*form.Command, error) {
	if ch == nil || !ch.sees(p) {
		return nil, fmt.Errorf("%w: %s does not see that channel", ErrHidden, p.user.Username)
	}
	cmd := p.srv.named(typ, name)
	if cmd == nil {
		return nil, fmt.Errorf("%w: the bot has registered no command %q of type %d", ErrHidden, name, typ)
	}
	if err := p.mayUse(cmd, ch); err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrHidden, name, err)
	}
	return cmd, nil
}

// Offers are the commands that the person's client offers in a channel, as
// JSON objects in the form of Discord's REST API, with localizations.
func (p *Person) Offers(ch *Channel) []json.RawMessage {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []json.RawMessage{}
	for _, c := range s.commands {
		if ch.sees(p) && p.mayUse(c, ch) == nil {
			list = append(list, marshal(c))
		}
	}
	return list
}

func (p *Person) mayUse(cmd *form.Command, ch *Channel) error {
	if cmd.Contexts != nil && !slices.Contains(cmd.Contexts, ch.context()) {
		return fmt.Errorf("it is not for context %d", ch.context())
	}
	here := ch.guild != nil && ch.guild.botIn || ch.hasBot
	if !(here && cmd.InstalledBy(0) || p.installed && cmd.InstalledBy(1)) {
		return errors.New("the app is not installed here, nor by the person in a way that the command takes")
	}
	if ch.guild == nil {
		return nil
	}
	may := ch.guild.permissions(p.user.ID, ch)
	switch {
	case ch.guild.grants[cmd.Name+" "+p.user.ID]:
	case !may.Has(UseApplicationCommands):
		return errors.New("the person may not use app commands here")
	case cmd.Permissions != nil:
		need, _ := strconv.ParseUint(*cmd.Permissions, 10, 64) // checked when it was registered
		if need == 0 || !may.Has(Permissions(need)) {
			return errors.New("its default permissions are not the person's")
		}
	}
	return nil
}
