// Package config holds every knob of the bot, its default and its limits.
//
// There are two hands on the knobs. The operator runs the program and sets
// [Operator] by flag or environment. The moderators of a Discord server set
// [Server] from inside Discord. Nothing else in the program is configurable.
package config

import (
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

// UnmarshalText reads the value as it was given.
func (s *Secret) UnmarshalText(b []byte) error { *s = Secret(b); return nil }
