package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of messages, in code points where they are lengths.
const (
	maxContent     = 2000
	maxComponents  = 40
	maxRows        = 5
	maxV2Text      = 4000
	maxAttachments = 10
)

var mentionsRule = all(object(fields{
	"parse": null(all(listOf(0, 3, word("roles", "users", "everyone")), unique)),
	"users": null(all(listOf(0, 100, snowflake), unique)), "roles": null(all(listOf(0, 100, snowflake), unique)),
	"replied_user": null(yesNo),
}), func(c *problems, at path, v any) {
	o, _ := v.(map[string]any)
	parse, _ := o["parse"].([]any)
	for _, kind := range parse {
		name, _ := kind.(string)
		if list, _ := o[name].([]any); len(list) > 0 {
			c.add(at, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[%q] and %s: [ids...] are mutually exclusive.", name, name)
		}
	}
})

var attachmentRule = object(fields{
	"id": snowflake, "filename": null(text(1, 1024)), "description": null(upTo(1024)), "title": null(upTo(1024)),
	"duration_secs": anything, "waveform": anything, "is_spoiler": null(yesNo), "is_remix": null(yesNo),
	// An edit may send back what Discord itself says of an attachment.
	"url": anything, "proxy_url": anything, "size": anything, "content_type": anything, "height": anything,
	"width": anything, "ephemeral": anything, "flags": anything,
}, "id")

// commonMessage are the fields of every way to write a message. Embeds are left
// out: the bot writes none, and libraries send an empty list.
var commonMessage = fields{
	"content": null(upTo(maxContent)), "embeds": empty, "allowed_mentions": null(mentionsRule),
	"components": null(messageComponents), "attachments": null(listOf(0, maxAttachments, attachmentRule)),
	"flags": null(integer(0, 1<<31-1)),
}

// The ways to write a message.
var (
	CreateMessage = object(commonMessage.with(fields{
		"tts": null(yesNo), "nonce": null(nonceRule), "enforce_nonce": null(yesNo), "sticker_ids": empty,
		"message_reference": null(object(fields{
			"type": null(oneOf(0, 1)), "message_id": snowflake, "channel_id": null(snowflake), "guild_id": null(snowflake),
			"fail_if_not_exists": null(yesNo),
		}, "message_id")),
	}))
	EditMessage     = object(commonMessage)
	CallbackMessage = object(commonMessage.with(fields{"tts": null(yesNo)}))
)

func nonceRule(c *problems, at path, v any) {
	if n := utf8.RuneCountInString(fmt.Sprint(v)); n > 25 {
		c.add(at, "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length.")
	}
}

// The flags of messages that concern their form.
const (
	Ephemeral    = 1 << 6
	ComponentsV2 = 1 << 15
)

// A Draft is what stands around the form of a message.
type Draft struct {
	Settable int      // flags that may be set
	Files    []string // names of the files that come with it, in order

	// Of an edit: the message as it stands. A field that the form does not name stays.
	Edit        bool
	Flags       int
	Content     string
	Components  bool
	Attachments map[string]string // file names by id
}

// Message checks a form of a message, alone and together with what an edit
// leaves as it is, and decodes it into out. It returns the fields that were
// sent.
func Message(raw json.RawMessage, r Rule, d Draft, out any) (sent map[string]any, err error) {
	v, err := parse(raw)
	if err != nil {
		return nil, err
	}
	var c problems
	r(&c, nil, v)
	if err := c.err(); err != nil {
		return nil, err
	}
	sent, _ = v.(map[string]any)
	d.check(&c, sent)
	if err := c.err(); err != nil {
		return nil, err
	}
	if !d.filled(sent) {
		return nil, &Error{Code: EmptyMessage, Message: "Cannot send an empty message"}
	}
	return sent, Decode(raw, out)
}

// check checks what no single field shows.
func (d Draft) check(c *problems, o map[string]any) {
	flags := intOf(o["flags"])
	v2 := (flags|d.Flags)&ComponentsV2 != 0
	if bad := flags &^ (d.Settable | d.Flags); bad != 0 {
		c.add(path{"flags"}, "BASE_TYPE_CHOICES", "Flags %d cannot be set here.", bad)
	}
	switch {
	case d.Flags&ComponentsV2 != 0 && o["flags"] != nil && flags&ComponentsV2 == 0:
		c.add(path{"flags"}, "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "The IS_COMPONENTS_V2 flag cannot be removed.")
	case v2 && d.content(o) != "":
		c.add(path{"content"}, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
	}
	names := slices.AppendSeq(slices.Clone(d.Files), maps.Values(d.Attachments))
	if list, ok := o["components"].([]any); ok {
		checkTree(c, path{"components"}, list, v2, names)
	}
	attachments, _ := o["attachments"].([]any)
	for i, x := range attachments {
		a, _ := x.(map[string]any)
		id := fmt.Sprint(a["id"])
		n, err := strconv.Atoi(id) // the number of a file part
		if _, kept := d.Attachments[id]; !kept && (err != nil || n < 0 || n >= len(d.Files)) {
			c.add(path{"attachments"}.at(i).in("id"), "ATTACHMENT_NOT_FOUND", "Attachment data for id %s is missing.", id)
		}
	}
}

// content is the content that the message will have.
func (d Draft) content(o map[string]any) string {
	if v, sent := o["content"]; sent {
		text, _ := v.(string)
		return text
	}
	return d.Content
}

// filled reports whether the message will show anything.
func (d Draft) filled(o map[string]any) bool {
	has := func(name string, before bool) bool {
		v, sent := o[name]
		list, _ := v.([]any)
		return len(list) > 0 || !sent && before
	}
	return strings.TrimSpace(d.content(o)) != "" || len(d.Files) > 0 || has("components", d.Components) || has("attachments", len(d.Attachments) > 0)
}
