package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms is who may import whom of ours. Tests may cross the hall.
var rooms = map[string][]string{
	"config":                   {},
	"faq":                      {"config", "faq/text", "faq/match", "faq/signs"},
	"faq/match":                {"faq/text"},
	"faq/signs":                {"faq/text"},
	"faq/fit":                  {"faq", "faq/match", "faq/text"},
	"faq/text":                 {},
	"bot/store":                {"config", "faq"},
	"bot/discord":              {"config", "faq", "bot/discord/endpoint", "bot/discord/gateway", "bot/discord/locale", "bot/discord/membership", "bot/discord/rest"},
	"bot/discord/endpoint":     {},
	"bot/discord/gateway":      {"config"},
	"bot/discord/locale":       {},
	"bot/discord/membership":   {},
	"bot/discord/rest":         {"config"},
	"bot/discord/harness":      {"bot/fakediscord"}, // for tests alone, too
	"bot/fakediscord":          {"bot/fakediscord/form"},
	"bot/fakediscord/form":     {},
	"bot/fakediscord/spectest": {"bot/fakediscord"}, // for tests alone, as net/http/httptest is
	"bot/playground":           {"bot/fakediscord", "faq"},
	"bot/bench":                {"bot/fakediscord", "config"},
	"bot":                      {"config", "faq", "bot/store", "bot/discord", "bot/discord/gateway", "bot/discord/rest", "bot/fakediscord", "bot/playground", "bot/bench"},
}

// keepers are the libraries that few rooms may import, and which.
var keepers = map[string]string{
	"github.com/agnivade/levenshtein":  "faq/text bot", // bot: "did you mean check?"
	"github.com/kljensen/snowball":     "faq/text",
	"golang.org/x/text/unicode/norm":   "faq/text",
	"github.com/goccy/go-yaml":         "faq",
	"github.com/bwmarrin/discordgo":    "bot/discord bot/discord/rest",
	"github.com/gorilla/websocket":     "bot/discord/gateway",
	"github.com/coder/websocket":       "bot/fakediscord",
	"database/sql":                     "bot/store",
	"github.com/jackc/pgx":             "bot/store",
	"modernc.org/sqlite":               "bot/store",
	"github.com/pressly/goose":         "bot/store",
	"github.com/alecthomas/kong":       "bot",
	"github.com/wcharczuk/go-chart/v2": "bot/discord",
	"golang.org/x/text/message":        "bot/discord/locale",
}

func TestImportWalls(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != ".." {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		room := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), ".."+string(filepath.Separator)))
		allowed, known := rooms[room]
		if !known {
			t.Errorf("%s is in a room the house does not have", path)
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if ours, ok := strings.CutPrefix(imported, "backfaq/"); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s, which %s may not", path, imported, room)
			}
			for library, keeper := range keepers {
				if (imported == library || strings.HasPrefix(imported, library+"/")) && !slices.Contains(strings.Fields(keeper), room) {
					t.Errorf("%s imports %s, which only %s may", path, imported, keeper)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
