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

// draft is what stands around the form of a message; before is the message
// that an edit changes.
func draft(files []Upload, before Message, settable int) form.Draft {
	d := form.Draft{
		Settable: settable, Flags: before.Flags, Content: before.Content,
		Components: len(before.Components) > 0, Attachments: len(before.Attachments) > 0,
	}
	for _, up := range files {
		d.Files = append(d.Files, up.Name)
	}
	return d
}

// fill writes a checked form into a message. A field that was not sent stays.
// The caller holds the lock.
func (s *Server) fill(m *Message, ch *Channel, f *form.Message, files []Upload) {
	if f.Content != nil {
		m.Content = *f.Content
	}
	if f.Components != nil {
		m.Components = *f.Components
	}
	if f.Flags != nil {
		m.Flags |= *f.Flags
	}
	described := map[string]string{}
	if f.Attachments != nil {
		m.Attachments = []Attachment{}
		for _, a := range *f.Attachments {
			described[a.ID()] = a.Description
		}
	}
	m.Attachments = slices.Clip(m.Attachments)
	for i, up := range files {
		a := s.store(ch, up)
		a.Description = described[strconv.Itoa(i)]
		a.Ephemeral = m.Ephemeral()
		m.Attachments = append(m.Attachments, a)
	}
	for c := range form.All(m.Components) {
		for _, media := range c.Media() {
			for _, a := range m.Attachments {
				if media.URL == "attachment://"+a.Filename {
					media.URL = a.URL
				}
			}
		}
	}
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
	s.rec.add(Event{Time: time.Now(), Kind: KindFile, Shard: -1, Method: r.Method, Path: r.URL.Path, RequestHeader: r.Header.Clone()})
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	_, _ = w.Write(f.data) // a reader that went away is no fault of ours
}

func (s *Server) createMessage(r *request) (any, error) {
	ch, err := s.channel(r)
	if err != nil {
		return nil, err
	}
	may := s.botMay(ch)
	switch {
	case !ch.takesMessages():
		return nil, refuse(400, 50008, "Cannot send messages in a non-text channel")
	case !may.Has(ch.writing()) || len(r.files) > 0 && !may.Has(AttachFiles):
		return nil, refuse(403, 50013, "Missing Permissions")
	}
	f, err := draft(r.files, Message{}, FlagSuppressEmbeds|FlagComponentsV2).Message(r.raw)
	if err != nil {
		return nil, err
	}
	if f.Enforce && len(f.Nonce) > 0 {
		for _, old := range slices.Backward(ch.messages) {
			if time.Since(old.Timestamp) > 5*time.Minute {
				break
			}
			if old.Author.ID == s.app.id && string(old.Nonce) == string(f.Nonce) {
				return old, nil
			}
		}
	}
	m := s.newMessage(ch, s.app.bot)
	m.Nonce = f.Nonce
	if ref := f.Reference; ref != nil && ref.Type == 0 {
		target := ch.message(ref.MessageID)
		switch {
		case target != nil && !may.Has(ReadMessageHistory):
			return nil, refuse(400, 160002, "Cannot reply without permission to read message history")
		case target != nil:
			s.refer(m, target)
		case ref.Fail == nil || *ref.Fail:
			return nil, &form.Error{Status: 400, Code: 50035, Message: "Invalid Form Body", Fields: object{
				"message_reference": object{"_errors": []object{{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}}},
			}}
		}
	}
	s.fill(m, ch, f, r.files)
	s.ping(m, ch, f.Mentions, may.Has(MentionEveryone))
	s.post(ch, m)
	return m, nil
}

// edit changes one of the bot's messages. The caller holds the lock.
func (s *Server) edit(ch *Channel, id string, raw json.RawMessage, files []Upload, at ...string) (*Message, error) {
	old := ch.message(id)
	if old == nil {
		return nil, refuse(404, 10008, "Unknown Message")
	}
	const settable = FlagSuppressEmbeds | FlagComponentsV2
	f, err := draft(files, *old, settable|FlagEphemeral).Message(raw, at...)
	if err != nil {
		return nil, err
	}
	if f.Flags != nil {
		*f.Flags &= settable // Discord takes the others and ignores them
	}
	m, now := *old, time.Now()
	m.EditedTimestamp = &now
	s.fill(&m, ch, f, files)
	s.ping(&m, ch, f.Mentions, false)
	s.replace(ch, old, &m)
	return &m, nil
}
