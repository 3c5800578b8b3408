package playground

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// stream is what a page hears.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
}

func (p *Page) listen(t *testing.T, c *http.Client, as string) *stream {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(stop)
	res, err := c.Do(get(t, "http://"+p.auth.host+"/api/events?as="+as).WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	return &stream{t, lines}
}

// next is the data of the next event of a name.
func (s *stream) next(name string) string {
	s.t.Helper()
	for s.lines.Scan() {
		if s.lines.Text() == "event: "+name && s.lines.Scan() {
			return strings.TrimPrefix(s.lines.Text(), "data: ")
		}
	}
	s.t.Fatalf("the stream ended before an event %q: %v", name, s.lines.Err())
	return ""
}

// post does something on the page, as it would.
func (p *Page) post(t *testing.T, c *http.Client, act string, in request) (status int, body string) {
	t.Helper()
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+p.auth.host+"/api/"+act, strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "http://"+p.auth.host)
	r.Header.Set("Content-Type", "application/json")
	return do(t, c, r)
}

func TestPeopleSeeTheirOwnChannelsOnly(t *testing.T) {
	p := serve(t)
	c := guest(t)
	do(t, c, get(t, p.Link()))
	general, review := p.world.channels[0].ID, p.world.channels[2].ID
	member, moderator := p.listen(t, c, "member"), p.listen(t, c, moderatorKey)
	if world := member.next("world"); strings.Contains(world, review) || !strings.Contains(world, general) {
		t.Errorf("the member's world: %s", world)
	}
	if world := moderator.next("world"); !strings.Contains(world, review) {
		t.Errorf("the moderator's world: %s", world)
	}
	if status, body := p.post(t, c, "say", request{As: "member", Channel: review, Text: "let me in"}); status != http.StatusBadRequest || !strings.Contains(body, "Robin does not see that channel") {
		t.Errorf("the member speaks in a hidden channel: %d %s", status, body)
	}
	own := p.world.people[1].dm.ID
	if status, _ := p.post(t, c, "say", request{As: "member", Channel: own, Text: "hello"}); status != http.StatusBadRequest {
		t.Errorf("the member writes into another's direct messages: %d", status)
	}
	for _, say := range []request{
		{As: moderatorKey, Channel: review, Text: "among us"},
		{As: moderatorKey, Channel: own, Text: "to the bot"},
		{As: moderatorKey, Channel: general, Text: "to everyone"},
	} {
		if status, body := p.post(t, c, "say", say); status != http.StatusOK {
			t.Fatalf("saying something: %d %s", status, body)
		}
	}
	if heard := member.next("change"); !strings.Contains(heard, "to everyone") {
		t.Errorf("the member hears first: %s", heard)
	}
	for _, want := range []string{"among us", "to the bot", "to everyone"} {
		if heard := moderator.next("change"); !strings.Contains(heard, want) {
			t.Errorf("the moderator hears %s, want %s", heard, want)
		}
	}
}

func TestPageHearsOfTheFAQ(t *testing.T) {
	p := serve(t)
	c := guest(t)
	do(t, c, get(t, p.Link()))
	p.SetFAQ(FAQ{Name: "one.yaml", Entries: 1, Examples: []Example{{"A question", "one?"}}})
	s := p.listen(t, c, "member")
	if world := s.next("world"); !strings.Contains(world, "one.yaml") || !strings.Contains(world, "one?") {
		t.Errorf("the page begins without the FAQ: %s", world)
	}
	p.SetFAQ(FAQ{Name: "one.yaml", Problem: "one.yaml:7: no title"})
	if news := s.next("faq"); !strings.Contains(news, "one.yaml:7") {
		t.Errorf("the page hears: %s", news)
	}
}

func TestWhyIsAskedWithoutMentions(t *testing.T) {
	p := serve(t)
	c := guest(t)
	do(t, c, get(t, p.Link()))
	status, body := p.post(t, c, "why", request{As: "member", Channel: p.world.channels[0].ID, Way: "mention", Text: "<@" + p.world.srv.Bot().ID + "> why?"})
	if want := `{"why":"mention: why?","silent":false}`; status != http.StatusOK || strings.TrimSpace(body) != want {
		t.Errorf("got %d %s, want %s", status, body, want)
	}
}
