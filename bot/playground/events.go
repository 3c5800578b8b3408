package playground

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"
)

// alive is how often an idle stream says that it lives.
const alive = 15 * time.Second

// event is one server-sent event.
type event struct {
	name string
	data any
}

// events tells a page what a person sees: the world as it is, then what
// changes. A page that lost the connection comes back and gets the world anew.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	var sources sync.WaitGroup
	defer sources.Wait()
	defer cancel()

	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	write := func(e event) error {
		data, err := json.Marshal(e.data)
		if err == nil {
			_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.name, data)
		}
		return errors.Join(err, flush.Flush())
	}

	me := p.world.person(r.URL.Query().Get("as"))
	// Taken before the snapshot: what happens meanwhile is told twice, which
	// does no harm, and never left out.
	from := p.world.srv.LastChange()
	f, changed := p.current()
	snapshot := p.world.snapshot(me)
	maps.Copy(snapshot, about(f))
	maps.Copy(snapshot, p.world.status(me))
	if write(event{"world", snapshot}) != nil {
		return
	}

	out := make(chan event)
	send := func(e event) bool {
		select {
		case out <- e:
			return true
		case <-ctx.Done():
			return false
		}
	}
	sources.Go(func() { p.follow(ctx, me, from, send) })
	sources.Go(func() {
		for {
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
			var f FAQ
			if f, changed = p.current(); !send(event{"faq", about(f)}) {
				return
			}
		}
	})
	tick := time.NewTicker(alive)
	defer tick.Stop()
	for {
		var err error
		select {
		case e := <-out:
			err = write(e)
		case <-tick.C:
			_, err = fmt.Fprint(w, ":\n\n")
			err = errors.Join(err, flush.Flush())
		case <-ctx.Done():
			return
		}
		if err != nil {
			return // the page went away
		}
	}
}

// about is what the page is told of a FAQ.
func about(f FAQ) map[string]any {
	return map[string]any{"faq": f, "examples": append([]Example{}, f.Examples...)}
}

// follow sends what a person sees happen, until ctx ends.
func (p *Page) follow(ctx context.Context, me *person, n int, send func(event) bool) {
	for {
		changes, err := p.world.srv.Changes(ctx, n)
		if err != nil {
			return
		}
		for _, c := range changes {
			n = c.N
			e := event{"change", c}
			if c.Type == "gateway" || c.Type == "commands" {
				e.data = map[string]any{"type": "status", "status": p.world.status(me)}
			}
			if p.world.seen(me, c) && !send(e) {
				return
			}
		}
	}
}
