package fakediscord

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// command is a registered command.
type command struct {
	ID          string          `json:"id"`
	AppID       string          `json:"application_id"`
	GuildID     string          `json:"guild_id,omitempty"`
	Version     string          `json:"version"`
	Type        int             `json:"type"`
	Name        string          `json:"name"`
	Names       json.RawMessage `json:"name_localizations"`
	Description string          `json:"description"`
	Texts       json.RawMessage `json:"description_localizations"`
	Options     []option        `json:"options,omitempty"`
	Permissions *string         `json:"default_member_permissions"`
	NSFW        bool            `json:"nsfw"`
	DM          *bool           `json:"dm_permission,omitempty"`
	Contexts    []int           `json:"contexts"`
	Installs    []int           `json:"integration_types"`
}

type option struct {
	Type         int             `json:"type"`
	Name         string          `json:"name"`
	Names        json.RawMessage `json:"name_localizations,omitempty"`
	Description  string          `json:"description"`
	Texts        json.RawMessage `json:"description_localizations,omitempty"`
	Required     bool            `json:"required,omitempty"`
	Autocomplete bool            `json:"autocomplete,omitempty"`
	Choices      []Choice        `json:"choices,omitempty"`
	Options      []option        `json:"options,omitempty"`
	ChannelTypes []ChannelType   `json:"channel_types,omitempty"`
	MinValue     *float64        `json:"min_value,omitempty"`
	MaxValue     *float64        `json:"max_value,omitempty"`
	MinLength    *int            `json:"min_length,omitempty"`
	MaxLength    *int            `json:"max_length,omitempty"`
}

// installs reports whether the command comes with a way of installing the app:
// 0 in a guild, 1 by a user.
func (c *command) installs(way int) bool { return c == nil || slices.Contains(c.Installs, way) }

// Commands are the global commands and those of every guild, as JSON objects
// in the form of Discord's REST API.
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

func commandRoutes() []route {
	const global, guild = "/applications/{app}/commands", "/applications/{app}/guilds/{guild}/commands"
	var table []route
	for _, base := range []string{global, guild} {
		table = append(table,
			route{method: "GET", pattern: base, serve: (*Server).listCommands},
			route{method: "PUT", pattern: base, serve: (*Server).overwriteCommands},
			route{method: "POST", pattern: base, serve: (*Server).createCommand},
			route{method: "GET", pattern: base + "/{command}", serve: (*Server).getCommand},
			route{method: "PATCH", pattern: base + "/{command}", serve: (*Server).editCommand},
			route{method: "DELETE", pattern: base + "/{command}", serve: (*Server).deleteCommand},
		)
	}
	return table
}

// scope checks the application and the guild of a request for commands.
func (s *Server) scope(r *request) (guild string, err error) {
	if r.vars["app"] != s.app.id {
		return "", refuse(403, 20012, "You are not authorized to perform this action on this application")
	}
	guild = r.vars["guild"]
	if g := s.guilds[guild]; guild != "" && (g == nil || !g.botIn) {
		return "", refuse(403, 50001, "Missing Access")
	}
	return guild, nil
}

func (s *Server) commandsIn(guild string) []*command {
	list := []*command{}
	for _, c := range s.commands {
		if c.GuildID == guild {
			list = append(list, c)
		}
	}
	return list
}

func (s *Server) listCommands(r *request) (any, error) {
	guild, err := s.scope(r)
	if err != nil {
		return nil, err
	}
	return s.commandsIn(guild), nil
}

func (s *Server) findCommand(r *request) (*command, error) {
	guild, err := s.scope(r)
	if err != nil {
		return nil, err
	}
	for _, c := range s.commandsIn(guild) {
		if c.ID == r.vars["command"] {
			return c, nil
		}
	}
	return nil, refuse(404, 10063, "Unknown application command")
}

