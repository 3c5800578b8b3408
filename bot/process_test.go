package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"backfaq/bot/fakediscord"
)

func TestSIGTERM(t *testing.T) {
	t.Run("under load", func(t *testing.T) {
		s := newHarness(t, fakediscord.Options{Latency: 200 * time.Millisecond}, 4)
		c := s.spawn()
		s.waitConnected(1, 20*time.Second)
		mark := s.Mark()
		s.OnRequest("POST", "/channels/*/messages", 1, fakediscord.TooMany("user", 500*time.Millisecond))
		for range 5 {
			s.askEverywhere()
		}
		// One is being answered now, told to wait; the others are on their way.
		waiting, err := s.WaitAfter(deadline(t, 10*time.Second), mark, func(e fakediscord.Event) bool { return e.Status == http.StatusTooManyRequests })
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_ = c.Process.Signal(syscall.SIGTERM)
		if code := c.exits(deadline(t, 10*time.Second), t); code != 0 {
			t.Errorf("exit code %d", code)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("stopped after %v", took)
		}
		for _, e := range s.EventsAfter(mark) {
			if e.Kind == fakediscord.KindREST && e.Status != 200 && e.N != waiting.N {
				t.Errorf("half an answer: %s %s %d", e.Method, e.Path, e.Status)
			}
			if e.Kind == fakediscord.KindGatewayClose && e.Code != 1000 {
				t.Errorf("left Discord with %d", e.Code)
			}
		}
		if s.answers()[repliesTo(waiting)] != 1 {
			t.Error("the question that was being answered was not answered")
		}
	})
	t.Run("with requests on their way", func(t *testing.T) {
		s := newHarness(t, fakediscord.Options{}, 1, "--http-addr", "127.0.0.1:0")
		s.args = append(s.args, "--discord-public-key", s.PublicKey())
		c := s.spawn()
		s.waitConnected(1, 20*time.Second)
		address := c.web(t)
		body := fmt.Appendf(nil, `{"id":"111111111111111111","application_id":"%s","type":2,"token":"t","user":{"id":"%s"},
			"data":{"type":1,"name":"ask","options":[{"name":"question","type":3,"value":"what causes upper back spasms?"}]}}`, s.ApplicationID(), s.ann.ID())
		stamp := fmt.Sprint(time.Now().Unix())
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(time.Now().Add(patience))
		_, _ = fmt.Fprintf(conn, "POST /interactions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: %d\r\nX-Signature-Timestamp: %s\r\nX-Signature-Ed25519: %s\r\n\r\n",
			len(body), stamp, s.Sign(stamp, body))
		reader := bufio.NewReader(conn)
		if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") { // it reads the body
			t.Fatalf("%q, %v", line, err)
		}
		_ = c.Process.Signal(syscall.SIGTERM)
		for status, ctx := 0, deadline(t, patience); status != http.StatusServiceUnavailable && ctx.Err() == nil; {
			probe, err := http.Post("http://"+address+"/interactions", "application/json", strings.NewReader("{}"))
			if err != nil {
				t.Fatalf("HTTP ended before what was on its way: %v", err)
			}
			_ = probe.Body.Close()
			status = probe.StatusCode
		}
		_, _ = conn.Write(body)
		answer, err := io.ReadAll(reader)
		if err != nil || !bytes.Contains(answer, []byte("HTTP/1.1 200 OK")) || !bytes.Contains(answer, []byte("not medical advice")) {
			t.Errorf("answered with %q, %v", answer, err)
		}
		if code := c.exits(deadline(t, 10*time.Second), t); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
	t.Run("twice", func(t *testing.T) {
		s := newHarness(t, fakediscord.Options{}, 4)
		c := s.spawn()
		s.waitConnected(1, 20*time.Second)
		s.OnRequest("POST", "/channels/*/messages", fakediscord.Forever, fakediscord.Hang())
		s.askEverywhere()
		if _, err := s.WaitFor(deadline(t, 10*time.Second), func(e fakediscord.Event) bool {
			return e.Method == "POST" && strings.HasSuffix(e.Path, "/messages")
		}); err != nil {
			t.Fatal(err)
		}
		_ = c.Process.Signal(syscall.SIGTERM)
		if _, err := s.WaitFor(deadline(t, 10*time.Second), func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayClose }); err != nil {
			t.Fatalf("the first signal was not heard: %v", err)
		}
		began := time.Now()
		for ended := false; !ended; {
			_ = c.Process.Signal(syscall.SIGTERM) // again, should the process have come no further than closing its connection
			select {
			case <-c.done:
				ended = true
			case <-time.After(20 * time.Millisecond):
			}
		}
		if took := time.Since(began); took > 800*time.Millisecond {
			t.Errorf("the second signal was heard after %v", took)
		}
	})
	t.Run("while connecting", func(t *testing.T) {
		s := newHarness(t, fakediscord.Options{}, 4)
		s.Next(fakediscord.AtHello, fakediscord.Silence())
		c := s.spawn()
		if _, err := s.WaitFor(deadline(t, 20*time.Second), func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayOpen }); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_ = c.Process.Signal(syscall.SIGTERM)
		if code := c.exits(deadline(t, 10*time.Second), t); code != 0 || time.Since(began) > 5*time.Second {
			t.Errorf("exit code %d after %v", code, time.Since(began))
		}
	})
	t.Run("while the database does not answer", func(t *testing.T) {
		silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts and says nothing
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = silent.Close() }()
		s := newHarness(t, fakediscord.Options{}, 4)
		c := s.spawn("--database-url", "postgres://u:p@"+silent.Addr().String()+"/x?sslmode=disable")
		knock, err := silent.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = knock.Close() }()
		began := time.Now()
		_ = c.Process.Signal(syscall.SIGTERM)
		if code := c.exits(deadline(t, 10*time.Second), t); code != 0 {
			t.Errorf("exit %d", code)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("stopped after %v", took)
		}
	})
}

