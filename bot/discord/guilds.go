package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"
	lru "github.com/hashicorp/golang-lru/v2"

	"backfaq/bot/discord/locale"
	"backfaq/bot/discord/membership"
	"backfaq/bot/discord/rest"
	"backfaq/faq"
)

// Sizes of the memory of servers. A forgotten thread counts as a channel of its
// own, the moderators of a forgotten server as anyone else, its channels as in no
// category, and its language as English, until they are seen again.
const (
	maxThreads = 100_000 // about 19 MiB
	maxServers = 25_000  // about 25 MiB, with 50 channels in categories on each
	maxTitles  = 256     // of posts whose first message is not here yet
)

// moderating are the permissions that make somebody a moderator to the bot
// where it overhears.
const moderating = discordgo.PermissionAdministrator | discordgo.PermissionManageGuild | discordgo.PermissionManageMessages

func (r role) moderates() bool {
	bits, err := strconv.ParseInt(r.Permissions, 10, 64)
	return err == nil && bits&moderating != 0
}

// guildState knows facts that messages do not hold: the channel that a thread
// or forum post belongs to, the category of a channel, and the moderators and the
// language of a server. The events about servers tell.
type guildState struct {
	threads *lru.Cache[snowflake, channel]
	servers *lru.Cache[snowflake, serverFacts]
	titles  *lru.Cache[snowflake, string]
}

// serverFacts is replaced, never changed.
type serverFacts struct {
	owner      snowflake
	moderators []snowflake // roles
	locale     string      // that the server prefers (resources/guild#guild-object)
	categories []category  // that have channels
}

// category is a category with its channels, as numbers: they take a fifth of the memory
// of strings.
type category struct {
	id       uint64
	channels []uint64
}

// categoriesOf groups channels by their category.
func categoriesOf(list []channel) []category {
	slices.SortFunc(list, func(a, b channel) int { return strings.Compare(string(a.Parent), string(b.Parent)) })
	var made []category
	for _, c := range list {
		n := len(made)
		switch id := c.Parent.number(); {
		case id == 0:
			continue
		case n == 0 || made[n-1].id != id:
			made = append(made, category{id: id})
			n++
		}
		made[n-1].channels = append(made[n-1].channels, c.ID.number())
	}
	for n := range made {
		made[n].channels = slices.Clone(made[n].channels) // without room for more
	}
	return slices.Clone(made)
}

func newGuildState() *guildState {
	// lru.New fails on a size below one only.
	threads, _ := lru.New[snowflake, channel](maxThreads)
	servers, _ := lru.New[snowflake, serverFacts](maxServers)
	titles, _ := lru.New[snowflake, string](maxTitles)
	return &guildState{threads: threads, servers: servers, titles: titles}
}

// parent is the channel of a thread; "" for a channel that is no thread.
func (g *guildState) parent(channel snowflake) snowflake {
	t, _ := g.threads.Get(channel)
	return t.Parent
}

// category is the one that a channel of a server is in, "" for none, and whether the
// server is known.
func (g *guildState) category(server, channel snowflake) (id string, known bool) {
	s, known := g.servers.Get(server)
	for _, c := range s.categories {
		if slices.Contains(c.channels, channel.number()) {
			return strconv.FormatUint(c.id, 10), true
		}
	}
	return "", known
}

// title is that of a forum post that was just made, "" for any other channel. It
// comes before the first message of the post, and is forgotten with this call.
func (g *guildState) title(channel snowflake) string {
	title, _ := g.titles.Peek(channel)
	g.titles.Remove(channel)
	return title
}

// private reports whether a channel is a private thread, which only invited
// people and moderators see.
func (g *guildState) private(channel snowflake) bool {
	t, _ := g.threads.Get(channel)
	return t.Type == discordgo.ChannelTypeGuildPrivateThread
}

// moderates reports whether a message is a moderator's.
func (g *guildState) moderates(m *messageCreate) bool {
	server, _ := g.servers.Get(m.Guild)
	if m.Author.ID == server.owner {
		return true
	}
	return m.Member != nil && slices.ContainsFunc(m.Member.Roles, func(r snowflake) bool { return slices.Contains(server.moderators, r) })
}

// printer speaks the language of a server. Discord does not tell that of the person
// who wrote a message; in direct messages, where there is no server, it is English.
func (g *guildState) printer(server snowflake) locale.Printer {
	s, _ := g.servers.Get(server)
	return locale.For(s.locale)
}