func (s *Server) getCommand(r *request) (any, error) {
	c, err := s.findCommand(r)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (s *Server) overwriteCommands(r *request) (any, error) {
	guild, err := s.scope(r)
	if err != nil {
		return nil, err
	}
	var raws []json.RawMessage
	if err := checkForm(r.raw, all(listOf(0, 130, commandRule), uniqueNames), &raws); err != nil {
		return nil, err
	}
	fresh := make([]*command, len(raws))
	creates := 0
	for i, raw := range raws {
		c, err := s.readCommand(raw, guild)
		if err != nil {
			return nil, err
		}
		if old := s.named(guild, c.Type, c.Name); old != nil {
			c.ID = old.ID
		} else {
			creates++
		}
		fresh[i] = c
	}
	if err := s.countCreates(guild, creates); err != nil {
		return nil, err
	}
	if err := tooMany(fresh); err != nil {
		return nil, err
	}
	s.commands = append(slices.DeleteFunc(s.commands, func(c *command) bool { return c.GuildID == guild }), fresh...)
	s.change(Change{Type: "commands"})
	return fresh, nil
}

func (s *Server) createCommand(r *request) (any, error) {
	guild, err := s.scope(r)
	if err != nil {
		return nil, err
	}
	if err := checkForm(r.raw, commandRule, &struct{}{}); err != nil {
		return nil, err
	}
	c, err := s.readCommand(r.raw, guild)
	if err != nil {
		return nil, err
	}
	defer s.change(Change{Type: "commands"})
	if old := s.named(guild, c.Type, c.Name); old != nil { // POST is an upsert
		c.ID = old.ID
		*old = *c
		return old, nil
	}
	if err := s.countCreates(guild, 1); err != nil {
		return nil, err
	}
	if err := tooMany(append(s.commandsIn(guild), c)); err != nil {
		return nil, err
	}
	s.commands = append(s.commands, c)
	return created{c}, nil
}

func (s *Server) editCommand(r *request) (any, error) {
	old, err := s.findCommand(r)
	if err != nil {
		return nil, err
	}
	whole, err := json.Marshal(old)
	if err != nil {
		return nil, err
	}
	merged, sent := object{}, object{}
	if err := json.Unmarshal(whole, &merged); err != nil {
		return nil, err
	}
	if err := decodeForm(r.raw, &sent); err != nil {
		return nil, err
	}
	for name, v := range sent {
		merged[name] = v
	}
	if whole, err = json.Marshal(merged); err != nil {
		return nil, err
	}
	if err := checkForm(whole, commandRule, &struct{}{}); err != nil {
		return nil, err
	}
	c, err := s.readCommand(whole, old.GuildID)
	if err != nil {
		return nil, err
	}
	c.ID = old.ID
	*old = *c
	s.change(Change{Type: "commands"})
	return old, nil
}

func (s *Server) deleteCommand(r *request) (any, error) {
	c, err := s.findCommand(r)
	if err != nil {
		return nil, err
	}
	s.commands = slices.DeleteFunc(s.commands, func(o *command) bool { return o == c })
	s.change(Change{Type: "commands"})
	return nil, nil
}

// readCommand makes a command of a checked form.
func (s *Server) readCommand(raw json.RawMessage, guild string) (*command, error) {
	c := &command{Type: ChatCommand}
	// Permissions come as a string or as a number.
	var p struct {
		Permissions any `json:"default_member_permissions"`
	}
	v, err := parseForm(raw)
	if err != nil {
		return nil, err
	}
	o, _ := v.(map[string]any)
	p.Permissions = o["default_member_permissions"]
	delete(o, "default_member_permissions")
	rest, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	if err := decodeForm(rest, c); err != nil {
		return nil, err
	}
	if p.Permissions != nil {
		text := jsonText(p.Permissions)
		c.Permissions = &text
	}
	if c.Type == 0 {
		c.Type = ChatCommand
	}
	c.AppID, c.GuildID, c.ID, c.Version = s.app.id, guild, s.ids.next(), s.ids.next()
	if c.Installs == nil {
		c.Installs = []int{0}
	}
	if c.Contexts == nil && guild == "" && c.DM != nil && !*c.DM {
		c.Contexts = []int{0}
	}
	return c, nil
}

func jsonText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

func (s *Server) named(guild string, typ int, name string) *command {
	for _, c := range s.commandsIn(guild) {
		if c.Type == typ && c.Name == name {
			return c
		}
	}
	return nil
}

// countCreates holds a guild, or the global commands, to 200 new ones a day.
func (s *Server) countCreates(guild string, n int) error {
	day := strconv.FormatInt(s.now().Unix()/86400, 10)
	if n > 0 && s.dailyNew[day+" "+guild]+n > createsPerDay {
		return refuse(400, 30034, "Max number of daily application command creates has been reached (200)")
	}
	s.dailyNew[day+" "+guild] += n
	return nil
}

func tooMany(list []*command) error {
	count := map[int]int{}
	for _, c := range list {
		if count[c.Type]++; count[c.Type] > commandsOfType[c.Type] && c.Type != 4 {
			return refuse(400, 30032, "Maximum number of application commands reached ("+strconv.Itoa(commandsOfType[c.Type])+")")
		}
	}
	return nil
}

func uniqueNames(c *check, at place, v any) {
	seen := map[string]bool{}
	list, _ := v.([]any)
	for i, x := range list {
		o, _ := x.(map[string]any)
		key := strings.Join([]string{strconv.Itoa(max(1, intOf(o["type"]))), jsonText(o["name"])}, " ")
		if seen[key] {
			c.say(at.at(i).in("name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		seen[key] = true
	}
}
