package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"backfaq/bot/fakediscord"
)

// Discord and the database are asked, and each mistake is named.
func TestCheckOnline(t *testing.T) {
	srv, err := fakediscord.Start(fakediscord.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Close() }()
	const other = "5ec12e75ec12e75ec12e75ec12e75ec12e75ec12e75ec12e75ec12e75ec12e70"
	for name, c := range map[string]struct {
		env  map[string]string
		code int
		want []string
	}{
		"well": {nil, 0, []string{
			"token: accepted", "message content intent: not asked for", "public key: not set", "install link: everybody",
			"commands: not up to date: the bot registers them", "database: answers"}},
		"right key":   {map[string]string{"DISCORD_PUBLIC_KEY": srv.PublicKey()}, 0, []string{"public key: right; no Interactions"}},
		"wrong key":   {map[string]string{"DISCORD_PUBLIC_KEY": other}, exitFailed, []string{"public key: NOT WELL: DISCORD_PUBLIC_KEY is not this application's"}},
		"other token": {map[string]string{"DISCORD_TOKEN": "MTIzNDU2Nzg5MDEyMzQ1Njc4.wrong.token"}, exitFailed, []string{"token: NOT WELL: Discord refused the bot token", "database: answers"}},
		"no intent":   {map[string]string{"DISCORD_MESSAGE_CONTENT": "true"}, exitFailed, []string{"intent: NOT WELL: switched off"}},
		"no Discord":  {map[string]string{"DISCORD_API_URL": "http://127.0.0.1:1/api"}, exitFailed, []string{"token: NOT WELL: could not be asked"}},
		"no database": {map[string]string{"DATABASE_URL": "sqlite:/nowhere/x.db"}, exitFailed, []string{"database: NOT WELL"}},
		"no token":    {map[string]string{"DISCORD_TOKEN": ""}, exitFailed, []string{"Discord: NOT WELL: not asked: DISCORD_TOKEN is not set", "database: answers"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for name, value := range map[string]string{"DISCORD_TOKEN": srv.Token(), "DISCORD_API_URL": srv.URL(), "DATABASE_URL": "sqlite:x.db"} {
				t.Setenv(name, value)
			}
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			var out safeBuffer
			code := start(deadline(t, 20*time.Second), []string{"check", "--online"}, streams{strings.NewReader(""), &out, &out})
			for _, want := range c.want {
				if code != c.code || !strings.Contains(out.String(), want) {
					t.Errorf("code %d, want %d and %q:\n%s", code, c.code, want, &out)
				}
			}
			for _, secret := range []string{srv.Token(), "wrong.token", other} {
				if strings.Contains(out.String(), secret) {
					t.Errorf("it shows a secret:\n%s", &out)
				}
			}
			if _, err := os.Stat("x.db"); err == nil {
				t.Error("a check makes a database")
			}
		})
	}
}
