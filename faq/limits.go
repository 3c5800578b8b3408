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

// limits remembers between questions who asked how often, and what was said
// where. It is never written anywhere.
type limits struct {
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
	warns map[Level]time.Time // when a warning was shown past the allowance
}

func (l *limits) start() {
	l.once.Do(func() {
		// lru.New fails on a size below one only.
		l.people, _ = lru.New[string, *person](rememberPeople)
		l.said, _ = lru.New[string, time.Time](rememberAnswers)
	})
}

// take uses up what an answer costs, and says why it may not be given. Browsing by
// button costs nothing, and asking in the terminal neither.
func (l *limits) take(q Question, a Answer, now time.Time) Silence {
	switch {
	case q.Source == Overheard:
		if !l.startCooldown(q.Channel, a.Entry.ID, a.Settings.Cooldown.Duration(), now) {
			return SilentCooldown
		}
		return NotSilent
	case q.Source == FromButton, q.Person == "":
		return NotSilent
	}
	return l.allow(q, a.Settings.Questions, now)
}

// allow counts a question against its person's allowance.
func (l *limits) allow(q Question, questions int, now time.Time) Silence {
	l.start()
	key := q.Server + "/" + q.Person
	p, ok := l.people.Get(key)
	if !ok {
		p = &person{asked: questions, rate: rate.NewLimiter(per(questions), questions)}
		if known, ok, _ := l.people.PeekOrAdd(key, p); ok {
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

// warnEvery is how often a person past their allowance is shown a warning of one
// level.
const warnEvery = time.Minute

// warn reports whether a person past their allowance is shown a warning, and takes
// note that they are.
func (l *limits) warn(q Question, level Level, now time.Time) bool {
	p, ok := l.people.Get(q.Server + "/" + q.Person)
	if !ok {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if at, ok := p.warns[level]; ok && now.Sub(at) < warnEvery {
		return false
	}
	if p.warns == nil {
		p.warns = map[Level]time.Time{}
	}
	p.warns[level] = now
	return true
}

func per(questions int) rate.Limit {
	return rate.Limit(float64(questions) / config.QuestionWindow.Seconds())
}

// startCooldown reports whether the entry was not said in the channel within the
// cooldown, and notes that it is said now.
func (l *limits) startCooldown(channel, entry string, cooldown time.Duration, now time.Time) bool {
	l.start()
	l.mu.Lock()
	defer l.mu.Unlock()
	key := channel + "/" + entry
	if at, ok := l.said.Get(key); ok && now.Sub(at) < cooldown {
		return false
	}
	l.said.Add(key, now)
	return true
}
