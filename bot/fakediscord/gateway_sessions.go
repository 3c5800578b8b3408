package fakediscord

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The gateway's opcodes.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11
)

// The close codes that the stand-in gives by itself
// (topics/opcodes-and-status-codes#gateway-gateway-close-event-codes).
const (
	closeOpcode     = 4001
	closeDecode     = 4002
	closeNoSession  = 4003
	closeToken      = 4004
	closeAgain      = 4005
	closeSeq        = 4007
	closeRate       = 4008
	closeTimeout    = 4009
	closeShard      = 4010
	closeSharding   = 4011
	closeVersion    = 4012
	closeIntents    = 4013
	closePrivileged = 4014
)

// Intents are what a session subscribes to.
type Intents uint64

// The intents that matter here.
const (
	IntentGuilds         Intents = 1 << 0
	IntentGuildMembers   Intents = 1 << 1
	IntentGuildPresences Intents = 1 << 8
	IntentGuildMessages  Intents = 1 << 9
	IntentDirectMessages Intents = 1 << 12
	IntentMessageContent Intents = 1 << 15

	allIntents        Intents = 1<<17 - 1 | 1<<20 | 1<<21 | 1<<24 | 1<<25
	privilegedIntents         = IntentGuildMembers | IntentGuildPresences | IntentMessageContent
)

func (i Intents) has(want Intents) bool { return i&want == want }

// Limits of sessions.
const (
	guildsPerShard = 2500
	keepDispatches = 1 << 16 // what a resume can replay
	dayOfStarts    = 24 * time.Hour
)

type gatewayState struct {
	conns      map[*conn]bool
	count      int
	sessions   map[string]*session
	identified map[int]time.Time // by shard_id % max_concurrency
	startsLeft int
	startsEnd  time.Time
}

// renew counts the starts of another day.
func (g *gatewayState) renew(now time.Time) {
	if now.After(g.startsEnd) {
		g.startsLeft, g.startsEnd = 1000, now.Add(dayOfStarts)
	}
}

// session is what survives a connection: its number of events and the latest
// of them. The server's lock guards it.
type session struct {
	id        string
	shard, of int
	intents   Intents
	conn      *conn // nil while the bot is away
	seq       int   // of the latest event
	sent      []frame
	held      []frame // by a fault, until released
}

// covers reports whether events of a guild ("" for none) go to this session.
func (x *session) covers(guild string) bool {
	if guild == "" {
		return x.shard == 0
	}
	id, err := strconv.ParseUint(guild, 10, 64)
	return err == nil && int(id>>22%uint64(x.of)) == x.shard
}

// identify starts a session, or returns the close code for a refusal. The
// caller holds the lock.
func (s *Server) identify(c *conn, raw json.RawMessage) (refused int) {
	var d struct {
		Token      *string         `json:"token"`
		Properties json.RawMessage `json:"properties"`
		Shard      [2]int          `json:"shard"`
		Intents    *Intents        `json:"intents"`
	}
	d.Shard = [2]int{0, 1}
	err := json.Unmarshal(raw, &d)
	now := time.Now()
	s.gateway.renew(now)
	key := d.Shard[0] % s.opts.MaxConcurrency
	last, again := s.gateway.identified[key]
	switch {
	case c.session != nil:
		return closeAgain
	case err != nil || d.Token == nil || len(d.Properties) == 0 || d.Properties[0] != '{':
		return closeDecode
	case !s.goodToken(*d.Token):
		return closeToken
	case d.Shard[1] < 1 || d.Shard[0] < 0 || d.Shard[0] >= d.Shard[1]:
		return closeShard
	case d.Intents == nil || !allIntents.has(*d.Intents):
		return closeIntents
	case *d.Intents&privilegedIntents&^s.opts.Privileged != 0:
		return closePrivileged
	case s.guildsOn(d.Shard[0], d.Shard[1]) > guildsPerShard:
		return closeSharding
	case s.gateway.startsLeft == 0:
		s.revoke() // Discord resets the token of who identifies too often
		return 0
	case again && s.opts.IdentifyEvery > 0 && now.Sub(last) < s.opts.IdentifyEvery:
		c.send(opInvalidSession, false)
		return 0
	}
	c.shard = d.Shard[0]
	s.gateway.identified[key] = now
	s.gateway.startsLeft--
	if c.inject(AtIdentify) {
		return 0
	}
	for id, old := range s.gateway.sessions {
		if old.conn == nil && old.shard == d.Shard[0] && old.of == d.Shard[1] {
			delete(s.gateway.sessions, id) // nobody will resume it now
		}
	}
	x := &session{
		id: fmt.Sprintf("session-%s", s.ids.next()), shard: d.Shard[0], of: d.Shard[1],
		intents: *d.Intents, conn: c,
	}
	s.gateway.sessions[x.id] = x
	c.session = x
	s.ready(x)
	s.change(Change{Type: "gateway"})
	return 0
}

