package discord

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/locale"
	"backfaq/bot/discord/rest"
	"backfaq/config"
	"backfaq/faq"
)

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
	m := b.notice(i.reader().Sprintf(exported))
	m.files = []file{{name: "backfaq-" + string(i.Guild) + ".json", contentType: "application/json", data: data}}
	return say(m)
}

// importFile answers at once, and again when the file is read: Discord waits
// three seconds, and a download may take five. Then it shows what the file would
// change, and asks. The file hangs on that message, so that it need not be
// remembered here.
func (b *Bot) importFile(ctx context.Context, i *interaction, _ customID) response {
	sent, ok := i.Data.Resolved.Attachments[snowflake(i.text("import"))]
	switch {
	case !ok:
		return b.inform(i, noFile)
	case sent.Size > config.MaxExportBytes:
		return b.inform(i, fileTooLarge, config.MaxExportBytes>>10)
	}
	m := messageFor(b.desk.View(ctx, string(i.Guild)))
	m.private = true
	m.panel = []discordgo.MessageComponent{discordgo.TextDisplay{Content: i.reader().Sprintf(importing)}}
	return response{say: &m, after: func(ctx context.Context) {
		b.replace(ctx, i, func(ctx context.Context) message {
			read, data, err := b.readImport(ctx, sent)
			if err != nil {
				return b.panel(ctx, i, place{page: "data"}, news{text: b.userError(i, err)})
			}
			s, err := b.server(ctx, i)
			if err != nil {
				return b.panel(ctx, i, place{page: "data"}, news{})
			}
			return importPlan(i.reader(), s, b.desk.Book, read, file{name: "import" + importKind(sent.Filename), contentType: "application/octet-stream", data: data})
		})
	}}
}

// readImport downloads a file and reads it. The bytes are those of the file.
func (b *Bot) readImport(ctx context.Context, sent uploaded) (*faq.Import, []byte, error) {
	data, err := b.rest.Download(ctx, sent.URL, config.MaxExportBytes)
	if err != nil {
		b.log.Warn("could not download an import", "err", err)
		return nil, nil, config.Refuse(notFetched)
	}
	read, err := faq.ReadImport(sent.Filename, data)
	return read, data, err
}

// importKind is the ending of a file's name, by which the kind of the file is
// told, if it is one that can be a name on Discord's CDN.
func importKind(name string) string {
	ending := strings.ToLower(path.Ext(name))
	if !importEnding.MatchString(ending) {
		return ""
	}
	return ending
}

var importEnding = regexp.MustCompile(`^\.[a-z]{1,8}$`)

// importPlan shows what a file would change, merged with what there is and in its
// place, and the rows that would be left out.
func importPlan(p locale.Printer, s server, book *faq.Book, read *faq.Import, f file) message {
	m := messageFor(s.View)
	m.private, m.files = true, []file{f}
	merge, replace := s.doc.Plan(read, true, book), s.doc.Plan(read, false, book)
	var text strings.Builder
	text.WriteString(p.Sprintf(importTitle))
	text.WriteString(p.Sprintf(importMerge) + planText(p, s.View, &merge))
	text.WriteString(p.Sprintf(importReplace) + planText(p, s.View, &replace))
	refused := merge.Refused
	if len(replace.Refused) > len(refused) { // which has settings, too
		refused = replace.Refused
	}
	if len(refused) > 0 {
		text.WriteString(p.Sprintf(importRefused, p.Count(len(refused), oneRow, manyRows)) + refusedText(p, s.View, refused))
	}
	var buttons []discordgo.MessageComponent
	for _, can := range []struct {
		plan      *faq.Plan
		label, id string
		style     discordgo.ButtonStyle
	}{{&merge, labelMerge, "merge", discordgo.PrimaryButton}, {&replace, labelReplace, "replace", discordgo.DangerButton}} {
		if !can.plan.Empty() {
			buttons = append(buttons, discordgo.Button{Label: p.Sprintf(can.label), Style: can.style, CustomID: encodeCustomID("import", can.id)})
		}
	}
	m.panel = append([]discordgo.MessageComponent{
		discordgo.TextDisplay{Content: text.String()},
		discordgo.FileComponent{File: discordgo.UnfurledMediaItem{URL: "attachment://" + f.name}},
	}, append(actionRows(buttons), wayBack(p, place{page: "data"}))...)
	return m
}

