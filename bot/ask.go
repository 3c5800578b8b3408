package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"backfaq/bot/discord"
	"backfaq/config"
	"backfaq/faq"
)

type askCommand struct {
	config.FAQ
	JSON     bool     `name:"json" help:"Read questions as JSON Lines, {\"text\": \"...\"}, from standard input and answer each with a line of JSON."`
	Explain  bool     `help:"Say why: corrected words, what was found, what spoke for and against."`
	Question []string `arg:"" optional:"" help:"The question, in your own words."`
}

func (c *askCommand) Run(ctx context.Context, std streams) error {
	book, err := load(c.FAQ)
	if err != nil {
		return err
	}
	desk := &faq.Desk{Book: book}
	if c.JSON {
		// Reading cannot be interrupted, so a signal leaves it behind.
		done := make(chan error, 1)
		go func() { done <- c.lines(ctx, desk, std) }()
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return nil
		}
	}
	question := strings.TrimSpace(strings.Join(c.Question, " "))
	if question == "" {
		return usageError{errors.New(`what is the question? For example: bot ask "why does my upper back cramp?"`)}
	}
	a := desk.Ask(ctx, faq.Question{Text: question, Source: faq.FromTerminal, Explain: c.Explain})
	_, err = fmt.Fprintln(std.out, discord.Text(a))
	if c.Explain && err == nil {
		_, err = fmt.Fprintf(std.out, "\n%s\n", a.Why)
	}
	return err
}

// answerLine is one answer of `bot ask --json`.
type answerLine struct {
	Outcome     faq.Outcome `json:"outcome"`
	Entry       string      `json:"entry"`
	Suggestions []string    `json:"suggestions"`
	Ranked      []ranked    `json:"ranked"`
	Level       string      `json:"level"`     // of the warning; none if there is none
	Signs       []string    `json:"signs"`     // ids of the warning signs found
	Warning     bool        `json:"warning"`   // the level is sign or above
	Emergency   bool        `json:"emergency"` // the level is emergency or above
	Text        string      `json:"text"`
	Why         string      `json:"why,omitempty"`
}

type ranked struct {
	Entry string  `json:"entry"`
	Score float64 `json:"score"`
}

const maxLine = 1 << 20 // bytes of one line of input

// lines answers each line as it comes, so that another program can talk to it.
func (c *askCommand) lines(ctx context.Context, desk *faq.Desk, std streams) error {
	in := bufio.NewScanner(std.in)
	in.Buffer(nil, maxLine)
	out := json.NewEncoder(std.out)
	out.SetEscapeHTML(false)
	for n := 1; in.Scan(); n++ {
		text := bytes.TrimSpace(bytes.TrimPrefix(in.Bytes(), []byte("\ufeff")))
		if len(text) == 0 {
			continue
		}
		var question struct {
			Text string `json:"text"`
		}
		if err := json.Unmarshal(text, &question); err != nil {
			return usageError{fmt.Errorf(`line %d is not JSON of the form {"text": "..."} in UTF-8`, n)}
		}
		a := desk.Ask(ctx, faq.Question{Text: question.Text, Source: faq.FromTerminal, Explain: c.Explain})
		if err := out.Encode(line(a)); err != nil {
			return fmt.Errorf("writing an answer: %w", err)
		}
	}
	if err := in.Err(); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading questions: %w", err)
	}
	return nil
}

func line(a faq.Answer) answerLine {
	l := answerLine{
		Outcome:     a.Outcome,
		Suggestions: []string{},
		Ranked:      []ranked{},
		Warning:     a.Warning.Level >= faq.Sign,
		Emergency:   a.Warning.Level >= faq.Emergency,
		Level:       a.Warning.Level.String(),
		Signs:       append([]string{}, a.Warning.Signs...),
		Text:        discord.Text(a),
	}
	if a.Entry != nil {
		l.Entry = a.Entry.ID
	}
	for _, e := range a.Suggestions {
		l.Suggestions = append(l.Suggestions, e.ID)
	}
	for _, m := range a.Matches {
		l.Ranked = append(l.Ranked, ranked{Entry: m.Entry.ID, Score: m.Score})
	}
	if a.Why != nil {
		l.Why = a.Why.String()
	}
	return l
}