func (s *Server) ready(x *session) {
	guilds := []object{}
	for _, g := range s.order {
		if g.botIn && x.covers(g.ID) {
			guilds = append(guilds, object{"id": g.ID, "unavailable": true})
		}
	}
	x.emit("READY", object{
		"v": 10, "user": s.app.bot, "user_settings": object{}, "guilds": guilds, "private_channels": []any{},
		"relationships": []any{}, "presences": []any{}, "session_id": x.id, "session_type": "normal",
		"resume_gateway_url": "ws://" + s.addr + "/resume", "shard": []int{x.shard, x.of},
		"application": object{"id": s.app.id, "flags": 0}, "auth": object{}, "_trace": []string{},
	})
	for _, g := range s.order {
		if g.botIn && x.covers(g.ID) && !g.unavailable && x.intents.has(IntentGuilds) {
			x.emit("GUILD_CREATE", g.wire())
		}
	}
}

// resume goes on with a session, or returns the close code for a refusal. The
// caller holds the lock.
func (s *Server) resume(c *conn, raw json.RawMessage) (refused int) {
	var d struct {
		Token     string `json:"token"`
		SessionID string `json:"session_id"`
		Seq       int    `json:"seq"`
	}
	err := json.Unmarshal(raw, &d)
	x := s.gateway.sessions[d.SessionID]
	if x != nil {
		c.shard = x.shard
	}
	switch {
	case err != nil:
		return closeDecode
	case c.session != nil:
		return closeAgain
	case !s.goodToken(d.Token):
		return closeToken
	case c.inject(AtResume):
		return 0
	case x == nil || d.Seq < x.seq-len(x.sent):
		c.send(opInvalidSession, false)
		return 0
	case d.Seq > x.seq:
		return closeSeq
	}
	if x.conn != nil {
		x.conn.end(0)
	}
	x.conn, c.session = c, x
	for _, f := range x.sent[len(x.sent)-(x.seq-d.Seq):] {
		c.push(f)
	}
	x.emit("RESUMED", object{"_trace": []string{}})
	s.change(Change{Type: "gateway"})
	return 0
}

// goodToken checks the bot's token, with "Bot " before it or without.
func (s *Server) goodToken(sent string) bool {
	return s.token != "" && strings.TrimPrefix(sent, "Bot ") == s.token
}

func (s *Server) guildsOn(shard, of int) int {
	n := 0
	x := session{shard: shard, of: of}
	for _, g := range s.order {
		if g.botIn && x.covers(g.ID) {
			n++
		}
	}
	return n
}

// A dispatch is an event on its way to the sessions that want it.
type dispatch struct {
	typ   string
	guild string // decides the shard; "" goes to shard 0
	needs Intents
	data  func(*session) any
}

// dispatch sends an event to the sessions of its shard. The caller holds the lock.
func (s *Server) dispatch(d dispatch) {
	for _, x := range s.gateway.sessions {
		if !x.intents.has(d.needs) || !x.covers(d.guild) {
			continue
		}
		if g := s.guilds[d.guild]; g != nil && g.unavailable && d.typ != "GUILD_DELETE" {
			continue
		}
		s.deliver(x, d.typ, d.data(x))
	}
}

// emit sends an event to this session alone.
func (x *session) emit(typ string, data any) { x.send(x.encode(typ, data)) }

// encode makes an event's payload and gives it the session's next number.
func (x *session) encode(typ string, data any) frame {
	x.seq++
	f := frame{typ: typ, body: marshal(object{"op": opDispatch, "t": typ, "s": x.seq, "d": data})}
	x.sent = append(x.sent, f)
	if len(x.sent) >= 2*keepDispatches {
		x.sent = append([]frame(nil), x.sent[keepDispatches:]...)
	}
	return f
}

// send puts an encoded event on the wire, if the bot is there.
func (x *session) send(f frame) {
	if x.conn != nil {
		x.conn.push(f)
	}
}
