package fakediscord

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of messages, in code points where they are lengths.
const (
	maxContent     = 2000
	maxEmbedTotal  = 6000
	maxComponents  = 40
	maxRows        = 5
	maxV2Text      = 4000
	maxAttachments = 10
)

var embedRule = form(fields{
	"type": null(upTo(100)), "title": null(trimmed(0, 256)), "description": null(trimmed(0, 4096)), "url": null(upTo(2048)),
	"timestamp": null(upTo(64)), "color": null(integer(0, 0xffffff)),
	"footer":    null(form(fields{"text": trimmed(1, 2048), "icon_url": null(upTo(2048)), "proxy_icon_url": anything}, "text")),
	"image":     null(mediaRule),
	"thumbnail": null(mediaRule),
	"video":     anything, "provider": anything,
	"author": null(form(fields{
		"name": trimmed(1, 256), "url": null(upTo(2048)), "icon_url": null(upTo(2048)), "proxy_icon_url": anything,
	}, "name")),
	"fields": null(listOf(0, 25, form(fields{
		"name": trimmed(1, 256), "value": trimmed(1, 1024), "inline": null(yesNo),
	}, "name", "value"))),
})

var mediaRule = form(fields{
	"url": upTo(2048), "proxy_url": anything, "height": anything, "width": anything,
}, "url")

