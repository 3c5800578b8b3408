package gateway

import (
	"errors"
	"fmt"

	"github.com/gorilla/websocket"

	"backfaq/config"
)

// fatalCloses are the close codes after which connecting again is pointless
// (Discord, topics/opcodes-and-status-codes#gateway), each with the operator's
// remedy.
var fatalCloses = map[int]string{
	4004: config.RefusedToken,
	4010: "Discord refused the shard number: set SHARDS=auto",
	4011: "this bot is in too many servers for so few shards: set SHARDS=auto",
	4012: "Discord no longer speaks this gateway version: update the program",
	4013: "Discord refused the intents as invalid: update the program",
	4014: "Discord refused a privileged intent: switch on Message Content Intent on the Bot page of the developer portal, or unset DISCORD_MESSAGE_CONTENT",
}

// FatalError says that Discord refuses this bot for good, and the remedy.
type FatalError struct {
	Code int // the gateway's close code, or the HTTP status
	Hint string
}

func (e *FatalError) Error() string { return fmt.Sprintf("%s (code %d)", e.Hint, e.Code) }

// asFatal finds the FatalError that the end of a connection amounts to; nil if
// another connection may work.
func asFatal(err error) error {
	if fatal, ok := errors.AsType[*FatalError](err); ok {
		return fatal
	}
	if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
		if hint, ok := fatalCloses[closed.Code]; ok {
			return &FatalError{Code: closed.Code, Hint: hint}
		}
	}
	return nil
}

// Discord's reasons to end a connection by op 9. After errSessionOver the session
// cannot be resumed.
var (
	errInvalidSession = errors.New("discord says that the session is invalid")
	errSessionOver    = fmt.Errorf("%w, for good", errInvalidSession)
)

// sessionEnded reports whether the session ended with the connection.
func sessionEnded(err error) bool {
	closed, ok := errors.AsType[*websocket.CloseError](err)
	return errors.Is(err, errSessionOver) || ok && (closed.Code == 4007 || closed.Code == 4009)
}
