package discord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"backfaq/bot/discord/rest"
	"backfaq/config"
	"backfaq/faq"
)

const downloadTimeout = 5 * time.Second

// export sends all that a server's moderators made as a file.
func (b *Bot) export(ctx context.Context, i *interaction, _ customID) response {
	doc, err := b.store.Document(ctx, string(i.Guild))
	if err != nil {
		return say(b.notice(b.cannotRead(i, err)))
	}
	data, err := doc.Encode()
	if err != nil {
		return say(b.notice(b.userError(i, err)))
	}
	m := b.notice(exported)
	m.files = []file{{name: "backfaq-" + string(i.Guild) + ".json", contentType: "application/json", data: data}}
	return say(m)
}

// importFile answers at once, and again when the file is read: Discord waits
// three seconds, and a download may take five.
func (b *Bot) importFile(ctx context.Context, i *interaction, _ customID) response {
	sent, ok := i.Data.Resolved.Attachments[snowflake(i.text("import"))]
	switch {
	case !ok:
		return say(b.notice(noFile))
	case sent.Size > config.MaxExportBytes:
		return say(b.notice(fmt.Sprintf(fileTooLarge, config.MaxExportBytes>>10)))
	}
	before := b.desk.View(ctx, string(i.Guild)).Settings
	r := say(b.notice(importing))
	r.after = func(ctx context.Context) {
		said := imported
		data, err := b.download(ctx, sent.URL)
		var file *faq.Import
		if err == nil {
			file, err = faq.ReadImport(sent.Filename, data)
		}
		if err == nil {
			_, err = b.edit(ctx, i, func(doc *faq.Document) (string, error) {
				plan := doc.Plan(file, false, b.desk.Book)
				if len(plan.Refused) > 0 {
					return "", plan.Refused[0]
				}
				*doc = plan.Document
				return importedFile, nil
			})
		}
		if err != nil {
			said = b.userError(i, err)
		}
		ctx, cancel := context.WithTimeout(ctx, rest.Timeout)
		defer cancel()
		if err := b.editReply(ctx, i, b.notice(said)); err != nil {
			b.log.Warn("could not say how an import went", "server", i.Guild, "err", err)
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
	if err != nil || !b.cdn.holds(u) {
		return nil, errors.New(notOnDiscord)
	}
	ctx, cancel := context.WithTimeout(ctx, downloadTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errors.New(noAddress)
	}
	client := &http.Client{
		Transport:     b.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req)
	if err != nil {
		b.log.Warn("could not download an import", "err", rest.Redact(err))
		return nil, errors.New(notFetched)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf(notFetchedStatus, res.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, config.MaxExportBytes+1))
	switch {
	case err != nil:
		return nil, errors.New(notFetchedInTime)
	case len(data) > config.MaxExportBytes:
		return nil, fmt.Errorf(downloadTooLarge, config.MaxExportBytes>>10)
	}
	return data, nil
}

// cdn is where attachments are: on Discord's CDN (reference#cdn-endpoints), or
// beside the API of a stand-in on this machine.
type cdn struct {
	scheme string
	hosts  []string // with their ports
}

var discordCDN = cdn{scheme: "https", hosts: []string{"cdn.discordapp.com", "media.discordapp.net"}}

// cdnOf is the place of attachments that belongs to an API. A proxy in front of
// Discord's API has none.
func cdnOf(api *url.URL) cdn {
	if ip := net.ParseIP(api.Hostname()); ip != nil && ip.IsLoopback() {
		return cdn{scheme: api.Scheme, hosts: []string{api.Host}}
	}
	return discordCDN
}

func (c cdn) holds(u *url.URL) bool {
	return u.Scheme == c.scheme && u.User == nil && slices.Contains(c.hosts, u.Host)
}
