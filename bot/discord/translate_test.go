package discord

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"backfaq/faq"
)

// Every shape that Discord sends becomes the question that it asks.
func TestShapes(t *testing.T) {
	data, err := os.ReadFile("testdata/shapes.txt")
	if err != nil {
		t.Fatal(err)
	}
	shapes := 0
	for block := range strings.SplitSeq(string(data), "\n\n") {
		var event, about string
		var want []string
		for line := range strings.Lines(block) {
			switch line = strings.TrimSuffix(line, "\n"); {
			case strings.HasPrefix(line, "#"):
				about = strings.TrimPrefix(line, "# ")
			case event == "":
				event = line
			default:
				want = append(want, line)
			}
		}
		if event == "" {
			continue
		}
		shapes++
		q, says := translated(t, event)
		for _, line := range want {
			kind, rest, _ := strings.Cut(line, " ")
			switch kind {
			case ">":
				got := "(nothing)"
				if q.Source != "" {
					got = string(q.Source) + ": " + strings.ReplaceAll(q.Text, "\n", "⏎")
				}
				if q.Source != "" && q.Text == "" {
					got += "(no words)"
				}
				if got != rest {
					t.Errorf("%s: %s\ngot  %s\nwant %s", about, event, got, rest)
				}
			case "says":
				if !strings.HasPrefix(says, rest) {
					t.Errorf("%s: says %q, want %q", about, says, rest)
				}
			case "whole":
				if q.Whole != rest {
					t.Errorf("%s: whole is %q, want %q", about, q.Whole, rest)
				}
			case "about":
				if q.About != rest {
					t.Errorf("%s: about is %q, want %q", about, q.About, rest)
				}
			case "parent":
				if q.Parent != rest {
					t.Errorf("%s: parent is %q, want %q", about, q.Parent, rest)
				}
			default:
				t.Errorf("a line that means nothing: %q", line)
			}
		}
	}
	if shapes < 55 {
		t.Errorf("%d shapes", shapes)
	}
}

// translated is the question that an event asks, and the reply to it.
func translated(t *testing.T, event string) (q faq.Question, says string) {
	t.Helper()
	b := newBot(t, faq.Builtin())
	self := "9"
	b.self.Store(&self)
	for _, thread := range []string{
		`{"id":"20","parent_id":"10","type":11,"name":"a thread"}`,
		`{"id":"21","parent_id":"12","type":10,"name":"a thread"}`,
		`{"id":"22","parent_id":"10","type":12,"name":"a thread"}`,
		`{"id":"30","parent_id":"10","type":11,"name":"Why does my upper back cramp?"}`,
		`{"id":"31","parent_id":"13","type":11,"name":"my picture"}`,
	} {
		b.guilds.observe("THREAD_CREATE", json.RawMessage(thread))
	}
	fields := map[string]any{"id": "100", "channel_id": "11", "author": map[string]any{"id": "3"}}
	if err := json.Unmarshal([]byte(event), &fields); err != nil {
		t.Fatalf("%v: %s", err, event)
	}
	data, _ := json.Marshal(fields)
	if fields["token"] != nil {
		var i interaction
		if err := json.Unmarshal(data, &i); err != nil {
			t.Fatal(err)
		}
		r := b.respond(t.Context(), &i)
		if i.Data.Name == "ask" {
			return i.ask(faq.FromSlash, i.text("question")), r.say.content()
		}
		target := i.Data.Resolved.Messages[i.Data.Target]
		return i.ask(faq.FromMessage, target.written()), r.say.content()
	}
	var m messageCreate
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	q, ok := b.question(&m)
	if !ok {
		return faq.Question{}, ""
	}
	if _, out := b.reply(t.Context(), &m, q); out != nil {
		says = out.content()
	}
	return q, says
}

// An edit within a minute may ask; another event about the message does not.
func TestEditsAreHeardForAMinute(t *testing.T) {
	const id, made = "175928847299117063", "2016-04-30T11:18:25.796Z" // the example in Discord's reference
	sent, err := time.Parse(time.RFC3339, made)
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]bool{time.Second: true, time.Minute: true, 61 * time.Second: false} {
		at := sent.Add(after)
		if m := (messageCreate{ID: id, Edited: &at}); m.justEdited() != want {
			t.Errorf("after %v: %v", after, !want)
		}
	}
	if m := (messageCreate{ID: id}); m.justEdited() {
		t.Error("a preview of a link counts as an edit")
	}
}
