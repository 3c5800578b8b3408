package fakediscord_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"testing"

	"backfaq/bot/fakediscord"
)

func TestTranscript(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	var b bytes.Buffer
	failed := w.srv.Record(&b)
	c, _ := online(t, w.srv)
	w.say(t, "hello")
	c.wantEvent("MESSAGE_CREATE", nil)
	call(t, w.srv, "GET", "/applications/@me", nil)
	if err := w.srv.Close(); err != nil {
		t.Fatal(err)
	}
	if err := failed(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for lines := bufio.NewScanner(&b); lines.Scan(); {
		var e struct {
			Kind string
			Type string
			Path string
			Body json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%v in %s", err, lines.Bytes())
		}
		seen[e.Kind+" "+e.Type+e.Path]++
	}
	for _, want := range []string{
		"gateway.open /gateway/", "gateway.out ", "gateway.in ", "gateway.out READY", "gateway.out MESSAGE_CREATE",
		"gateway.close ", "rest /gateway", "rest /applications/@me",
	} {
		if seen[want] == 0 {
			t.Errorf("the transcript has no %q but %v", want, seen)
		}
	}
}

// A wait ends with what is there already, with what comes, with its context
// and with the server.
func TestWait(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	me := func(e fakediscord.Event) bool { return e.Path == "/applications/@me" }
	call(t, w.srv, "GET", "/applications/@me", nil)
	first, err := w.srv.WaitFor(soon(t), me)
	if err != nil || first.Status != 200 {
		t.Fatalf("%+v, %v", first, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.srv.WaitAfter(ctx, first.N, me); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled wait: %v", err)
	}
	second := make(chan fakediscord.Event, 1)
	go func() {
		e, _ := w.srv.WaitAfter(soon(t), first.N, me)
		second <- e
	}()
	call(t, w.srv, "GET", "/applications/@me", nil)
	if e := <-second; e.N <= first.N {
		t.Errorf("the second wait got event %d", e.N)
	}
}

// The recorder forgets, and its numbers stay.
func TestRecorderForgets(t *testing.T) {
	w := newWorld(t, fakediscord.Options{KeepEvents: 5, NoRateLimits: true})
	for range 40 {
		call(t, w.srv, "GET", "/applications/@me", nil)
	}
	events := w.srv.Events()
	if len(events) < 5 || len(events) > 10 {
		t.Errorf("%d events are kept", len(events))
	}
	if last := events[len(events)-1]; last.N != w.srv.Mark() || last.N != 40 {
		t.Errorf("the last event is number %d, the mark is %d", last.N, w.srv.Mark())
	}
}

// A page sees what people and the bot do.
func TestChanges(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	mark := w.srv.LastChange()
	m := w.say(t, "hello")
	w.alice.Type(w.general)
	if err := w.alice.Delete(m); err != nil {
		t.Fatal(err)
	}
	i := w.ask(t)
	respond(t, w.srv, i, `{"type":4,"data":{"content":"hi","flags":64}}`)
	if _, err := i.Response(soon(t)); err != nil {
		t.Fatal(err)
	}
	changes, err := w.srv.Changes(soon(t), mark)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, c.Type)
	}
	want := []string{"message_create", "typing", "message_delete", "message_create", "response"}
	if len(got) != len(want) {
		t.Fatalf("got %v instead of %v", got, want)
	}
	for n := range want {
		if got[n] != want[n] {
			t.Fatalf("got %v instead of %v", got, want)
		}
	}
	if c := changes[3]; c.VisibleTo != w.alice.ID() || c.Message.Content != "hi" {
		t.Errorf("the ephemeral answer is told as %+v", c)
	}
}

// Files go up in a multipart body and come down from the CDN's path.
func TestFiles(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, _ := form.CreateFormField("payload_json")
	_, _ = io.WriteString(part, `{"flags":32768,"attachments":[{"id":0,"description":"alt"}],"components":[
		{"type":12,"items":[{"media":{"url":"attachment://chart.png"},"description":"a chart"}]}]}`)
	part, _ = form.CreateFormFile("files[0]", "chart.png")
	_, _ = io.WriteString(part, "\x89PNG\r\n\x1a\npixels")
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest("POST", w.srv.URL()+"/v10/channels/"+w.general.ID+"/messages", &b)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("User-Agent", "DiscordBot")
	req.Header.Set("Authorization", "Bot "+w.srv.Token())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var m fakediscord.Message
	if err := json.NewDecoder(res.Body).Decode(&m); err != nil || res.StatusCode != 200 {
		t.Fatalf("upload: %d, %v", res.StatusCode, err)
	}
	if len(m.Attachments) != 1 || m.Attachments[0].Description != "alt" || m.Components[0].Items[0].Media.URL != m.Attachments[0].URL {
		t.Fatalf("the message is %+v", m)
	}
	got, err := http.Get(m.Attachments[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if data, _ := io.ReadAll(got.Body); string(data) != "\x89PNG\r\n\x1a\npixels" || got.Header.Get("Content-Type") != "image/png" {
		t.Errorf("the file comes back as %q, %v", data, got.Header)
	}
}
