package discord

import (
	"context"
	"errors"
	"time"

	"backfaq/faq"
)

// Store keeps what moderators decide and what is counted. Every change is saved together with its
// line in the list of changes, or not at all. An error that wraps
// faq.ErrUnavailable is the database's; any other is a sentence for the
// moderator.
type Store interface {
	// Edit changes a server's document. What alter returns is the line in the
	// list of changes: it names no wording, since that is gone once forgotten.
	Edit(ctx context.Context, server, actor string, alter func(*faq.Document) (what string, err error)) (faq.Change, error)
	// Document is all that the moderators of a server made, as it is saved.
	Document(ctx context.Context, server string) (faq.Document, error)
	Audit(ctx context.Context, server string) ([]faq.Change, error)

	Stats(ctx context.Context, server string, days int) (faq.Stats, error)

	// Known lists the servers that the store has something of and takes the bot
	// to be on.
	Known(ctx context.Context) ([]string, error)
	DeleteServer(ctx context.Context, server string) error
	Removed(ctx context.Context, server string, at time.Time) error
	Returned(ctx context.Context, server string) error
}

// why is the sentence that tells a moderator what came of an error, and logs
// what they need not know.
func (b *Bot) why(i *interaction, err error) string {
	if errors.Is(err, faq.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		b.Log.Error("a change could not be saved", "server", i.Guild, "err", err)
		return notSaved
	}
	return "That was not saved: " + plain(err.Error()) + "."
}

// cannotRead is the sentence for what could not be looked up.
func (b *Bot) cannotRead(i *interaction, err error) string {
	b.Log.Error("could not read from the database", "server", i.Guild, "err", err)
	return cannotRead
}
