package fakediscord

import "time"

// restRoutes are the routes that the bot calls. [Server.unknownRoute] answers
// all others.
func restRoutes() []route {
	const message, hook = "/channels/{channel}/messages", "/webhooks/{app}/{token}/messages/@original"
	return []route{
		{method: "GET", pattern: "/gateway", open: true, serve: (*Server).getGateway},
		{method: "GET", pattern: "/gateway/bot", serve: (*Server).getGatewayBot},
		{method: "GET", pattern: "/users/@me", serve: (*Server).getMe},
		{method: "GET", pattern: "/applications/@me", serve: (*Server).getApplication},
		{method: "GET", pattern: "/applications/{app}/commands", serve: (*Server).getCommands},
		{method: "PUT", pattern: "/applications/{app}/commands", serve: (*Server).putCommands},
		{method: "GET", pattern: "/guilds/{guild}/channels", serve: (*Server).getGuildChannels},
		{method: "GET", pattern: "/guilds/{guild}/roles", serve: (*Server).getRoles},
		{method: "GET", pattern: "/guilds/{guild}/members/{user}", serve: (*Server).getMember},
		{method: "POST", pattern: message, serve: (*Server).createMessage},
		{method: "PATCH", pattern: message + "/{message}", serve: (*Server).editMessage},
		{method: "PUT", pattern: message + "/{message}/reactions/{emoji}/@me", serve: (*Server).addReaction},
		{method: "POST", pattern: "/interactions/{call}/{token}/callback", open: true, serve: (*Server).callback},
		{method: "PATCH", pattern: hook, open: true, serve: (*Server).editOriginal},
	}
}

func (s *Server) getGateway(*request) (any, error) {
	return object{"url": "ws://" + s.addr + "/gateway"}, nil
}

func (s *Server) getGatewayBot(*request) (any, error) {
	shards := s.opts.Shards
	if shards == 0 {
		n := 0
		for _, g := range s.order {
			if g.botIn {
				n++
			}
		}
		shards = max(1, (n+999)/1000)
	}
	left, end := s.gateway.startsLeft, s.gateway.startsEnd
	if s.now().After(end) {
		left, end = 1000, s.now().Add(dayOfStarts)
	}
	return object{"url": "ws://" + s.addr + "/gateway", "shards": shards, "session_start_limit": object{
		"total": 1000, "remaining": left, "reset_after": max(0, end.Sub(s.now())/time.Millisecond),
		"max_concurrency": s.opts.MaxConcurrency,
	}}, nil
}

// me is the bot's user as it sees itself.
func (s *Server) me() object {
	u := s.app.bot
	return object{
		"id": u.ID, "username": u.Username, "global_name": nil, "discriminator": "0", "avatar": nil, "banner": nil,
		"accent_color": nil, "bot": true, "mfa_enabled": true, "verified": true, "email": nil, "locale": "en-US",
		"flags": 0, "public_flags": 0, "premium_type": 0,
	}
}

func (s *Server) getMe(*request) (any, error) { return s.me(), nil }

func (s *Server) getApplication(*request) (any, error) {
	return object{
		"id": s.app.id, "name": s.app.bot.Username, "icon": nil, "description": "", "summary": "", "type": nil,
		"bot_public": true, "bot_require_code_grant": false, "verify_key": s.PublicKey(), "flags": 0,
		"bot": s.app.bot, "owner": nil, "team": nil, "hook": true, "redirect_uris": []string{},
		"approximate_guild_count": len(s.order), "interactions_endpoint_url": s.endpoint.urlOrNil(),
		"integration_types_config": object{"0": object{}, "1": object{}},
	}, nil
}

// guild finds a guild that the bot is a member of.
func (s *Server) guild(r *request) (*Guild, error) {
	g := s.guilds[r.vars["guild"]]
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
	id := r.vars["user"]
	if id == "@me" {
		id = s.app.id
	}
	if m := g.members[id]; m != nil {
		return m.wire(), nil
	}
	return nil, refuse(404, 10007, "Unknown Member")
}

// channel finds a channel that the bot can see and has these permissions in.
func (s *Server) channel(r *request, need Permissions) (*Channel, error) {
	ch := s.channels[r.vars["channel"]]
	if ch == nil {
		return nil, refuse(404, 10003, "Unknown Channel")
	}
	may := s.botMay(ch)
	switch {
	case !may.Has(ViewChannel), ch.guild != nil && ch.guild.unavailable:
		return nil, refuse(403, 50001, "Missing Access")
	case !may.Has(need):
		return nil, refuse(403, 50013, "Missing Permissions")
	}
	return ch, nil
}
