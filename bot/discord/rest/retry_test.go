package rest

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"
	dto "github.com/prometheus/client_model/go"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
)

// post sends a message that Discord would accept twice.
func post(w *harness.Harness, c *Client) error {
	return c.Call(w.Within(Timeout), http.MethodPost, discordgo.EndpointChannelMessages(w.Guild.General().ID), map[string]any{"content": "Hello."}, nil)
}

// brokenWrite is a connection that was reset before its first byte.
type brokenWrite struct{ net.Conn }

func (brokenWrite) Write([]byte) (int, error) {
	return 0, &net.OpError{Op: "write", Net: "pipe", Err: syscall.ECONNRESET}
}

// A message that Discord has certainly not accepted is tried again until its
// deadline, even if Discord would take it twice.
func TestNotAccepted(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(w *harness.Harness)
		calls int // that Discord heard
	}{
		"429, five times": {func(w *harness.Harness) {
			w.OnRequest("POST", "/channels/*/messages", 5, fakediscord.TooMany("shared", 2*time.Second))
		}, 6},
		"refused for 10 s": {func(w *harness.Harness) {
			w.Net.Fail(&net.OpError{Op: "dial", Net: "pipe", Err: syscall.ECONNREFUSED})
			time.AfterFunc(10*time.Second, func() { w.Net.Fail(nil) })
		}, 1},
		"reset before it was sent": {func(w *harness.Harness) {
			var resets atomic.Int32
			w.Net.Wrap(func(c net.Conn) net.Conn {
				if resets.Add(1) <= 5 {
					return brokenWrite{c}
				}
				return c
			})
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := harness.New(t, fakediscord.Options{})
				client := newClient(t, w)
				c.fault(w)
				if err := post(w, client); err != nil {
					t.Errorf("lost: %v", err)
				}
				if n := w.Count(-1, harness.Post); n != c.calls {
					t.Errorf("Discord heard %d calls instead of %d", n, c.calls)
				}
			})
		})
	}
}

// A message that Discord may have accepted, and would accept twice, is sent once.
func TestPerhapsAccepted(t *testing.T) {
	for name, fault := range map[string]fakediscord.RESTFault{
		"500":                  fakediscord.Answer(500, 0, ""),
		"lost after it worked": fakediscord.Reset().After(),
		"reset":                fakediscord.Reset(),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := harness.New(t, fakediscord.Options{})
				client := newClient(t, w)
				w.OnRequest("POST", "/channels/*/messages", 1, fault)
				if err := post(w, client); err == nil {
					t.Error("nobody heard of it")
				}
				if n := w.Count(-1, harness.Post); n != 1 {
					t.Errorf("%d calls", n)
				}
			})
		})
	}
}

// An answer that is gone stays gone.
func TestEditOfUnknownMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := harness.New(t, fakediscord.Options{})
		client := newClient(t, w)
		w.OnRequest("PATCH", "*", fakediscord.Forever, fakediscord.Answer(404, 10015, "Unknown Webhook"))
		err := client.Call(w.Within(Timeout), http.MethodPatch, discordgo.EndpointWebhookMessage(w.ApplicationID(), "token", "@original"), map[string]any{"content": "x"}, nil)
		if refused, ok := errors.AsType[*StatusError](err); !ok || refused.Code != 10015 {
			t.Errorf("failed with %v", err)
		}
		if n := w.Count(-1, func(e fakediscord.Event) bool { return e.Method == http.MethodPatch }); n != 1 {
			t.Errorf("%d calls", n)
		}
	})
}

