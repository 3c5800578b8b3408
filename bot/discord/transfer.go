package discord

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/rest"
	"backfaq/config"
	"backfaq/faq"
)

// Where Discord keeps attachments (reference#cdn-endpoints). Nothing is
// downloaded from anywhere else.
var cdnHosts = []string{"cdn.discordapp.com", "media.discordapp.net"}

const downloadTimeout = 5 * time.Second

// export sends all that a server's moderators made as a file.
func (b *Bot) export(ctx context.Context, i *interaction, _ customID) reply {
	doc, err := b.Store.Document(ctx, string(i.Guild))
	if err != nil {
		return say(b.sorry(b.cannotRead(i, err)))
	}
	data, err := doc.Encode()
	if err != nil {
		return say(b.sorry(b.why(i, err)))
	}
	m := b.sorry(exported)
	m.files = []file{{name: "backfaq-" + string(i.Guild) + ".json", contentType: "application/json", data: data}}
	return say(m)
}

// importFile answers at once, and again when the file is read: Discord waits
// three seconds, and a download may take five.
func (b *Bot) importFile(ctx context.Context, i *interaction, attachment string) reply {
	sent, ok := i.Data.Resolved.Attachments[snowflake(attachment)]
	switch {
	case !i.moderates():
		// The command may be granted to a role; replacing everything is not.
		return say(b.sorry(notAllowed))
	case !ok:
		return say(b.sorry(noFile))
	case sent.Size > config.MaxExportBytes:
		return say(b.sorry(fmt.Sprintf(fileTooLarge, config.MaxExportBytes>>10)))
	}
	before := b.Desk.View(ctx, string(i.Guild)).Settings
	r := say(b.sorry(importing))
	r.after = func(ctx context.Context) {
		said := imported
		data, err := b.download(ctx, sent.URL)
		var file *faq.Import
		if err == nil {
			file, err = faq.ReadImport(sent.Filename, data)
		}
		if err == nil {
			_, err = b.edit(ctx, i, func(doc *faq.Document) (string, error) {
				plan := doc.Plan(file, false, b.Desk.Book)
				if len(plan.Refused) > 0 {
					return "", plan.Refused[0]
				}
				*doc = plan.Document
				return importedFile, nil
			})
		}
		if err != nil {
			said = b.why(i, err)
		}
		ctx, cancel := context.WithTimeout(ctx, rest.Timeout)
		defer cancel()
		if err := b.editReply(ctx, i, b.sorry(said)); err != nil {
			b.Log.Warn("could not say how an import went", "server", i.Guild, "err", err)
		}
		if err == nil {
			b.announce(ctx, i, before, importedFile)
		}
	}
	return r
}

// download fetches an attachment from Discord's CDN, and from nowhere else:
// https only, no redirects, a limited size and time.
func (b *Bot) download(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || !b.fromCDN(u) {
		return nil, errors.New("that file is not on Discord; attach it to the command")
	}
	ctx, cancel := context.WithTimeout(ctx, downloadTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errors.New("that file has no address I can read")
	}
	client := &http.Client{
		Transport:     b.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req)
	if err != nil {
		b.Log.Warn("could not download an import", "err", rest.Redact(err))
		return nil, errors.New("the file could not be fetched from Discord; try again")
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the file could not be fetched from Discord (%d); try again", res.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, config.MaxExportBytes+1))
	switch {
	case err != nil:
		return nil, errors.New("the file could not be fetched from Discord in time; try again")
	case len(data) > config.MaxExportBytes:
		return nil, fmt.Errorf("the file is larger than %d KiB", config.MaxExportBytes>>10)
	}
	return data, nil
}

// fromCDN reports whether an address is on Discord's CDN. A stand-in on this
// machine keeps its attachments where its API is.
func (b *Bot) fromCDN(u *url.URL) bool {
	if api, err := rest.ParseAPI(b.API); err == nil && u.Host == api.Host {
		ip := net.ParseIP(api.Hostname())
		return u.Scheme == api.Scheme && ip != nil && ip.IsLoopback()
	}
	return u.Scheme == "https" && u.Port() == "" && u.User == nil && slices.Contains(cdnHosts, u.Hostname())
}

// file is what a message carries beside its text. Its bytes can be sent again,
// unlike a reader's.
type file struct {
	name, contentType string
	description       string // read aloud in place of a picture
	data              []byte
}

func (m message) parts() []*discordgo.File {
	var list []*discordgo.File
	for _, f := range m.files {
		list = append(list, &discordgo.File{Name: f.name, ContentType: f.contentType, Reader: bytes.NewReader(f.data)})
	}
	return list
}
