package harness

import (
	"context"
	"errors"
	"net"
	"sync"
)

// Pipe is a network without sockets: a net.Listener and the way to dial it.
type Pipe struct {
	dials  chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu   sync.Mutex
	wrap func(net.Conn) net.Conn
	fail error
}

// NewPipe makes a network.
func NewPipe() *Pipe { return &Pipe{dials: make(chan net.Conn), closed: make(chan struct{})} }

// Wrap sets the function that makes the client's end of every new connection;
// nil leaves it as it is.
func (p *Pipe) Wrap(wrap func(net.Conn) net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrap = wrap
}

// Fail sets the error of every Dial; nil lets it work.
func (p *Pipe) Fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = err
}

// Accept implements net.Listener.
func (p *Pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.dials:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *Pipe) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr implements net.Listener.
func (p *Pipe) Addr() net.Addr { return p }

// Network implements net.Addr.
func (p *Pipe) Network() string { return "pipe" }

func (p *Pipe) String() string { return "discord.test:80" }

// Dial connects, as net.Dialer's DialContext does.
func (p *Pipe) Dial(ctx context.Context, network, _ string) (net.Conn, error) {
	p.mu.Lock()
	wrap, fail := p.wrap, p.fail
	p.mu.Unlock()
	if fail != nil {
		return nil, fail
	}
	client, server := net.Pipe()
	select {
	case p.dials <- server:
	case <-p.closed:
		return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("connection refused")}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if wrap != nil {
		return wrap(client), nil
	}
	return client, nil
}

// Blackhole is a connection whose other side vanishes when Gone is closed:
// written bytes go nowhere, and none come.
type Blackhole struct {
	net.Conn
	Gone <-chan struct{}
}

func (b Blackhole) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	select {
	case <-b.Gone:
		if err == nil { // swallow it and wait for the deadline
			for err == nil {
				_, err = b.Conn.Read(p)
			}
			return 0, err
		}
	default:
	}
	return n, err
}

func (b Blackhole) Write(p []byte) (int, error) {
	select {
	case <-b.Gone:
		return len(p), nil
	default:
		return b.Conn.Write(p)
	}
}
