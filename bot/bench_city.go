package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"backfaq/bot/fakediscord"
)

// city is enough servers, channels and people that the limits per server,
// channel and person do not count.
type city struct {
	guilds []*fakediscord.Guild
	places [][]*fakediscord.Channel // by guild
	people [][]*fakediscord.Person  // by guild
}

const placesPerGuild = 10

func newCity(s *fakediscord.Server, places, people int) *city {
	c := &city{}
	guilds := max(1, places/placesPerGuild)
	for g := range guilds {
		guild := s.AddGuild(fmt.Sprint("quarter ", g))
		var ch []*fakediscord.Channel
		for n := range places / guilds {
			ch = append(ch, guild.AddChannel(fmt.Sprint("place-", n)))
		}
		var who []*fakediscord.Person
		for n := range max(1, people/guilds) {
			who = append(who, guild.AddMember(fmt.Sprint("person-", n)))
		}
		c.guilds, c.places, c.people = append(c.guilds, guild), append(c.places, ch), append(c.people, who)
	}
	return c
}

// spot is where the n-th thing happens, and by whom.
func (c *city) spot(n int) (*fakediscord.Guild, *fakediscord.Channel, *fakediscord.Person) {
	g, i := n%len(c.guilds), n/len(c.guilds)
	return c.guilds[g], c.places[g][i%len(c.places[g])], c.people[g][i%len(c.people[g])]
}

// ask lets somebody ask the bot in a channel.
func (c *city) ask(s *subject, n int) (fakediscord.Message, error) {
	_, ch, who := c.spot(n)
	return who.Say(ch, s.Bot().Mention()+" "+benchQuestion)
}

// slash lets somebody use the command.
func (c *city) slash(n int) (*fakediscord.Interaction, error) {
	_, ch, who := c.spot(n)
	return who.Slash(ch, "ask", fakediscord.Args{"question": benchQuestion})
}

// answered is when the answer to each question was on Discord, with the way
// there and back.
func answered(events []fakediscord.Event) map[string]time.Time {
	at := map[string]time.Time{}
	for _, e := range events {
		var m struct {
			Reference struct {
				ID string `json:"message_id"`
			} `json:"message_reference"`
		}
		if e.Kind == fakediscord.KindREST && e.Method == http.MethodPost && e.Status == http.StatusOK && json.Unmarshal(e.Body, &m) == nil && m.Reference.ID != "" {
			at[m.Reference.ID] = e.Time.Add(e.Took)
		}
	}
	return at
}

// times are how long the questions waited, and how many have no answer.
func times(asked map[string]time.Time, at map[string]time.Time) (took []time.Duration, missing int) {
	for id, when := range asked {
		if then, ok := at[id]; ok {
			took = append(took, then.Sub(when))
		} else {
			missing++
		}
	}
	return took, missing
}
