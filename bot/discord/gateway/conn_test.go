package gateway

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"backfaq/bot/discord/harness"
)

// A connection that says goodbye takes the events that are on their way until
// Discord closes it, too, and does not wait for that for long.
func TestClosingHandshake(t *testing.T) {
	for answers, want := range map[time.Duration]time.Duration{closeTimeout / 3: closeTimeout / 3, time.Hour: closeTimeout} {
		synctest.Test(t, func(t *testing.T) {
			pipe, ended := harness.NewPipe(), make(chan struct{})
			discord := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(ended)
				ws, err := new(websocket.Upgrader).Upgrade(w, r, nil)
				if err != nil {
					t.Error(err)
					return
				}
				ws.SetCloseHandler(func(int, string) error { return nil })
				if _, _, err = ws.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
					t.Errorf("left with %v", err)
				}
				for range 100 {
					if err := ws.WriteMessage(websocket.TextMessage, []byte("{}")); err != nil {
						t.Errorf("an event after the close frame was not taken: %v", err)
						break
					}
				}
				time.Sleep(answers)
				_ = ws.Close()
			})}
			go func() { _ = discord.Serve(pipe) }()
			c, err := open(t.Context(), "ws://discord.test", pipe.Dial)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			c.close(websocket.CloseNormalClosure)
			if took := time.Since(began); took != want {
				t.Errorf("closed after %v where Discord closes after %v", took, answers)
			}
			<-ended
			_ = discord.Close()
		})
	}
}
