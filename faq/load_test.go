package faq

import (
	"os"
	"strings"
	"testing"
)

func TestLoadRefuses(t *testing.T) {
	cases, err := os.ReadFile("testdata/faults.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range strings.Split(string(cases), "\n\n== ")[1:] {
		lines := strings.Split("== "+c, "\n")
		n := 0
		var want []string
		for ; strings.HasPrefix(lines[n], "== "); n++ {
			want = append(want, strings.TrimPrefix(lines[n], "== "))
		}
		data := strings.TrimSpace(strings.Join(lines[n:], "\n")) + "\n"
		_, err := Load("faq.yaml", []byte(data))
		if got, want := errorText(err), strings.Join(want, "\n"); got != want {
			t.Errorf("of:\n%s\ngot\n%s\nwant\n%s", data, got, want)
		}
	}
}

func TestLoadRefusesLength(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct{ name, disclaimer, title, answer, want string }{
		{"all at their limits", long(MaxDisclaimer), long(MaxTitle), long(MaxAnswer), ""},
		{"a long answer alone", "D", "T", long(1978), ""},
		{"disclaimer", long(MaxDisclaimer + 1), "T", "A", "f:1: disclaimer has 301 characters: shorten it to 300"},
		{"title", "D", long(MaxTitle + 1), "A", "f:4: entry a: title has 201 characters: shorten it to 200"},
		{"answer", "D", "T", long(1979), "f:5: entry a: answer has 1979 characters, 1 too many: shorten it to 1978 or split the entry"},
		{"answer beside long title and disclaimer", long(MaxDisclaimer), long(MaxTitle), long(MaxAnswer + 1), "f:5: entry a: answer has 1501 characters, 1 too many: shorten it to 1500 or split the entry"},
	} {
		_, err := Load("f", []byte("disclaimer: "+c.disclaimer+"\nentries:\n  - id: a\n    title: "+c.title+"\n    answer: "+c.answer+"\n"))
		if got := errorText(err); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
