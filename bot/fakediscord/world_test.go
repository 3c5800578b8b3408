package fakediscord_test

import (
	"strings"
	"testing"

	"backfaq/bot/fakediscord"

	"github.com/google/go-cmp/cmp"
)

// Without MESSAGE_CONTENT a bot reads DMs, what mentions it and what it said
// itself; a reply with its ping mentions whom it replies to.
func TestMessageContent(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	c, _ := online(t, w.srv)
	content := func() string {
		t.Helper()
		var m struct{ Content string }
		c.wantEvent("MESSAGE_CREATE", &m)
		return m.Content
	}
	bot := w.srv.Bot().Mention()
	var got []string
	w.say(t, "plain")
	got = append(got, content())
	w.say(t, bot+" hi")
	got = append(got, strings.TrimPrefix(content(), bot))
	mine := w.message(t)
	got = append(got, content())
	if _, err := w.alice.Reply(mine, "loud"); err != nil {
		t.Fatal(err)
	}
	got = append(got, content())
	if _, err := w.alice.Post(nil, fakediscord.Post{Content: "quiet", ReplyTo: &mine, NoPing: true}); err != nil {
		t.Fatal(err)
	}
	got = append(got, content())
	if _, err := w.alice.DM("private"); err != nil {
		t.Fatal(err)
	}
	got = append(got, content())
	if diff := cmp.Diff([]string{"", " hi", "old", "loud", "", "private"}, got); diff != "" {
		t.Error(diff)
	}

	w = newWorld(t, fakediscord.Options{Privileged: fakediscord.IntentMessageContent})
	c = hello(t, w.srv)
	c.identify(object{"intents": intents | int(fakediscord.IntentMessageContent)})
	c.ready()
	w.say(t, "plain")
	if got := content(); got != "plain" {
		t.Errorf("with the intent the content is %q", got)
	}
}

// The bot's permissions are what its roles and the channel's overwrites say.
func TestPermissions(t *testing.T) {
	w := newWorld(t, fakediscord.Options{NoRateLimits: true})
	forum := w.guild.AddChannelOf(fakediscord.Forum, "help")
	post := func(ch *fakediscord.Channel, body string) answer {
		return call(t, w.srv, "POST", "/channels/"+ch.ID+"/messages", body)
	}
	const hi = `{"content":"hi"}`
	bot := w.srv.ApplicationID()
	closed, readonly := w.guild.AddChannel("closed"), w.guild.AddChannel("readonly")
	closed.Overwrite(w.guild.ID, 0, fakediscord.ViewChannel)
	readonly.Overwrite(bot, 0, fakediscord.SendMessages)
	open := w.guild.AddChannel("open")
	open.Overwrite(w.guild.ID, 0, fakediscord.ViewChannel)
	open.Overwrite(bot, fakediscord.ViewChannel, 0)
	thread := forum.AddThread("a post")
	stranger := w.srv.Person("stranger")
	for _, test := range []struct {
		name         string
		a            answer
		status, code int
	}{
		{"hidden channel", post(closed, hi), 403, 50001},
		{"channel opened for the bot", post(open, hi), 200, 0},
		{"read-only channel", post(readonly, hi), 403, 50013},
		{"forum", post(forum, hi), 400, 50008},
		{"post of a forum", post(thread, hi), 200, 0},
		{"unknown channel", call(t, w.srv, "POST", "/channels/1/messages", hi), 404, 10003},
		{"DM", post(w.alice.DMChannel(), hi), 200, 0},
		{"somebody else's DM", post(w.srv.AddGroup("", w.alice, stranger), hi), 403, 50001},
		{"a member", call(t, w.srv, "GET", "/guilds/"+w.guild.ID+"/members/"+w.alice.ID(), nil), 200, 0},
		{"a foreign guild", call(t, w.srv, "GET", "/guilds/"+w.srv.AddForeignGuild("f").ID+"/roles", nil), 403, 50001},
		{"no guild", call(t, w.srv, "GET", "/guilds/1/roles", nil), 404, 10004},
		{"no member", call(t, w.srv, "GET", "/guilds/"+w.guild.ID+"/members/1", nil), 404, 10007},
	} {
		if test.a.status != test.status || test.a.code() != test.code {
			t.Errorf("%s: %d %s", test.name, test.a.status, test.a.body)
		}
	}
	if _, err := w.alice.Say(closed, "x"); err == nil {
		t.Error("alice posts in a channel she does not see")
	}
}

// The interaction says what the member and the app may in this channel.
func TestInteractionPermissions(t *testing.T) {
	w := newWorld(t, fakediscord.Options{})
	mods := w.guild.AddRole("mods", fakediscord.ManageGuild)
	w.guild.Join(w.alice, mods)
	w.general.Overwrite(w.srv.ApplicationID(), 0, fakediscord.EmbedLinks)
	var p struct {
		App    string `json:"app_permissions"`
		Member struct {
			Permissions string
			Roles       []string
			User        struct{ ID string }
		}
	}
	i := w.ask(t)
	decode(t, i.Payload, &p)
	if want := (fakediscord.EveryonePermissions | fakediscord.ManageGuild).String(); p.Member.Permissions != want {
		t.Errorf("member.permissions %s instead of %s", p.Member.Permissions, want)
	}
	if want := ((fakediscord.EveryonePermissions | fakediscord.BotPermissions) &^ fakediscord.EmbedLinks).String(); p.App != want {
		t.Errorf("app_permissions %s instead of %s", p.App, want)
	}
	if p.Member.User.ID != w.alice.ID() || len(p.Member.Roles) != 1 || p.Member.Roles[0] != mods.ID {
		t.Errorf("member is %+v", p.Member)
	}
}