// Nothing is called much more often than Discord can bear before it blocks the
// whole address.
func TestInvalidCallsAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := harness.New(t, fakediscord.Options{NoRateLimits: true})
		client := newClient(t, w)
		w.OnRequest("POST", "/channels/*/messages", fakediscord.Forever, fakediscord.Answer(403, 50013, "Missing Permissions"))
		began, late := time.Now(), 0
		for n := 0; time.Since(began) < invalidWindow-time.Minute; n++ {
			err := client.Call(w.Within(Timeout), http.MethodPost, discordgo.EndpointChannelMessages(fmt.Sprint(100_000_000_000_000_000+n)), map[string]any{"content": "x"}, nil)
			if limited, ok := errors.AsType[*LimitedError](err); ok {
				late++
				if limited.Until.Before(began.Add(invalidWindow)) {
					t.Fatalf("allowed again at %v", limited.Until)
				}
				time.Sleep(time.Second)
			}
		}
		if n := w.Count(-1, harness.Post); n != 1000 || late == 0 {
			t.Errorf("%d invalid calls in ten minutes, %d held back", n, late)
		}
	})
}

// answers is a Discord on a network of its own that answers every call alike.
func answers(t *testing.T, log *harness.LogBuffer, answer http.HandlerFunc) *Client {
	t.Helper()
	network := harness.NewPipe()
	srv := httptest.NewUnstartedServer(answer)
	srv.Listener = network
	srv.Start()
	t.Cleanup(srv.Close)
	transport := &http.Transport{DialContext: network.Dial}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := New(Options{API: "http://discord.test", Token: "t", Transport: transport, Log: log.Logger()})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestRetryAfterIsBounded(t *testing.T) {
	const bare = "" // a 429 without Discord's JSON is the proxy's
	for name, c := range map[string]struct {
		header, body string
		want         time.Duration
	}{
		"fraction":         {"", "2.5", 2500 * time.Millisecond},
		"short":            {"", "0.3", minPause},
		"zero":             {"", "0", minPause},
		"negative":         {"", "-5", minPause},
		"huge":             {"", "1e300", maxPause},
		"over 292 years":   {"", "9300000000", maxPause},
		"beyond a number":  {"5", "1e999", cloudflareWait},
		"missing":          {"7", "null", cloudflareWait},
		"header":           {"90", bare, 90 * time.Second},
		"header, missing":  {"", bare, cloudflareWait},
		"header, NaN":      {"NaN", bare, cloudflareWait},
		"header, infinite": {"Inf", bare, maxPause},
		"header, huge":     {"1e300", bare, maxPause},
		"header, negative": {"-1", bare, cloudflareWait},
		"header, a date":   {"Fri, 31 Dec 2027 23:59:59 GMT", bare, cloudflareWait},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log harness.LogBuffer
				began, calls := time.Now(), 0
				var again time.Time
				client := answers(t, &log, func(w http.ResponseWriter, _ *http.Request) {
					if calls++; calls > 1 {
						again = time.Now()
						_, _ = w.Write([]byte("{}"))
						return
					}
					if c.header != "" {
						w.Header().Set("Retry-After", c.header)
					}
					w.Header().Set("X-RateLimit-Reset-After", c.body)
					w.Header().Set("X-RateLimit-Limit", "5")
					w.Header().Set("X-RateLimit-Remaining", "0")
					w.WriteHeader(http.StatusTooManyRequests)
					if c.body != bare {
						_, _ = fmt.Fprintf(w, `{"message":"slow","global":true,"retry_after":%s}`, c.body)
					}
				})
				err := client.Call(t.Context(), http.MethodGet, discordgo.EndpointGateway, nil, nil)
				if limited, ok := errors.AsType[*LimitedError](err); ok {
					again = limited.Until
				}
				if got := again.Sub(began); got < c.want || got > c.want+time.Second/4 {
					t.Errorf("a pause of %v instead of %v: %v", got, c.want, err)
				}
				long := strings.Count(log.String(), "discord allows no calls for a while")
				if want := 0; c.want >= longPause {
					if want = 1; long != want || !log.Has("until="+again.UTC().Format(time.RFC3339)) {
						t.Errorf("logged %d times:\n%s", long, &log)
					}
				} else if long != want {
					t.Errorf("a short pause was logged:\n%s", &log)
				}
			})
		})
	}
}