// onGuild takes in a server, or that the bot is no longer on it.
func (g *guildState) onGuild(e guildEvent, deleted bool) {
	if deleted {
		if !e.Unavailable {
			g.servers.Remove(e.ID)
		}
		return
	}
	g.addThreads(e.Threads...)
	if e.ID != "" && e.Owner != "" {
		server := serverFacts{owner: e.Owner, locale: e.Locale, categories: categoriesOf(e.Channels)}
		if old, _ := g.servers.Peek(e.ID); e.Channels == nil {
			server.categories = old.categories
		}
		for _, r := range e.Roles {
			if r.moderates() {
				server.moderators = append(server.moderators, r.ID)
			}
		}
		g.servers.Add(e.ID, server)
	}
}

// observe takes in any other event about channels, threads, roles or servers.
func (g *guildState) observe(kind string, data json.RawMessage) {
	switch kind {
	case "THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE":
		var t struct {
			channel
			Name string `json:"name"`
		}
		switch {
		case json.Unmarshal(data, &t) != nil:
		case kind == "THREAD_DELETE":
			g.threads.Remove(t.ID)
		default:
			g.addThreads(t.channel)
			if kind == "THREAD_CREATE" {
				g.titles.Add(t.ID, t.Name)
			}
		}
	case "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE":
		var c struct {
			channel
			Guild snowflake `json:"guild_id"`
		}
		if json.Unmarshal(data, &c) != nil {
			return
		}
		if kind == "CHANNEL_DELETE" {
			c.Parent = ""
		}
		if server, ok := g.servers.Get(c.Guild); ok {
			g.servers.Add(c.Guild, server.withChannel(c.channel))
		}
	case "GUILD_UPDATE", "THREAD_LIST_SYNC":
		var e guildEvent
		if e.decode(data) == nil {
			g.onGuild(e, false)
		}
	case "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE":
		var e struct {
			Guild   snowflake `json:"guild_id"`
			Role    role      `json:"role"`
			Deleted snowflake `json:"role_id"`
		}
		if json.Unmarshal(data, &e) != nil {
			return
		}
		if server, ok := g.servers.Get(e.Guild); ok {
			if e.Deleted != "" {
				e.Role = role{ID: e.Deleted}
			}
			g.servers.Add(e.Guild, server.withRole(e.Role))
		}
	}
}

func (g *guildState) addThreads(threads ...channel) {
	for _, t := range threads {
		if t.ID != "" && t.Parent != "" {
			g.threads.Add(t.ID, t)
		}
	}
}

// withChannel is a server after a channel was made, moved or deleted.
func (s serverFacts) withChannel(c channel) serverFacts {
	id, into := c.ID.number(), c.Parent.number()
	var categories []category
	for _, old := range s.categories {
		old.channels = slices.DeleteFunc(slices.Clone(old.channels), func(ch uint64) bool { return ch == id })
		if old.id == into {
			old.channels, into = append(old.channels, id), 0
		}
		if len(old.channels) > 0 {
			categories = append(categories, old)
		}
	}
	if into != 0 {
		categories = append(categories, category{into, []uint64{id}})
	}
	s.categories = categories
	return s
}

// withRole is a server after a role was made or changed.
func (s serverFacts) withRole(r role) serverFacts {
	s.moderators = slices.DeleteFunc(slices.Clone(s.moderators), func(id snowflake) bool { return id == r.ID })
	if r.moderates() {
		s.moderators = append(s.moderators, r.ID)
	}
	return s
}

// firstSteps are the settings that moderators are led to when the bot joins.
var firstSteps = []string{"mode", "emergency", "review"}

// welcome says in the system channel of a server that the bot joined, if it has one
// and the bot may write there, what it does and what moderators may want to set.
func (b *Bot) welcome(ctx context.Context, j membership.Join) {
	if b.wiped.has(snowflake(j.Server)) { // the store forgot the welcome with everything else
		return
	}
	view := b.desk.View(ctx, j.Server)
	here := faq.Question{Source: faq.FromSlash, Server: j.Server, Channel: j.Channel, Rehearsal: true}
	if j.Channel == "" || b.desk.Ask(ctx, b.located(ctx, here)).Silence != faq.NotSilent { // or it was here before, and moderators want it elsewhere
		return
	}
	p := b.guilds.printer(snowflake(j.Server))
	text := p.Sprintf(welcomeText)
	var buttons []discordgo.MessageComponent
	for n, id := range firstSteps {
		s := b.setting(id)
		text += fmt.Sprintf("\n%d. **%s:** %s", n+1, p.Sprintf(s.label), p.Sprintf(s.hint))
		buttons = append(buttons, discordgo.Button{Label: p.Sprintf(s.label), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("setup", s.page)})
	}
	m := messageFor(view)
	m.text, m.rows, m.nonce = text, actionRows(buttons), "join-"+j.Server
	ctx, cancel := context.WithTimeout(ctx, rest.Timeout)
	defer cancel()
	if err := b.post(ctx, j.Channel, m); err != nil {
		b.log.Info("could not say that I am here", "server", j.Server, "err", err)
	}
}
