package gateway

import (
	"fmt"
	"strings"
	"testing"
)

func TestDecode(t *testing.T) {
	large := `"` + strings.Repeat("x", maxValidated) + `"`
	for text, want := range map[string]string{
		`{"t":"A","s":7,"op":0,"d":{"x":[1,"}"]}}`:            `0 7 A {"x":[1,"}"]}`,
		` { "op" : 10 , "d" : null , "s":null,"t":null } `:    `10 0  null`,
		`{"d":"a\\\"b","op":9}`:                               `9 0  "a\\\"b"`,
		`{"op":9,"d":true}`:                                   `9 0  true`,
		`{"op":0,"t":"A","d":` + large + `}`:                  `0 0 A ` + large,
		`{"op":0,"t":"A","d":` + large:                        `-1 0  `,
		`{"op":0,"t":"A","d":` + large + `,}`:                 `-1 0  `,
		`{"op":0,"t":"A","d":` + large + `}}`:                 `0 0 A ` + large, // the rest says nothing
		`{"op":0,"t":"A","d":[` + large + `}`:                 `-1 0  `,
		`{"op":0,"t":"A","d":"` + strings.Repeat(`\"`, 1<<17): `-1 0  `,
		`{}`: `-1 0  `, ``: `-1 0  `, `[]`: `-1 0  `, `null`: `-1 0  `, `{`: `-1 0  `, `{"op"`: `-1 0  `, `{"op":`: `-1 0  `, `{"op":}`: `-1 0  `, `{op:1}`: `-1 0  `, `{"op":1,}`: `-1 0  `,
		`{"op":"1"}`: `-1 0  `, `{"op":1.5}`: `-1 0  `, `{"op":0,"t":7}`: `-1 0  `, `{"op":0,"t":"A","s":"x"}`: `-1 0  `, `{"op":0,"t":"A","d":tru}`: `-1 0  `,
	} {
		f := decode([]byte(text))
		if got := fmt.Sprint(f.Op, f.Seq, " ", f.Type, " ", string(f.Data)); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("%.60s: %.80s instead of %.80s", text, got, want)
		}
	}
}

// The guild of a million members is not copied to find out what it is.
func TestLargeFrameIsNotCopied(t *testing.T) {
	text := []byte(`{"t":"GUILD_CREATE","s":2,"op":0,"d":{"members":[` + strings.Repeat(`{"user":{"id":"1","username":"somebody"},"roles":["1"]},`, 250_000) + `{}]}}`)
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if f := decode(text); f.Type != "GUILD_CREATE" {
				b.Fatal(f.Type)
			}
		}
	})
	t.Logf("%d MiB: %v, %d bytes", len(text)>>20, allocated, allocated.AllocedBytesPerOp())
	if n := allocated.AllocedBytesPerOp(); n > 4096 {
		t.Errorf("%d bytes were allocated", n)
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range []string{`{"op":0,"t":"A","d":{"x":[1,"}"]}}`, `{"op":9,"d":"\\\""}`, `{"op":1,"d":[`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { // values end within the text, and are not empty
		EachField(text, func(name, value []byte) {
			if len(value) == 0 {
				t.Errorf("%q has no value", name)
			}
		})
	})
}
