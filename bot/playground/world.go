package playground

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"backfaq/bot/fakediscord"
)

// world is the little Discord of the page: one server with three channels, two
// people, and each one's conversation with the bot.
type world struct {
	srv      *fakediscord.Server
	guild    *fakediscord.Guild
	roles    []*fakediscord.Role
	people   []*person
	channels []*place // of the server
}

// person is somebody the page can be.
type person struct {
	*fakediscord.Person
	shown named
	dm    *place
}

// named is a person, a role or a server as the page shows it.
type named struct {
	ID   string `json:"id"`
	Key  string `json:"key,omitempty"` // how the page names a person
	Name string `json:"name"`
	Role string `json:"role,omitempty"`
}

// moderatorKey names the person who may manage the server.
const moderatorKey = "moderator"

// place is a channel with what the page says at its beginning.
type place struct {
	*fakediscord.Channel
	shown shownChannel
}

type shownChannel struct {
	ID      string                  `json:"id"`
	Type    fakediscord.ChannelType `json:"type"`
	DM      bool                    `json:"dm"`
	Name    string                  `json:"name"`
	Topic   string                  `json:"topic"`
	Ask     bool                    `json:"ask"` // a good place for the example questions
	Welcome string                  `json:"welcome"`
}

func newPlace(ch *fakediscord.Channel, name, topic string, ask bool, welcome string) *place {
	return &place{ch, shownChannel{ch.ID, ch.Type, ch.Type == fakediscord.DM, name, topic, ask, welcome}}
}

func newWorld(srv *fakediscord.Server) *world {
	w := &world{srv: srv, guild: srv.AddGuild("Upper Back Club")}
	everyone := w.guild.Everyone()
	moderator := w.guild.AddRole("Moderator", fakediscord.ManageGuild|fakediscord.ManageMessages)
	helper := w.guild.AddRole("Helper", 0)
	w.roles = []*fakediscord.Role{moderator, helper}

	help, review := w.guild.AddChannel("back-help"), w.guild.AddChannel("mod-review")
	review.Overwrite(everyone.ID, 0, fakediscord.ViewChannel)
	review.Overwrite(moderator.ID, fakediscord.ViewChannel, 0)
	review.Overwrite(srv.Bot().ID, fakediscord.ViewChannel|fakediscord.SendMessages, 0)
	w.guild.SetSystemChannel(review) // where the bot says that it joined
	w.channels = []*place{
		newPlace(w.guild.General(), "general", "Say hello", true,
			"This is the start of the #general channel. Mention the bot, type / for its commands, or press one of these:"),
		newPlace(help, "back-help", "Questions about the upper back", true,
			"This is the start of the #back-help channel. Ask here, or let the moderator set the bot up for it first."),
		newPlace(review, "mod-review", "For moderators", false,
			"Only moderators see this channel. The bot says here that it joined the server, and reports here what it could not answer once this is its review channel."),
	}
	for _, p := range []struct {
		key, name, role string
		has             []*fakediscord.Role
	}{{"member", "Robin", "Member", nil}, {moderatorKey, "Sam", "Moderator", []*fakediscord.Role{moderator}}} {
		account := w.guild.AddMember(p.name, p.has...)
		w.people = append(w.people, &person{account, named{account.ID(), p.key, p.name, p.role}, newPlace(account.DMChannel(), srv.Bot().Username, "", true,
			"This is the start of your direct messages with the bot. It answers every message here, no mention needed.")})
	}
	return w
}

// person finds who the page says it is; anyone else is the first.
func (w *world) person(key string) *person {
	for _, p := range w.people {
		if p.shown.Key == key {
			return p
		}
	}
	return w.people[0]
}

// places are the channels that a person sees.
func (w *world) places(p *person) []*place {
	var list []*place
	for _, pl := range w.channels {
		if p.Sees(pl.Channel) {
			list = append(list, pl)
		}
	}
	return append(list, p.dm)
}

// place finds a channel that a person sees.
func (w *world) place(p *person, id string) (*place, error) {
	for _, pl := range w.places(p) {
		if pl.ID == id {
			return pl, nil
		}
	}
	return nil, fmt.Errorf("%s does not see that channel", p.User().Username)
}

// keepShown is how many messages of a channel a page begins with.
const keepShown = 100

// snapshot is the world as a person sees it.
func (w *world) snapshot(p *person) map[string]any {
	people, roles, channels := []named{}, []named{}, []shownChannel{}
	messages := map[string][]fakediscord.Message{}
	for _, other := range w.people {
		people = append(people, other.shown)
	}
	for _, r := range w.roles {
		roles = append(roles, named{ID: r.ID, Name: r.Name})
	}
	for _, pl := range w.places(p) {
		channels = append(channels, pl.shown)
		list := p.Messages(pl.Channel)
		messages[pl.ID] = append([]fakediscord.Message{}, list[max(0, len(list)-keepShown):]...)
	}
	return map[string]any{
		"me":       p.shown,
		"people":   people,
		"roles":    roles,
		"channels": channels,
		"messages": messages,
		"bot":      w.srv.Bot(),
		"guild":    named{ID: w.guild.ID, Name: w.guild.Name},
		"files":    w.files(),
	}
}

// files is the origin of attachments.
func (w *world) files() string { return strings.TrimSuffix(w.srv.URL(), "/api") }

// status is what changes without anybody saying something: whether the bot is
// there, and what it offers in each channel.
func (w *world) status(p *person) map[string]any {
	offers := map[string][]json.RawMessage{}
	for _, pl := range w.places(p) {
		offers[pl.ID] = p.Offers(pl.Channel)
	}
	return map[string]any{"online": w.srv.Connected() > 0, "offers": offers}
}

// seen reports whether a change is for a person's eyes.
func (w *world) seen(p *person, c fakediscord.Change) bool {
	if c.VisibleTo != "" && c.VisibleTo != p.ID() {
		return false
	}
	if c.ChannelID == "" {
		return true
	}
	_, err := w.place(p, c.ChannelID)
	return err == nil
}

// mention is what names a person, a role or a channel in a text.
var mention = regexp.MustCompile(`<(?:@[!&]?|#)\d{1,20}>`)
