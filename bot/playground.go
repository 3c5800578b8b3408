package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"backfaq/bot/discord"
	"backfaq/bot/fakediscord"
	"backfaq/bot/playground"
	"backfaq/bot/store"
	"backfaq/config"
	"backfaq/faq"
)

type playgroundCommand struct {
	File     string        `name:"faq-file" aliases:"faq" env:"FAQ_FILE" placeholder:"FILE" help:"Your own FAQ file (YAML). It is read again whenever it changes; the page shows what is wrong with it."`
	NoOpen   bool          `help:"Do not open a browser, only print the link."`
	Record   string        `placeholder:"FILE" type:"path" help:"Write everything that goes over the wire to a file, one JSON object a line."`
	Listen   string        `default:"127.0.0.1:0" placeholder:"ADDRESS" help:"The address of the page, on this computer. Default: a free port."`
	Database config.Secret `name:"database-url" env:"DATABASE_URL" default:"sqlite::memory:" placeholder:"URL" help:"Where settings are kept. Default: in memory, until the playground ends."`
	Level    slog.Level    `name:"log-level" env:"LOG_LEVEL" default:"warn" wants:"debug, info, warn or error" placeholder:"LEVEL" help:"debug, info, warn or error."`
}

const (
	lookAgain  = 300 * time.Millisecond // between two looks at the FAQ file
	keepEvents = 5000                   // of the wire, in memory
)

// rehearsal is the playground while it runs: the stand-in, the page, and what
// the bot is made of, which a new FAQ replaces.
type rehearsal struct {
	*playgroundCommand
	srv  *fakediscord.Server
	page *playground.Page
	kept *store.Store
	log  *slog.Logger
	desk atomic.Pointer[faq.Desk]
}

func (c *playgroundCommand) Run(ctx context.Context, std streams) (err error) {
	book, err := load(config.FAQ{File: c.File})
	if err != nil {
		return err
	}
	r := &rehearsal{playgroundCommand: c, log: logger(config.Logs{Level: c.Level}, std)}
	r.srv, err = fakediscord.Start(fakediscord.Options{
		Privileged:    fakediscord.IntentMessageContent,
		IdentifyEvery: -1, // a new FAQ starts the bot anew
		KeepEvents:    keepEvents,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.srv.Close()) }()
	if c.Record != "" {
		file, failed := os.OpenFile(c.Record, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if failed != nil {
			return usageError{fmt.Errorf("--record cannot be written: %w: name a file in a directory that exists", reason(failed))}
		}
		written := r.srv.Record(file)
		defer func() { err = errors.Join(err, written(), file.Close()) }()
	}
	r.page, err = playground.New(playground.Options{Discord: r.srv, Explain: r.explain, Listen: c.Listen})
	if _, ok := errors.AsType[*net.OpError](err); ok {
		err = fmt.Errorf("the address cannot be listened on: %w; use one such as 127.0.0.1:8080", unheard(err))
	}
	if err != nil {
		return usageError{fmt.Errorf("--listen: %w", err)}
	}
	r.kept, err = store.Open(ctx, c.Database, store.Options{Book: book, Log: r.log})
	if err != nil {
		return usageError{err}
	}
	defer func() { err = errors.Join(err, r.kept.Close()) }()

	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return r.page.Serve(ctx) })
	work.Go(func() error { return r.answer(ctx, book) })
	_, err = fmt.Fprintf(std.out, "The playground is ready: a stand-in for Discord on this computer, and the real bot. Open this link:\n\n    %s\n\nPress Ctrl+C to end it.\n", r.page.Link())
	if err == nil && !c.NoOpen {
		err = openBrowser(r.page.LinkOnce())
		if err != nil {
			_, err = fmt.Fprintf(std.err, "bot: no browser was opened (%v): open the link yourself.\n", err)
		}
	}
	return errors.Join(err, work.Wait())
}

// answer runs the bot, and starts it anew with every good version of the FAQ
// file.
func (r *rehearsal) answer(ctx context.Context, book *faq.Book) error {
	books := make(chan *faq.Book)
	if r.File != "" {
		watching, stop := context.WithCancel(ctx)
		defer stop()
		go r.watch(watching, books)
	}
	for {
		r.use(book)
		bot, err := discord.New(discord.Options{
			Desk: r.desk.Load(), Store: r.kept, Token: config.Secret(r.srv.Token()), API: r.srv.URL(),
			MessageContent: true, Log: r.log,
		})
		if err != nil {
			return err
		}
		running, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- bot.Run(running) }()
		select {
		case err := <-ended:
			stop()
			return err
		case book = <-books:
			stop()
			if err := <-ended; err != nil {
				return err
			}
		}
	}
}

