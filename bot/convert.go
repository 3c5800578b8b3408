package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"backfaq/faq"
)

type convertCommand struct {
	From string `arg:"" name:"file" help:"Markdown with a heading for each question, CSV with the columns question and answer, or JSON with these keys."`
	To   string `arg:"" optional:"" name:"faq-file" help:"The FAQ file to write. It must not exist yet. Default: print it."`
}

// Run writes a FAQ file made of another kind of file.
func (c *convertCommand) Run(std streams) error {
	data, err := readFile(c.From, c.From)
	if err != nil {
		return err
	}
	text, entries, checks, err := faq.Convert(c.From, data)
	if err != nil {
		return usageError{err}
	}
	if c.To == "" {
		_, err := std.out.Write(text)
		return err
	}
	file, err := os.OpenFile(c.To, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usageError{fmt.Errorf("%s is there already and is left as it is: name a new file", c.To)}
	} else if err != nil {
		return usageError{fmt.Errorf("%s cannot be written: %w: name a file in a directory that exists", c.To, reason(err))}
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", c.To, reason(err))
	}
	_, err = fmt.Fprintf(std.out, "wrote %s: entries: %d; comments that begin with # Check: %d.\nLook at these, then run: bot check --faq-file %s\n", c.To, entries, checks, c.To)
	return err
}
