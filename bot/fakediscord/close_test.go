package fakediscord_test

import (
	"net/http"
	"testing"

	"backfaq/bot/fakediscord"

	"go.uber.org/goleak"
)

// Nothing of a server is left when it is closed, whatever hung or was muted.
func TestCloseLeavesNothing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	srv, err := fakediscord.Start(fakediscord.Options{IdentifyEvery: -1})
	if err != nil {
		t.Fatal(err)
	}
	guild := srv.AddGuild("g")
	guild.AddMember("alice")
	first, _ := online(t, srv)
	srv.Inject(0, fakediscord.Mute())
	second, _ := online(t, srv)
	third := dial(t, srv)
	third.want(10)
	srv.Inject(0, fakediscord.CloseWith(4000)) // which the clients do not answer
	srv.OnRequest("GET", "/applications/@me", 1, fakediscord.Hang())
	hung := make(chan struct{})
	go func() {
		defer close(hung)
		_, _ = try(srv, "GET", "/applications/@me", nil)
	}()
	if _, err := srv.WaitFor(soon(t), func(e fakediscord.Event) bool { return e.Path == "/applications/@me" }); err != nil {
		t.Fatal(err)
	}
	if err := srv.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := srv.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
	<-hung
	for _, c := range []*socket{first, second, third} {
		_ = c.ws.CloseNow()
	}
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t, before)
}