// use makes a book the one that is answered from.
func (r *rehearsal) use(book *faq.Book) {
	r.kept.SetBook(book)
	r.desk.Store(&faq.Desk{Book: book, Servers: r.kept, Counter: r.kept, Log: r.log})
	r.page.SetFAQ(r.about(book, nil))
}

// about is what the page says about the FAQ.
func (r *rehearsal) about(book *faq.Book, problem error) playground.FAQ {
	f := playground.FAQ{Name: "the built-in FAQ", Entries: len(book.Entries()), Examples: examples}
	if r.File != "" {
		f.Name, f.Examples = r.File, nil
		for _, e := range book.Entries()[:min(3, f.Entries)] {
			f.Examples = append(f.Examples, playground.Example{Kind: "From your file", Text: e.Title})
		}
		f.Examples = append(f.Examples, playground.Example{Kind: "Not in the FAQ", Text: "What is the capital of France?"})
	}
	if problem != nil {
		f.Problem = problem.Error()
	}
	return f
}

// examples show what the built-in FAQ is asked.
var examples = []playground.Example{
	{Kind: "A question", Text: "why does my upper back cramp?"},
	{Kind: "With typos", Text: "wat helps with uper bak spazms at home"},
	{Kind: "A warning sign", Text: "my back spasms and my fingers are numb"},
	{Kind: "Not in the FAQ", Text: "which mattress should I buy?"},
}

// watch looks at the FAQ file and hands over every good version of it. A bad
// one is shown on the page, and the last good one stays.
func (r *rehearsal) watch(ctx context.Context, books chan<- *faq.Book) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	last, _ := os.ReadFile(r.File) // it was read a moment ago
	problem := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		data, err := os.ReadFile(r.File)
		if err == nil && bytes.Equal(data, last) {
			continue
		}
		last = data
		var book *faq.Book
		if err == nil {
			book, err = faq.Load(r.File, data)
		}
		if err != nil {
			if err.Error() != problem {
				problem = err.Error()
				r.page.SetFAQ(r.about(r.desk.Load().Book, err))
			}
			continue
		}
		problem = ""
		select {
		case books <- book:
		case <-ctx.Done():
			return
		}
	}
}

// explain says why the bot answers a question the way it does.
func (r *rehearsal) explain(ctx context.Context, q faq.Question) playground.Explanation {
	desk := r.desk.Load()
	if desk == nil {
		return playground.Explanation{Why: "The bot is still starting."}
	}
	q.Explain, q.Rehearsal = true, true
	a := desk.Ask(ctx, q)
	e := playground.Explanation{Silent: a.Silence != faq.NotSilent}
	if a.Why != nil {
		e.Why = a.Why.String() + "\n"
	}
	if e.Silent {
		e.Why += "Here the bot is silent: " + silences[a.Silence] + "."
	}
	e.Why = strings.TrimSpace(e.Why)
	return e
}

// silences is the reasons for silence, for whoever tries the bot out.
var silences = map[faq.Silence]string{
	faq.SilentChannel:   "the message was not put to it, and it listens only where moderators tell it to; or they have switched it off in this channel",
	faq.SilentMentions:  "the moderators have switched answers to mentions off",
	faq.SilentUnsure:    "it only overheard this, and it is not sure",
	faq.SilentCooldown:  "it only overheard this, and said the same here a moment ago",
	faq.SilentModerator: "it only overheard this, from a moderator",
}

// openBrowser starts the browser of whoever started the program.
func openBrowser(link string) error {
	var command []string
	switch runtime.GOOS {
	case "darwin":
		command = []string{"open", link}
	case "windows":
		command = []string{"rundll32", "url.dll,FileProtocolHandler", link}
	default:
		if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
			return errors.New("there is no screen")
		}
		command = []string{"xdg-open", link}
	}
	cmd := exec.Command(command[0], command[1:]...)
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // how the browser ends is its own affair
	return nil
}
