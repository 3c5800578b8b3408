package discord

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
	lru "github.com/hashicorp/golang-lru/v2"

	"backfaq/bot/discord/locale"
	"backfaq/bot/discord/rest"
	"backfaq/config"
	"backfaq/faq"
)

// asked is where a question stands that a review card tells of.
type asked struct{ channel, message string }

// askedAt is the place that the arguments of a custom_id name, from the n-th on.
func askedAt(id customID, n int) (asked, bool) {
	a := asked{id.arg(n), id.arg(n + 1)}
	return a, config.IsID(a.channel) && config.IsID(a.message)
}

func (a asked) link(server string) string {
	return "https://discord.com/channels/" + server + "/" + a.channel + "/" + a.message
}

// postReviewCard tells the review channel that a question was not answered: its
// place, and none of its words. It is for questions that others could read:
// mentions in channels and public threads. No link could lead to a question that
// was asked with /ask. A question of crisis or poison is [faq.Warned]
// and has no card.
func (b *Bot) postReviewCard(ctx context.Context, q faq.Question, a faq.Answer, id snowflake) {
	if q.Source != faq.FromMention || q.Text == "" || a.Settings.ReviewChannel == "" || b.guilds.private(snowflake(q.Channel)) ||
		a.Outcome != faq.Unknown && a.Outcome != faq.Suggested || b.carded.again(q, time.Now()) {
		return
	}
	if !b.cards.allow(q.Server) {
		b.carded.forget(q) // asked again later, it has its card
		return
	}
	said := cardUnknown
	if a.Outcome == faq.Suggested {
		said = cardSuggested
	}
	at := asked{q.Channel, string(id)}
	p := b.guilds.printer(snowflake(q.Server))
	m := b.card(p, a.View, at, p.Sprintf(said, q.Channel, at.link(q.Server)))
	m.nonce = "card-" + string(id)
	ctx, cancel := context.WithTimeout(ctx, rest.Timeout) // of its own: the reply may have used up its time
	defer cancel()
	if err := b.post(ctx, a.Settings.ReviewChannel, m); err != nil {
		b.log.Warn("could not post a card to the review channel", "server", q.Server, "err", err)
	}
}

// card is a review card with all that can be done about the question.
func (b *Bot) card(p locale.Printer, v faq.View, at asked, text string) message {
	m := messageFor(v)
	m.note, m.text = "", text
	m.rows = actionRows([]discordgo.MessageComponent{
		discordgo.Button{Label: p.Sprintf(labelExisting), Style: discordgo.PrimaryButton, CustomID: encodeCustomID("cardmenu", at.channel, at.message, "0")},
		discordgo.Button{Label: p.Sprintf(labelWriteNew), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("editentry", "", at.channel, at.message)},
		discordgo.Button{Label: p.Sprintf(labelIgnore), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("cardignore", at.channel, at.message)},
	})
	return m
}

// cardMenu lets a moderator choose the entry that answers the question of a card,
// a hundred entries at a time.
func (b *Bot) cardMenu(ctx context.Context, i *interaction, id customID) response {
	at, ok := askedAt(id, 0)
	if !ok {
		return b.inform(i, expired)
	}
	view := b.desk.View(ctx, string(i.Guild))
	p := i.everyone()
	m := b.card(p, view, at, p.Sprintf(cardChoose, at.link(string(i.Guild))))
	rows, part, parts := menuRows(view.Book.Entries(), p.Sprintf(labelWhichEntry), id.place(1).part, func(n int, menu *discordgo.SelectMenu) {
		menu.CustomID = encodeCustomID("pickanswer", strconv.Itoa(n), at.channel, at.message)
	})
	buttons := m.rows[0].(discordgo.ActionsRow).Components[1:]
	for _, row := range pager(p, "cardmenu", part, parts, at.channel, at.message) {
		buttons = append(buttons, row.(discordgo.ActionsRow).Components...)
	}
	m.rows = append(rows, actionRows(buttons)...)
	return change(m)
}

// pickAnswer opens the modal for the entry that was chosen on a card.
func (b *Bot) pickAnswer(ctx context.Context, i *interaction, id customID) response {
	e := b.desk.View(ctx, string(i.Guild)).Book.Entry(firstValue(i.Data.Values))
	if e == nil {
		return b.inform(i, expired)
	}
	p := i.reader()
	return response{modal: &modal{id: encodeCustomID("taught", "card", e.ID, id.arg(1), id.arg(2)), title: p.Sprintf(titleTeachEntry) + e.Title, fields: []modalField{wordingField(p, "")}}}
}

// cardIgnore puts a card aside.
func (b *Bot) cardIgnore(ctx context.Context, i *interaction, id customID) response {
	at, ok := askedAt(id, 0)
	if !ok {
		return b.inform(i, expired)
	}
	m := messageFor(b.desk.View(ctx, string(i.Guild)))
	m.note, m.text = "", i.everyone().Sprintf(cardIgnored, i.person().ID, at.link(string(i.Guild)))
	return change(m)
}

