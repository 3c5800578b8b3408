package bench

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"backfaq/bot/fakediscord"
)

// question is a question that the built-in FAQ answers.
const question = "what are the common causes of upper back spasms?"

// fixture is enough servers, channels and people that the limits per server,
// channel and person do not count.
type fixture struct {
	guilds   []*fakediscord.Guild
	channels [][]*fakediscord.Channel // by guild
	members  [][]*fakediscord.Person  // by guild
}

const channelsPerGuild = 10

func newFixture(s *fakediscord.Server, channels, members int) *fixture {
	f := &fixture{}
	guilds := max(1, channels/channelsPerGuild)
	for g := range guilds {
		guild := s.AddGuild(fmt.Sprint("guild ", g))
		var ch []*fakediscord.Channel
		for n := range channels / guilds {
			ch = append(ch, guild.AddChannel(fmt.Sprint("channel-", n)))
		}
		var who []*fakediscord.Person
		for n := range max(1, members/guilds) {
			who = append(who, guild.AddMember(fmt.Sprint("person-", n)))
		}
		f.guilds, f.channels, f.members = append(f.guilds, guild), append(f.channels, ch), append(f.members, who)
	}
	return f
}

// target is the channel of the n-th question, and the person who asks it.
func (f *fixture) target(n int) (*fakediscord.Channel, *fakediscord.Person) {
	g, i := n%len(f.guilds), n/len(f.guilds)
	return f.channels[g][i%len(f.channels[g])], f.members[g][i%len(f.members[g])]
}

// mention asks the bot in a channel.
func (f *fixture) mention(p *program, n int) (fakediscord.Message, error) {
	ch, who := f.target(n)
	return who.Say(ch, p.Bot().Mention()+" "+question)
}

// slash asks by the command.
func (f *fixture) slash(n int) (*fakediscord.Interaction, error) {
	ch, who := f.target(n)
	return who.Slash(ch, "ask", fakediscord.Args{"question": question})
}

// answered is when the answer to each question was on Discord, with the way
// there and back, by the id of the question.
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

// waits are how long the questions waited, and how many have no answer.
func waits(asked, answered map[string]time.Time) (took []time.Duration, missing int) {
	for id, when := range asked {
		if then, ok := answered[id]; ok {
			took = append(took, then.Sub(when))
		} else {
			missing++
		}
	}
	return took, missing
}
