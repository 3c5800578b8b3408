package main

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// asProgram makes the test binary be the program, so that tests can start it
// as a process of its own, and kill it.
const asProgram = "BACKFAQ_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	_ = flag.Set("test.parallel", parallel) // or as the command line says, which is read later
	testscript.Main(tests{m}, map[string]func(){"bot": main})
}

// tests closes the browser when all tests have run.
type tests struct{ *testing.M }

func (t tests) Run() int {
	code := t.M.Run()
	if chromium.close != nil {
		chromium.close()
	}
	return code
}

// child is the program in a process of its own.
type child struct {
	*exec.Cmd
	log  safeBuffer
	done chan struct{}
}

// spawn starts the program with more flags. The test kills it at its end.
func (s *harness) spawn(args ...string) *child {
	t := s.t
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{Cmd: exec.Command(self, append(s.args, args...)...), done: make(chan struct{})}
	c.Env = append(os.Environ(), asProgram+"=1")
	c.Stdout, c.Stderr = &c.log, &c.log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.done)
		_ = c.Wait() // the state says it all
	}()
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGCONT)
		_ = c.Process.Kill()
		<-c.done
		if t.Failed() {
			t.Logf("the log of process %d:\n%s", c.Process.Pid, &c.log)
		}
	})
	return c
}

// exits waits for the end of the process and returns its exit code; -1 if it
// was killed.
func (c *child) exits(ctx context.Context, t *testing.T) int {
	t.Helper()
	select {
	case <-c.done:
	case <-ctx.Done():
		t.Fatalf("the process did not end:\n%s", &c.log)
	}
	return c.ProcessState.ExitCode()
}

// deadline is a context for waiting.
func deadline(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}
