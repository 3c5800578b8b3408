package config

import (
	"errors"
	"time"
)

// ErrUnavailable is wrapped by an error of the database itself: it is gone,
// slow, full or read-only. What was to be changed was refused, or, when the
// time ran out in the middle of saving, may or may not have been saved. Any
// other error of a change is a sentence for the moderator who asked for it.
var ErrUnavailable = errors.New("the database is not available")

// Audited is one change that a moderator made to a server.
type Audited struct {
	At    time.Time
	Actor string // the moderator's Discord id
	What  string
}

// ShownChanges is how many of the last changes moderators are shown.
const ShownChanges = 10
