// Package config holds every knob of the bot, its default and its limits.
//
// There are two hands on the knobs. The operator runs the program and sets
// [Operator] by flag or environment. The moderators of a Discord server set
// [Settings] from inside Discord. Nothing else in the program is configurable.
package config

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"regexp"
	"strings"
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

	PublicKey string `name:"discord-public-key" env:"DISCORD_PUBLIC_KEY" placeholder:"HEX" help:"The application's public key, from the General Information page of the developer portal. With it, POST /interactions on HTTP_ADDR answers what Discord delivers by HTTP."`
	Shards    string `name:"shards" env:"SHARDS" default:"auto" placeholder:"WHICH" help:"Which connections to Discord are this process's: auto, a range such as 0-3/16, or none to answer by HTTP alone."`

	MessageContent bool `name:"discord-message-content" env:"DISCORD_MESSAGE_CONTENT" wants:"true or false" help:"Ask Discord for the privileged message content intent, so that moderators can let the bot listen in on channels."`

	Database

	HTTP

	Logs
}

// HTTP says where the program answers HTTP: its health, its counters, and
// Discord's signed requests.
type HTTP struct {
	Addr string `name:"http-addr" env:"HTTP_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where /healthz, /readyz, /metrics and /interactions are; none for nowhere."`
}

// Off reports whether there is to be no HTTP.
func (h HTTP) Off() bool { return h.Addr == "none" }

// Check says in one sentence what is wrong with the address.
func (h HTTP) Check() error {
	_, port, err := net.SplitHostPort(h.Addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port) // up to 65535, or the name of a service
	}
	if err != nil && !h.Off() {
		return errors.New("HTTP_ADDR must be an address and a port, such as 127.0.0.1:8080, or none")
	}
	return nil
}

// Check says in one sentence what is wrong with the settings of a program that
// is to run.
func (o *Operator) Check() error {
	if !o.Token.Set() {
		return errors.New("DISCORD_TOKEN is not set: copy the token from the Bot page of your application at https://discord.com/developers/applications, or try the bot without one: bot ask \"why does my upper back cramp?\"")
	}
	return o.CheckGiven()
}

// CheckGiven says in one sentence what is wrong with the settings that there
// are, and names the variable. It never quotes a value: whoever swaps two
// variables must not find a secret in the log.
func (o *Operator) CheckGiven() error {
	switch token := o.Token.Reveal(); {
	case token == "":
	case isKey(token):
		return errors.New("DISCORD_TOKEN holds what looks like the application's public key: the token is on the Bot page of the developer portal")
	case !tokenShape.MatchString(token):
		return errors.New("DISCORD_TOKEN does not look like a bot token, which is three parts with dots between and nothing before: copy it again from the Bot page of the developer portal")
	}
	if _, err := o.Key(); err != nil {
		return err
	}
	if _, err := o.Shard(); err != nil {
		return err
	}
	if err := o.HTTP.Check(); err != nil {
		return err
	}
	if shards, _ := o.Shard(); shards.None && (o.PublicKey == "" || o.Off()) {
		return errors.New("SHARDS is none, so DISCORD_PUBLIC_KEY and HTTP_ADDR must be set: nothing would be answered otherwise")
	}
	return nil
}

// tokenShape is what bot tokens look like: an id, a time and a signature.
var tokenShape = regexp.MustCompile(`^[\w-]+\.[\w-]+\.[\w.-]+$`)

func isKey(text string) bool {
	key, err := hex.DecodeString(text)
	return err == nil && len(key) == ed25519.PublicKeySize
}

// Key is the public key that Discord's requests are signed with; nil if there
// is none.
func (o *Operator) Key() (ed25519.PublicKey, error) {
	text := strings.TrimSpace(o.PublicKey)
	switch {
	case text == "":
		return nil, nil
	case tokenShape.MatchString(text):
		return nil, errors.New("DISCORD_PUBLIC_KEY holds what looks like the bot's token: the key is on the General Information page of the developer portal")
	case !isKey(text):
		return nil, errors.New("DISCORD_PUBLIC_KEY must be the 64 hex digits from the General Information page of the developer portal")
	}
	return hex.DecodeString(text)
}

// Shard is which connections to Discord are this process's.
func (o *Operator) Shard() (Shards, error) {
	var s Shards
	if err := s.UnmarshalText([]byte(o.Shards)); err != nil {
		return s, fmt.Errorf("SHARDS cannot be read: %w", err)
	}
	return s, nil
}

// Database says where what moderators decide is kept.
type Database struct {
	URL Secret `name:"database-url" env:"DATABASE_URL" default:"sqlite:backfaq.db" placeholder:"URL" help:"sqlite:FILE, or postgres://... for more than one process. Default: sqlite:backfaq.db."`
}

// FAQ says which FAQ to answer from.
type FAQ struct {
	File string `name:"faq-file" env:"FAQ_FILE" placeholder:"FILE" help:"Your own FAQ file (YAML). Without it, the built-in one about upper back spasms."`
}

// Logs says how much is logged and in which form. Nobody's words are logged at
// any level.
type Logs struct {
	Level  slog.Level `name:"log-level" env:"LOG_LEVEL" default:"info" wants:"debug, info, warn or error" placeholder:"LEVEL" help:"debug, info, warn or error."`
	Format string     `name:"log-format" env:"LOG_FORMAT" default:"text" enum:"text,json" wants:"text or json" placeholder:"FORMAT" help:"text or json, one line each."`
}

// RefusedToken tells the operator that Discord does not accept the bot's token.
const RefusedToken = "Discord refused the bot token: copy it again from the Bot page of the developer portal (discord.com/developers/applications) into DISCORD_TOKEN"
