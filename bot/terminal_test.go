package main

import (
	"bytes"
	"os"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

// The program as people use it in a terminal. A new case is a line in a script.
func TestTerminal(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"encode": encode},
	})
}

// encode is a command of the scripts: it writes a file anew, the way editors
// save it that a script cannot hold. `encode utf-16 faq.yaml`
func encode(ts *testscript.TestScript, _ bool, args []string) {
	file := ts.MkAbs(args[1])
	text := ts.ReadFile(args[1])
	var data []byte
	switch args[0] {
	case "bom":
		data = []byte("\ufeff" + text)
	case "crlf":
		data = bytes.ReplaceAll([]byte(text), []byte("\n"), []byte("\r\n"))
	case "utf-16":
		data = []byte{0xff, 0xfe}
		for _, unit := range utf16.Encode([]rune(text)) {
			data = append(data, byte(unit), byte(unit>>8))
		}
	case "latin-1":
		for _, r := range text {
			data = append(data, byte(r))
		}
	default:
		ts.Fatalf("no encoding %s", args[0])
	}
	ts.Check(os.WriteFile(file, data, 0o600))
}
