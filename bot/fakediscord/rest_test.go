package fakediscord_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
)

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) code() int {
	var e struct{ Code int }
	_ = json.Unmarshal(a.body, &e) // no JSON has no code
	return e.Code
}

func (a answer) json(t *testing.T, v any) {
	t.Helper()
	decode(t, a.body, v)
}

func decode(t *testing.T, body []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(body, v); err != nil {
		t.Fatalf("decode %q: %v", body, err)
	}
}

// call sends a request as a bot does. A path that starts with "!" is sent
// without the token.
func call(t *testing.T, srv *fakediscord.Server, method, path string, body any) answer {
	t.Helper()
	a, err := try(srv, method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func try(srv *fakediscord.Server, method, path string, body any) (answer, error) {
	var b []byte
	switch v := body.(type) {
	case nil:
	case string:
		b = []byte(v)
	case json.RawMessage:
		b = v
	default:
		var err error
		if b, err = json.Marshal(v); err != nil {
			return answer{}, err
		}
	}
	path, open := strings.CutPrefix(path, "!")
	req, err := http.NewRequest(method, srv.URL()+"/v10"+path, bytes.NewReader(b))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	if !open {
		req.Header.Set("Authorization", "Bot "+srv.Token())
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, got}, err
}

// world is what the cases of testdata happen in.
type world struct {
	srv     *fakediscord.Server
	guild   *fakediscord.Guild
	general *fakediscord.Channel
	alice   *fakediscord.Person
}

type object = map[string]any

func newWorld(t *testing.T, opts fakediscord.Options) world {
	t.Helper()
	srv := start(t, opts)
	guild := srv.AddGuild("Back pain club")
	w := world{srv, guild, guild.General(), guild.AddMember("alice")}
	w.register(t, `[
		{"name":"ask","description":"d","integration_types":[0,1],"contexts":[0,1,2],"options":[
			{"type":3,"name":"question","description":"d","required":true,"autocomplete":true},
			{"type":5,"name":"share","description":"d"}]},
		{"name":"faq","description":"d","default_member_permissions":"32","contexts":[0],"options":[
			{"type":3,"name":"text","description":"d","required":true,"max_length":10},
			{"type":4,"name":"days","description":"d","choices":[{"name":"A week","value":7}]},
			{"type":3,"name":"mode","description":"d","choices":[{"name":"On","value":"on"}]}]},
		{"name":"Answer from FAQ","type":3,"integration_types":[0,1],"contexts":[0,1,2]}]`)
	return w
}

func (w world) register(t *testing.T, commands string) {
	t.Helper()
	if a := call(t, w.srv, "PUT", "/applications/"+w.srv.ApplicationID()+"/commands", commands); a.status != 200 {
		t.Fatalf("register: %d %s", a.status, a.body)
	}
}

// ask lets alice use /ask.
func (w world) ask(t *testing.T) *fakediscord.Interaction {
	t.Helper()
	i, err := w.alice.Slash(w.general, "ask", fakediscord.Args{"question": "why?"})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func respond(t *testing.T, srv *fakediscord.Server, i *fakediscord.Interaction, body any) answer {
	t.Helper()
	return call(t, srv, "POST", "!/interactions/"+i.ID+"/"+i.Token+"/callback", body)
}

// message lets the bot post a message with a button "b".
func (w world) message(t *testing.T) fakediscord.Message {
	t.Helper()
	a := call(t, w.srv, "POST", "/channels/"+w.general.ID+"/messages", `{"content":"old","components":[
		{"type":1,"components":[{"type":2,"style":1,"label":"B","custom_id":"b"}]},
		{"type":1,"components":[{"type":8,"custom_id":"c","channel_types":[0],"min_values":0,"max_values":2}]}]}`)
	var m fakediscord.Message
	a.json(t, &m)
	return m
}

var (
	manyObjects = regexp.MustCompile(`"«(\{.+?\})\*(\d+)»"`)
	longText    = regexp.MustCompile(`«([^{]+?)\*(\d+)»`)
)

// expand writes out what a case of testdata abbreviates: «x*3» is xxx within a
// string, "«{..}*3»" is {..},{..},{..} with # counting, LONG is 100 characters.
func expand(body string) string {
	times := func(p *regexp.Regexp, s, between string) string {
		return p.ReplaceAllStringFunc(s, func(found string) string {
			m := p.FindStringSubmatch(found)
			n, _ := strconv.Atoi(m[2])
			parts := make([]string, n)
			for i := range parts {
				parts[i] = strings.ReplaceAll(strings.ReplaceAll(m[1], `\"`, `"`), "#", strconv.Itoa(i))
			}
			return strings.Join(parts, between)
		})
	}
	return strings.ReplaceAll(times(longText, times(manyObjects, body, ","), ""), "LONG", strings.Repeat("x", 100))
}

type requestCase struct {
	Name   string
	Do     string
	Body   json.RawMessage
	Status int
	Code   int
	Errors map[string]string
}

func requestCases(t *testing.T) []requestCase {
	t.Helper()
	data, err := os.ReadFile("testdata/requests.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var cases []requestCase
	for line := range strings.Lines(string(data)) {
		var c requestCase
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		cases = append(cases, c)
	}
	return cases
}

// send does what a case says and returns the answer.
func (w world) send(t *testing.T, c requestCase) answer {
	t.Helper()
	body := json.RawMessage(expand(strings.ReplaceAll(string(c.Body), "MESSAGE", w.message(t).ID)))
	switch c.Do {
	case "message":
		return call(t, w.srv, "POST", "/channels/"+w.general.ID+"/messages", body)
	case "commands":
		return call(t, w.srv, "PUT", "/applications/"+w.srv.ApplicationID()+"/commands", body)
	case "callback":
		return respond(t, w.srv, w.ask(t), body)
	case "press":
		i, err := w.alice.Press(w.message(t), "b")
		if err != nil {
			t.Fatal(err)
		}
		return respond(t, w.srv, i, body)
	case "complete":
		i, err := w.alice.Autocomplete(w.general, "ask", "question", "w", nil)
		if err != nil {
			t.Fatal(err)
		}
		return respond(t, w.srv, i, body)
	}
	t.Fatalf("no such thing to do: %q", c.Do)
	return answer{}
}

// errorAt finds the code of an error in Discord's nested form.
func errorAt(t *testing.T, a answer, path string) string {
	t.Helper()
	var e struct{ Errors map[string]any }
	a.json(t, &e)
	node := e.Errors
	for _, name := range strings.Split(path, ".") {
		next, ok := node[name].(map[string]any)
		if !ok {
			return ""
		}
		node = next
	}
	list, _ := node["_errors"].([]any)
	if len(list) == 0 {
		return ""
	}
	first, _ := list[0].(map[string]any)
	code, _ := first["code"].(string)
	return code
}

func TestRequests(t *testing.T) {
	w := newWorld(t, fakediscord.Options{NoRateLimits: true})
	for _, c := range requestCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			a := w.send(t, c)
			if a.status != c.Status || a.code() != c.Code {
				t.Fatalf("got %d, code %d: %s", a.status, a.code(), a.body)
			}
			for path, code := range c.Errors {
				if got := errorAt(t, a, path); got != code {
					t.Errorf("at %s: %q instead of %q in %s", path, got, code, a.body)
				}
			}
		})
	}
}
