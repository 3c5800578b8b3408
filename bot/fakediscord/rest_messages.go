package fakediscord

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

func messageRoutes() []route {
	const base = "/channels/{channel}/messages"
	return []route{
		{method: "GET", pattern: base, serve: (*Server).listMessages},
		{method: "POST", pattern: base, serve: (*Server).createMessage},
		{method: "GET", pattern: base + "/{message}", serve: (*Server).getMessage},
		{method: "PATCH", pattern: base + "/{message}", serve: (*Server).editMessage},
		{method: "DELETE", pattern: base + "/{message}", serve: (*Server).deleteMessage},
	}
}

// file is something that can be fetched from the CDN's path.
type file struct {
	kind string
	data []byte
}

// messageForm is what all ways to write a message have in common.
type messageForm struct {
	Content     *string            `json:"content"`
	Embeds      *[]json.RawMessage `json:"embeds"`
	Components  *[]Component       `json:"components"`
	Attachments *[]struct {
		ID          json.RawMessage `json:"id"`
		Filename    string          `json:"filename"`
		Description string          `json:"description"`
	} `json:"attachments"`
	Mentions  *allowedMentions `json:"allowed_mentions"`
	Flags     int              `json:"flags"`
	TTS       bool             `json:"tts"`
	Nonce     json.RawMessage  `json:"nonce"`
	Enforce   bool             `json:"enforce_nonce"`
	Reference *struct {
		Type      int    `json:"type"`
		MessageID string `json:"message_id"`
		ChannelID string `json:"channel_id"`
		Fail      *bool  `json:"fail_if_not_exists"`
	} `json:"message_reference"`
}

// readMessage checks a message form and decodes it.
func readMessage(raw json.RawMessage, files []Upload, r rule, before *Message, flags int) (*messageForm, object, error) {
	v, err := parseForm(raw)
	if err != nil {
		return nil, nil, err
	}
	var c check
	r(&c, nil, v)
	if err := c.err(); err != nil {
		return nil, nil, err
	}
	if err := checkMessage(v, files, before, flags); err != nil {
		return nil, nil, err
	}
	var f messageForm
	sent, _ := v.(map[string]any)
	return &f, sent, decodeForm(raw, &f)
}

// fill writes a checked form into a message. What was not sent stays. The
// caller holds the lock.
func (s *Server) fill(m *Message, ch *Channel, f *messageForm, sent object, files []Upload) {
	has := func(name string) bool { _, ok := sent[name]; return ok }
	if has("content") {
		m.Content = ""
		if f.Content != nil {
			m.Content = *f.Content
		}
	}
	if has("embeds") {
		m.Embeds = []json.RawMessage{}
		if f.Embeds != nil {
			m.Embeds = *f.Embeds
		}
	}
	if has("components") {
		m.Components = []Component{}
		if f.Components != nil {
			m.Components = *f.Components
		}
	}
	m.Flags |= f.Flags
	kept := m.Attachments
	described := map[string]string{}
	if has("attachments") && f.Attachments != nil {
		kept = []Attachment{}
		for _, a := range *f.Attachments {
			id := jsonID(a.ID)
			described[id] = a.Description
			if i := slices.IndexFunc(m.Attachments, func(o Attachment) bool { return o.ID == id }); i >= 0 {
				kept = append(kept, m.Attachments[i])
			}
		}
	}
	m.Attachments = slices.Clone(kept)
	for i, up := range files {
		a := s.store(ch, up)
		a.Description = described[strconv.Itoa(i)]
		a.Ephemeral = m.Ephemeral()
		m.Attachments = append(m.Attachments, a)
	}
	s.unfurl(m)
}

// unfurl turns attachment:// into where the file is.
func (s *Server) unfurl(m *Message) {
	url := func(media *Media) {
		for _, a := range m.Attachments {
			if media != nil && media.URL == "attachment://"+a.Filename {
				media.URL = a.URL
			}
		}
	}
	for c := range walkAll(m.Components) {
		url(c.Media)
		url(c.File)
		for i := range c.Items {
			url(&c.Items[i].Media)
		}
	}
}

func jsonID(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// store keeps a file and returns the attachment it becomes. The caller holds
// the lock.
func (s *Server) store(ch *Channel, up Upload) Attachment {
	id := s.ids.next()
	path := "/attachments/" + ch.ID + "/" + id + "/" + up.Name
	kind := up.ContentType
	if kind == "" || kind == "application/octet-stream" {
		kind = http.DetectContentType(up.Data)
	}
	s.files[path] = file{kind: kind, data: up.Data}
	url := "http://" + s.addr + path
	return Attachment{ID: id, Filename: up.Name, Size: len(up.Data), URL: url, ProxyURL: url, ContentType: kind}
}

// serveFile is the CDN.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f, ok := s.files[r.URL.Path]
	s.mu.Unlock()
	e := Event{Time: s.now(), Kind: KindFile, Shard: -1, Method: r.Method, Path: r.URL.Path, RequestHeader: r.Header.Clone(), Status: 200}
	if !ok {
		e.Status = http.StatusNotFound
		s.rec.add(e)
		http.NotFound(w, r)
		return
	}
	s.rec.add(e)
	w.Header().Set("Content-Type", f.kind)
	_, _ = w.Write(f.data) // a reader that went away is no fault of ours
}

