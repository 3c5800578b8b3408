package fakediscord_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"backfaq/bot/fakediscord"

	"github.com/bwmarrin/discordgo"
)

// toServer sends discordgo's requests to the stand-in.
type toServer struct{ base *url.URL }

func (t toServer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = t.base.Scheme, t.base.Host
	return http.DefaultTransport.RoundTrip(r)
}

// connect opens a stock discordgo session.
func connect(t *testing.T, srv *fakediscord.Server, handlers ...any) *discordgo.Session {
	t.Helper()
	s, err := discordgo.New("Bot " + srv.Token())
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	s.Client = &http.Client{Transport: toServer{base}}
	s.StateEnabled = false
	s.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages
	for _, h := range handlers {
		s.AddHandler(h)
	}
	if err := s.Open(); err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func start(t *testing.T, opts fakediscord.Options) *fakediscord.Server {
	t.Helper()
	srv, err := fakediscord.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// The life of a bot, with the library that most Go bots use.
func TestDiscordgo(t *testing.T) {
	srv := start(t, fakediscord.Options{})
	guild := srv.AddGuild("Back pain club")
	alice := guild.AddMember("alice")
	general := guild.General()

	quiet := &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
	onMessage := func(s *discordgo.Session, m *discordgo.MessageCreate) {
		if m.Author.Bot {
			return
		}
		_, err := s.ChannelMessageSendComplex(m.ChannelID, &discordgo.MessageSend{
			Content: "you said: " + m.Content, Reference: m.SoftReference(), AllowedMentions: quiet,
		})
		if err != nil {
			t.Errorf("send: %v", err)
		}
	}
	onInteraction := func(s *discordgo.Session, i *discordgo.InteractionCreate) {
		r := &discordgo.InteractionResponse{Type: discordgo.InteractionResponseChannelMessageWithSource}
		switch i.Type {
		case discordgo.InteractionApplicationCommandAutocomplete:
			r.Type = discordgo.InteractionApplicationCommandAutocompleteResult
			r.Data = &discordgo.InteractionResponseData{Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "Causes", Value: "causes"}}}
		case discordgo.InteractionApplicationCommand:
			r.Data = &discordgo.InteractionResponseData{
				Content: "pick", Flags: discordgo.MessageFlagsEphemeral, AllowedMentions: quiet,
				Components: []discordgo.MessageComponent{
					discordgo.ActionsRow{Components: []discordgo.MessageComponent{
						discordgo.Button{Label: "More", Style: discordgo.SecondaryButton, CustomID: "more"},
					}},
					discordgo.ActionsRow{Components: []discordgo.MessageComponent{
						discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: "topic", Options: []discordgo.SelectMenuOption{{Label: "Causes", Value: "c"}}},
					}},
					discordgo.ActionsRow{Components: []discordgo.MessageComponent{
						discordgo.SelectMenu{MenuType: discordgo.ChannelSelectMenu, CustomID: "where"},
					}},
				},
			}
		case discordgo.InteractionMessageComponent:
			r.Type = discordgo.InteractionResponseUpdateMessage
			r.Data = &discordgo.InteractionResponseData{Content: "chosen " + i.MessageComponentData().Values[0], AllowedMentions: quiet}
		}
		if err := s.InteractionRespond(i.Interaction, r); err != nil {
			t.Errorf("respond to type %d: %v", i.Type, err)
		}
	}
	s := connect(t, srv, onMessage, onInteraction)
	ctx := soon(t)

	perm := int64(discordgo.PermissionManageGuild)
	if _, err := s.ApplicationCommandBulkOverwrite(srv.ApplicationID(), "", []*discordgo.ApplicationCommand{
		{Name: "ask", Description: "ask", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionString, Name: "question", Description: "q", Required: true, Autocomplete: true},
		}},
		{Name: "Answer from FAQ", Type: discordgo.MessageApplicationCommand},
		{Name: "settings", Description: "s", DefaultMemberPermissions: &perm},
	}); err != nil {
		t.Fatalf("register: %v", err)
	}

	mark := srv.LastChange()
	if _, err := alice.Say(general, srv.Bot().Mention()+" hello"); err != nil {
		t.Fatal(err)
	}
	if got := next(t, srv, mark, "backfaq").Content; got != "you said: "+srv.Bot().Mention()+" hello" {
		t.Errorf("the reply is %q", got)
	}
	mark = srv.LastChange()
	if _, err := alice.DM("psst"); err != nil {
		t.Fatal(err)
	}
	if got := next(t, srv, mark, "backfaq").Content; got != "you said: psst" {
		t.Errorf("the reply in the DM is %q", got)
	}

	call, err := alice.Autocomplete(general, "ask", "question", "cau", nil)
	if err != nil {
		t.Fatal(err)
	}
	if choices, err := call.Choices(ctx); err != nil || len(choices) != 1 || choices[0].Name != "Causes" {
		t.Errorf("choices %v, %v", choices, err)
	}
	call, err = alice.Slash(general, "ask", fakediscord.Args{"question": "why?"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := call.Message(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !m.Ephemeral() || m.VisibleTo != alice.ID() {
		t.Errorf("the answer is not ephemeral: flags %d, visible to %q", m.Flags, m.VisibleTo)
	}
	chosen, err := alice.Select(m, "topic", "c")
	if err != nil {
		t.Fatal(err)
	}
	if m, err := chosen.Message(ctx); err != nil || m.Content != "chosen c" {
		t.Errorf("after the select: %q, %v", m.Content, err)
	}
	if _, err := alice.Slash(general, "settings", nil); err == nil {
		t.Error("the client offered /settings to a member without Manage Server")
	}
}

// next waits for a message by an author after a change.
func next(t *testing.T, srv *fakediscord.Server, after int, author string) fakediscord.Message {
	t.Helper()
	ctx := soon(t)
	for {
		changes, err := srv.Changes(ctx, after)
		if err != nil {
			t.Fatalf("wait for a message of %s: %v", author, err)
		}
		for _, c := range changes {
			if c.Type == "message_create" && c.Message.Author.Username == author {
				return *c.Message
			}
			after = c.N
		}
	}
}
