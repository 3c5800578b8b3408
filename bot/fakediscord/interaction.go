package fakediscord

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"backfaq/bot/fakediscord/form"
)

// InteractionType is what a person did.
type InteractionType int

// The types of interactions, with the numbers of the wire.
const (
	PingInteraction InteractionType = 1
	CommandUse      InteractionType = 2
	ComponentUse    InteractionType = 3
	Autocompletion  InteractionType = 4
	ModalSubmission InteractionType = 5
)

// The types of first responses, with the numbers of the wire.
const (
	Pong                 = 1
	MessageResponse      = 4
	DeferredUpdate       = 6
	UpdateResponse       = 7
	AutocompleteResponse = 8
	ModalResponse        = 9
	responseDeadline     = 3 * time.Second
	tokenLifetime        = 15 * time.Minute
)

// ErrFailed is what an [Interaction] by HTTP ends with when the
// bot's answer was refused: the person sees "This interaction failed".
var ErrFailed = errors.New("this interaction failed")

// An Interaction is something a person did that the bot is to respond to.
type Interaction struct {
	ID      string
	Token   string
	Type    InteractionType
	Person  *Person
	Channel *Channel
	// Payload is what the bot is sent.
	Payload json.RawMessage

	srv     *Server
	created time.Time
	source  *Message // whose component was used
	note    *InteractionNote
	log     journal[Response]

	// Guarded by the server's lock.
	acked    bool
	original string // id of the first response's message, "" without one
}

// A Response is one thing the bot did in response to an interaction. Its JSON is
// what a page is told of it.
type Response struct {
	Step    string   `json:"step"`           // "response", "edit" or "failed"
	Type    int      `json:"type,omitempty"` // of the first response
	Modal   *Modal   `json:"modal,omitempty"`
	Message *Message `json:"-"`
	Choices []Choice `json:"-"`
	Err     string   `json:"-"`
	// After is when it came, since the interaction, by the server's clock.
	After time.Duration `json:"-"`
}

// A Modal is a form that the bot shows. Submit it with [Person.SubmitModal].
type Modal struct {
	form.Modal
	call *Interaction // that it responds to
}

// Responses waits until there are at least n responses and returns all.
func (i *Interaction) Responses(ctx context.Context, n int) ([]Response, error) {
	if _, _, err := i.log.wait(ctx, n-1); err != nil {
		return nil, fmt.Errorf("wait for response %d to interaction %s: %w", n, i.ID, err)
	}
	all, _ := i.log.since(0)
	if all[0].Step == "failed" {
		return all, fmt.Errorf("%w: %s", ErrFailed, all[0].Err)
	}
	return all, nil
}

// Response waits for the first response.
func (i *Interaction) Response(ctx context.Context) (Response, error) {
	all, err := i.Responses(ctx, 1)
	if err != nil {
		return Response{}, err
	}
	return all[0], nil
}

// Message waits for the first message the bot shows, in the form it was first
// shown.
func (i *Interaction) Message(ctx context.Context) (Message, error) {
	for n := 1; ; n++ {
		all, err := i.Responses(ctx, n)
		if err != nil {
			return Message{}, err
		}
		for _, r := range all {
			if r.Message != nil && r.Type != DeferredUpdate {
				return *r.Message, nil
			}
		}
	}
}

// Choices waits for the first response and returns its choices.
func (i *Interaction) Choices(ctx context.Context) ([]Choice, error) {
	r, err := i.Response(ctx)
	if err == nil && r.Type != AutocompleteResponse {
		err = fmt.Errorf("the response has type %d, not choices", r.Type)
	}
	return r.Choices, err
}

// Modal waits for the first response and returns its modal.
func (i *Interaction) Modal(ctx context.Context) (Modal, error) {
	r, err := i.Response(ctx)
	if err != nil {
		return Modal{}, err
	}
	if r.Modal == nil {
		return Modal{}, fmt.Errorf("the response has type %d, not a modal", r.Type)
	}
	return *r.Modal, nil
}

