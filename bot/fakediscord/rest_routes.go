package fakediscord

import (
	"encoding/json"
	"net/http"
	"time"

	"backfaq/bot/fakediscord/form"
)

// restRoutes are the routes that the bot calls. Any other is answered with 501,
// and [Server.Close] reports it.
func restRoutes() []route {
	return []route{
		{"GET", "/gateway", true, 0, 0, (*Server).getGateway},
		{"GET", "/gateway/bot", false, 10, 5 * time.Second, (*Server).getGatewayBot},
		{"GET", "/applications/@me", false, 10, 5 * time.Second, (*Server).getApplication},
		{"GET", "/applications/{app}/commands", false, 10, 5 * time.Second, (*Server).getCommands},
		{"PUT", "/applications/{app}/commands", false, 5, 20 * time.Second, (*Server).putCommands},
		{"GET", "/guilds/{guild}/channels", false, 10, 5 * time.Second, (*Server).getGuildChannels},
		{"GET", "/guilds/{guild}/roles", false, 10, 5 * time.Second, (*Server).getRoles},
		{"GET", "/guilds/{guild}/members/{user}", false, 10, 5 * time.Second, (*Server).getMember},
		{"GET", "/channels/{channel}", false, 10, 5 * time.Second, (*Server).getChannel},
		{"POST", "/channels/{channel}/messages", false, 5, 5 * time.Second, (*Server).createMessage},
		{"POST", "/interactions/{call}/{token}/callback", true, 5, 2 * time.Second, (*Server).callback},
		{"PATCH", "/webhooks/{app}/{token}/messages/@original", true, 5, 2 * time.Second, (*Server).editOriginal},
	}
}

func (s *Server) getGateway(*request) (any, error) {
	return object{"url": "ws://" + s.addr + "/gateway"}, nil
}

func (s *Server) getGatewayBot(*request) (any, error) {
	shards := s.opts.Shards
	if shards == 0 {
		shards = max(1, (s.guildsOn(0, 1)+999)/1000)
	}
	now := time.Now()
	s.gateway.renew(now)
	return object{"url": "ws://" + s.addr + "/gateway", "shards": shards, "session_start_limit": object{
		"total": 1000, "remaining": s.gateway.startsLeft, "reset_after": s.gateway.startsEnd.Sub(now).Milliseconds(),
		"max_concurrency": s.opts.MaxConcurrency,
	}}, nil
}

func (s *Server) getApplication(*request) (any, error) {
	flags := 0
	if s.opts.Privileged&IntentMessageContent != 0 {
		flags = 1 << 19 // on fewer than 100 servers (resources/application#application-object-application-flags)
	}
	return object{
		"id": s.app.id, "name": s.app.bot.Username, "icon": nil, "description": "", "summary": "", "type": nil,
		"bot_public": true, "bot_require_code_grant": false, "verify_key": s.PublicKey(), "flags": flags,
		"bot": s.app.bot, "owner": nil, "team": nil, "hook": true, "redirect_uris": []string{},
		"approximate_guild_count": len(s.order), "interactions_endpoint_url": s.endpoint.url,
		"integration_types_config": object{"0": object{}, "1": object{}},
	}, nil
}

// guild finds a guild that the bot is a member of.
func (s *Server) guild(r *request) (*Guild, error) {
	g := s.guilds[r.PathValue("guild")]
	switch {
	case g == nil:
		return nil, refuse(404, 10004, "Unknown Guild")
	case !g.botIn || g.unavailable:
		return nil, refuse(403, 50001, "Missing Access")
	}
	return g, nil
}

func (s *Server) getGuildChannels(r *request) (any, error) {
	g, err := s.guild(r)
	if err != nil {
		return nil, err
	}
	list := []channelWire{}
	for _, ch := range g.channels {
		if !ch.isThread() {
			list = append(list, ch.wire())
		}
	}
	return list, nil
}

func (s *Server) getChannel(r *request) (any, error) {
	ch, err := s.channel(r)
	if err != nil {
		return nil, err
	}
	return ch.wire(), nil
}

func (s *Server) getRoles(r *request) (any, error) {
	g, err := s.guild(r)
	if err != nil {
		return nil, err
	}
	return g.wireRoles(), nil
}

func (s *Server) getMember(r *request) (any, error) {
	g, err := s.guild(r)
	if err != nil {
		return nil, err
	}
	if m := g.members[r.PathValue("user")]; m != nil {
		return m.wire(), nil
	}
	return nil, refuse(404, 10007, "Unknown Member")
}

// channel finds a channel that the bot can see.
func (s *Server) channel(r *request) (*Channel, error) {
	ch := s.channels[r.PathValue("channel")]
	if ch == nil {
		return nil, refuse(404, 10003, "Unknown Channel")
	}
	if !s.botMay(ch).Has(ViewChannel) || ch.guild != nil && ch.guild.unavailable {
		return nil, refuse(403, 50001, "Missing Access")
	}
	return ch, nil
}

// Commands are the commands that the bot registered, as JSON objects in the
// form of Discord's REST API.
func (s *Server) Commands() []json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []json.RawMessage
	for _, c := range s.commands {
		list = append(list, marshal(c))
	}
	return list
}

func (s *Server) getCommands(r *request) (any, error) {
	if r.PathValue("app") != s.app.id {
		return nil, refuse(403, 20012, "You are not authorized to perform this action on this application")
	}
	if r.Method == http.MethodGet && r.URL.Query().Get("with_localizations") != "true" {
		return nil, refuse(http.StatusNotImplemented, 0, "the stand-in for Discord shows commands with localizations only")
	}
	return append([]*form.Command{}, s.commands...), nil
}

// putCommands replaces all commands. Those of the same type and name keep
// their ids.
func (s *Server) putCommands(r *request) (any, error) {
	if _, err := s.getCommands(r); err != nil {
		return nil, err
	}
	list, err := form.Commands(r.raw)
	if err != nil {
		return nil, err
	}
	fresh := make([]*form.Command, len(list))
	for i := range list {
		c := &list[i]
		c.AppID, c.ID, c.Version = s.app.id, s.ids.next(), s.ids.next()
		if old := s.named(c.Type, c.Name); old != nil {
			c.ID = old.ID
		}
		fresh[i] = c
	}
	s.commands = fresh
	s.change(Change{Type: "commands"})
	return fresh, nil
}

func (s *Server) named(typ int, name string) *form.Command {
	for _, c := range s.commands {
		if c.Type == typ && c.Name == name {
			return c
		}
	}
	return nil
}
