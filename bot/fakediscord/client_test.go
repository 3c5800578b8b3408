package fakediscord_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"

	"github.com/google/go-cmp/cmp"
)

// Libraries read more of Discord than this bot does: the application's id out
// of the token (oceanic.js), the type of a message's channel (eris) and the
// colors of a role (discord.js, disgo).
func TestFieldsForOtherClients(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	first, _, _ := strings.Cut(w.srv.Token(), ".")
	if id, err := base64.RawStdEncoding.DecodeString(first); err != nil || string(id) != w.srv.ApplicationID() {
		t.Errorf("the token names application %q (%v), not %s", id, err, w.srv.ApplicationID())
	}
	c := hello(t, w.srv)
	c.identify(nil)
	c.wantEvent("READY", nil)
	var g struct {
		Roles []struct {
			Colors map[string]any
		}
	}
	c.wantEvent("GUILD_CREATE", &g)
	if diff := cmp.Diff(map[string]any{"primary_color": 0.0, "secondary_color": nil, "tertiary_color": nil}, g.Roles[0].Colors); diff != "" {
		t.Errorf("colors of a role: %s", diff)
	}
	channelType := func() int {
		t.Helper()
		m := struct {
			Type int `json:"channel_type"`
		}{-1}
		c.wantEvent("MESSAGE_CREATE", &m)
		return m.Type
	}
	w.say(t, "hello")
	if got := channelType(); got != 0 {
		t.Errorf("channel_type of a text channel is %d", got)
	}
	if _, err := w.alice.DM("hello"); err != nil {
		t.Fatal(err)
	}
	if got := channelType(); got != 1 {
		t.Errorf("channel_type of a DM is %d", got)
	}
}

// A forward has the text in a snapshot, which is content: only a bot with the
// MESSAGE_CONTENT intent, or in a DM, reads it.
func TestForward(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	c, _ := online(t, w.srv)
	said := w.say(t, "my back cramps")
	c.wantEvent("MESSAGE_CREATE", nil)
	type event struct {
		Content   string
		Reference fakediscord.Reference `json:"message_reference"`
		Snapshots []struct {
			Message struct{ Content string }
		} `json:"message_snapshots"`
	}
	for _, where := range []struct {
		ch        *fakediscord.Channel
		snapshots int
	}{{w.general, 0}, {w.alice.DMChannel(), 1}} {
		if _, err := w.alice.Post(where.ch, fakediscord.Post{Forward: &said}); err != nil {
			t.Fatal(err)
		}
		var m event
		c.wantEvent("MESSAGE_CREATE", &m)
		if m.Content != "" || m.Reference.Type != 1 || m.Reference.MessageID != said.ID || len(m.Snapshots) != where.snapshots {
			t.Errorf("a forward comes as %+v", m)
		}
		if len(m.Snapshots) > 0 && m.Snapshots[0].Message.Content != said.Content {
			t.Errorf("the snapshot is %+v", m.Snapshots[0])
		}
	}
}

func TestSystemChannel(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	w.guild.SetSystemChannel(w.general)
	c := hello(t, w.srv)
	c.identify(nil)
	c.wantEvent("READY", nil)
	var g struct {
		System string `json:"system_channel_id"`
	}
	c.wantEvent("GUILD_CREATE", &g)
	if g.System != w.general.ID {
		t.Errorf("the system channel is %q", g.System)
	}
}
