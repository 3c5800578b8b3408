package discord

import (
	"context"
	"errors"
	"time"

	"backfaq/config"
	"backfaq/faq"
)

// Store keeps what moderators decide and what is counted. Every change is saved together with its
// line in the list of changes, or not at all. An error that wraps
// faq.ErrUnavailable is the database's; any other is a sentence for the
// moderator.
type Store interface {
	Change(ctx context.Context, server, actor, what string, alter func(*config.Settings) error) (config.Settings, error)
	Reset(ctx context.Context, server, actor string) (config.Settings, error)
	Audit(ctx context.Context, server string) ([]faq.Change, error)

	// Export is all that the moderators of a server made; Import replaces it.
	Export(ctx context.Context, server string) (faq.Document, error)
	Import(ctx context.Context, server, actor string, data []byte) (faq.Document, error)

	Teach(ctx context.Context, server, actor string, t faq.Taught) error
	Forget(ctx context.Context, server, actor, wording string) error
	PutEntry(ctx context.Context, server, actor string, e faq.Entry) (faq.Entry, error)
	DeleteEntry(ctx context.Context, server, actor, id string) error

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
