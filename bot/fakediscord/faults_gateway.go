package fakediscord

import (
	"encoding/json"
	"slices"
)

// A Point is a moment at which the gateway would speak.
type Point int

// The points at which a [Fault] can be put in the place of the answer.
const (
	AtHello     Point = iota // a socket opened
	AtIdentify               // a good IDENTIFY arrived; the start is counted
	AtResume                 // a RESUME with a good token arrived
	AtHeartbeat              // a heartbeat arrived
)

// A Fault is something bad that happens to one gateway connection.
type Fault func(*conn)

// CloseWith closes the connection with a close code. 1005 sends a close frame
// without a code.
func CloseWith(code int) Fault { return func(c *conn) { c.end(code) } }

// Cut ends the TCP connection without a close frame (the bot sees 1006).
func Cut() Fault { return func(c *conn) { c.end(0) } }

// Reconnect asks the bot to reconnect (op 7).
func Reconnect() Fault { return func(c *conn) { c.send(opReconnect, nil) } }

// InvalidSession tells the bot its session is invalid (op 9). One that is not
// resumable is forgotten.
func InvalidSession(resumable bool) Fault {
	return func(c *conn) {
		c.send(opInvalidSession, resumable)
		if c.session != nil && !resumable {
			delete(c.srv.gateway.sessions, c.session.id)
			c.session = nil
		}
	}
}

// Mute keeps the socket open, but nothing is said or heard on it any more, as
// on a half-open connection. Events still count for a later resume.
func Mute() Fault { return func(c *conn) { c.queue, c.muted = nil, true } }

// Silence says nothing at this one point: no Hello, no READY, no ACK.
func Silence() Fault { return func(*conn) {} }

// AskHeartbeat asks the bot for a heartbeat at once (op 1).
func AskHeartbeat() Fault { return func(c *conn) { c.send(opHeartbeat, nil) } }

// Raw sends text as it is.
func Raw(text string) Fault { return func(c *conn) { c.push(frame{op: -1, body: []byte(text)}) } }

// RawBinary sends a binary message as it is, which breaks a zlib stream.
func RawBinary(b []byte) Fault {
	return func(c *conn) { c.push(frame{op: -1, body: slices.Clone(b), binary: true}) }
}

// scripts are the faults to come. The server's lock guards them.
type scripts struct {
	points  [AtHeartbeat + 1][]Fault
	rewrite func(shard int, typ string, data json.RawMessage) Delivery
	rest    []*restScript
}

// Next puts faults in the place of the next answers at a point: one each, in
// order, after those already scripted.
func (s *Server) Next(p Point, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts.points[p] = append(s.scripts.points[p], faults...)
}

// inject does what is scripted at a point. It reports whether that took the
// place of the proper answer. The caller holds the lock.
func (c *conn) inject(p Point) bool {
	queue := c.srv.scripts.points[p]
	if len(queue) == 0 {
		return false
	}
	c.srv.scripts.points[p] = queue[1:]
	queue[0](c)
	return true
}

// AllShards lets [Server.Inject] hit every connection.
const AllShards = -1

// Inject lets faults happen now, in order, to the connections of a shard that
// have identified, or of all shards. It returns how many connections were hit.
func (s *Server) Inject(shard int, faults ...Fault) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	hit := 0
	for c := range s.gateway.conns {
		if c.ending || c.session == nil || shard != AllShards && c.shard != shard {
			continue
		}
		hit++
		for _, f := range faults {
			f(c)
		}
	}
	return hit
}

// Connected reports how many connections have identified or resumed and live.
func (s *Server) Connected() int { return s.Inject(AllShards) }

// A Delivery says what becomes of an event.
type Delivery int

// The fates of an event.
const (
	Deliver   Delivery = iota
	Drop               // it never happened for this session
	Duplicate          // it comes twice, with two numbers
	Hold               // it is kept back until Release, though it is numbered
	Lose               // numbered but not sent: only a resume brings it
)

// Rewrite lets decide say what becomes of each event from now on; nil ends
// that. decide is called with the world locked: it must not call the server.
func (s *Server) Rewrite(decide func(shard int, typ string, data json.RawMessage) Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts.rewrite = decide
}

// Release sends the events that were held, latest first.
func (s *Server) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.gateway.sessions {
		for _, f := range slices.Backward(x.held) {
			x.send(f)
		}
		x.held = nil
	}
}

// deliver sends an event to a session, as [Server.Rewrite] says. The caller holds
// the lock.
func (s *Server) deliver(x *session, typ string, data any) {
	becomes := Deliver
	if s.scripts.rewrite != nil {
		becomes = s.scripts.rewrite(x.shard, typ, marshal(data))
	}
	if becomes == Drop {
		return
	}
	f := x.encode(typ, data)
	switch becomes {
	case Hold:
		x.held = append(x.held, f)
	case Lose:
	case Duplicate:
		x.send(f)
		x.send(x.encode(typ, data))
	default:
		x.send(f)
	}
}

// Dispatch sends an event that the world itself would never make, to the shard
// of a guild ("" for shard 0), whatever the session's intents.
func (s *Server) Dispatch(guildID, typ string, data json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatch(dispatch{typ: typ, guild: guildID, data: func(*session) any { return data }})
}

// Revoke resets the bot's token: every request is answered with 401 and every
// connection closed with 4004.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoke()
}

func (s *Server) revoke() {
	s.token = ""
	for c := range s.gateway.conns {
		c.end(closeToken)
	}
}
