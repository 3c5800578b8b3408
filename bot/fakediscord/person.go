package fakediscord

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"backfaq/bot/fakediscord/form"
)

// A Person is somebody at a Discord client.
type Person struct {
	srv       *Server
	user      User
	locale    string // the language of their client
	installed bool   // has the app installed for themselves
	dm        *Channel
}

// Person makes an account. It is in no guild yet.
func (s *Server) Person(name string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	display := name
	p := &Person{srv: s, locale: english, user: User{ID: s.ids.next(), Username: name, GlobalName: &display, Discriminator: "0"}}
	s.people[p.user.ID] = p
	return p
}

// OtherBot makes the account of another bot.
func (s *Server) OtherBot(name string) *Person {
	p := s.Person(name)
	p.user.Bot = true
	return p
}

// AddMember makes an account that is a member of the guild.
func (g *Guild) AddMember(name string, roles ...*Role) *Person {
	p := g.srv.Person(name)
	g.Join(p, roles...)
	return p
}

// ID is the person's user id.
func (p *Person) ID() string { return p.user.ID }

// User is the person's account.
func (p *Person) User() User { return p.user }

// Install installs the app for the person themselves, in every place they go.
func (p *Person) Install() {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	p.installed = true
}

// english is the language of everybody and every guild at first.
const english = "en-US"

// SetLocale sets the language of the person's client.
func (p *Person) SetLocale(locale string) {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	p.locale = locale
}

// DMChannel is the person's conversation with the bot.
func (p *Person) DMChannel() *Channel {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.dm == nil {
		p.dm = &Channel{srv: s, ID: s.ids.next(), Type: DM, people: []*Person{p}, hasBot: true}
		s.addChannel(p.dm)
	}
	return p.dm
}

// Sees reports whether a channel is in the list of channels of the person's
// client.
func (p *Person) Sees(ch *Channel) bool {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	return ch.sees(p)
}

// Say posts a message in a channel.
func (p *Person) Say(ch *Channel, text string) (Message, error) {
	return p.Post(ch, Post{Content: text})
}

// DM posts a message in the conversation with the bot.
func (p *Person) DM(text string) (Message, error) {
	return p.Say(p.DMChannel(), text)
}

// Reply replies to a message, with the ping that the client sends by default.
func (p *Person) Reply(to Message, text string) (Message, error) {
	return p.Post(nil, Post{Content: text, ReplyTo: &to})
}

// A Post is a message with everything a person can put into one.
type Post struct {
	Content string
	ReplyTo *Message
	NoPing  bool // a reply with the ping switched off
	Files   []Upload
	Forward *Message // a forward has no content of its own
	Type    int      // of a system message, such as 7 for a join
	Webhook bool     // by a webhook that a person made, under their name
}

// An Upload is a file that a person attaches.
type Upload struct {
	Name, ContentType string
	Data              []byte
}

// Post posts a message in a channel; the channel may be nil for a reply.
func (p *Person) Post(ch *Channel, post Post) (Message, error) {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch == nil && post.ReplyTo != nil {
		ch = s.channels[post.ReplyTo.ChannelID]
	}
	if err := p.maySay(ch, post.Content); err != nil {
		return Message{}, fmt.Errorf("%s cannot post here: %w", p.user.Username, err)
	}
	m := s.newMessage(ch, p.user)
	m.Content, m.Type = post.Content, post.Type
	if post.ReplyTo != nil {
		target := ch.message(post.ReplyTo.ID)
		if target == nil {
			return Message{}, fmt.Errorf("%s cannot reply: message %s is not in the channel", p.user.Username, post.ReplyTo.ID)
		}
		s.refer(m, target)
	}
	if post.Forward != nil {
		s.forward(m, post.Forward)
	}
	for _, up := range post.Files {
		m.Attachments = append(m.Attachments, s.store(ch, up))
	}
	if post.Webhook {
		m.WebhookID = s.ids.next()
		m.Author = User{ID: m.WebhookID, Username: p.user.Username, Discriminator: "0000", Bot: true}
	}
	var pings *form.Mentions
	if no := false; post.NoPing {
		pings = &form.Mentions{Parse: []string{"users", "roles", "everyone"}, RepliedUser: &no}
	}
	s.ping(m, ch, pings, ch.guild == nil || ch.guild.permissions(p.user.ID, ch).Has(MentionEveryone))
	s.post(ch, m)
	return *m, nil
}

// Delete deletes a message: one's own, or another's with Manage Messages.
func (p *Person) Delete(m Message) error {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, old, err := p.shown(m)
	if err != nil {
		return err
	}
	own := old.Author.ID == p.user.ID || old.VisibleTo == p.user.ID
	if !own && (ch.guild == nil || !ch.guild.permissions(p.user.ID, ch).Has(ManageMessages)) {
		return fmt.Errorf("%s cannot delete message %s", p.user.Username, m.ID)
	}
	s.remove(ch, old)
	return nil
}

// Type shows to others that the person is typing.
func (p *Person) Type(ch *Channel) {
	p.srv.change(Change{Type: "typing", ChannelID: ch.ID, UserID: p.user.ID})
}

// maySay checks what the client checks before it sends. The caller holds the lock.
func (p *Person) maySay(ch *Channel, text string) error {
	switch {
	case ch == nil || !ch.sees(p):
		return errors.New("they do not see that channel")
	case !ch.takesMessages():
		return fmt.Errorf("#%s does not take messages, only posts", ch.Name)
	case ch.guild != nil && !ch.guild.permissions(p.user.ID, ch).Has(ch.writing()):
		return fmt.Errorf("no permission in #%s", ch.Name)
	}
	if n := len([]rune(text)); n > 4000 { // with Nitro
		return fmt.Errorf("%d characters are too many", n)
	}
	return nil
}

// newMessage starts a message that nobody sees yet. The caller holds the lock.
func (s *Server) newMessage(ch *Channel, author User) *Message {
	return &Message{
		ID: s.ids.next(), ChannelID: ch.ID, GuildID: ch.GuildID(), Author: author, Timestamp: time.Now(),
		Mentions: []User{}, MentionRoles: []string{}, Attachments: []Attachment{},
		Embeds: []json.RawMessage{}, Components: []Component{},
	}
}

// forward makes m a forward of target.
func (s *Server) forward(m, target *Message) {
	m.Reference = &Reference{Type: 1, MessageID: target.ID, ChannelID: target.ChannelID, GuildID: target.GuildID}
	m.Flags |= 1 << 14                         // HAS_SNAPSHOT
	m.Snapshots = []object{{"message": object{ // but for its author
		"type": target.Type, "content": target.Content, "embeds": target.Embeds, "attachments": target.Attachments,
		"timestamp": target.Timestamp, "edited_timestamp": target.EditedTimestamp, "flags": target.Flags,
		"mentions": target.Mentions, "mention_roles": target.MentionRoles, "components": target.Components,
	}}}
}

// refer makes m a reply to target.
func (s *Server) refer(m, target *Message) {
	short := *target
	short.Referenced = nil // Discord shows one level
	m.Type, m.Referenced = 19, &short
	m.Reference = &Reference{MessageID: target.ID, ChannelID: target.ChannelID, GuildID: target.GuildID}
}
