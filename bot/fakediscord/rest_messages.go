package fakediscord

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"backfaq/bot/fakediscord/form"
)

// file is something that can be fetched from the CDN's path.
type file struct {
	kind string
	data []byte
}

// messageForm is what all ways to write a message have in common.
type messageForm struct {
	Content     *string      `json:"content"`
	Components  *[]Component `json:"components"`
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

// readMessage checks a message form, an edit together with the message that it
// edits, and decodes it.
func readMessage(raw json.RawMessage, files []Upload, r form.Rule, before *Message, settable int) (*messageForm, object, error) {
	d := form.Draft{Settable: settable}
	for _, up := range files {
		d.Files = append(d.Files, up.Name)
	}
	if before != nil {
		d.Flags, d.Content, d.Components = before.Flags, before.Content, len(before.Components) > 0
		d.Attachments = map[string]string{}
		for _, a := range before.Attachments {
			d.Attachments[a.ID] = a.Filename
		}
	}
	var f messageForm
	sent, err := form.Message(raw, r, d, &f)
	return &f, sent, err
}

// fill writes a checked form into a message. A field that was not
// sent stays. The caller holds the lock.
func (s *Server) fill(m *Message, ch *Channel, f *messageForm, sent object, files []Upload) {
	has := func(name string) bool { _, ok := sent[name]; return ok }
	if has("content") {
		m.Content = ""
		if f.Content != nil {
			m.Content = *f.Content
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
	for c := range walkAll(m.Components) {
		var shown []*Media
		for i := range c.Items {
			shown = append(shown, &c.Items[i].Media)
		}
		if c.File != nil {
			shown = append(shown, c.File)
		}
		for _, media := range shown {
			for _, a := range m.Attachments {
				if media.URL == "attachment://"+a.Filename {
					media.URL = a.URL
				}
			}
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

func (s *Server) createMessage(r *request) (any, error) {
	ch, err := s.channel(r, 0)
	if err != nil {
		return nil, err
	}
	if err := s.maySend(ch); err != nil {
		return nil, err
	}
	f, sent, err := readMessage(r.raw, r.files, form.CreateMessage, nil, FlagSuppressEmbeds|FlagSilent|FlagComponentsV2)
	if err != nil {
		return nil, err
	}
	may := s.botMay(ch)
	if len(r.files) > 0 && !may.Has(AttachFiles) {
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
			return nil, form.Problem("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
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
	case !ch.takesMessages():
		return refuse(400, 50008, "Cannot send messages in a non-text channel")
	case !s.botMay(ch).Has(need):
		return refuse(403, 50013, "Missing Permissions")
	}
	return nil
}

// edit changes one of the bot's messages. The caller holds the lock.
func (s *Server) edit(ch *Channel, old *Message, raw json.RawMessage, files []Upload, rule form.Rule) (*Message, error) {
	const settable = FlagSuppressEmbeds | FlagComponentsV2
	f, sent, err := readMessage(raw, files, rule, old, settable|FlagEphemeral|FlagSilent)
	if err != nil {
		return nil, err
	}
	f.Flags &= settable // Discord takes the others and ignores them
	m, now := *old, s.now()
	m.EditedTimestamp = &now
	s.fill(&m, ch, f, sent, files)
	s.ping(&m, ch, f.Mentions, false)
	s.replace(ch, &m)
	return &m, nil
}
