// Package spectest holds what a bot sends against Discord's own OpenAPI
// description of its REST API. Only tests use it: they hand it the requests
// that a [fakediscord.Server] recorded. The description is Discord's and stays
// out of this repository; where it is absent the test is skipped.
//
// The description is both looser and stricter than Discord. It does not know
// that a message must not be empty or that a custom_id is unique; the stand-in
// itself does. It takes no string for an integer, which Discord does; Open
// softens that.
package spectest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"backfaq/bot/fakediscord"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// address is what the description is called inside of the compiler.
const address = "https://discord.com/openapi.json"

// A Spec is the description, ready to check requests.
type Spec struct {
	paths    map[string]map[string]any
	compiler *jsonschema.Compiler

	mu      sync.Mutex // of compiled; the compiler is not for several goroutines
	schemas map[string]*jsonschema.Schema
}

// Load opens the description, or skips the test where there is none.
func Load(t testing.TB) *Spec {
	t.Helper()
	s, err := Open()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("Discord's OpenAPI description is not here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Open reads the description from ../shared/data beside the repository. Where
// there is none, the error is [fs.ErrNotExist].
func Open() (*Spec, error) {
	root, err := repository()
	if err != nil {
		return nil, fmt.Errorf("look for Discord's OpenAPI description: %w", err)
	}
	f, err := os.Open(filepath.Join(root, "..", "shared", "data", "discord-openapi.json"))
	if err != nil {
		return nil, fmt.Errorf("open Discord's OpenAPI description: %w", err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		return nil, fmt.Errorf("read Discord's OpenAPI description: %w", err)
	}
	addMediaChannels(doc)
	soften(doc)
	s := &Spec{paths: map[string]map[string]any{}, compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	s.compiler.DefaultDraft(jsonschema.Draft2020)
	if err := s.compiler.AddResource(address, doc); err != nil {
		return nil, fmt.Errorf("read Discord's OpenAPI description: %w", err)
	}
	for path, methods := range doc.(map[string]any)["paths"].(map[string]any) {
		s.paths[path] = methods.(map[string]any)
	}
	return s, nil
}

// repository finds the directory with go.mod above the test's.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod above the test")
		}
		dir = up
	}
}

// addMediaChannels adds the type of channel that the documentation has
// (resources/channel#channel-object-channel-types) and the description lacks.
func addMediaChannels(doc any) {
	schemas := doc.(map[string]any)["components"].(map[string]any)["schemas"].(map[string]any)
	types := schemas["ChannelTypes"].(map[string]any)
	types["oneOf"] = append(types["oneOf"].([]any), map[string]any{"title": "GUILD_MEDIA", "const": 16})
}

// soften lets every integer be a string of digits too, and an id an integer. A value may then fit two
// alternatives that excluded each other, so one fit or more is enough.
func soften(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			soften(x)
		}
	case map[string]any:
		for _, x := range v {
			soften(x)
		}
		if one, ok := v["oneOf"]; ok && v["anyOf"] == nil {
			delete(v, "oneOf")
			v["anyOf"] = one
		}
		if v["type"] == "string" && v["format"] == "snowflake" {
			v["type"] = []any{"string", "integer"}
			return
		}
		types, isList := v["type"].([]any)
		if v["type"] == "integer" {
			types, isList = []any{"integer"}, true
		}
		if isList && slices.Contains(types, any("integer")) && !slices.Contains(types, any("string")) && v["enum"] == nil {
			v["type"] = append(slices.Clone(types), "string")
			v["pattern"] = "^-?[0-9]+$" // bounds what is a string, not what is a number
		}
	}
}

// Check holds a recorded request against the description. An event that is
// no request, has no form or is not described passes.
func (s *Spec) Check(e fakediscord.Event) error {
	if e.Kind != fakediscord.KindREST || len(e.Form) == 0 {
		return nil
	}
	schema, err := s.schema(e.Method, e.Path)
	if err != nil || schema == nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(e.Form))
	if err != nil {
		return fmt.Errorf("%s %s: %w", e.Method, e.Path, err)
	}
	if err := schema.Validate(v); err != nil {
		return fmt.Errorf("%s %s does not fit Discord's description: %w", e.Method, e.Path, err)
	}
	return nil
}

// schema finds and compiles the schema of a request's body, nil when there is none.
func (s *Spec) schema(method, path string) (*jsonschema.Schema, error) {
	template := s.template(strings.Split(path, "/"))
	op, _ := s.paths[template][strings.ToLower(method)].(map[string]any)
	body, _ := op["requestBody"].(map[string]any)
	content, _ := body["content"].(map[string]any)
	if _, ok := content["application/json"]; !ok {
		return nil, nil
	}
	pointer := "/paths/" + escape(template) + "/" + strings.ToLower(method) + "/requestBody/content/application~1json/schema"
	s.mu.Lock()
	defer s.mu.Unlock()
	if schema, ok := s.schemas[pointer]; ok {
		return schema, nil
	}
	schema, err := s.compiler.Compile(address + "#" + (&url.URL{Path: pointer}).EscapedPath())
	if err != nil {
		return nil, fmt.Errorf("compile the description of %s %s: %w", method, template, err)
	}
	s.schemas[pointer] = schema
	return schema, nil
}

func escape(s string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(s) }

// template finds the path of the description that fits best: the one with the
// fewest variables.
func (s *Spec) template(parts []string) string {
	best, fewest := "", len(parts)+1
	for path := range s.paths {
		pattern := strings.Split(path, "/")
		vars := 0
		fits := slices.EqualFunc(pattern, parts, func(p, part string) bool {
			if strings.HasPrefix(p, "{") {
				vars++
				return true
			}
			return p == part
		})
		if fits && vars < fewest {
			best, fewest = path, vars
		}
	}
	return best
}
