package form

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// checkTree checks what concerns all components of a message together.
func checkTree(c *problems, at path, list []any, v2 bool, names []string) {
	if !v2 && len(list) > maxRows {
		c.add(at, "BASE_TYPE_BAD_LENGTH", "Must be between 0 and %d in length.", maxRows)
	}
	total, runes := 0, 0
	seenCustom, seenID := map[string]bool{}, map[int]bool{}
	eachComponent(at, list, func(at path, o map[string]any) {
		total++
		t := intOf(o["type"])
		if !v2 && t >= TextDisplay && t <= Container {
			c.add(at.in("type"), "COMPONENT_REQUIRES_V2", "Components of type %d need the IS_COMPONENTS_V2 flag", t)
		}
		if id, ok := o["custom_id"].(string); ok && id != "" {
			if seenCustom[id] {
				c.add(at.in("custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
			}
			seenCustom[id] = true
		}
		if id := intOf(o["id"]); id != 0 {
			if seenID[id] {
				c.add(at.in("id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
			}
			seenID[id] = true
		}
		if s, ok := o["content"].(string); ok {
			runes += utf8.RuneCountInString(s)
		}
		for _, ref := range attachmentURLs(o) {
			if !slices.Contains(names, ref) {
				c.add(at, "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "The referenced attachment %q was not found", ref)
			}
		}
	})
	if total > maxComponents {
		c.add(at, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The total number of components exceeds %d", maxComponents)
	}
	if runes > maxV2Text {
		c.add(at, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "The total text exceeds %d characters", maxV2Text)
	}
}

// eachComponent visits components and what they hold.
func eachComponent(at path, list []any, visit func(path, map[string]any)) {
	for i, x := range list {
		o, ok := x.(map[string]any)
		if !ok {
			continue
		}
		here := at.at(i)
		visit(here, o)
		inner, _ := o["components"].([]any)
		eachComponent(here.in("components"), inner, visit)
		if one, ok := o["component"].(map[string]any); ok { // of a label
			visit(here.in("component"), one)
		}
	}
}

// attachmentURLs are the names of uploads that a gallery or a file shows.
func attachmentURLs(o map[string]any) []string {
	shown := []any{o["file"]}
	items, _ := o["items"].([]any)
	for _, x := range items {
		item, _ := x.(map[string]any)
		shown = append(shown, item["media"])
	}
	var names []string
	for _, x := range shown {
		media, _ := x.(map[string]any)
		url, _ := media["url"].(string)
		if name, ok := strings.CutPrefix(url, "attachment://"); ok {
			names = append(names, name)
		}
	}
	return names
}
