package discord

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/discord/gateway"
	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
	"backfaq/config"
)

func TestOutageAtStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		w.Net.Fail(errors.New("no route to host"))
		bot := w.run()
		time.Sleep(5 * time.Hour)
		if h := bot.Health(); h.Ready() || h.Problem == "" {
			t.Errorf("health is %+v", h)
		}
		w.Net.Fail(nil)
		w.Await(-1, 2*maxRetry, "READY", harness.Sent("READY"))
	})
}

// While REST calls get no answer the bot is degraded, until a call of its own gets
// through: nobody asks anything meanwhile.
func TestOutageOfCallsPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		bot := w.run()
		w.Await(-1, time.Minute, "commands", func(fakediscord.Event) bool { return len(w.Commands()) > 0 })
		mended := w.OnRequest("*", "*", fakediscord.Forever, fakediscord.Reset())
		w.Asks("what causes upper back spasms?")
		time.Sleep(time.Hour)
		if h := bot.Health(); !h.Ready() || h.Well() || !strings.Contains(h.Problem, "no REST call got an answer") {
			t.Errorf("health is %+v", h)
		}
		mended()
		time.Sleep(time.Minute)
		if h := bot.Health(); !h.Well() {
			t.Errorf("health is %+v after the outage", h)
		}
	})
}

func TestDirectMessagesReachShardZero(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{Shards: 4, MaxConcurrency: 4})
		w.run(func(o *Options) { o.Shards = config.Shards{First: 1, Last: 3, Count: 4} })
		w.Await(-1, time.Minute, "three sessions", func(fakediscord.Event) bool { return w.Connected() == 3 })
		asked, err := w.Ann.DM("what causes upper back spasms?")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if n := len(w.Commands()); n != 0 {
			t.Errorf("a process without shard 0 registered %d commands", n)
		}
		if n := len(w.Ann.Messages(w.Ann.DMChannel())); n != 1 {
			t.Fatalf("%d messages in the conversation", n)
		}
		w.run(func(o *Options) { o.Shards = config.Shards{First: 0, Last: 0, Count: 4} })
		w.Await(-1, time.Minute, "four sessions and commands", func(fakediscord.Event) bool { return w.Connected() == 4 && len(w.Commands()) > 0 })
		if _, err := w.Ann.DM("what causes upper back spasms?"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if n := len(w.Ann.Messages(w.Ann.DMChannel())); n != 3 {
			t.Errorf("%d messages in the conversation after %s", n, asked.ID)
		}
	})
}

// A process that shares with nobody is ready when all of its shards are
// connected, and can be asked at any moment before.
func TestNotReadyBeforeAllShardsAreListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const shards = 4
		w := newWorld(t, fakediscord.Options{Shards: shards})
		bot := w.run()
		for h := (Health{}); len(h.Shards) < shards; runtime.Gosched() { // nothing here takes time
			if h = bot.Health(); h.Ready() {
				t.Fatalf("ready: %+v", h)
			}
		}
		w.Await(-1, time.Minute, "four sessions", func(fakediscord.Event) bool { return w.Connected() == shards })
		if h := bot.Health(); !h.Ready() {
			t.Errorf("health is %+v", h)
		}
	})
}

// Discord's last word is what the operator reads of the bot's condition.
func TestFatalCloseIsTheProblem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{})
		w.Next(fakediscord.AtIdentify, fakediscord.CloseWith(4014))
		bot := w.run()
		<-bot.Done
		fatal, ok := errors.AsType[*FatalError](bot.Err)
		if !ok || fatal.Code != 4014 {
			t.Fatalf("ended with %v", bot.Err)
		}
		if h := bot.Health(); h.Ready() || h.Problem != fatal.Error() {
			t.Errorf("health is %+v", h)
		}
	})
}

// oneLock lets one copy at a time have each lock.
type oneLock struct{ keys sync.Map }

func (l *oneLock) Lock(_ context.Context, key int64) (gateway.Lease, error) {
	if _, held := l.keys.LoadOrStore(key, true); held {
		return nil, nil
	}
	return heldLock{l, key}, nil
}

type heldLock struct {
	of  *oneLock
	key int64
}

func (heldLock) Lost() <-chan struct{} { return nil }
func (l heldLock) Release()            { l.of.keys.Delete(l.key) }

// Copies that start together register the commands once, those that connect as well
// as those that take interactions by HTTP alone.
func TestCopiesRegisterCommandsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, fakediscord.Options{Shards: 12, MaxConcurrency: 4, NoRateLimits: true, Latency: 100 * time.Millisecond})
		locks := new(oneLock)
		for n := range 6 {
			w.run(func(o *Options) { o.Locks, o.Shards.None = locks, n%2 == 0 })
		}
		w.Await(-1, time.Minute, "all shards", func(fakediscord.Event) bool { return w.Connected() == 12 })
		time.Sleep(10 * time.Second)
		if n := w.Count(-1, func(e fakediscord.Event) bool { return e.Kind == fakediscord.KindREST && e.Method == http.MethodPut }); n != 1 {
			t.Errorf("commands were registered %d times", n)
		}
	})
}
