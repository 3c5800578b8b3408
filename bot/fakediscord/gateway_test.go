package fakediscord_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"backfaq/bot/fakediscord"

	"github.com/coder/websocket"
)

func TestHeartbeat(t *testing.T) {
	w := newWorld(t, fakediscord.Options{Heartbeat: 1234 * time.Millisecond})
	c := dial(t, w.srv)
	if got := string(c.want(10).D); !strings.Contains(got, `"heartbeat_interval":1234`) {
		t.Errorf("HELLO says %s", got)
	}
	c.write(`{"op":1,"d":null}`)
	c.want(11)
}

// A bot that forgets its heartbeats is dropped.
func TestNoHeartbeat(t *testing.T) {
	w := newWorld(t, fakediscord.Options{Heartbeat: 20 * time.Millisecond})
	c, _ := online(t, w.srv)
	c.wantClose(4009)
}

func TestIdentifyRefused(t *testing.T) {
	for _, test := range []struct {
		name    string
		changes object
		code    int
	}{
		{"bad token", object{"token": "nonsense"}, 4004},
		{"no token", object{"token": nil}, 4002},
		{"no properties", object{"properties": nil}, 4002},
		{"no intents", object{"intents": nil}, 4013},
		{"unknown intent", object{"intents": 1 << 60}, 4013},
		{"privileged intent", object{"intents": intents | int(fakediscord.IntentMessageContent)}, 4014},
		{"shard that is none", object{"shard": []int{2, 2}}, 4010},
		{"no shards", object{"shard": []int{0, 0}}, 4010},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, fakediscord.Options{})
			c := hello(t, w.srv)
			c.identify(test.changes)
			c.wantClose(test.code)
		})
	}
}

func TestFramesRefused(t *testing.T) {
	w := newWorld(t, fakediscord.Options{IdentifyEvery: -1})
	for _, test := range []struct {
		name  string
		frame string
		code  int
		first bool // before IDENTIFY
	}{
		{"before identify", `{"op":3,"d":{}}`, 4003, true},
		{"no JSON", `nonsense`, 4002, false},
		{"no op", `{}`, 4002, false},
		{"unknown op", `{"op":99,"d":null}`, 4001, false},
		{"too large", `{"op":3,"d":"` + strings.Repeat("x", 4096) + `"}`, 4002, false},
		{"identify twice", `{"op":2,"d":{"token":"` + w.srv.Token() + `","properties":{},"intents":1}}`, 4005, false},
		{"resume with a wrong token", `{"op":6,"d":{"token":"x","session_id":"x","seq":1}}`, 4004, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := hello(t, w.srv)
			if !test.first {
				c.identify(nil)
				c.ready()
			}
			c.write(test.frame)
			c.wantClose(test.code)
		})
	}
}

func TestURLRefused(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	var g struct{ URL string }
	call(t, w.srv, "GET", "/gateway", nil).json(t, &g)
	dialURL(t, w.srv, g.URL+"/?v=5&encoding=json").wantClose(4012)
	dialURL(t, w.srv, g.URL+"/?v=10&encoding=etf").wantClose(4002)
}

// 120 frames in 60 seconds are too many with the next one; a minute later
// they are forgotten.
func TestFrameLimit(t *testing.T) {
	onClock(t, fakediscord.Options{IdentifyEvery: -1}, func(t *testing.T, w world) {
		c, _ := online(t, w.srv)
		for range 119 {
			c.write(`{"op":1,"d":1}`)
			c.want(11)
		}
		time.Sleep(61 * time.Second)
		for range 120 {
			c.write(`{"op":1,"d":1}`)
			c.want(11)
		}
		c.write(`{"op":1,"d":1}`)
		c.wantClose(4008)
	})
}

// Events that a bot missed are replayed by number, and RESUMED follows.
func TestResume(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	c, session := online(t, w.srv)
	w.say(t, "one")
	var m struct{ Content string }
	last := c.wantEvent("MESSAGE_CREATE", &m).S
	_ = c.ws.CloseNow()
	w.waitGone(t)
	for i := range 500 {
		w.say(t, fmt.Sprint(i))
	}
	var url struct{ URL string }
	call(t, w.srv, "GET", "/gateway", nil).json(t, &url)
	again := dialURL(t, w.srv, strings.Replace(url.URL, "/gateway", "/resume", 1)+"/?v=10&encoding=json")
	again.want(10)
	again.resume(session, last)
	for i := range 500 {
		p := again.wantEvent("MESSAGE_CREATE", nil)
		if p.S != last+1+i {
			t.Fatalf("replay %d has number %d", i, p.S)
		}
	}
	again.wantEvent("RESUMED", nil)
	w.say(t, "after")
	again.wantEvent("MESSAGE_CREATE", nil)
}

