package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// licences are those that a program may be handed on under, each with words of
// its own. A licence that asks for more than its notice is not among them.
var licences = []struct{ name, words string }{
	{"Apache-2.0", "Apache License"},
	{"BSD", "Redistribution and use in source and binary forms"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software"},
	{"ISC", "Permission to use, copy, modify, and distribute this software"},
	{"MIT", "Permission is hereby granted, free of charge"},
	{"MPL-2.0", "Mozilla Public License"},                              // of files that stay as they are
	{"FreeType", "the Freetype-Go software is subject to your choice"}, // of it or the GPL
}

func licence(dir string) string {
	files, _ := filepath.Glob(filepath.Join(dir, "[Ll][Ii][Cc][Ee][Nn]*"))
	more, _ := filepath.Glob(filepath.Join(dir, "COPYING*"))
	for _, file := range append(files, more...) {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		words := strings.Join(strings.Fields(string(text)), " ")
		for _, l := range licences {
			if strings.Contains(words, l.words) {
				return l.name
			}
		}
	}
	return ""
}

func TestLicences(t *testing.T) {
	list := exec.CommandContext(deadline(t, time.Minute), "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Dir}}{{end}}", ".")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{"backfaq": true}
	for line := range strings.Lines(string(out)) {
		module, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
		if module == "" || seen[module] {
			continue
		}
		seen[module] = true
		name := licence(dir)
		if t.Logf("%-10s %s", name, module); name == "" {
			t.Errorf("%s has no licence that is allowed here", module)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d modules are linked", len(seen))
	}
}