func (s *Server) listMessages(r *request) (any, error) {
	ch, err := s.channel(r, 0)
	if err != nil {
		return nil, err
	}
	if !s.botMay(ch).Has(ReadMessageHistory) {
		return []*Message{}, nil
	}
	q := r.URL.Query()
	limit := 50
	if text := q.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > 100 {
			var c check
			c.say(place{"limit"}, "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
			return nil, c.err()
		}
	}
	list := []*Message{}
	for _, m := range slices.Backward(ch.messages) {
		before, after := q.Get("before"), q.Get("after")
		if m.VisibleTo != "" || before != "" && compareIDs(m.ID, before) >= 0 || after != "" && compareIDs(m.ID, after) <= 0 {
			continue
		}
		list = append(list, s.censor(m, ch, &session{intents: s.opts.Privileged}))
		if len(list) == limit && after == "" {
			break
		}
	}
	if len(list) > limit { // the oldest ones after an id
		list = list[len(list)-limit:]
	}
	return list, nil
}

// message finds a message that the bot can see.
func (s *Server) message(r *request, need Permissions) (*Channel, *Message, error) {
	ch, err := s.channel(r, need)
	if err != nil {
		return nil, nil, err
	}
	m := ch.message(r.vars["message"])
	if m == nil || m.VisibleTo != "" {
		return nil, nil, refuse(404, 10008, "Unknown Message")
	}
	return ch, m, nil
}

func (s *Server) getMessage(r *request) (any, error) {
	ch, m, err := s.message(r, ReadMessageHistory)
	if err != nil {
		return nil, err
	}
	return s.censor(m, ch, &session{intents: s.opts.Privileged}), nil
}

func (s *Server) createMessage(r *request) (any, error) {
	ch, err := s.channel(r, 0)
	if err != nil {
		return nil, err
	}
	if err := s.maySend(ch); err != nil {
		return nil, err
	}
	f, sent, err := readMessage(r.raw, r.files, createMessageRule, nil, FlagSuppressEmbeds|FlagSilent|FlagComponentsV2)
	if err != nil {
		return nil, err
	}
	may := s.botMay(ch)
	if len(r.files) > 0 && !may.Has(AttachFiles) || f.Embeds != nil && len(*f.Embeds) > 0 && !may.Has(EmbedLinks) {
		return nil, refuse(403, 50013, "Missing Permissions")
	}
	if f.Enforce && len(f.Nonce) > 0 {
		for _, old := range slices.Backward(ch.messages) {
			if s.now().Sub(old.Timestamp) > 5*time.Minute {
				break
			}
			if old.Author.ID == s.app.id && string(old.Nonce) == string(f.Nonce) {
				return old, nil
			}
		}
	}
	m := s.newMessage(ch, s.app.bot)
	m.Nonce, m.TTS = f.Nonce, f.TTS
	if ref := f.Reference; ref != nil && ref.Type == 0 {
		target := ch.message(ref.MessageID)
		switch {
		case target != nil && !may.Has(ReadMessageHistory):
			return nil, refuse(400, 160002, "Cannot reply without permission to read message history")
		case target != nil:
			s.refer(m, target)
		case ref.Fail == nil || *ref.Fail:
			var c check
			c.say(place{"message_reference"}, "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
			return nil, c.err()
		}
	}
	s.fill(m, ch, f, sent, r.files)
	s.ping(m, ch, f.Mentions, may.Has(MentionEveryone))
	s.post(ch, m)
	return m, nil
}

// maySend refuses what the bot may not write to. The caller holds the lock.
func (s *Server) maySend(ch *Channel) error {
	need := SendMessages
	if ch.isThread() {
		need = SendMessagesInThreads
	}
	switch {
	case ch.Type == Forum || ch.Type == Category:
		return refuse(400, 50008, "Cannot send messages in a non-text channel")
	case !s.botMay(ch).Has(need):
		return refuse(403, 50013, "Missing Permissions")
	case ch.archived:
		return refuse(400, 50083, "Thread is archived")
	case ch.hasBot && ch.people[0].noDMs:
		return refuse(403, 50007, "Cannot send messages to this user")
	}
	return nil
}

func (s *Server) editMessage(r *request) (any, error) {
	ch, old, err := s.message(r, 0)
	if err != nil {
		return nil, err
	}
	if old.Author.ID != s.app.id {
		return nil, refuse(403, 50005, "Cannot edit a message authored by another user")
	}
	return s.edit(ch, old, r.raw, r.files, editMessageRule)
}

// edit changes one of the bot's messages. The caller holds the lock.
func (s *Server) edit(ch *Channel, old *Message, raw json.RawMessage, files []Upload, rule rule) (*Message, error) {
	const settable = FlagSuppressEmbeds | FlagComponentsV2
	f, sent, err := readMessage(raw, files, rule, old, settable|FlagEphemeral|FlagSilent)
	if err != nil {
		return nil, err
	}
	f.Flags &= settable // Discord takes the others and ignores them
	m, now := *old, s.now()
	m.EditedTimestamp = &now
	m.Flags &^= FlagLoading
	s.fill(&m, ch, f, sent, files)
	s.ping(&m, ch, f.Mentions, false)
	s.replace(ch, &m)
	return &m, nil
}

func (s *Server) deleteMessage(r *request) (any, error) {
	ch, m, err := s.message(r, 0)
	if err != nil {
		return nil, err
	}
	if m.Author.ID != s.app.id && !s.botMay(ch).Has(ManageMessages) {
		return nil, refuse(403, 50013, "Missing Permissions")
	}
	s.remove(ch, m)
	return nil, nil
}
