package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/alecthomas/kong"
)

// usageError is a mistake in how the program was started.
type usageError struct{ error }

// usage puts a mistake in the command line or the environment into words of our
// own. kong quotes values, and one that stands in the wrong place may be a
// secret, so only its suggestions are passed on: they are names of commands and
// flags.
func usage(parser *kong.Kong, args []string, err error) error {
	text := err.Error()
	for _, flag := range flags(parser) {
		rest, ok := strings.CutPrefix(text, "--"+flag.Name)
		if !ok || rest != "" && rest[0] != '=' && rest[0] != ':' && rest[0] != ' ' {
			continue
		}
		name := "--" + flag.Name
		for _, env := range flag.Envs {
			if os.Getenv(env) != "" {
				name = env
			}
		}
		if wants := flag.Tag.Get("wants"); wants != "" {
			return fmt.Errorf("%s must be %s", name, wants)
		}
		return fmt.Errorf("%s cannot be read: bot --help says how to write it", name)
	}
	hint := ""
	if at := strings.LastIndex(text, ", did you mean "); at >= 0 {
		hint = text[at:]
	}
	switch {
	case strings.HasPrefix(text, "unexpected argument"):
		if command := commandOf(parser, args); command != nil {
			if slices.ContainsFunc(command.Flags, func(f *kong.Flag) bool { return f.Name == "faq-file" }) {
				hint = "; a FAQ file is named with --faq-file"
			}
			return fmt.Errorf("bot %s takes no such argument: bot %[1]s --help lists what it takes%s", command.Name, hint)
		}
		return errors.New("there is no such command" + orHelp(cmp.Or(hint, meant(parser, args[0]))))
	case strings.HasPrefix(text, "unknown flag"):
		return errors.New("there is no such flag" + orHelp(hint))
	case strings.HasPrefix(text, `expected "<`):
		what, _, _ := strings.Cut(strings.TrimPrefix(text, `expected "<`), ">")
		return fmt.Errorf("the %s is missing: write it behind the command", what)
	}
	return errors.New("the command line cannot be read: bot --help lists the commands and flags")
}

// meant suggests the command, or the flag that does without one, that a word is
// within two letters of.
func meant(parser *kong.Kong, word string) string {
	names := []string{"--help", "--version"}
	for _, command := range parser.Model.Children {
		names = append(names, command.Name)
	}
	for _, name := range names {
		if levenshtein.ComputeDistance(word, strings.TrimPrefix(name, "--")) <= 2 {
			return fmt.Sprintf(", did you mean %q?", name)
		}
	}
	return ""
}

// commandOf is the command that was written; nil if none was.
func commandOf(parser *kong.Kong, args []string) *kong.Node {
	for _, command := range parser.Model.Children {
		if slices.Contains(args, command.Name) {
			return command
		}
	}
	return nil
}

func orHelp(hint string) string {
	if hint != "" {
		return hint
	}
	return ": bot --help lists them"
}
