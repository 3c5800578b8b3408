package gateway

import (
	"bytes"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
)

// Payloads of one stream are read one by one, whatever their length (one may end
// where the window does) and in however many messages they come.
func TestInflate(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	text := make([]byte, 5*windowSize)
	for i := range text {
		text[i] = "{}[]:,0123456789 backspasm"[r.IntN(26)]
	}
	copy(text[3*windowSize:], text[:windowSize]) // referred to from far away
	lengths := []int{1, 20, windowSize - 21, windowSize, windowSize, 1, 2 * windowSize, 0, 5 * windowSize, windowSize - 1, windowSize + 1, 3}
	for range 50 {
		lengths = append(lengths, r.IntN(windowSize))
	}
	for _, level := range []int{zlib.NoCompression, zlib.BestSpeed, zlib.DefaultCompression} {
		var sent bytes.Buffer
		stream, err := zlib.NewWriterLevel(&sent, level)
		if err != nil {
			t.Fatal(err)
		}
		var z inflater
		for n, length := range lengths {
			from := r.IntN(len(text) - length + 1)
			want := text[from:][:length]
			sent.Reset()
			_, _ = stream.Write(want) // a bytes.Buffer takes all
			_ = stream.Flush()
			var messages []io.Reader
			for rest := bytes.Clone(sent.Bytes()); len(rest) > 0; {
				part := len(rest)
				if n > 0 && part > 5 && r.IntN(2) == 0 {
					part = 1 + r.IntN(part-5)
				}
				messages, rest = append(messages, bytes.NewReader(rest[:part])), rest[part:]
			}
			z.next = func() (io.Reader, error) {
				if len(messages) == 0 {
					return nil, io.ErrNoProgress
				}
				next := messages[0]
				messages = messages[1:]
				return next, nil
			}
			first, _ := z.next()
			payload, err := z.payload(first)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(payload); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("level %d, payload %d of %d bytes: %d bytes came, %v", level, n, length, len(got), err)
			}
		}
	}
}

func TestNoZlibStream(t *testing.T) {
	for _, message := range []string{"", "x", "\xf8", "{}", "\x77\x09", "\x78\x9d", "\x78\xbb", `{"op":10}`} {
		var z inflater
		if _, err := z.payload(strings.NewReader(message)); err == nil {
			t.Errorf("%q was taken for a stream", message)
		}
	}
}

// A stream that is broken, or inflates without end, ends the connection and not
// the session.
func TestBrokenStream(t *testing.T) {
	for name, fault := range map[string]fakediscord.Fault{
		"broken":      fakediscord.RawBinary([]byte("\x78\x9c\x01\x00\x00\xff\xff")),
		"without end": fakediscord.Raw(strings.Repeat(" ", maxFrame+maxSkipped+1)),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, fakediscord.Options{})
				w.run()
				ready := w.Await(-1, time.Minute, "READY", harness.Sent("READY"))
				w.Inject(fakediscord.AllShards, fault)
				asked := w.Asks("what causes upper back spasms?")
				w.Await(ready.N, time.Minute, "RESUMED", harness.Sent("RESUMED"))
				w.Answered(asked, time.Minute)
			})
		})
	}
}
