package rest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"backfaq/bot/discord/harness"
	"backfaq/bot/fakediscord"
	"backfaq/config"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
	os.Exit(m.Run())
}

// newClient makes calls to the harness.
func newClient(t *testing.T, w *harness.Harness) *Client {
	t.Helper()
	transport := &http.Transport{DialContext: w.Net.Dial}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := New(Options{API: w.URL(), Token: config.Secret(w.Token()), Transport: transport, Log: w.Log.Logger()})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// A connection whose other side vanished without a word.
func TestSilentConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, gone := harness.NewPipe(), make(chan struct{})
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		srv.Listener, srv.EnableHTTP2 = network, true
		srv.StartTLS()
		defer srv.Close()
		carrier := newTransport()
		defer carrier.CloseIdleConnections()
		carrier.TLSClientConfig = srv.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		carrier.TLSClientConfig.NextProtos, carrier.TLSClientConfig.ServerName = nil, "example.com"
		dials := 0
		carrier.DialContext = func(ctx context.Context, of, address string) (net.Conn, error) {
			c, err := network.Dial(ctx, of, address)
			if dials++; dials == 1 {
				c = harness.Blackhole{Conn: c, Gone: gone}
			}
			return c, err
		}
		client := &http.Client{Transport: carrier, Timeout: Timeout}
		get := func() error {
			res, err := client.Get("https://discord.test/")
			if err != nil {
				return err
			}
			if res.ProtoMajor != 2 {
				t.Errorf("by %s", res.Proto)
			}
			return res.Body.Close()
		}
		if err := get(); err != nil {
			t.Fatal(err)
		}
		close(gone)
		began := time.Now()
		for err := get(); err != nil && time.Since(began) < time.Hour; err = get() {
			t.Logf("after %v: %v", time.Since(began), err)
		}
		if took := time.Since(began); took > pingAfter+pongWithin {
			t.Errorf("calls go through after %v", took)
		}
	})
}

func TestInvalidCallsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := harness.New(t, fakediscord.Options{})
		client := newClient(t, w)
		w.OnRequest("GET", "/guilds/*/roles", fakediscord.Forever, fakediscord.Answer(403, 50001, "Missing Access"))
		for range 30 {
			_ = client.Call(w.Within(time.Minute), http.MethodGet, "https://discord.com/api/v9/guilds/"+w.Guild.ID+"/roles", nil, nil) // refused
			time.Sleep(time.Minute)
		}
		if n := len(client.limiter.invalid); n < 2 || n > int(invalidWindow/time.Minute)+1 {
			t.Errorf("%d invalid calls of the last %v", n, invalidWindow)
		}
	})
}
