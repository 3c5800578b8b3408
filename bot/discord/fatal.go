package discord

import (
	"errors"
	"fmt"

	"github.com/gorilla/websocket"
)

// fatalCloses are the close codes after which connecting again is pointless,
// each with what the operator can do about it.
var fatalCloses = map[int]string{
	4004: refusedToken,
	4010: "Discord refused the shard number: set SHARDS=auto",
	4011: "this bot is in too many servers for so few shards: set SHARDS=auto",
	4012: "Discord no longer speaks this gateway version: update the program",
	4013: "Discord refused the intents as invalid: update the program",
	4014: "Discord refused a privileged intent: switch on Message Content Intent on the Bot page of the developer portal, or unset DISCORD_MESSAGE_CONTENT",
}

const refusedToken = "Discord refused the bot token: copy it again from the Bot page of the developer portal (discord.com/developers/applications) into DISCORD_TOKEN"

// FatalError says that Discord will not have us, and what to do.
type FatalError struct {
	Code int // the gateway's close code, or the HTTP status
	Hint string
}

func (e *FatalError) Error() string { return fmt.Sprintf("%s (code %d)", e.Hint, e.Code) }

// judge says whether the end of a connection is the end of all.
func judge(err error) error {
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
