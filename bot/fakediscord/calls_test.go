package fakediscord_test

import (
	"errors"
	"testing"
	"time"

	"backfaq/bot/fakediscord"
)

// edit edits the first response to an interaction, by its token.
func edit(t *testing.T, w world, i *fakediscord.Interaction, content string) answer {
	t.Helper()
	return call(t, w.srv, "PATCH", "!/webhooks/"+w.srv.ApplicationID()+"/"+i.Token+"/messages/@original", object{"content": content})
}

// The clock of an interaction: 3 seconds for the first response, 15 minutes
// for the rest; the first response only once.
func TestInteractionClock(t *testing.T) {
	onClock(t, fakediscord.Options{NoRateLimits: true}, func(t *testing.T, w world) {
		const hi = `{"type":4,"data":{"content":"hi"}}`

		late := w.ask(t)
		time.Sleep(3*time.Second + time.Millisecond)
		if a := respond(t, w.srv, late, hi); a.status != 404 || a.code() != 10062 {
			t.Errorf("a late response: %d %s", a.status, a.body)
		}
		i := w.ask(t)
		if a := call(t, w.srv, "POST", "!/interactions/"+i.ID+"/wrong/callback", hi); a.code() != 10062 {
			t.Errorf("a wrong token: %d %s", a.status, a.body)
		}
		if a := edit(t, w, i, "early"); a.status != 404 || a.code() != 10015 {
			t.Errorf("an edit before the response: %d %s", a.status, a.body)
		}
		time.Sleep(3 * time.Second)
		if a := respond(t, w.srv, i, hi); a.status != 204 {
			t.Errorf("a response after 3 s: %d %s", a.status, a.body)
		}
		if a := respond(t, w.srv, i, hi); a.status != 400 || a.code() != 40060 {
			t.Errorf("a second response: %d %s", a.status, a.body)
		}
		time.Sleep(14 * time.Minute)
		if a := edit(t, w, i, "more"); a.status != 200 {
			t.Errorf("an edit after 14 minutes: %d %s", a.status, a.body)
		}
		time.Sleep(time.Minute)
		if a := edit(t, w, i, "more"); a.status != 401 || a.code() != 50027 {
			t.Errorf("an edit after 15 minutes: %d %s", a.status, a.body)
		}
	})
}

// Ephemeral messages are for one person: not for others, not for the REST API
// of channels, not for the gateway.
func TestEphemeral(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	c, _ := online(t, w.srv)
	bob := w.guild.AddMember("bob")
	i := w.ask(t)
	c.wantEvent("INTERACTION_CREATE", nil)
	a := respond(t, w.srv, i, `{"type":4,"data":{"content":"secret","flags":64,"components":[{"type":1,"components":[{"type":2,"style":1,"label":"B","custom_id":"b"}]}]}}`)
	if a.status != 204 {
		t.Fatalf("respond: %d %s", a.status, a.body)
	}
	m, err := i.Message(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(bob.Messages(w.general)); got != 0 {
		t.Errorf("bob sees %d messages", got)
	}
	if got := len(w.alice.Messages(w.general)); got != 1 {
		t.Errorf("alice sees %d messages", got)
	}
	if _, err := bob.Press(m, "b"); !errors.Is(err, fakediscord.ErrHidden) {
		t.Errorf("bob presses: %v", err)
	}
	if _, err := w.alice.Press(m, "b"); err != nil {
		t.Error(err)
	}
	c.wantEvent("INTERACTION_CREATE", nil) // and no MESSAGE_CREATE before it
}

// A component's update changes its message; a modal may follow and update too.
func TestUpdate(t *testing.T) {
	w := newWorld(t, fakediscord.Options{NoRateLimits: true})
	ctx := soon(t)
	m := w.message(t)
	press, err := w.alice.Press(m, "b")
	if err != nil {
		t.Fatal(err)
	}
	respond(t, w.srv, press, `{"type":9,"data":{"custom_id":"f","title":"t","components":[
		{"type":18,"label":"l","component":{"type":4,"style":1,"custom_id":"name","max_length":5}},
		{"type":18,"label":"where","component":{"type":8,"custom_id":"where","channel_types":[0]}}]}}`)
	modal, err := press.Modal(ctx)
	if err != nil {
		t.Fatal(err)
	}
	where := []string{w.general.ID}
	for name, fields := range map[string]fakediscord.Fields{
		"too long": {"name": "longer", "where": where}, "missing": {"where": where}, "unknown": {"name": "x", "where": where, "y": "z"},
		"not offered": {"name": "x", "where": []string{"1"}}, "wrong type": {"name": 1, "where": where},
	} {
		if _, err := w.alice.SubmitModal(modal, fields); !errors.Is(err, fakediscord.ErrHidden) {
			t.Errorf("a modal with a field %s: %v", name, err)
		}
	}
	submit, err := w.alice.SubmitModal(modal, fakediscord.Fields{"name": "x", "where": where})
	if err != nil {
		t.Fatal(err)
	}
	var sent struct {
		Type    int
		Message struct{ ID string }
		Data    struct {
			CustomID   string `json:"custom_id"`
			Components []struct {
				Component struct {
					Value  string
					Values []string
				}
			}
			Resolved struct{ Channels map[string]any }
		}
	}
	decode(t, submit.Payload, &sent)
	if sent.Type != 5 || sent.Message.ID != m.ID || sent.Data.Components[0].Component.Value != "x" ||
		sent.Data.Components[1].Component.Values[0] != w.general.ID || len(sent.Data.Resolved.Channels) != 1 {
		t.Errorf("the bot is sent %s", submit.Payload)
	}
	if a := respond(t, w.srv, submit, `{"type":7,"data":{"content":"new"}}`); a.status != 204 {
		t.Fatalf("update: %d %s", a.status, a.body)
	}
	now, ok := w.srv.Message(m.ChannelID, m.ID)
	if !ok || now.Content != "new" || len(now.Buttons()) != 1 || now.EditedTimestamp == nil {
		t.Errorf("the message is now %+v", now)
	}
	if _, err := w.alice.Press(now, "gone"); !errors.Is(err, fakediscord.ErrHidden) {
		t.Errorf("a button that is not there: %v", err)
	}
	if _, err := w.alice.Select(now, "c", w.general.ID); err != nil {
		t.Errorf("a channel select: %v", err)
	}
	if _, err := w.alice.Select(now, "c", "1"); !errors.Is(err, fakediscord.ErrHidden) {
		t.Errorf("a channel that is none: %v", err)
	}
	if i, err := w.alice.Forge(now, fakediscord.Button, "gone"); err != nil || i.Type != fakediscord.ComponentUse {
		t.Errorf("a forged button: %v", err)
	}
}