// allowed_mentions decides which mentions count.
func TestMentions(t *testing.T) {
	w := newWorld(t, fakediscord.Options{NoRateLimits: true})
	bob := w.guild.AddMember("bob")
	text := w.alice.User().Mention() + " " + bob.User().Mention() + " @everyone <@&" + w.guild.ID + ">"
	post := func(mentions any) (users int, everyone bool) {
		t.Helper()
		body := object{"content": text}
		if mentions != nil {
			body["allowed_mentions"] = mentions
		}
		a := call(t, w.srv, "POST", "/channels/"+w.general.ID+"/messages", body)
		var m fakediscord.Message
		a.json(t, &m)
		return len(m.Mentions), m.MentionEveryone
	}
	for _, test := range []struct {
		name     string
		mentions any
		users    int
	}{
		{"by default", nil, 2}, {"none", object{"parse": []string{}}, 0}, {"null", object{"parse": nil}, 0},
	} {
		if users, everyone := post(test.mentions); users != test.users || everyone {
			t.Errorf("%s: %d users, everyone %v", test.name, users, everyone)
		}
	}
	w.general.Overwrite(w.srv.ApplicationID(), fakediscord.MentionEveryone, 0)
	if _, everyone := post(nil); !everyone {
		t.Error("with the permission everyone is not mentioned by default")
	}
}

// The same nonce makes one message.
func TestNonce(t *testing.T) {
	w := newWorld(t, fakediscord.Options{NoRateLimits: true})
	var first, second, third fakediscord.Message
	path := "/channels/" + w.general.ID + "/messages"
	call(t, w.srv, "POST", path, `{"content":"x","nonce":"n","enforce_nonce":true}`).json(t, &first)
	call(t, w.srv, "POST", path, `{"content":"x","nonce":"n","enforce_nonce":true}`).json(t, &second)
	call(t, w.srv, "POST", path, `{"content":"x","nonce":"n"}`).json(t, &third)
	if first.ID != second.ID || first.ID == third.ID {
		t.Errorf("messages %s %s %s", first.ID, second.ID, third.ID)
	}
}

// The same commands again keep their ids.
func TestCommandIDs(t *testing.T) {
	w := newWorld(t, fakediscord.Options{NoRateLimits: true})
	base := "/applications/" + w.srv.ApplicationID() + "/commands"
	var first, again []struct{ ID string }
	body := expand(`["«{"name":"c#","description":"d"}*100»"]`)
	call(t, w.srv, "PUT", base, body).json(t, &first)
	call(t, w.srv, "PUT", base, body).json(t, &again)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("ids changed: %s", diff)
	}
	if a := call(t, w.srv, "PUT", base, "[]"); a.status != 200 || string(a.body) != "[]" {
		t.Errorf("none: %d %s", a.status, a.body)
	}
}

// Channels show what Discord shows of each type.
func TestChannelShapes(t *testing.T) {
	w := newWorld(t, fakediscord.Options{NoRateLimits: true})
	w.general.Overwrite(w.guild.ID, fakediscord.ManageMessages, 0)
	thread := w.general.AddThread("thread")
	get := func(ch *fakediscord.Channel) object {
		t.Helper()
		i, err := w.alice.Slash(ch, "ask", fakediscord.Args{"question": "why?"})
		if err != nil {
			t.Fatal(err)
		}
		var p struct{ Channel object }
		decode(t, i.Payload, &p)
		o := p.Channel
		delete(o, "permissions")
		delete(o, "last_message_id")
		if m, ok := o["thread_metadata"].(object); ok {
			delete(m, "archive_timestamp")
		}
		return o
	}
	owner := get(thread)["owner_id"]
	for _, test := range []struct {
		ch   *fakediscord.Channel
		want object
	}{
		{w.general, object{
			"id": w.general.ID, "type": 0.0, "flags": 0.0, "name": "general", "guild_id": w.guild.ID,
			"position": 0.0, "nsfw": false, "topic": nil, "rate_limit_per_user": 0.0, "permission_overwrites": []any{
				object{"id": w.guild.ID, "type": 0.0, "allow": "8192", "deny": "0"},
			},
		}},
		{thread, object{
			"id": thread.ID, "type": 11.0, "flags": 0.0, "name": "thread", "guild_id": w.guild.ID, "parent_id": w.general.ID,
			"owner_id":        owner,
			"thread_metadata": object{"archived": false, "locked": false, "auto_archive_duration": 1440.0},
		}},
		{w.alice.DMChannel(), object{
			"id": w.alice.DMChannel().ID, "type": 1.0, "flags": 0.0, "recipients": []any{object{
				"id": w.alice.ID(), "username": "alice", "global_name": "alice", "discriminator": "0", "avatar": nil,
			}},
		}},
	} {
		if diff := cmp.Diff(test.want, get(test.ch)); diff != "" {
			t.Errorf("%s: %s", test.ch.Name, diff)
		}
	}
	if owner == nil {
		t.Error("a thread has no owner")
	}
}