// answered notes a response. An edit is told as a change of its message. The
// caller holds the lock.
func (i *Interaction) answered(r Response) {
	r.After = time.Since(i.created)
	i.log.add(func(int) Response { return r })
	if r.Step != "edit" {
		i.srv.change(Change{Type: "response", ChannelID: i.Channel.ID, CallID: i.ID, Answer: &r, VisibleTo: i.Person.user.ID})
	}
}

// action is what a person does.
type action struct {
	typ    InteractionType
	ch     *Channel
	name   string        // of the command, or the custom_id
	cmd    *form.Command // the command used
	source *Message      // whose component is used, or whose modal is submitted
	owners map[string]string
	data   object
}

// owners says on whose authority the app acts: of the guild ("0") or of the
// user ("1") that installed it.
func (p *Person) owners(d action) map[string]string {
	switch {
	case d.owners != nil:
		return d.owners
	case d.source != nil && d.source.Interaction != nil:
		return d.source.Interaction.Owners
	}
	owners := map[string]string{}
	switch {
	case d.ch.guild != nil && d.ch.guild.botIn && d.cmd.InstalledBy(0):
		owners["0"] = d.ch.guild.ID
	case d.ch.hasBot && d.cmd.InstalledBy(0):
		owners["0"] = "0"
	}
	if d.cmd != nil && p.installed && d.cmd.InstalledBy(1) {
		owners["1"] = p.user.ID
	}
	return owners
}

// act starts an interaction and sends it to the bot. The caller holds the lock.
func (p *Person) act(d action) (*Interaction, error) {
	s, ch, typ := p.srv, d.ch, d.typ
	if ch == nil || !ch.sees(p) {
		return nil, fmt.Errorf("%s is not in that channel", p.user.Username)
	}
	i := &Interaction{
		ID: s.ids.next(), Token: rand.Text() + rand.Text(), Type: typ, Person: p, Channel: ch,
		srv: s, created: time.Now(), source: d.source,
	}
	owners := p.owners(d)
	i.note = &InteractionNote{ID: i.ID, Type: typ, User: p.user, Owners: owners, Name: d.name}
	o := object{
		"id": i.ID, "application_id": s.app.id, "type": typ, "token": i.Token, "version": 1,
		"channel_id": ch.ID, "locale": p.locale, "entitlements": []any{}, "entitlement_sku_ids": []any{},
		"authorizing_integration_owners": owners, "attachment_size_limit": 10 << 20, "context": ch.context(), "data": d.data,
	}
	channel := ch.wire()
	switch {
	case ch.guild != nil:
		g := ch.guild
		may := g.permissions(p.user.ID, ch)
		member := g.members[p.user.ID].wire()
		member["permissions"] = may.String()
		channel.Permissions = may.String()
		o["member"], o["guild_id"], o["guild_locale"] = member, g.ID, g.locale
		o["guild"] = object{"id": g.ID, "features": []string{}, "locale": g.locale}
		o["app_permissions"] = (dmPermissions).String()
		if g.botIn {
			o["app_permissions"] = s.botMay(ch).String()
		}
	default:
		o["user"] = p.user
		o["app_permissions"] = dmPermissions.String()
	}
	o["channel"] = channel
	if d.source != nil {
		shown := *d.source
		shown.Referenced = nil
		o["message"] = shown
	}
	i.Payload = marshal(o)
	s.remember(i)
	if s.endpoint.url != nil {
		s.post2endpoint(i, *s.endpoint.url)
		return i, nil
	}
	s.dispatch(dispatch{typ: "INTERACTION_CREATE", guild: ch.GuildID(), data: func(*session) any { return i.Payload }})
	return i, nil
}

// remember keeps an interaction while its token lives. The caller holds the lock.
func (s *Server) remember(i *Interaction) {
	if len(s.calls)%1024 == 1023 { // now and then, forget the others
		maps.DeleteFunc(s.calls, func(_ string, old *Interaction) bool { return i.created.Sub(old.created) > tokenLifetime+time.Minute })
	}
	s.calls[i.Token] = i
}