// planPart is the rows that a plan does one thing to.
type planPart struct {
	word string
	rows faq.Rows
}

func partsOf(plan *faq.Plan) []planPart {
	return []planPart{{planAdded, plan.Added}, {planReplaced, plan.Replaced}, {planRemoved, plan.Removed}}
}

// planText is a plan in lines: counts, and the first titles and wordings of each.
func planText(p locale.Printer, v faq.View, plan *faq.Plan) string {
	if plan.Empty() {
		return p.Sprintf(planNothing)
	}
	var text strings.Builder
	for _, part := range partsOf(plan) {
		var names []string
		for _, e := range part.rows.Entries {
			names = append(names, "“"+escapeMarkdown(truncate(e.Title, maxLabel))+"”")
		}
		for _, t := range part.rows.Taught {
			names = append(names, "“"+escapeMarkdown(truncate(t.Wording, maxLabel))+"” → "+escapeMarkdown(truncate(titleOf(v.Book, t.Entry), maxLabel)))
		}
		if len(names) == 0 {
			continue
		}
		fmt.Fprintf(&text, "- **%s:** %s: %s", p.Sprintf(part.word), rowCounts(p, part.rows), strings.Join(names[:min(len(names), shownRows)], ", "))
		if more := len(names) - shownRows; more > 0 {
			text.WriteString(p.Sprintf(andMore, more))
		}
		text.WriteString("\n")
	}
	if plan.Settings {
		text.WriteString(p.Sprintf(planSettings))
	}
	return text.String()
}

// rowCounts is how many entries and wordings there are among some rows.
func rowCounts(p locale.Printer, r faq.Rows) string {
	var counts []string
	if n := len(r.Entries); n > 0 {
		counts = append(counts, p.Count(n, oneEntry, manyEntries))
	}
	if n := len(r.Taught); n > 0 {
		counts = append(counts, p.Count(n, oneWording, manyWordings))
	}
	return strings.Join(counts, ", ")
}

// maxRefused is how many refused rows are named: a plan has room for them.
const maxRefused = 10

func refusedText(p locale.Printer, v faq.View, rows []*faq.RowError) string {
	var text strings.Builder
	for n, row := range rows {
		if n == maxRefused {
			text.WriteString(p.Sprintf(andMore, len(rows)-n))
			break
		}
		text.WriteString("- " + rowText(p, v, row) + "\n")
	}
	return text.String()
}

// runImport does what a plan showed. The document may have changed meanwhile, so
// the plan is made anew of the file that hangs on the message.
func (b *Bot) runImport(ctx context.Context, i *interaction, id customID) response {
	if i.Message == nil || len(i.Message.Attachments) == 0 {
		return b.inform(i, noFile)
	}
	sent, merge := i.Message.Attachments[0], id.arg(0) == "merge"
	before := b.desk.View(ctx, string(i.Guild)).Settings
	return response{later: true, after: func(ctx context.Context) {
		b.replace(ctx, i, func(ctx context.Context) message {
			var made edited
			read, _, err := b.readImport(ctx, sent)
			if err == nil {
				made, err = b.edit(ctx, i, func(doc *faq.Document) (changeLine, error) {
					plan := doc.Plan(read, merge, b.desk.Book)
					if plan.Empty() {
						return nil, faq.ErrUnchanged
					}
					*doc = plan.Document
					return func(p locale.Printer) string { return importedText(p, &plan) }, nil
				})
			}
			r := b.changed(ctx, i, before, place{page: "data"}, made, err)
			if r.after != nil {
				r.after(ctx)
			}
			return *r.change
		})
	}}
}