// Calls that were on their way together hear of one pause, which is one line.
func TestLongPauseIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := harness.New(t, fakediscord.Options{Latency: 200 * time.Millisecond, NoRateLimits: true})
		client := newClient(t, w)
		w.OnRequest("POST", "/channels/*/messages", fakediscord.Forever, fakediscord.TooMany("global", 10*time.Minute))
		for n := range 5 {
			go func() {
				_ = client.Call(w.Within(Timeout), http.MethodPost, discordgo.EndpointChannelMessages(fmt.Sprint(100_000_000_000_000_000+n)), map[string]any{"content": "x"}, nil) // refused
			}()
		}
		time.Sleep(time.Minute)
		if n := w.Count(-1, harness.Post); n < 2 {
			t.Fatalf("%d calls together", n)
		}
		if n := strings.Count(w.Log.String(), "discord allows no calls for a while"); n != 1 {
			t.Errorf("logged %d times:\n%s", n, &w.Log)
		}
	})
}

// The fields that Discord refuses are named with its codes. Its sentences may
// quote what was sent, and so may the name of a field that is no plain word.
func TestFieldErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log harness.LogBuffer
		client := answers(t, &log, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprint(w, `{"code":50035,"message":"Invalid Form Body","errors":{
				"0":{"options":{"2":{"name":{"_errors":[{"code":"BASE_TYPE_BAD_LENGTH","message":"my back hurts is too long"}]}}}},
				"my back hurts":{"_errors":[{"code":"UNKNOWN_FIELD","message":"?"},{"code":"my back hurts"}]}}}`)
		})
		const want = "discord refused: 400, code 50035: Invalid Form Body (0.options.2.name: BASE_TYPE_BAD_LENGTH, ?: UNKNOWN_FIELD)"
		if err := client.Call(t.Context(), http.MethodPut, discordgo.EndpointApplicationGlobalCommands("1"), []string{}, nil); err == nil || err.Error() != want {
			t.Errorf("failed with %v", err)
		}
		if err := client.Callback(t.Context(), "1", "token", "application/json", nil); err == nil || err.Error() != "answering an interaction: "+want {
			t.Errorf("a callback failed with %v", err)
		}
	})
}

// A proxy that is down shows in the client's health until a call gets through,
// though nobody asks anything.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := harness.New(t, fakediscord.Options{})
		client := newClient(t, w)
		ctx := w.Within(time.Hour)
		go client.Probe(ctx)
		began := time.Now()
		w.Net.Fail(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED})
		if err := post(w, client); err == nil {
			t.Fatal("sent through a proxy that is down")
		}
		h := client.Health()
		if !h.Passing || !strings.Contains(h.Problem, began.UTC().Format(time.RFC3339)+": connection refused: check DISCORD_API_URL") {
			t.Errorf("health is %+v", h)
		}
		var counted dto.Metric
		if err := client.metrics.unanswered.Write(&counted); err != nil || counted.GetCounter().GetValue() < outageCalls {
			t.Errorf("%v calls without an answer were counted, %v", counted.GetCounter().GetValue(), err)
		}
		time.Sleep(10 * time.Minute)
		if h := client.Health(); h.Problem == "" {
			t.Error("forgotten while it lasts")
		}
		w.Net.Fail(nil)
		time.Sleep(probeEvery + Timeout)
		if h := client.Health(); h.Problem != "" {
			t.Errorf("health is %+v after the outage", h)
		}
	})
}

// One call that is lost is no outage.
func TestLostCallIsNoOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := harness.New(t, fakediscord.Options{})
		client := newClient(t, w)
		w.OnRequest("POST", "/channels/*/messages", 1, fakediscord.Hang())
		if err := post(w, client); err == nil {
			t.Fatal("answered")
		}
		if h := client.Health(); h.Problem != "" {
			t.Errorf("health is %+v", h)
		}
	})
}
