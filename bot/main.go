// Command bot answers questions from a FAQ, in a terminal and on Discord.
//
// This is the one place where the parts meet: it reads the command line and the
// environment, puts a desk together, and hands it to whoever asks.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"backfaq/bot/discord"
	"backfaq/config"
	"backfaq/faq"
)

// Exit codes. A supervisor must not restart the program after 2 and 78:
// somebody has to change something first (78 is EX_CONFIG of sysexits.h).
const (
	exitFailed  = 1
	exitUsage   = 2
	exitRefused = 78
)

// program is the command line. Each command has a Run method beside it.
type program struct {
	Version bool `help:"Print the version of the program, of Discord's API and of the FAQ."`

	Run        runCommand        `cmd:"" default:"withargs" help:"Connect to Discord and answer there."`
	Ask        askCommand        `cmd:"" help:"Answer a question in the terminal. Needs no token and no network."`
	Backup     backupCommand     `cmd:"" help:"Copy the SQLite database to a file, also while the bot is running."`
	Check      checkCommand      `cmd:"" help:"Check the FAQ and the settings, and print the link that invites the bot."`
	Convert    convertCommand    `cmd:"" help:"Make a FAQ file of Markdown, CSV or another bot's JSON."`
	Eval       evalCommand       `cmd:"" help:"Answer labelled questions and print how many of the answers are right."`
	Health     healthCommand     `cmd:"" help:"Ask a running bot how it is; the exit code says it."`
	Bench      benchCommand      `cmd:"" help:"Measure the bot under load against a stand-in for Discord, and print a table of targets and figures."`
	Playground playgroundCommand `cmd:"" help:"Try the bot in a browser. Needs no token and no network."`
}

// streams are the program's input and output, so that commands need no globals.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	// The first signal ends the program in good order, the second at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(start(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// start parses the arguments, runs the command, and turns its error into a
// sentence and an exit code.
func start(ctx context.Context, args []string, std streams) int {
	p := new(program)
	helped := false // kong has printed what --help asks for and wants to end the program
	parser, err := newParser(p, std, func(int) { helped = true }, kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		_, _ = fmt.Fprintln(std.err, "bot:", err)
		return exitFailed
	}
	command, err := parse(parser, args)
	switch {
	case helped:
		return 0
	case err == nil && p.Version:
		_, err = fmt.Fprint(std.out, newBuild(p.Run.FAQ))
	case err == nil:
		err = command.Run()
	}
	if err == nil {
		return 0
	}
	_, _ = fmt.Fprintln(std.err, "bot:", err)
	var mistake usageError
	var refused *discord.FatalError
	switch {
	case errors.As(err, &mistake):
		return exitUsage
	case errors.As(err, &refused):
		return exitRefused
	}
	return exitFailed
}

// parse reads the arguments and the environment.
func parse(parser *kong.Kong, args []string) (*kong.Context, error) {
	if err := readEnvironment(parser); err != nil {
		return nil, usageError{err}
	}
	command, err := parser.Parse(args)
	if err != nil {
		return nil, usageError{usage(parser, args, err)}
	}
	return command, nil
}

func newParser(p *program, std streams, exit func(int), options ...kong.Option) (*kong.Kong, error) {
	return kong.New(p, append(options,
		kong.Name("bot"),
		kong.Description("A FAQ bot for Discord that finds the right curated answer, or says honestly that it has none."),
		kong.Writers(std.out, std.err),
		kong.Exit(exit),
		kong.Bind(std),
	)...)
}

// load reads the operator's FAQ, or the built-in one.
func load(f config.FAQ) (*faq.Book, error) {
	if f.File == "" {
		return faq.Builtin(), nil
	}
	data, err := readFile("FAQ_FILE (--faq-file)", f.File)
	if err != nil {
		return nil, err
	}
	book, err := faq.Load(f.File, data)
	if err != nil {
		return nil, usageError{err}
	}
	return book, nil
}

// readFile reads a file that the operator named. The error calls it by what, which
// is the name of a setting, whose value may be a secret, or of the file.
func readFile(what, name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("%s: there is no such file: correct the path, which is relative to where the program was started", what)
	case errors.Is(err, syscall.EISDIR):
		err = fmt.Errorf("%s: this is a directory: name a file in it", what)
	case err != nil:
		err = fmt.Errorf("%s: the file cannot be read: %w: let the user that runs the program read it", what, reason(err))
	}
	if err != nil {
		return nil, usageError{err}
	}
	return data, nil
}
