package faq

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"backfaq/config"
)

// How many people and how many channel-and-entry pairs the desk remembers.
// Past that the longest unseen is forgotten, which at worst lets somebody ask
// once more or hear an answer again. 10,000 of each are about 3 MiB.
const (
	rememberPeople  = 10_000
	rememberAnswers = 10_000
)

// memory is what the desk remembers between questions: who asked how often,
// and what was said where. It is never written anywhere.
type memory struct {
	once   sync.Once
	people *lru.Cache[string, *person]

	mu   sync.Mutex // makes "was it said, and say it" one step
	said *lru.Cache[string, time.Time]
}

// person is one person's allowance of questions in one server.
type person struct {
	mu    sync.Mutex
	rate  *rate.Limiter
	asked int // the allowance that rate was made for
	told  bool
}

func (m *memory) start() {
	m.once.Do(func() {
		// lru.New fails on a size below one only.
		m.people, _ = lru.New[string, *person](rememberPeople)
		m.said, _ = lru.New[string, time.Time](rememberAnswers)
	})
}

// limit counts a question against its person's allowance. Asking in the
// terminal is free.
func (m *memory) limit(q Question, questions int, now time.Time) Silence {
	if q.Person == "" {
		return NotSilent
	}
	m.start()
	key := q.Server + "/" + q.Person
	p, ok := m.people.Get(key)
	if !ok {
		p = &person{asked: questions, rate: rate.NewLimiter(per(questions), questions)}
		if known, ok, _ := m.people.PeekOrAdd(key, p); ok {
			p = known
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked != questions {
		p.asked, p.rate = questions, rate.NewLimiter(per(questions), questions)
	}
	switch {
	case p.rate.AllowN(now, 1):
		p.told = false
		return NotSilent
	case p.told:
		return SilentLimited
	}
	p.told = true
	return SilentLimitedNow
}

func per(questions int) rate.Limit {
	return rate.Limit(float64(questions) / config.QuestionWindow.Seconds())
}

// first reports whether the entry was not said in the channel within the
// cooldown, and takes note that it is said now.
func (m *memory) first(channel, entry string, cooldown time.Duration, now time.Time) bool {
	m.start()
	m.mu.Lock()
	defer m.mu.Unlock()
	key := channel + "/" + entry
	if at, ok := m.said.Get(key); ok && now.Sub(at) < cooldown {
		return false
	}
	m.said.Add(key, now)
	return true
}
