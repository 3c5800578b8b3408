package main

import (
	"fmt"
	"io"
	"log/slog"
	"unicode"
	"unicode/utf8"

	"backfaq/config"
)

// logger writes to standard error, one line an event.
func logger(l config.Logs, std streams) *slog.Logger {
	options := &slog.HandlerOptions{Level: l.Level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(printable{std.err}, options))
	}
	return slog.New(slog.NewTextHandler(printable{std.err}, options))
}

// printable passes lines on with everything escaped that a terminal would obey
// or not show: control characters, and those that turn the direction of
// writing. slog escapes newlines by itself, so that a line stays a line; the
// rest it leaves to us.
type printable struct{ out io.Writer }

func (p printable) Write(line []byte) (int, error) {
	var safe []byte // once it differs
	for at := 0; at < len(line); {
		r, size := utf8.DecodeRune(line[at:])
		plain := unicode.IsPrint(r) && !(r == utf8.RuneError && size == 1) || r == '\n' && at == len(line)-1
		if !plain && safe == nil {
			safe = append(make([]byte, 0, len(line)+16), line[:at]...)
		}
		switch {
		case safe == nil:
		case plain:
			safe = append(safe, line[at:at+size]...)
		case r > 0xffff: // as JSON has it
			safe = fmt.Appendf(safe, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		default:
			safe = fmt.Appendf(safe, `\u%04x`, r)
		}
		at += size
	}
	if safe == nil {
		safe = line
	}
	if _, err := p.out.Write(safe); err != nil {
		return 0, err
	}
	return len(line), nil
}
