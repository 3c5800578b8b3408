package fakediscord

// Sees reports whether a channel is in the list of channels of the person's
// client.
func (p *Person) Sees(ch *Channel) bool {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	return ch.sees(p)
}
