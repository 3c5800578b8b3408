package discord

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	lru "github.com/hashicorp/golang-lru/v2"

	"backfaq/bot/discord/locale"
)

// Sizes of the memory of servers. A forgotten thread counts as a channel of its
// own, the moderators of a forgotten server as anyone else, and its language as
// English, until they are seen again.
const (
	maxThreads = 100_000 // about 19 MiB
	maxServers = 25_000  // about 9 MiB
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
// or forum post belongs to, and the moderators and the language of a server. The
// events about servers tell.
type guildState struct {
	threads *lru.Cache[snowflake, thread]
	servers *lru.Cache[snowflake, serverFacts]
	titles  *lru.Cache[snowflake, string]
}

// serverFacts is replaced, never changed.
type serverFacts struct {
	owner      snowflake
	moderators []snowflake // roles
	locale     string      // that the server prefers (resources/guild#guild-object)
}

func newGuildState() *guildState {
	// lru.New fails on a size below one only.
	threads, _ := lru.New[snowflake, thread](maxThreads)
	servers, _ := lru.New[snowflake, serverFacts](maxServers)
	titles, _ := lru.New[snowflake, string](maxTitles)
	return &guildState{threads: threads, servers: servers, titles: titles}
}

// parent is the channel of a thread; "" for a channel that is no thread.
func (g *guildState) parent(channel snowflake) snowflake {
	t, _ := g.threads.Get(channel)
	return t.Parent
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
		server := serverFacts{owner: e.Owner, locale: e.Locale}
		for _, r := range e.Roles {
			if r.moderates() {
				server.moderators = append(server.moderators, r.ID)
			}
		}
		g.servers.Add(e.ID, server)
	}
}

// observe takes in any other event about threads, roles or servers.
func (g *guildState) observe(kind string, data json.RawMessage) {
	switch kind {
	case "THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE":
		var t struct {
			thread
			Name string `json:"name"`
		}
		switch {
		case json.Unmarshal(data, &t) != nil:
		case kind == "THREAD_DELETE":
			g.threads.Remove(t.ID)
		default:
			g.addThreads(t.thread)
			if kind == "THREAD_CREATE" {
				g.titles.Add(t.ID, t.Name)
			}
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
			g.servers.Add(e.Guild, server.with(e.Role))
		}
	}
}

func (g *guildState) addThreads(threads ...thread) {
	for _, t := range threads {
		if t.ID != "" && t.Parent != "" {
			g.threads.Add(t.ID, t)
		}
	}
}

// with is a server after a role was made or changed.
func (s serverFacts) with(r role) serverFacts {
	s.moderators = slices.DeleteFunc(slices.Clone(s.moderators), func(id snowflake) bool { return id == r.ID })
	if r.moderates() {
		s.moderators = append(s.moderators, r.ID)
	}
	return s
}

const trackerRetry = 30 * time.Second // after the database failed

// guildTracker tells the store which servers the bot is on and which it left. It
// holds at most one entry a server, however many events come.
type guildTracker struct {
	store Store // nil: nothing is tracked
	wake  chan struct{}

	mu        sync.Mutex
	left      map[string]time.Time         // when the bot left a server; zero: it is there
	snapshots map[[2]int64]map[string]bool // servers of READY that were not compared yet, by shard and number of shards
}

func newGuildTracker(store Store) *guildTracker {
	return &guildTracker{store: store, wake: make(chan struct{}, 1), left: map[string]time.Time{}, snapshots: map[[2]int64]map[string]bool{}}
}

// onGuild takes in that the bot joined or left a server.
func (t *guildTracker) onGuild(e guildEvent, deleted bool, now time.Time) {
	if t.store == nil || e.ID == "" || e.Unavailable {
		return
	}
	if !deleted {
		now = time.Time{}
	}
	t.mu.Lock()
	t.left[string(e.ID)] = now
	t.mu.Unlock()
	t.signal()
}

// onReady takes in all servers of a shard, so that those that the bot left while
// it was not connected are found.
func (t *guildTracker) onReady(shard [2]int64, on map[string]bool) {
	if t.store == nil {
		return
	}
	t.mu.Lock()
	t.snapshots[shard] = on
	t.mu.Unlock()
	t.signal()
}

func (t *guildTracker) signal() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// run saves what comes in until ctx ends. onError is told of each failure.
func (t *guildTracker) run(ctx context.Context, onError func(error)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.wake:
		}
		if err := t.flush(ctx); err != nil {
			onError(err)
			if !sleep(ctx, trackerRetry) {
				return
			}
			t.signal()
		}
	}
}

// flush saves all that came in, or stops at the first error.
func (t *guildTracker) flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := t.reconcile(ctx, time.Now()); err != nil {
		return err
	}
	t.mu.Lock()
	todo := maps.Clone(t.left)
	t.mu.Unlock()
	for server, at := range todo {
		save := func() error { return t.store.Removed(ctx, server, at) }
		if at.IsZero() {
			save = func() error { return t.store.Returned(ctx, server) }
		}
		if err := save(); err != nil {
			return err
		}
		t.mu.Lock()
		if t.left[server].Equal(at) { // nothing newer came meanwhile
			delete(t.left, server)
		}
		t.mu.Unlock()
	}
	return nil
}

// reconcile adds the servers that the store knows and Discord does not to those
// that the bot left.
func (t *guildTracker) reconcile(ctx context.Context, now time.Time) error {
	t.mu.Lock()
	snapshots := t.snapshots
	t.snapshots = map[[2]int64]map[string]bool{}
	t.mu.Unlock()
	if len(snapshots) == 0 {
		return nil
	}
	known, err := t.store.Known(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	for shard, on := range snapshots {
		if err != nil {
			t.snapshots[shard] = on // to be tried again
			continue
		}
		for _, server := range known {
			// (guild_id >> 22) % shards (events/gateway#sharding)
			id, bad := strconv.ParseInt(server, 10, 64)
			mine := bad == nil && (id>>22)%max(shard[1], 1) == shard[0]
			if _, heard := t.left[server]; mine && !on[server] && !heard {
				t.left[server] = now
			}
		}
	}
	return err
}
