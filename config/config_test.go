package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	const value = "SECRET-MTk4NjIy.Cl2FMQ"
	var s Secret
	if err := s.UnmarshalText([]byte(" " + value + "\n")); err != nil || s.Reveal() != value {
		t.Fatalf("read %q, %v", s.Reveal(), err)
	}
	type holder struct{ Token Secret }
	h := holder{s}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", s, "holder", h, "pointer", &h)
	asJSON, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprint(s), fmt.Sprintf("%s %v %+v %#v %q %x %d", s, s, s, s, s, s, s),
		fmt.Sprintf("%v %+v %#v", h, h, h), fmt.Sprintf("%+v", &h), string(asJSON), log.String(), fmt.Errorf("bad: %w", fmt.Errorf("%v", s)).Error(),
	} {
		if strings.Contains(text, "SECRET") || strings.Contains(text, fmt.Sprintf("%x", value)) {
			t.Errorf("printed: %s", text)
		}
	}
}

func TestServerLimits(t *testing.T) {
	if err := DefaultSettings().Validate(); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
	ids := func(n int) []string { return strings.Fields(strings.Repeat("123 ", n)) }
	for name, change := range map[string]func(*Settings){
		"channels is":           func(s *Settings) { s.Mode = "sometimes" },
		"strictness is":         func(s *Settings) { s.Strictness = "" },
		"channel_ids has 26":    func(s *Settings) { s.Channels = ids(26) },
		`channel_ids: "x"`:      func(s *Settings) { s.Channels = []string{"x"} },
		"listen_ids has 26":     func(s *Settings) { s.Listen = ids(26) },
		"cooldown_seconds is":   func(s *Settings) { s.Cooldown = -1 },
		"cooldown_seconds":      func(s *Settings) { s.Cooldown = 86401 },
		"cooldown_seconds is 9": func(s *Settings) { s.Cooldown = math.MaxInt64 },
		"questions_per_10s is":  func(s *Settings) { s.Questions = 0 },
		"questions_per_10s":     func(s *Settings) { s.Questions = 61 },
		"entries_off has 101":   func(s *Settings) { s.Off = ids(101) },
		"note has 301":          func(s *Settings) { s.Note = strings.Repeat("ä", 301) },
		"note must be one line": func(s *Settings) { s.Note = "a\nb" },
		"note must be":          func(s *Settings) { s.Note = "a\u2028b" },
		"emergency_number must": func(s *Settings) { s.EmergencyNumber = "\x00" },
		"emergency_number has":  func(s *Settings) { s.EmergencyNumber = strings.Repeat("1", 81) },
		"help_channel_id":       func(s *Settings) { s.HelpChannel = "<#1>" },
		"help_role_id":          func(s *Settings) { s.HelpRole = "-1" },
		"review_channel_id":     func(s *Settings) { s.ReviewChannel = strings.Repeat("1", 21) },
	} {
		s := DefaultSettings()
		change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want an error that says %q, got %v", name, err)
		}
	}
}

func TestEmergencyNumbers(t *testing.T) {
	for number, want := range map[string]bool{
		"": true, "112": true, "911": true, "+49 30 19240": true, "1-800-222-1222": true, "112, poison 19240": true,
		"112, Gift 030 19240, crisis line 988": true, "112,poison 19240": true, "poison 19240": true,
		"abc": false, "call me": false, "112 or 911": false, "112, abc": false, "112,": false, "1": false, "**112**": false,
		"112 [x](https://evil.example)": false, "https://evil.example/112": false, "112\n113": false, "poison19240": false, "++112": false,
	} {
		s := DefaultSettings()
		s.EmergencyNumber = number
		if err := s.Validate(); (err == nil) != want {
			t.Errorf("%q: %v, want it accepted: %v", number, err, want)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	a := DefaultSettings()
	a.Channels, a.Listen, a.Off = []string{"1"}, []string{"2"}, []string{"x"}
	b := a.Clone()
	b.Channels[0], b.Listen[0], b.Off[0] = "9", "9", "9"
	if a.Channels[0] != "1" || a.Listen[0] != "2" || a.Off[0] != "x" {
		t.Errorf("the clone shares memory: %+v", a)
	}
}
