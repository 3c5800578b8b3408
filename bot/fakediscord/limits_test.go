package fakediscord_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"backfaq/bot/fakediscord"
)

// A bucket counts down in its headers, refuses, and is full again after its
// reset. Another channel has its own.
func TestBuckets(t *testing.T) {
	onClock(t, fakediscord.Options{}, func(t *testing.T, w world) {
		other := w.guild.AddChannel("other")
		post := func(ch *fakediscord.Channel) answer {
			return call(t, w.srv, "POST", "/channels/"+ch.ID+"/messages", `{"content":"x"}`)
		}
		for i, left := range []string{"4", "3", "2", "1", "0"} {
			a := post(w.general)
			if got := a.header.Get("X-RateLimit-Remaining"); a.status != 200 || got != left {
				t.Fatalf("message %d: %d, remaining %q instead of %q", i, a.status, got, left)
			}
			if a.header.Get("X-RateLimit-Bucket") == "" || a.header.Get("X-RateLimit-Limit") != "5" || a.header.Get("X-RateLimit-Reset-After") != "5.000" {
				t.Fatalf("message %d: headers %v", i, a.header)
			}
		}
		a := post(w.general)
		if a.status != 429 || a.header.Get("X-RateLimit-Scope") != "user" || a.header.Get("Retry-After") != "5" {
			t.Errorf("the sixth message: %d %v %s", a.status, a.header, a.body)
		}
		if a := post(other); a.status != 200 {
			t.Errorf("another channel: %d", a.status)
		}
		time.Sleep(5 * time.Second)
		if a := post(w.general); a.status != 200 {
			t.Errorf("after the reset: %d", a.status)
		}
		if n := len(w.alice.Messages(w.general)); n != 6 {
			t.Errorf("%d messages instead of 6", n)
		}
	})
}

// 50 requests a second over all routes; interactions are not counted.
func TestGlobalLimit(t *testing.T) {
	onClock(t, fakediscord.Options{}, func(t *testing.T, w world) { // registering was the first request
		get := func(guild *fakediscord.Guild) answer { return call(t, w.srv, "GET", "/guilds/"+guild.ID+"/roles", nil) }
		for i := range 49 {
			if a := get(w.srv.AddGuild("g")); a.status != 200 {
				t.Fatalf("request %d: %d", i+2, a.status)
			}
		}
		a := get(w.guild)
		if a.status != 429 || a.header.Get("X-RateLimit-Global") != "true" || a.header.Get("X-RateLimit-Scope") != "global" {
			t.Errorf("request 51: %d %v", a.status, a.header)
		}
		if a := respond(t, w.srv, w.ask(t), `{"type":4,"data":{"content":"x"}}`); a.status != 204 {
			t.Errorf("an interaction: %d %s", a.status, a.body)
		}
		time.Sleep(time.Second)
		if a := get(w.guild); a.status != 200 {
			t.Errorf("a second later: %d", a.status)
		}
	})
}

func TestRefusedAtTheDoor(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	messages := "/channels/" + w.general.ID + "/messages"
	for _, test := range []struct {
		name, method, path, agent, token, kind, body string
		status, code                                 int
	}{
		{"no agent", "GET", "/applications/@me", "", "Bot " + w.srv.Token(), "", "", 403, 40333},
		{"no token", "GET", "/applications/@me", "DiscordBot", "", "", "", 401, 0},
		{"token without Bot", "GET", "/applications/@me", "DiscordBot", w.srv.Token(), "", "", 401, 0},
		{"broken JSON", "POST", messages, "DiscordBot", "Bot " + w.srv.Token(), "application/json", `{`, 400, 50109},
		{"unknown content type", "POST", messages, "DiscordBot", "Bot " + w.srv.Token(), "text/plain", `{}`, 400, 50035},
		{"too large", "POST", messages, "DiscordBot", "Bot " + w.srv.Token(), "application/json", strings.Repeat(" ", 26<<20), 413, 40005},
	} {
		t.Run(test.name, func(t *testing.T) {
			req, err := http.NewRequest(test.method, w.srv.URL()+"/v9"+test.path, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("User-Agent", test.agent)
			if test.token != "" {
				req.Header.Set("Authorization", test.token)
			}
			if test.kind != "" {
				req.Header.Set("Content-Type", test.kind)
			}
			mark := w.srv.Mark()
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			e, err := w.srv.WaitAfter(soon(t), mark, func(e fakediscord.Event) bool { return e.Path == test.path })
			if err != nil {
				t.Fatal(err)
			}
			got := answer{status: e.Status, body: e.Response}
			if res.StatusCode != test.status || got.status != test.status || got.code() != test.code {
				t.Errorf("got %d, recorded %d with code %d: %s", res.StatusCode, got.status, got.code(), got.body)
			}
		})
	}
}

// A request without a route is answered with its name, and fails the test that
// met it when the server closes.
func TestUnknownRoute(t *testing.T) {
	srv, err := fakediscord.Start(fakediscord.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := call(t, srv, "DELETE", "/users/@me/guilds/1", nil)
	if a.status != 501 || !strings.Contains(string(a.body), "no route DELETE /users/@me/guilds/1") {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if err := srv.Close(); err == nil || !strings.Contains(err.Error(), "DELETE /users/@me/guilds/1") {
		t.Errorf("closed with %v", err)
	}
}

// A round trip takes at least the latency, over either wire.
func TestLatency(t *testing.T) {
	const latency = 40 * time.Millisecond
	w := newWorld(t, fakediscord.Options{Latency: latency})
	start := time.Now()
	call(t, w.srv, "GET", "/applications/@me", nil)
	if took := time.Since(start); took < latency {
		t.Errorf("a request took %v", took)
	}
	c, _ := online(t, w.srv)
	start = time.Now()
	c.write(`{"op":1,"d":null}`)
	c.want(11)
	if took := time.Since(start); took < latency {
		t.Errorf("a heartbeat took %v", took)
	}
}
