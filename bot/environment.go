package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// dotEnv is read from the working directory, for those who start the program by
// hand. Containers set the environment themselves.
const dotEnv = ".env"

// readEnvironment prepares the variables that the flags of parser read: .env
// fills in those that the environment does not set, white space around a value
// is dropped, and an empty value counts as not set.
//
// Errors name the variable or the line, never a value.
func readEnvironment(parser *kong.Kong) error {
	text, err := os.ReadFile(dotEnv)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s cannot be read: %w: make it a file that this user may read, or remove it", dotEnv, reason(err))
	}
	fallback, err := parseDotEnv(string(text))
	if err != nil {
		return err
	}
	for _, flag := range flags(parser) {
		for _, name := range flag.Envs {
			value := strings.TrimSpace(os.Getenv(name))
			if value == "" {
				value = fallback[name]
			}
			switch {
			case value == "":
				err = os.Unsetenv(name)
			case quoted(value):
				return fmt.Errorf("%s stands in quotes: take the quotes away", name)
			default:
				err = os.Setenv(name, value)
			}
			if err != nil {
				return fmt.Errorf("%s cannot be set: write it as one line of text", name)
			}
		}
	}
	return nil
}

// parseDotEnv reads lines of NAME=value. A value stands for itself: $ and # in
// a password mean nothing, unlike in the libraries for such files, which
// expand the one and cut at the other. One pair of quotes around it is dropped.
func parseDotEnv(text string) (map[string]string, error) {
	values := map[string]string{}
	text = strings.TrimPrefix(text, "\ufeff")
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case !ok || name == "" || strings.ContainsAny(name, " \t\"'"):
			return nil, fmt.Errorf("%s:%d: write one NAME=value on each line", dotEnv, n+1)
		case quoted(value) && len(value) > 1 && value[0] == value[len(value)-1]:
			value = value[1 : len(value)-1]
		case quoted(value):
			return nil, fmt.Errorf("%s:%d: close the quotes around %s, or take them away", dotEnv, n+1, name)
		case strings.Contains(value, " #"):
			return nil, fmt.Errorf("%s:%d: put the comment on a line of its own, or the value of %s in quotes", dotEnv, n+1, name)
		}
		values[name] = strings.TrimSpace(value)
	}
	return values, nil
}

func quoted(value string) bool { return strings.HasPrefix(value, `"`) || strings.HasPrefix(value, "'") }

// reason is what went wrong with a file, without its path, which may be a
// secret that stands in the wrong variable.
func reason(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err
	}
	return err
}

// flags are those of all commands.
func flags(parser *kong.Kong) []*kong.Flag {
	var all []*kong.Flag
	_ = kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			all = append(all, flag)
		}
		return next(nil)
	})
	return all
}
