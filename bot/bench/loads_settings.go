package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"backfaq/bot/fakediscord"
	"backfaq/config"
)

// changes measures how long moderators wait for a setting to be saved, beside
// what the disk takes for one write.
func (b *bench) changes(ctx context.Context, p *program, _ *fixture) error {
	const moderators, perSecond = 16, 100
	var panels []fakediscord.Message
	var people []*fakediscord.Person
	for n := range moderators {
		g := p.AddGuild(fmt.Sprint("guild ", n))
		people = append(people, g.AddMember("moderator", g.AddRole("moderators", fakediscord.ManageGuild)))
		panel, err := openStrictness(ctx, people[n], g.General())
		if err != nil {
			return fmt.Errorf("opening the settings: %w", err)
		}
		panels = append(panels, panel)
	}
	disk, err := os.Create(filepath.Join(p.dir, "disk"))
	if err != nil {
		return err
	}
	defer func() { _ = disk.Close() }()
	values := []config.Strictness{config.Strict, config.Lenient}
	var calls []*fakediscord.Interaction
	var syncs []time.Duration
	refused := 0 // as the panel shows an error instead
	err = every(ctx, perSecond, b.Duration, func(n int) error {
		who := n % moderators
		call, err := choose(people[who], panels[who], string(values[n/moderators%2]))
		if err != nil {
			refused++
			return nil
		}
		calls = append(calls, call)
		if n%10 > 0 {
			return nil
		}
		began := time.Now()
		_, wrote := disk.Write(make([]byte, 4096))
		err = errors.Join(wrote, disk.Sync())
		syncs = append(syncs, time.Since(began))
		return err
	})
	if err != nil {
		return err
	}
	took := responses(ctx, calls)
	b.durations("the disk alone, one write of 4 KiB", syncs, nil)
	b.durations("change", took, map[string]float64{"p99": 20 + float64(latency/time.Millisecond)})
	b.atMost("changes that failed", float64(refused+len(calls)-len(took)), 0, "")
	return nil
}

// openStrictness opens the page of settings that has the menu of strictness.
func openStrictness(ctx context.Context, who *fakediscord.Person, ch *fakediscord.Channel) (fakediscord.Message, error) {
	call, err := who.Slash(ch, "faq-config", nil)
	if err != nil {
		return fakediscord.Message{}, err
	}
	first, err := call.Message(ctx)
	if err != nil {
		return first, err
	}
	if call, err = choose(who, first, "how"); err != nil {
		return first, err
	}
	return call.Message(ctx)
}

// choose picks an option of whichever menu of a message has it.
func choose(who *fakediscord.Person, m fakediscord.Message, value string) (*fakediscord.Interaction, error) {
	for c := range m.All() {
		for _, o := range c.Options {
			if o.Value == value {
				return who.Select(m, c.CustomID, value)
			}
		}
	}
	return nil, fmt.Errorf("no menu offers %q", value)
}