// importedText is the line in the list of changes.
func importedText(p locale.Printer, plan *faq.Plan) string {
	var parts []string
	for _, part := range partsOf(plan) {
		if counts := rowCounts(p, part.rows); counts != "" {
			parts = append(parts, strings.ToLower(p.Sprintf(part.word))+" "+counts)
		}
	}
	if plan.Settings {
		parts = append(parts, p.Sprintf(importedSettings))
	}
	return p.Sprintf(importedFile) + strings.Join(parts, "; ")
}

// replace builds a message that may take longer than Discord waits for a response,
// and puts it in place of the one that stands there.
func (b *Bot) replace(ctx context.Context, i *interaction, build func(context.Context) message) {
	m := build(ctx)
	ctx, cancel := context.WithTimeout(ctx, rest.Timeout)
	defer cancel()
	if err := b.editReply(ctx, i, m); err != nil {
		b.log.Warn("could not say how an import went", "server", i.Guild, "err", err)
	}
}

// dataPage is what is done to all settings at once.
func dataPage(p locale.Printer) []discordgo.MessageComponent {
	return append([]discordgo.MessageComponent{discordgo.TextDisplay{Content: p.Sprintf(dataHelp)}}, actionRows([]discordgo.MessageComponent{
		discordgo.Button{Label: p.Sprintf(labelExport), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("export")},
		discordgo.Button{Label: p.Sprintf(labelReset), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("reset", "ask")},
		discordgo.Button{Label: p.Sprintf(labelWipe), Style: discordgo.DangerButton, CustomID: encodeCustomID("wipe", "ask")},
	})...)
}

// confirm asks a second time before something that cannot be taken back.
func (b *Bot) confirm(ctx context.Context, i *interaction, question, yes string, id string) response {
	p := i.reader()
	m := messageFor(b.desk.View(ctx, string(i.Guild)))
	m.private = true
	m.panel = append([]discordgo.MessageComponent{discordgo.TextDisplay{Content: p.Sprintf(question)}}, actionRows([]discordgo.MessageComponent{
		discordgo.Button{Label: p.Sprintf(yes), Style: discordgo.DangerButton, CustomID: encodeCustomID(id, "yes")},
		discordgo.Button{Label: p.Sprintf(labelGoBack), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("config", "data")},
		discordgo.Button{Label: p.Sprintf(labelHome), Style: discordgo.SecondaryButton, CustomID: encodeCustomID("config", "home")},
	})...)
	return change(m)
}

func (b *Bot) reset(ctx context.Context, i *interaction, id customID) response {
	if id.arg(0) != "yes" {
		return b.confirm(ctx, i, askReset, labelYesReset, "reset")
	}
	before := b.desk.View(ctx, string(i.Guild)).Settings
	change, err := b.edit(ctx, i, func(doc *faq.Document) (changeLine, error) {
		doc.Reset()
		return inWords(everyDefault), nil
	})
	return b.changed(ctx, i, before, place{}, change, err)
}

func (b *Bot) wipe(ctx context.Context, i *interaction, id customID) response {
	if id.arg(0) != "yes" {
		return b.confirm(ctx, i, askWipe, labelYesWipe, "wipe")
	}
	before := b.desk.View(ctx, string(i.Guild)).Settings
	b.wiped.add(i.Guild)
	if err := b.store.DeleteServer(ctx, string(i.Guild)); err != nil {
		return change(b.panel(ctx, i, place{page: "data"}, news{text: b.userError(i, err)}))
	}
	m := b.panel(ctx, i, place{}, news{text: i.reader().Sprintf(wiped)})
	return response{change: &m, after: func(ctx context.Context) { b.announce(ctx, i, before, i.everyone().Sprintf(everythingGone)) }}
}