// A process that stood still for longer than Discord waits finds its way back.
func TestStoodStill(t *testing.T) {
	t.Parallel()
	s := newHarness(t, fakediscord.Options{Heartbeat: 500 * time.Millisecond, IdentifyEvery: -1}, 4)
	c := s.spawn()
	s.waitConnected(1, 20*time.Second)
	s.askEverywhere()
	s.answeredOnce(deadline(t, 10*time.Second))
	mark := s.Mark()
	_ = c.Process.Signal(syscall.SIGSTOP)
	if _, err := s.WaitAfter(deadline(t, 20*time.Second), mark, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindGatewayClose }); err != nil {
		t.Fatalf("Discord did not give up on it: %v", err)
	}
	_ = c.Process.Signal(syscall.SIGCONT)
	s.waitConnected(1, 20*time.Second)
	s.askEverywhere()
	s.answeredOnce(deadline(t, 10*time.Second))
}

// The program needs nothing but itself and a place for its database: no root,
// no shell, no files, no capabilities, little memory.
func TestBareContainer(t *testing.T) {
	if os.Getuid() != 0 || runtime.GOOS != "linux" {
		t.Skip("needs root on Linux, to give it up")
	}
	const uid = 65532
	root := t.TempDir()
	if err := os.Chmod(filepath.Dir(root), 0o755); err != nil { // the test's own, above root
		t.Fatal(err)
	}
	build := exec.CommandContext(deadline(t, 5*time.Minute), "go", "build", "-trimpath", "-o", filepath.Join(root, "bot"), ".") // as the image is, so what was compiled for that serves
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data := filepath.Join(root, "data")
	for _, err := range []error{os.Mkdir(data, 0o700), os.Chown(data, uid, uid), os.Chmod(root, 0o555)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(root, 0o755) })
	s := newHarness(t, fakediscord.Options{}, 4)
	c := exec.Command("/bot", append(s.args, "--database-url", "sqlite:/data/x.db")...)
	c.Dir, c.Env = "/data", []string{}
	c.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	var log safeBuffer
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		if err := c.Wait(); err != nil {
			t.Errorf("%v\n%s", err, &log)
		}
		var files []string
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, _ error) error {
			if d != nil && !d.IsDir() && !strings.HasPrefix(path, data) && d.Name() != "bot" {
				files = append(files, path)
			}
			return nil
		})
		if len(files) > 0 {
			t.Errorf("it wrote %v", files)
		}
	}()
	s.waitConnected(1, 20*time.Second)
	s.askEverywhere()
	s.answeredOnce(deadline(t, 10*time.Second))
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	var most int
	for line := range strings.Lines(string(status)) {
		_, _ = fmt.Sscanf(line, "VmHWM: %d kB", &most)
		if strings.HasPrefix(line, "CapEff:") && strings.Trim(strings.TrimPrefix(line, "CapEff:"), "\t\n 0") != "" {
			t.Errorf("it has capabilities: %s", line)
		}
	}
	if most == 0 || most > 64<<10 {
		t.Errorf("it took %d KiB", most)
	}
	t.Logf("it took %d KiB", most)
}
