package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"backfaq/bot/fakediscord"
)

// resident is the memory of a process, in bytes.
func resident(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skipf("needs Linux, to see the memory of a process: %v", err)
	}
	kib, err := strconv.Atoi(string(regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}

// Three thousand strangers who send half a request, as much of it as the program
// reads, take little memory, and let others in when they are gone.
func TestHalfRequests(t *testing.T) {
	const strangers, most = 3000, 32 << 20
	for name, half := range map[string]string{
		"headers": "POST /interactions HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", maxHeader),
		"bodies": "POST /interactions HTTP/1.1\r\nHost: x\r\nContent-Length: 15000\r\nX-Signature-Ed25519: " + strings.Repeat("0", 128) +
			"\r\nX-Signature-Timestamp: 1\r\n\r\n" + strings.Repeat("x", 14_000),
	} {
		t.Run(name, func(t *testing.T) {
			s := newHarness(t, fakediscord.Options{}, 1, "--http-addr", "127.0.0.1:0")
			s.args = append(s.args, "--discord-public-key", s.PublicKey())
			c := s.spawn()
			s.waitConnected(1, 20*time.Second)
			readyz(t, c)
			before := resident(t, c.Process.Pid)
			address := c.web(t)
			var conns []net.Conn
			for range strangers {
				conn, err := net.Dial("tcp", address)
				if err != nil {
					break // the system's own limit
				}
				_ = conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
				_, _ = conn.Write([]byte(half)) // as much as fits
				conns = append(conns, conn)
			}
			if len(conns) < strangers/2 {
				t.Fatalf("only %d connections", len(conns))
			}
			peak := 0
			for range 20 {
				peak = max(peak, resident(t, c.Process.Pid))
				time.Sleep(50 * time.Millisecond)
			}
			for _, conn := range conns {
				_ = conn.Close()
			}
			t.Logf("%d half requests took %.1f MiB", len(conns), float64(peak-before)/(1<<20))
			if !raceDetector && peak-before > most { // .ci/run asks without it, too
				t.Errorf("%d half requests took %.1f MiB", len(conns), float64(peak-before)/(1<<20))
			}
			for ctx := deadline(t, 20*time.Second); ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
				if conn, err := net.DialTimeout("tcp", address, time.Second); err == nil {
					_, _ = fmt.Fprint(conn, "GET /metrics HTTP/1.0\r\n\r\n")
					_ = conn.SetReadDeadline(time.Now().Add(time.Second))
					var answer bytes.Buffer
					_, _ = answer.ReadFrom(conn)
					_ = conn.Close()
					if found := regexp.MustCompile(`(?m)^backfaq_http_connections (\d+)$`).FindSubmatch(answer.Bytes()); found != nil {
						if open, _ := strconv.Atoi(string(found[1])); open < 1 || open > maxConnections {
							t.Errorf("%d connections are open", open)
						}
						return
					}
				}
			}
			t.Error("nobody else was let in")
		})
	}
}

// Discord's developer portal takes an address with a slash at its end.
func TestTrailingSlash(t *testing.T) {
	s := startHarness(t, fakediscord.Options{}, "--discord-public-key", strings.Repeat("0", 64))
	for path, want := range map[string]int{"/interactions": 405, "/interactions/": 405, "/interactions/x": 404} {
		if status, _ := s.get(path); status != want {
			t.Errorf("GET %s: %d instead of %d", path, status, want)
		}
	}
}
