package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
)

// naughty is minimaxir's Big List of Naughty Strings, which is not ours to
// ship.
func naughty(t *testing.T) []string {
	t.Helper()
	const file = "../../shared/data/naughty-strings.json"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Skipf("needs minimaxir's blns.json as %s: %v", file, err)
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// Whatever is asked, by whatever way: a valid reply, the disclaimer last, no
// ping, and none of it in the log. The harness checks what always holds.
func TestNaughtyStringsGetAProperReply(t *testing.T) {
	list := naughty(t)
	const parts = 4 // one program sends no more than forty messages in a second
	for n := range parts {
		t.Run(fmt.Sprint("part ", n), func(t *testing.T) {
			askNaughty(t, list[n*len(list)/parts:(n+1)*len(list)/parts])
		})
	}
}

func askNaughty(t *testing.T, list []string) {
	s := startHarness(t, fakediscord.Options{})
	for n, text := range list {
		if n%25 == 24 { // nor is a server answered more often than that
			s.guild = s.AddGuild(fmt.Sprint("Back pain club ", n))
		}
		who := s.guild.AddMember(fmt.Sprintf("p%d", n)) // nobody asks more than the limit
		s.ask(who, text)
		said, err := who.Say(s.general(), "x "+text)
		if err != nil {
			t.Fatal(err)
		}
		s.shown(who.MessageCommand(said, "Answer from FAQ"))
		if strings.TrimSpace(text) != "" {
			s.replyTo(who.DM(text))
		}
		call, err := who.Slash(s.general(), "ask", fakediscord.Args{"question": text})
		if errors.Is(err, fakediscord.ErrHidden) {
			continue // Discord's own client does not send it: empty or too long
		}
		s.shown(call, err)
		typed, err := who.Autocomplete(s.general(), "ask", "question", text, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := typed.Choices(s.ctx()); err != nil {
			t.Error(err)
		}
	}
	log := s.log.String()
	for _, text := range list {
		if len(text) > 12 && strings.Contains(log, text) {
			t.Errorf("the log holds what was asked: %q", text)
		}
	}
}
