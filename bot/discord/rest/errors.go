package rest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// StatusError is Discord's refusal of a call, without the request.
type StatusError struct {
	Status int    // HTTP's
	Code   int    // Discord's (topics/opcodes-and-status-codes#json)
	Text   string // Discord's
	// Fields are the fields that Discord refuses and its codes for why, such as
	// "0.options.2.name: BASE_TYPE_BAD_LENGTH".
	Fields []string
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("discord refused: %d, code %d: %.200s", e.Status, e.Code, e.Text)
	if len(e.Fields) > 0 {
		text += " (" + strings.Join(e.Fields, ", ") + ")"
	}
	return text
}

const (
	maxFields     = 10 // that are named
	maxFieldDepth = 12
)

// plainName is the form of a field's name and of an error's code. Anything else
// could be a person's words.
var plainName = regexp.MustCompile(`^\w{1,64}$`)

// fieldErrors flattens the errors object of a 400 (reference#error-messages). It
// leaves out the messages, which may quote what was sent.
func fieldErrors(errors json.RawMessage) (fields []string) {
	var walk func(path string, data json.RawMessage, depth int)
	walk = func(path string, data json.RawMessage, depth int) {
		var inner map[string]json.RawMessage
		if depth > maxFieldDepth || json.Unmarshal(data, &inner) != nil {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(inner)) {
			if name != "_errors" {
				plain := name
				if !plainName.MatchString(name) {
					plain = "?"
				}
				walk(strings.TrimPrefix(path+"."+plain, "."), inner[name], depth+1)
				continue
			}
			var list []struct {
				Code string `json:"code"`
			}
			_ = json.Unmarshal(inner[name], &list)
			for _, e := range list {
				if len(fields) < maxFields && plainName.MatchString(e.Code) {
					fields = append(fields, strings.TrimPrefix(path+": "+e.Code, ": "))
				}
			}
		}
	}
	walk("", errors, 0)
	return fields
}