var mentionsRule = all(form(fields{
	"parse": null(all(listOf(0, 3, word("roles", "users", "everyone")), unique)),
	"users": null(all(listOf(0, 100, snowflake), unique)), "roles": null(all(listOf(0, 100, snowflake), unique)),
	"replied_user": null(yesNo),
}), func(c *check, at place, v any) {
	o, _ := v.(map[string]any)
	parse, _ := o["parse"].([]any)
	for _, kind := range parse {
		name, _ := kind.(string)
		if list, _ := o[name].([]any); len(list) > 0 {
			c.say(at, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[%q] and %s: [ids...] are mutually exclusive.", name, name)
		}
	}
})

var attachmentRule = form(fields{
	"id": snowflake, "filename": null(text(1, 1024)), "description": null(upTo(1024)), "title": null(upTo(1024)),
	"duration_secs": anything, "waveform": anything, "is_spoiler": null(yesNo), "is_remix": null(yesNo),
	// What Discord itself says of an attachment may come back in an edit.
	"url": anything, "proxy_url": anything, "size": anything, "content_type": anything, "height": anything,
	"width": anything, "ephemeral": anything, "flags": anything,
}, "id")

var pollRule = form(fields{
	"question":          form(fields{"text": trimmed(1, 300)}, "text"),
	"answers":           listOf(1, 10, form(fields{"poll_media": anything, "answer_id": anything}, "poll_media")),
	"duration":          null(integer(1, 768)),
	"allow_multiselect": null(yesNo), "layout_type": null(oneOf(1)),
}, "question", "answers")

// commonMessage are the fields of every way to write a message.
var commonMessage = fields{
	"content": null(upTo(maxContent)), "embeds": null(listOf(0, 10, embedRule)), "allowed_mentions": null(mentionsRule),
	"components": null(messageComponents), "attachments": null(listOf(0, maxAttachments, attachmentRule)),
	"flags": null(integer(0, 1<<31-1)), "poll": null(pollRule),
}

var createMessageRule = form(commonMessage.with(fields{
	"tts": null(yesNo), "nonce": null(nonceRule), "enforce_nonce": null(yesNo),
	"sticker_ids": null(listOf(0, 3, snowflake)), "shared_client_theme": anything,
	"message_reference": null(form(fields{
		"type": null(oneOf(0, 1)), "message_id": snowflake, "channel_id": null(snowflake), "guild_id": null(snowflake),
		"fail_if_not_exists": null(yesNo),
	}, "message_id")),
}))

var (
	editMessageRule     = form(commonMessage)
	callbackMessageRule = form(commonMessage.with(fields{"tts": null(yesNo)}))
	followupRule        = form(commonMessage.with(fields{
		"tts": null(yesNo), "username": null(upTo(80)), "avatar_url": null(upTo(2048)),
		"thread_name": null(upTo(100)), "applied_tags": anything,
	}))
)

func nonceRule(c *check, at place, v any) {
	if n := utf8.RuneCountInString(fmt.Sprint(v)); n > 25 {
		c.say(at, "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length.")
	}
}

// checkMessage checks what no single field shows, over the whole message as it
// will stand: an edit is checked together with what it leaves as it is.
func checkMessage(v any, files []Upload, before *Message, allowedFlags int) error {
	var c check
	o, _ := v.(map[string]any)
	had := func(name string, n int) bool {
		if _, sent := o[name]; sent || before == nil {
			l, _ := o[name].([]any)
			return len(l) > 0
		}
		return n > 0
	}
	var prior Message
	if before != nil {
		prior = *before
	}
	flags := intOf(o["flags"])
	v2 := (flags|prior.Flags)&FlagComponentsV2 != 0
	content, sent := o["content"].(string)
	if _, touched := o["content"]; !touched && !sent {
		content = prior.Content
	}
	embeds := had("embeds", len(prior.Embeds))
	if flags&^(allowedFlags|prior.Flags) != 0 {
		c.say(place{"flags"}, "BASE_TYPE_CHOICES", "Flags %d cannot be set here.", flags&^allowedFlags)
	}
	switch {
	case before != nil && prior.Flags&FlagComponentsV2 != 0 && o["flags"] != nil && flags&FlagComponentsV2 == 0:
		c.say(place{"flags"}, "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "The IS_COMPONENTS_V2 flag cannot be removed.")
	case v2 && content != "":
		c.say(place{"content"}, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
	case v2 && embeds:
		c.say(place{"embeds"}, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The 'embeds' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
	}
	if list, ok := o["components"].([]any); ok {
		checkTree(&c, place{"components"}, list, v2, fileNames(prior, files))
	}
	embedTotal(&c, o["embeds"])
	if list, ok := o["attachments"].([]any); ok {
		for i, x := range list {
			a, _ := x.(map[string]any)
			id := fmt.Sprint(a["id"])
			if !ownsAttachment(prior, id) && !uploaded(id, files) {
				c.say(place{"attachments"}.at(i).in("id"), "ATTACHMENT_NOT_FOUND", "Attachment data for id %s is missing.", id)
			}
		}
	}
	if err := c.err(); err != nil {
		return err
	}
	filled := strings.TrimSpace(content) != "" || embeds || had("attachments", len(prior.Attachments)) || len(files) > 0 ||
		had("sticker_ids", 0) || o["poll"] != nil || had("components", len(prior.Components))
	if !filled {
		return refuse(400, 50006, "Cannot send an empty message")
	}
	return nil
}

// fileNames are the names that attachment:// can mean.
func fileNames(m Message, files []Upload) []string {
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	for _, a := range m.Attachments {
		names = append(names, a.Filename)
	}
	return names
}

func ownsAttachment(m Message, id string) bool {
	for _, a := range m.Attachments {
		if a.ID == id {
			return true
		}
	}
	return false
}

// uploaded reports whether the attachment's id is the number of a file part.
func uploaded(id string, files []Upload) bool {
	var n int
	_, err := fmt.Sscan(id, &n)
	return err == nil && n >= 0 && n < len(files)
}

// embedTotal holds all embeds together to their limit.
func embedTotal(c *check, v any) {
	total := 0
	var add func(v any, counts bool)
	add = func(v any, counts bool) {
		switch v := v.(type) {
		case string:
			if counts {
				total += utf8.RuneCountInString(strings.TrimSpace(v))
			}
		case []any:
			for _, x := range v {
				add(x, false)
			}
		case map[string]any:
			for name, x := range v {
				add(x, name == "title" || name == "description" || name == "name" || name == "value" || name == "text")
			}
		}
	}
	add(v, false)
	if total > maxEmbedTotal {
		c.say(place{"embeds"}, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of %d", maxEmbedTotal)
	}
}