// cardTaught is a card after the bot was taught an answer to its question.
func (b *Bot) cardTaught(ctx context.Context, i *interaction, at asked, before *faq.Book, entry string, made edited) response {
	view := b.desk.View(ctx, string(i.Guild))
	m := messageFor(view)
	m.note = ""
	p := i.everyone()
	m.text = p.Sprintf(cardDone, i.person().ID, escapeMarkdown(titleOf(view.Book, entry)), at.link(string(i.Guild))) + b.alsoCaught(ctx, i, p, before, entry)
	m.rows = actionRows([]discordgo.MessageComponent{
		discordgo.Button{Label: p.Sprintf(labelTell), Style: discordgo.PrimaryButton, CustomID: encodeCustomID("tell", entry, at.channel, at.message)},
		discordgo.Button{Label: p.Sprintf(labelUndo), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("cardundo", strconv.FormatInt(made.Number, 10), at.channel, at.message)},
	})
	return change(m)
}

// cardUndo takes back what was taught on a card, which is open again then.
func (b *Bot) cardUndo(ctx context.Context, i *interaction, id customID) response {
	number, err := strconv.ParseInt(id.arg(0), 10, 64)
	at, ok := askedAt(id, 1)
	if err != nil || !ok {
		return b.inform(i, expired)
	}
	p := i.everyone()
	if _, err := b.edit(ctx, i, func(doc *faq.Document) (changeLine, error) { return inWords(undone), doc.Undo(number) }); err != nil {
		return say(b.notice(b.userError(i, err)))
	}
	return change(b.card(p, b.desk.View(ctx, string(i.Guild)), at, p.Sprintf(cardReopened, at.channel, at.link(string(i.Guild)))))
}

// tell answers the person whose question a card tells of, with a reply to their
// message. The custom_id may be forged, so Discord is asked whether the channel
// is on this server.
func (b *Bot) tell(ctx context.Context, i *interaction, id customID) response {
	at, ok := askedAt(id, 1)
	if !ok {
		return b.inform(i, expired)
	}
	var there struct {
		channel
		Guild snowflake `json:"guild_id"`
	}
	if err := b.rest.Call(ctx, http.MethodGet, discordgo.EndpointChannel(at.channel), nil, &there); err != nil || there.Guild != i.Guild {
		b.log.Warn("could not look up the channel of a question", "server", i.Guild, "err", err)
		return b.inform(i, notTold)
	}
	q := faq.Question{Source: faq.FromMention, Server: string(i.Guild), Channel: at.channel, Entry: id.arg(0), Rehearsal: true}
	there.locate(&q)
	a := b.desk.Ask(ctx, b.located(ctx, q))
	switch {
	case a.Silence != faq.NotSilent:
		return b.inform(i, notToldHere, i.reader().Sprintf(silenceReasons[a.Silence]))
	case a.Outcome != faq.Answered:
		return b.inform(i, answerGone)
	}
	p := i.everyone()
	reply := render(p, a)
	must := true // a reply to a question that is gone would answer nobody
	reply.replyTo = &discordgo.MessageReference{MessageID: at.message, ChannelID: at.channel, GuildID: string(i.Guild), FailIfNotExists: &must}
	reply.nonce = "tell-" + at.message
	if err := b.post(ctx, at.channel, reply); err != nil {
		b.log.Warn("could not answer the question of a card", "server", i.Guild, "err", err)
		return b.inform(i, notTold)
	}
	m := messageFor(a.View)
	m.note = ""
	m.text = p.Sprintf(cardTold, i.person().ID, escapeMarkdown(a.Entry.Title), at.link(string(i.Guild)))
	return change(m)
}

// cardedFor is how long one question has one card, and maxCarded how many
// questions are remembered for that: about 2 MiB.
const (
	cardedFor = 24 * time.Hour
	maxCarded = 10_000
)

// carded remembers which questions had a card, as keyed hashes that are gone with
// the program: neither a question nor who asked it can be read from them.
type carded struct {
	key  []byte
	seen *lru.Cache[[sha256.Size]byte, time.Time]
}

func newCarded() *carded {
	c := &carded{key: make([]byte, sha256.Size)}
	_, _ = rand.Read(c.key)                                      // never fails (crypto/rand)
	c.seen, _ = lru.New[[sha256.Size]byte, time.Time](maxCarded) // fails on a size below one only
	return c
}

// again reports whether a question had a card on its server within a day, and
// remembers it otherwise. What is older is dropped.
func (c *carded) again(q faq.Question, now time.Time) bool {
	for _, at, ok := c.seen.GetOldest(); ok && now.Sub(at) >= cardedFor; _, at, ok = c.seen.GetOldest() {
		c.seen.RemoveOldest()
	}
	had, _ := c.seen.ContainsOrAdd(c.hash(q), now)
	return had
}

func (c *carded) forget(q faq.Question) { c.seen.Remove(c.hash(q)) }

// hash is the same for questions that differ in case, blanks and marks at the end.
func (c *carded) hash(q faq.Question) [sha256.Size]byte {
	mac := hmac.New(sha256.New, c.key)
	_, _ = mac.Write([]byte(q.Server + "\n" + strings.TrimRight(strings.Join(strings.Fields(strings.ToLower(q.Text)), " "), "?!. ")))
	return [sha256.Size]byte(mac.Sum(nil))
}
