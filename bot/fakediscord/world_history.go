package fakediscord

import (
	"context"
	"slices"
)

// A Change is something the people in the world can see happen: what a page
// that shows the world needs to know. People see only changes without
// VisibleTo or with their own id there.
type Change struct {
	N         int       `json:"n"` // the change's number, from 0
	Type      string    `json:"type"`
	ChannelID string    `json:"channel_id,omitempty"`
	MessageID string    `json:"message_id,omitempty"`
	Message   *Message  `json:"message,omitempty"`
	UserID    string    `json:"user_id,omitempty"` // of the one who types
	VisibleTo string    `json:"visible_to,omitempty"`
	CallID    string    `json:"interaction_id,omitempty"`
	Answer    *Response `json:"response,omitempty"`
}

// The types of changes are: "message_create", "message_update",
// "message_delete", "typing", "response" (the bot responded to an
// interaction), "commands" (the bot registered commands), "gateway" (the bot
// went online or offline).

func (s *Server) change(c Change) {
	s.seen.add(func(n int) Change {
		c.N = n
		return c
	})
}

// Changes waits until there is a change with a number greater than n and
// returns all of them. Start with -1 for everything that is remembered.
func (s *Server) Changes(ctx context.Context, n int) ([]Change, error) {
	items, _, err := s.seen.wait(ctx, n+1)
	return items, err
}

// LastChange is the number of the latest change, or -1.
func (s *Server) LastChange() int {
	_, next := s.seen.since(0)
	return next - 1
}

// Messages are the messages of a channel that a person can see, oldest first.
func (p *Person) Messages(ch *Channel) []Message {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	var seen []Message
	if !ch.sees(p) {
		return nil
	}
	for _, m := range ch.messages {
		if m.VisibleTo == "" || m.VisibleTo == p.user.ID {
			seen = append(seen, *m)
		}
	}
	return seen
}

// Message returns the present state of a message, false when it is gone.
func (s *Server) Message(channelID, id string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.channels[channelID].message(id); m != nil {
		return *m, true
	}
	return Message{}, false
}

// message finds a message, nil when there is none or no channel. The caller
// holds the lock.
func (ch *Channel) message(id string) *Message {
	if ch == nil {
		return nil
	}
	for _, m := range slices.Backward(ch.messages) {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// post puts a new message into its channel, tells the bot and whoever watches.
// The caller holds the lock.
func (s *Server) post(ch *Channel, m *Message) {
	number(m.Components)
	ch.messages = append(ch.messages, m)
	if len(ch.messages) >= 2*keepMessages {
		ch.messages = append([]*Message(nil), ch.messages[keepMessages:]...)
	}
	s.change(Change{Type: "message_create", ChannelID: ch.ID, MessageID: m.ID, Message: m, VisibleTo: m.VisibleTo})
	s.dispatchMessage("MESSAGE_CREATE", ch, m)
}

// replace puts an edited message in the place of the old one. The caller holds
// the lock.
func (s *Server) replace(ch *Channel, old, m *Message) {
	number(m.Components)
	ch.messages[slices.Index(ch.messages, old)] = m
	s.change(Change{Type: "message_update", ChannelID: ch.ID, MessageID: m.ID, Message: m, VisibleTo: m.VisibleTo})
	s.dispatchMessage("MESSAGE_UPDATE", ch, m)
}

// remove deletes a message. The caller holds the lock.
func (s *Server) remove(ch *Channel, m *Message) {
	ch.messages = slices.DeleteFunc(slices.Clone(ch.messages), func(o *Message) bool { return o == m })
	s.change(Change{Type: "message_delete", ChannelID: ch.ID, MessageID: m.ID, VisibleTo: m.VisibleTo})
}

// dispatchMessage tells the bot of a message, without what its intents hide.
// Ephemeral messages are not told. The caller holds the lock.
func (s *Server) dispatchMessage(typ string, ch *Channel, m *Message) {
	if m.VisibleTo != "" || !s.botMay(ch).Has(ViewChannel) {
		return
	}
	intent := IntentGuildMessages
	if ch.guild == nil {
		intent = IntentDirectMessages
	}
	s.dispatch(dispatch{typ: typ, guild: ch.GuildID(), needs: intent, data: func(to *session) any {
		e := messageEvent{Message: s.censor(m, ch, to), GuildID: m.GuildID, ChannelType: ch.Type}
		if ch.guild != nil {
			if member := ch.guild.members[m.Author.ID]; member != nil && m.WebhookID == "" {
				e.Member = member.wire()
				delete(e.Member, "user")
			}
		}
		return e
	}})
}

type messageEvent struct {
	*Message
	GuildID     string      `json:"guild_id,omitempty"`
	ChannelType ChannelType `json:"channel_type"`
	Member      object      `json:"member,omitempty"`
}

// censor empties what a bot without the MESSAGE_CONTENT intent does not get:
// everything written, except in DMs, in its own messages and where it is
// mentioned.
func (s *Server) censor(m *Message, ch *Channel, to *session) *Message {
	bot := s.app.id
	mentioned := slices.ContainsFunc(m.Mentions, func(u User) bool { return u.ID == bot })
	seen := *m
	if seen.Referenced != nil {
		seen.Referenced = s.censor(seen.Referenced, ch, to)
	}
	if to.intents.has(IntentMessageContent) || ch.guild == nil || mentioned || m.Author.ID == bot {
		return &seen
	}
	seen.Content, seen.Embeds, seen.Attachments, seen.Components = "", seen.Embeds[:0:0], seen.Attachments[:0:0], seen.Components[:0:0]
	seen.Snapshots = nil
	return &seen
}
