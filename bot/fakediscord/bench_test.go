package fakediscord_test

import (
	"strings"
	"testing"

	"backfaq/bot/fakediscord"

	"github.com/coder/websocket"
)

// How long a shard with as many guilds as it may have takes to come up, as far
// as the stand-in is concerned.
func BenchmarkReady2500(b *testing.B) {
	srv, err := fakediscord.Start(fakediscord.Options{IdentifyEvery: -1, SessionStarts: 1 << 30, KeepEvents: 100})
	if err != nil {
		b.Fatal(err)
	}
	defer srv.Close()
	srv.AddGuilds(2500, fakediscord.Size{Channels: 20, Roles: 10})
	url := strings.Replace(strings.TrimSuffix(srv.URL(), "/api"), "http", "ws", 1) + "/gateway?v=10&encoding=json"
	identify := []byte(`{"op":2,"d":{"token":"` + srv.Token() + `","properties":{},"intents":513}}`)
	b.ReportAllocs()
	for b.Loop() {
		ws, _, err := websocket.Dial(b.Context(), url, nil)
		if err != nil {
			b.Fatal(err)
		}
		ws.SetReadLimit(-1)
		if err := ws.Write(b.Context(), websocket.MessageText, identify); err != nil {
			b.Fatal(err)
		}
		for range 2 + 2500 { // HELLO, READY, GUILD_CREATE
			if _, _, err := ws.Read(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		_ = ws.Close(websocket.StatusNormalClosure, "")
	}
}

// BenchmarkMessage is the cost of a message from a person's hands to the bot's socket.
func BenchmarkMessage(b *testing.B) {
	srv, err := fakediscord.Start(fakediscord.Options{KeepEvents: 100})
	if err != nil {
		b.Fatal(err)
	}
	defer srv.Close()
	guild := srv.AddGuild("g")
	alice, general := guild.AddMember("alice"), guild.General()
	url := strings.Replace(strings.TrimSuffix(srv.URL(), "/api"), "http", "ws", 1) + "/gateway?v=10&encoding=json"
	ws, _, err := websocket.Dial(b.Context(), url, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer ws.CloseNow()
	ws.SetReadLimit(-1)
	if err := ws.Write(b.Context(), websocket.MessageText, []byte(`{"op":2,"d":{"token":"`+srv.Token()+`","properties":{},"intents":513}}`)); err != nil {
		b.Fatal(err)
	}
	for range 3 {
		if _, _, err := ws.Read(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := alice.Say(general, "hello"); err != nil {
			b.Fatal(err)
		}
		if _, _, err := ws.Read(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
