// Package config holds every knob of the bot, its default and its limits.
//
// There are two hands on the knobs. The operator runs the program and sets
// [Operator] by flag or environment. The moderators of a Discord server set
// [Server] from inside Discord. Nothing else in the program is configurable.
package config

import (
	"bytes"
	"fmt"
	"log/slog"
)

// Secret is a value that must never be printed: a bot token, a database
// password. Every way of formatting it shows a placeholder; Reveal is the one
// way to the value.
type Secret string

const redacted = "[secret]"

// Reveal returns the value. Call it only where the value is used.
func (s Secret) Reveal() string { return string(s) }

// Set reports whether there is a value.
func (s Secret) Set() bool { return s != "" }

func (s Secret) String() string { return redacted }

// Format keeps the value out of every fmt verb, %q, %x and %#v included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue keeps the value out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText keeps the value out of JSON and other encodings.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText reads the value; white space around it comes from copying.
func (s *Secret) UnmarshalText(b []byte) error { *s = Secret(bytes.TrimSpace(b)); return nil }

// Operator is what the person who runs the program decides, by flag or by
// environment variable. The struct tags are read by the command line.
type Operator struct {
	FAQ

	Token  Secret `name:"discord-token" env:"DISCORD_TOKEN" placeholder:"TOKEN" help:"The bot's token, from the Bot page of the developer portal. Better set in the environment: flags show in process lists."`
	APIURL string `name:"discord-api-url" env:"DISCORD_API_URL" default:"https://discord.com/api" placeholder:"URL" help:"Where Discord's REST API is; a REST proxy of your own, for instance."`

	MessageContent bool `name:"discord-message-content" env:"DISCORD_MESSAGE_CONTENT" help:"Ask Discord for the privileged message content intent, so that moderators can let the bot listen in on channels."`

	Database

	Logs
}

// Database says where what moderators decide is kept.
type Database struct {
	URL Secret `name:"database-url" env:"DATABASE_URL" default:"sqlite:backfaq.db" placeholder:"URL" help:"sqlite:FILE, or postgres://... for more than one process. Default: sqlite:backfaq.db."`
}

// FAQ says which FAQ to answer from.
type FAQ struct {
	File string `name:"faq-file" env:"FAQ_FILE" placeholder:"FILE" type:"path" help:"Your own FAQ file (YAML). Without it, the built-in one about upper back spasms."`
}

// Logs says how much is logged and in which form. Nobody's words are logged at
// any level.
type Logs struct {
	Level  slog.Level `name:"log-level" env:"LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"debug, info, warn or error."`
	Format string     `name:"log-format" env:"LOG_FORMAT" default:"text" enum:"text,json" placeholder:"FORMAT" help:"text or json, one line each."`
}
