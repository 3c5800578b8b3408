package faq

import (
	"context"
	"os"
	"strings"
	"testing"
)

// Small talk has a reply or silence of its own, is never counted, and hides no
// question.
func TestSmallTalk(t *testing.T) {
	data, err := os.ReadFile("testdata/smalltalk.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		said, rest, ok := strings.Cut(line, "|")
		if !ok {
			continue
		}
		want := strings.Fields(rest)
		for n, q := range []Question{{Source: FromMention}, {Source: FromMention, Replied: true}, {Source: FromSlash}} {
			counts := &counted{}
			d := &Desk{Book: Builtin(), Counter: counts}
			q.Text = strings.TrimSpace(said)
			a := d.Ask(context.Background(), q)
			if string(a.Outcome) != want[n] {
				t.Errorf("%q, %+v: %s, want %s", q.Text, q, a.Outcome, want[n])
			}
			if asked := want[n] != string(Talked) && want[n] != string(Silent); asked != (counts.n == 1) {
				t.Errorf("%q: counted %d times", q.Text, counts.n)
			}
		}
	}
}

type counted struct{ n int }

func (c *counted) Count(Count)                   { c.n++ }
func (c *counted) Feedback(string, string, bool) {}

// A FAQ may have small talk of its own, which takes the place of the program's.
func TestSmallTalkOfAFile(t *testing.T) {
	b, err := Load("talk.yaml", []byte("disclaimer: D\nentries: [{id: a, title: Opening hours, answer: Nine to five.}]\nsmalltalk: {beside: [da], rows: [{says: ['moin, servus'], reply: Moin!}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	d := &Desk{Book: b}
	if a := d.Ask(t.Context(), Question{Text: "Servus da!", Source: FromDM}); a.Outcome != Talked || a.Talk.Reply != "Moin!" {
		t.Errorf("%+v", a)
	}
	if a := d.Ask(t.Context(), Question{Text: "hello", Source: FromDM}); a.Outcome != Unknown {
		t.Errorf("the program's small talk is still there: %+v", a.Outcome)
	}
}
