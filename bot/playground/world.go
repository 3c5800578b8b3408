package playground

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

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
	key  string // how the page names them
	role string
	dm   *place
}

// moderatorKey names the person who may manage the server.
const moderatorKey = "moderator"

// place is a channel with what the page says at its beginning.
type place struct {
	*fakediscord.Channel
	name, topic, welcome string
	ask                  bool // a good place for the example questions
}

func newWorld(srv *fakediscord.Server) *world {
	w := &world{srv: srv, guild: srv.AddGuild("Upper Back Club")}
	everyone := w.guild.Everyone()
	moderator := w.guild.AddRole("Moderator", fakediscord.ManageGuild|fakediscord.ManageMessages)
	helper := w.guild.AddRole("Helper", 0)
	w.roles = []*fakediscord.Role{moderator, helper}

	review := w.guild.AddChannel("mod-review")
	review.Overwrite(everyone.ID, 0, fakediscord.ViewChannel)
	review.Overwrite(moderator.ID, fakediscord.ViewChannel, 0)
	review.Overwrite(srv.Bot().ID, fakediscord.ViewChannel|fakediscord.SendMessages, 0)
	w.channels = []*place{
		{Channel: w.guild.General(), name: "general", topic: "Say hello", ask: true,
			welcome: "This is the start of the #general channel. Mention the bot, type / for its commands, or press one of these:"},
		{Channel: w.guild.AddChannel("back-help"), name: "back-help", topic: "Questions about the upper back", ask: true,
			welcome: "This is the start of the #back-help channel. Ask here, or let the moderator set the bot up for it first."},
		{Channel: review, name: "mod-review", topic: "For moderators",
			welcome: "Only moderators see this channel. Choose it as the review channel in /faq-config, and the bot reports here what it could not answer."},
	}
	for _, p := range []struct {
		key, name, role string
		has             []*fakediscord.Role
	}{{"member", "Robin", "Member", nil}, {moderatorKey, "Sam", "Moderator", []*fakediscord.Role{moderator}}} {
		account := w.guild.AddMember(p.name, p.has...)
		w.people = append(w.people, &person{
			Person: account, key: p.key, role: p.role,
			dm: &place{Channel: account.DMChannel(), name: srv.Bot().Username, ask: true,
				welcome: "This is the start of your direct messages with the bot. It answers every message here, no mention needed."},
		})
	}
	return w
}

// person finds who the page says it is; anyone else is the first.
func (w *world) person(key string) *person {
	if i := slices.IndexFunc(w.people, func(p *person) bool { return p.key == key }); i >= 0 {
		return w.people[i]
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
	type named struct {
		ID   string `json:"id"`
		Key  string `json:"key,omitempty"`
		Name string `json:"name"`
		Role string `json:"role,omitempty"`
	}
	type channel struct {
		ID      string                  `json:"id"`
		Name    string                  `json:"name"`
		Topic   string                  `json:"topic"`
		Welcome string                  `json:"welcome"`
		Ask     bool                    `json:"ask"`
		DM      bool                    `json:"dm"`
		Type    fakediscord.ChannelType `json:"type"`
	}
	people, roles, channels := []named{}, []named{}, []channel{}
	messages := map[string][]fakediscord.Message{}
	for _, other := range w.people {
		people = append(people, named{other.ID(), other.key, other.User().Username, other.role})
	}
	for _, r := range w.roles {
		roles = append(roles, named{ID: r.ID, Name: r.Name})
	}
	for _, pl := range w.places(p) {
		channels = append(channels, channel{pl.ID, pl.name, pl.topic, pl.welcome, pl.ask, pl == p.dm, pl.Type})
		list := p.Messages(pl.Channel)
		messages[pl.ID] = append([]fakediscord.Message{}, list[max(0, len(list)-keepShown):]...)
	}
	return map[string]any{
		"me":       named{p.ID(), p.key, p.User().Username, p.role},
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
func (w *world) files() string { return origin(w.srv.URL()) }

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
