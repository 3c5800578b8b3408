package playground

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"backfaq/bot/fakediscord"
	"backfaq/faq"
)

const (
	maxBody         = 1 << 20         // of one act; a file to import has at most a quarter of it
	responseTimeout = 3 * time.Second // Discord waits no longer for the choices of an option
	maxWhy          = 4000            // characters of a question to explain, as many as a message has
	noSuchForm      = "that form is gone: open it again"
)

// request is what the page sends for any act; each act reads its own fields.
type request struct {
	As      string `json:"as"`
	Channel string `json:"channel"`
	Message string `json:"message"` // that is replied to, deleted, or operated

	Text   string     `json:"text"`
	Silent bool       `json:"silent"` // a reply that does not ping
	Way    faq.Source `json:"way"`

	Command string                     `json:"command"`
	Options map[string]json.RawMessage `json:"options"`
	Focused string                     `json:"focused"`

	Custom string   `json:"custom_id"`
	Values []string `json:"values"`

	Interaction string                     `json:"interaction"` // that opened the form
	Fields      map[string]json.RawMessage `json:"fields"`
}

// actor is a person about to do something in a channel they see.
type actor struct {
	*person
	page    *Page
	at      *place
	message fakediscord.Message // that the act is on, if on any
	ctx     context.Context
}

// acts is what people can do. Each returns what the page is told at once; the
// rest comes as events.
var acts = map[string]func(actor, request) (any, error){
	"say":      actor.say,
	"typing":   actor.typing,
	"delete":   actor.remove,
	"command":  actor.command,
	"complete": actor.complete,
	"press":    actor.press,
	"select":   actor.choose,
	"modal":    actor.submit,
	"why":      actor.why,
}

// act is the one way in: read, find who and where, do, answer.
func (p *Page) act(w http.ResponseWriter, r *http.Request, do func(actor, request) (any, error)) {
	var in request
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	err := errors.New("the body is not JSON")
	if kind == "application/json" {
		err = json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in)
	}
	var out any
	if err == nil {
		a := actor{person: p.world.person(in.As), page: p, ctx: r.Context()}
		a.at, err = p.world.place(a.person, in.Channel)
		if err == nil && in.Message != "" {
			a.message, err = a.find(in.Message)
		}
		if err == nil {
			out, err = do(a, in)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		out = map[string]string{"error": sentence(err)}
	}
	if out == nil {
		out = struct{}{}
	}
	_ = json.NewEncoder(w).Encode(out) // a page that went away is no fault of ours
}

// sentence is an error for people.
func sentence(err error) string {
	text := err.Error()
	if errors.Is(err, fakediscord.ErrHidden) {
		text = strings.TrimPrefix(text, fakediscord.ErrHidden.Error()+": ")
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

func (a actor) say(in request) (any, error) {
	if strings.TrimSpace(in.Text) == "" {
		return nil, errors.New("the message is empty")
	}
	post := fakediscord.Post{Content: in.Text, NoPing: in.Silent}
	if a.message.ID != "" {
		post.ReplyTo = &a.message
	}
	_, err := a.Post(a.at.Channel, post)
	return nil, err
}

func (a actor) typing(request) (any, error) {
	a.Type(a.at.Channel)
	return nil, nil
}

func (a actor) remove(request) (any, error) {
	return nil, a.Delete(a.message)
}

// find finds a message of the channel that the person sees.
func (a actor) find(id string) (fakediscord.Message, error) {
	for _, m := range a.Messages(a.at.Channel) {
		if m.ID == id {
			return m, nil
		}
	}
	return fakediscord.Message{}, errors.New("that message is gone")
}

func (a actor) command(in request) (any, error) {
	if a.message.ID != "" {
		return a.started(a.MessageCommand(a.message, in.Command))
	}
	args, err := a.args(in.Options)
	if err != nil {
		return nil, err
	}
	return a.started(a.Slash(a.at.Channel, in.Command, args))
}

// started remembers an interaction and names it to the page.
func (a actor) started(call *fakediscord.Interaction, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	a.page.calls.Add(call.ID, call)
	return map[string]string{"interaction": call.ID}, nil
}

// args are the options of a command as a client would fill them in. The page
// marks whole numbers and files.
func (a actor) args(options map[string]json.RawMessage) (fakediscord.Args, error) {
	args := fakediscord.Args{}
	for name, raw := range options {
		v, err := a.value(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		args[name] = v
	}
	return args, nil
}

func (a actor) value(raw json.RawMessage) (any, error) {
	var marked struct {
		Integer *int
		File    *fakediscord.Upload
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	if _, ok := v.(map[string]any); !ok {
		return v, nil
	}
	if err := json.Unmarshal(raw, &marked); err != nil {
		return nil, err
	}
	switch {
	case marked.Integer != nil:
		return *marked.Integer, nil
	case marked.File != nil:
		return *marked.File, nil
	}
	return nil, errors.New("choose one of the list")
}

// complete asks the bot for the choices of an option and waits for them, as a
// client does while somebody types.
func (a actor) complete(in request) (any, error) {
	var partial string
	if err := json.Unmarshal(in.Options[in.Focused], &partial); in.Options[in.Focused] != nil && err != nil {
		return nil, fmt.Errorf("%s: %w", in.Focused, err)
	}
	delete(in.Options, in.Focused)
	args, err := a.args(in.Options)
	if err != nil {
		return nil, err
	}
	call, err := a.Autocomplete(a.at.Channel, in.Command, in.Focused, partial, args)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(a.ctx, responseTimeout)
	defer cancel()
	choices, err := call.Choices(ctx)
	if err != nil {
		return nil, err
	}
	return map[string]any{"choices": append([]fakediscord.Choice{}, choices...)}, nil
}

func (a actor) press(in request) (any, error) {
	return a.started(a.Press(a.message, in.Custom))
}

func (a actor) choose(in request) (any, error) {
	return a.started(a.Select(a.message, in.Custom, in.Values...))
}

// submit sends a form that an interaction was answered with.
func (a actor) submit(in request) (any, error) {
	call, ok := a.page.calls.Get(in.Interaction)
	if !ok || call.Person != a.Person {
		return nil, errors.New(noSuchForm)
	}
	ctx, cancel := context.WithTimeout(a.ctx, responseTimeout)
	defer cancel()
	modal, err := call.Modal(ctx)
	if err != nil {
		return nil, errors.New(noSuchForm)
	}
	fields := fakediscord.Fields{}
	for id, raw := range in.Fields {
		var text string
		var list []string
		if json.Unmarshal(raw, &text) == nil {
			fields[id] = text
		} else if json.Unmarshal(raw, &list) == nil {
			fields[id] = list
		} else {
			return nil, fmt.Errorf("the field %s holds neither text nor a list", id)
		}
	}
	return a.started(a.SubmitModal(modal, fields))
}

// why explains what the bot makes of a question in this place.
func (a actor) why(in request) (any, error) {
	text := strings.TrimSpace(mention.ReplaceAllString(in.Text, " "))
	if runes := []rune(text); len(runes) > maxWhy {
		text = string(runes[:maxWhy])
	}
	q := faq.Question{Text: text, Source: in.Way, Server: a.at.GuildID(), Channel: a.at.ID, Person: a.ID(), Moderator: a.shown.Key == moderatorKey}
	return a.page.explain(a.ctx, q), nil
}