func TestResumeRefused(t *testing.T) {
	w := newWorld(t, fakediscord.Options{IdentifyEvery: -1})
	c := hello(t, w.srv)
	c.resume("nonsense", 1)
	if got := string(c.want(9).D); got != "false" {
		t.Errorf("an unknown session is invalid with d:%s", got)
	}
	c.identify(nil) // allowed on the same socket
	session := c.ready()
	_ = c.ws.CloseNow()
	w.waitGone(t)
	c = hello(t, w.srv)
	c.resume(session, 999)
	c.wantClose(4007)

	// 1000 from the bot ends the session.
	c, session = online(t, w.srv)
	_ = c.ws.Close(websocket.StatusNormalClosure, "")
	w.waitGone(t)
	c = hello(t, w.srv)
	c.resume(session, 2)
	c.want(9)
}

func TestSharding(t *testing.T) {
	w := newWorld(t, fakediscord.Options{MaxConcurrency: 4})
	guilds := w.srv.AddGuilds(40, fakediscord.Size{})
	shards := make([]*socket, 4)
	counts := 0
	for i := range shards {
		c := hello(t, w.srv)
		c.identify(object{"shard": []int{i, 4}})
		var r struct{ Guilds []struct{ ID string } }
		c.wantEvent("READY", &r)
		counts += len(r.Guilds)
		for range r.Guilds {
			c.wantEvent("GUILD_CREATE", nil)
		}
		shards[i] = c
	}
	if counts != 41 {
		t.Errorf("the shards have %d guilds together, not 41", counts)
	}
	if _, err := w.alice.DM("only shard 0"); err != nil {
		t.Fatal(err)
	}
	shards[0].wantEvent("MESSAGE_CREATE", nil)
	bob := guilds[0].AddMember("bob")
	if _, err := bob.Say(guilds[0].General(), "x"); err != nil {
		t.Fatal(err)
	}
	e, err := w.srv.WaitFor(soon(t), func(e fakediscord.Event) bool {
		return e.Type == "MESSAGE_CREATE" && strings.Contains(string(e.Body), guilds[0].ID)
	})
	if err != nil {
		t.Fatal(err)
	}
	id, err := strconv.Atoi(guilds[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := id >> 22 % 4; e.Shard != want {
		t.Errorf("the message went to shard %d instead of %d", e.Shard, want)
	}
}

func TestShardingRequired(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	w.srv.AddGuilds(2500, fakediscord.Size{})
	c := hello(t, w.srv)
	c.identify(nil)
	c.wantClose(4011)
	var g struct {
		Shards int
		Limit  struct {
			Remaining int
			Total     int
			Max       int `json:"max_concurrency"`
			Reset     int `json:"reset_after"`
		} `json:"session_start_limit"`
	}
	call(t, w.srv, "GET", "/gateway/bot", nil).json(t, &g)
	if g.Shards != 3 || g.Limit.Remaining != 1000 || g.Limit.Total != 1000 || g.Limit.Max != 1 || g.Limit.Reset <= 0 {
		t.Errorf("/gateway/bot says %+v", g)
	}
}

// One identify per key and 5 seconds; the others get op 9.
func TestMaxConcurrency(t *testing.T) {
	onClock(t, fakediscord.Options{MaxConcurrency: 2}, func(t *testing.T, w world) {
		first, second, third := hello(t, w.srv), hello(t, w.srv), hello(t, w.srv)
		first.identify(object{"shard": []int{0, 4}})
		first.ready()
		second.identify(object{"shard": []int{1, 4}}) // another key
		second.ready()
		third.identify(object{"shard": []int{2, 4}})
		if got := string(third.want(9).D); got != "false" {
			t.Errorf("too early is invalid with d:%s", got)
		}
		time.Sleep(5 * time.Second)
		third.identify(object{"shard": []int{2, 4}})
		third.ready()
	})
}

// A bot that identifies after the day's starts are used up loses its token.
func TestSessionStartLimit(t *testing.T) {
	w := newWorld(t, fakediscord.Options{SessionStarts: 1, IdentifyEvery: -1})
	one, _ := online(t, w.srv)
	two := hello(t, w.srv)
	two.identify(nil)
	two.wantClose(4004)
	one.wantClose(4004)
	if a := call(t, w.srv, "GET", "/applications/@me", nil); a.status != 401 {
		t.Errorf("the old token is answered with %d", a.status)
	}
}

func TestGuildEvents(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	c, _ := online(t, w.srv)
	var down struct {
		ID          string
		Unavailable bool
	}
	w.guild.SetUnavailable(true)
	c.wantEvent("GUILD_DELETE", &down)
	if down.ID != w.guild.ID || !down.Unavailable {
		t.Errorf("an outage says %+v", down)
	}
	w.guild.SetUnavailable(false)
	c.wantEvent("GUILD_CREATE", nil)
	w.guild.BotLeaves()
	down.Unavailable = false
	c.wantEvent("GUILD_DELETE", &down)
	if down.Unavailable {
		t.Error("a kick looks like an outage")
	}
	w.guild.BotJoins()
	c.wantEvent("GUILD_CREATE", nil)
	if _, err := w.srv.WaitFor(soon(t), func(e fakediscord.Event) bool { return e.Type == "GUILD_CREATE" }); err != nil {
		t.Error(err)
	}
}
