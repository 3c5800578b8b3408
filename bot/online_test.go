package main

import (
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"backfaq/bot/fakediscord"
)

// Discord and the database are asked, and each mistake is named, with the variable
// and what to do.
func TestCheckOnline(t *testing.T) {
	const other = "5ec12e75ec12e75ec12e75ec12e75ec12e75ec12e75ec12e75ec12e75ec12e70"
	const app, down = "/applications/@me", "Service Unavailable"
	for name, c := range map[string]struct {
		env  map[string]string
		lets func(*fakediscord.Server) // something happen to Discord
		code int
		want []string
	}{
		"well": {code: 0, want: []string{
			`token: accepted; the application is "backfaq"`, "message content intent: not asked for", "public key: not set", "install link: everybody",
			"commands: not up to date: the bot registers them", "database: answers"}},
		"right key":   {env: map[string]string{"DISCORD_PUBLIC_KEY": "right"}, want: []string{"public key: right; no Interactions"}},
		"wrong key":   {env: map[string]string{"DISCORD_PUBLIC_KEY": other}, code: exitFailed, want: []string{"public key: NOT WELL: DISCORD_PUBLIC_KEY is not this application's: copy it again"}},
		"other token": {env: map[string]string{"DISCORD_TOKEN": "MTIzNDU2Nzg5MDEyMzQ1Njc4.wrong.token"}, code: exitFailed, want: []string{"token: NOT WELL: Discord refused the bot token: copy it again", "into DISCORD_TOKEN", "database: answers"}},
		"no intent":   {env: map[string]string{"DISCORD_MESSAGE_CONTENT": "true"}, code: exitFailed, want: []string{"intent: NOT WELL: switched off: switch on Message Content Intent on the Bot page"}},
		"no Discord":  {env: map[string]string{"DISCORD_API_URL": "http://127.0.0.1:1/api"}, code: exitFailed, want: []string{"token: NOT WELL: could not be asked", "check DISCORD_API_URL and the network", "database: answers"}},
		"Discord is down": {lets: func(srv *fakediscord.Server) {
			srv.OnRequest("GET", app, fakediscord.Forever, fakediscord.Answer(503, 0, down))
		},
			code: exitFailed, want: []string{"token: NOT WELL: could not be asked", "check DISCORD_API_URL"}},
		"commands cannot be asked": {lets: func(srv *fakediscord.Server) {
			srv.OnRequest("GET", "/applications/*/commands", fakediscord.Forever, fakediscord.Answer(503, 0, down))
		}, code: exitFailed, want: []string{"token: accepted", "commands: NOT WELL: could not be asked", "check DISCORD_API_URL"}},
		"no directory": {env: map[string]string{"DATABASE_URL": "sqlite:/nowhere/x.db"}, code: exitFailed, want: []string{"token: accepted", "database: NOT WELL: DATABASE_URL: the file is to be in a directory that does not exist: make it"}},
		"no PostgreSQL": {env: map[string]string{"DATABASE_URL": "postgres://u:" + other + "@127.0.0.1:1/d"}, code: exitFailed,
			want: []string{"token: accepted", "database: NOT WELL: DATABASE_URL: PostgreSQL cannot be reached: connection refused: start it, or correct"}},
		"no token": {env: map[string]string{"DISCORD_TOKEN": ""}, code: exitFailed, want: []string{"Discord: NOT WELL: not asked: DISCORD_TOKEN is not set: copy the token", "database: answers"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, err := fakediscord.Start(fakediscord.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = srv.Close() }()
			if c.lets != nil {
				c.lets(srv)
			}
			if c.env["DISCORD_PUBLIC_KEY"] == "right" {
				c.env["DISCORD_PUBLIC_KEY"] = srv.PublicKey()
			}
			checkOnline(t, srv, c.env, c.code, c.want...)
		})
	}
}

// A bot that ran has registered its commands, and may listen in or be asked by HTTP.
func TestCheckOnlineOfARunningBot(t *testing.T) {
	s := startHarness(t, fakediscord.Options{Privileged: fakediscord.IntentMessageContent})
	key := map[string]string{"DISCORD_PUBLIC_KEY": s.PublicKey(), "DISCORD_MESSAGE_CONTENT": "true"}
	checkOnline(t, s.Server, nil, 0, "intent: switched on, but DISCORD_MESSAGE_CONTENT is not true", "commands: registered and up to date")
	checkOnline(t, s.Server, key, 0, "intent: switched on\n", "public key: right; no Interactions Endpoint URL is set")

	s.end()
	s.args = append(s.args, "--discord-public-key", s.PublicKey())
	s.begin()
	if err := s.SetEndpoint(s.ctx(), s.web()+"/interactions"); err != nil {
		t.Fatal(err)
	}
	checkOnline(t, s.Server, key, 0, "public key: right; interactions come by HTTP")
	checkOnline(t, s.Server, nil, exitFailed, "public key: NOT WELL: DISCORD_PUBLIC_KEY is not set, but the application has an Interactions Endpoint URL: set the key, or remove the address")

	put, err := http.NewRequestWithContext(s.ctx(), http.MethodPut, s.URL()+"/v10/applications/"+s.ApplicationID()+"/commands", strings.NewReader(`[{"name": "old", "description": "Old"}]`))
	if err != nil {
		t.Fatal(err)
	}
	put.Header = http.Header{"Authorization": {"Bot " + s.Token()}, "Content-Type": {"application/json"}, "User-Agent": {"DiscordBot (test, 1)"}}
	res, err := http.DefaultClient.Do(put)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", res, err)
	}
	_ = res.Body.Close()
	checkOnline(t, s.Server, key, 0, "commands: not up to date: the bot registers them when it starts")
}

// checkOnline runs bot check --online, and holds it to the code and to what it says.
// All that is not well names a variable; no secret is shown, and no database is made.
func checkOnline(t *testing.T, srv *fakediscord.Server, env map[string]string, code int, want ...string) {
	t.Helper()
	all := map[string]string{"DISCORD_TOKEN": srv.Token(), "DISCORD_API_URL": srv.URL(), "DATABASE_URL": "sqlite:x.db"}
	maps.Copy(all, env)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(deadline(t, 40*time.Second), self, "check", "--online")
	c.Dir, c.Env = t.TempDir(), []string{asProgram + "=1"}
	for name, value := range all {
		c.Env = append(c.Env, name+"="+value)
	}
	said, _ := c.CombinedOutput() // the code says it
	out, got := string(said), c.ProcessState.ExitCode()
	for _, text := range want {
		if got != code || !strings.Contains(out, text) {
			t.Errorf("code %d, want %d and %q:\n%s", got, code, text, out)
		}
	}
	for line := range strings.Lines(out) {
		if strings.Contains(line, ": NOT WELL") && !variable.MatchString(line) {
			t.Errorf("no variable is named: %s", line)
		}
	}
	for _, secret := range slices.Concat([]string{srv.Token()}, slices.Collect(maps.Values(env))) {
		if len(secret) > len("true") && strings.Contains(out, secret) {
			t.Errorf("it shows a value:\n%s", out)
		}
	}
	if _, err := os.Stat(filepath.Join(c.Dir, "x.db")); err == nil {
		t.Error("a check makes a database")
	}
}

var variable = regexp.MustCompile(`\b(DISCORD|DATABASE)_[A-Z_]+`)
