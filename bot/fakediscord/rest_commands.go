package fakediscord

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"backfaq/bot/fakediscord/form"
)

// Limits of commands.
const createsPerDay = 200

var commandsOfType = map[int]int{form.ChatCommand: 100, form.UserCommand: 15, form.MessageCommand: 15}

// command is a registered command.
type command struct {
	ID          string          `json:"id"`
	AppID       string          `json:"application_id"`
	Version     string          `json:"version"`
	Type        int             `json:"type"`
	Name        string          `json:"name"`
	Names       json.RawMessage `json:"name_localizations"`
	Description string          `json:"description"`
	Texts       json.RawMessage `json:"description_localizations"`
	Options     []option        `json:"options,omitempty"`
	Permissions *string         `json:"default_member_permissions"`
	NSFW        bool            `json:"nsfw"`
	Contexts    []int           `json:"contexts"`
	Installs    []int           `json:"integration_types"`
}

type option struct {
	Type         int      `json:"type"`
	Name         string   `json:"name"`
	Description  string   `json:"description"`
	Required     bool     `json:"required,omitempty"`
	Autocomplete bool     `json:"autocomplete,omitempty"`
	Choices      []Choice `json:"choices,omitempty"`
	MinLength    *int     `json:"min_length,omitempty"`
	MaxLength    *int     `json:"max_length,omitempty"`
}

// installs reports whether the command comes with a way of installing the app:
// 0 in a guild, 1 by a user.
func (c *command) installs(way int) bool { return c == nil || slices.Contains(c.Installs, way) }

// Commands are the commands that the bot registered, as JSON objects in the
// form of Discord's REST API.
func (s *Server) Commands() []json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []json.RawMessage
	for _, c := range s.commands {
		list = append(list, c.wire())
	}
	return list
}

func (c *command) wire() json.RawMessage {
	b, err := json.Marshal(c)
	if err != nil {
		panic("fake discord: marshal a command: " + err.Error()) // decoded from JSON before
	}
	return b
}

func (s *Server) getCommands(r *request) (any, error) {
	if r.vars["app"] != s.app.id {
		return nil, refuse(403, 20012, "You are not authorized to perform this action on this application")
	}
	return append([]*command{}, s.commands...), nil
}

// putCommands replaces all commands. Those of the same type and name keep
// their ids.
func (s *Server) putCommands(r *request) (any, error) {
	if _, err := s.getCommands(r); err != nil {
		return nil, err
	}
	var raws []json.RawMessage
	if err := form.Check(r.raw, form.Commands, &raws); err != nil {
		return nil, err
	}
	fresh := make([]*command, len(raws))
	creates, ofType := 0, map[int]int{}
	for i, raw := range raws {
		c, err := s.readCommand(raw)
		if err != nil {
			return nil, err
		}
		if old := s.named(c.Type, c.Name); old != nil {
			c.ID = old.ID
		} else {
			creates++
		}
		if ofType[c.Type]++; ofType[c.Type] > commandsOfType[c.Type] {
			return nil, refuse(400, 30032, fmt.Sprintf("Maximum number of application commands reached (%d)", commandsOfType[c.Type]))
		}
		fresh[i] = c
	}
	today := s.now().UTC().Truncate(24 * time.Hour)
	if today != s.createsOn {
		s.createsOn, s.creates = today, 0
	}
	if s.creates+creates > createsPerDay {
		return nil, refuse(400, 30034, "Max number of daily application command creates has been reached (200)")
	}
	s.creates += creates
	s.commands = fresh
	s.change(Change{Type: "commands"})
	return fresh, nil
}

// readCommand makes a command of a checked form. Permissions come as a string
// or as a number.
func (s *Server) readCommand(raw json.RawMessage) (*command, error) {
	c := &command{}
	in := struct {
		*command
		Permissions any `json:"default_member_permissions"`
	}{command: c}
	if err := form.Decode(raw, &in); err != nil {
		return nil, err
	}
	if in.Permissions != nil {
		digits := fmt.Sprint(in.Permissions)
		c.Permissions = &digits
	}
	c.Type = max(c.Type, form.ChatCommand)
	c.AppID, c.ID, c.Version = s.app.id, s.ids.next(), s.ids.next()
	if c.Installs == nil {
		c.Installs = []int{0}
	}
	return c, nil
}

func (s *Server) named(typ int, name string) *command {
	for _, c := range s.commands {
		if c.Type == typ && c.Name == name {
			return c
		}
	}
	return nil
}
