package store

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"backfaq/config"
)

// proxy stands between a store and PostgreSQL and plays a bad network.
type proxy struct {
	t      *testing.T
	target string
	addr   string

	mu      sync.Mutex
	door    net.Listener // nil while refusing
	conns   map[net.Conn]bool
	stalled chan struct{} // closed when bytes flow; nil channel never used
	running sync.WaitGroup
}

// throughProxy returns the URL that leads through a proxy.
func throughProxy(t *testing.T, database config.Secret) (*proxy, config.Secret) {
	t.Helper()
	u, err := url.Parse(database.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, target: u.Host, addr: "127.0.0.1:0", conns: make(map[net.Conn]bool), stalled: make(chan struct{})}
	close(p.stalled)
	p.back()
	t.Cleanup(func() {
		p.flow()
		p.gone()
		p.running.Wait()
	})
	u.Host = p.addr
	return p, config.Secret(u.String())
}

// back listens, at the same address as before.
func (p *proxy) back() {
	p.t.Helper()
	door, err := net.Listen("tcp", p.addr)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.door, p.addr = door, door.Addr().String()
	p.mu.Unlock()
	p.running.Go(func() {
		for {
			in, err := door.Accept()
			if err != nil {
				return
			}
			p.running.Go(func() { p.join(in) })
		}
	})
}

// gone cuts every connection and refuses new ones.
func (p *proxy) gone() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.door != nil {
		_ = p.door.Close()
		p.door = nil
	}
	for c := range p.conns {
		_ = c.Close()
	}
}

// stall holds back every byte from now on, flow lets them pass.
func (p *proxy) stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = make(chan struct{})
}

func (p *proxy) flow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.stalled:
	default:
		close(p.stalled)
	}
}

func (p *proxy) join(in net.Conn) {
	out, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = in.Close()
		return
	}
	p.mu.Lock()
	p.conns[in], p.conns[out] = true, true
	if p.door == nil { // cut in between
		_ = in.Close()
	}
	p.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
		both.Go(func() {
			_, _ = io.Copy(flowing{p, way[0]}, way[1])
			_ = way[0].Close()
			_ = way[1].Close()
		})
	}
	both.Wait()
	p.mu.Lock()
	delete(p.conns, in)
	delete(p.conns, out)
	p.mu.Unlock()
}

// flowing writes when bytes may pass.
type flowing struct {
	p *proxy
	net.Conn
}

func (f flowing) Write(b []byte) (int, error) {
	f.p.mu.Lock()
	stalled := f.p.stalled
	f.p.mu.Unlock()
	<-stalled
	return f.Conn.Write(b)
}

// ReadFrom would let io.Copy go around Write.
func (f flowing) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{f}, r)
}
