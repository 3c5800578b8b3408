package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MaxShards is how many connections to Discord all processes may have together.
const MaxShards = 10_000

// Shards says which of the connections to Discord are a process's own. The
// zero value is as many as Discord recommends, all of them.
type Shards struct {
	None               bool // answer by HTTP alone
	First, Last, Count int  // Count 0: what Discord recommends
}

var errShards = errors.New("use auto, none, or the shards of this process and how many there are in all, as in 0-3/16")

// UnmarshalText reads auto, none, 0-3/16 or 5/16.
func (s *Shards) UnmarshalText(text []byte) error {
	*s = Shards{}
	switch t := strings.TrimSpace(string(text)); t {
	case "", "auto":
		return nil
	case "none":
		s.None = true
		return nil
	default:
		which, all, ok := strings.Cut(t, "/")
		from, to, span := strings.Cut(which, "-")
		if !span {
			to = from
		}
		var err [3]error
		s.First, err[0] = strconv.Atoi(from)
		s.Last, err[1] = strconv.Atoi(to)
		s.Count, err[2] = strconv.Atoi(all)
		switch {
		case !ok || errors.Join(err[:]...) != nil:
			*s = Shards{}
			return errShards
		case s.First < 0 || s.First > s.Last || s.Last >= s.Count || s.Count > MaxShards:
			*s = Shards{}
			return fmt.Errorf("shards are numbered from 0, and of 16 the last is 15: %w", errShards)
		}
		return nil
	}
}

// MarshalText is the inverse of UnmarshalText.
func (s Shards) MarshalText() ([]byte, error) {
	switch {
	case s.None:
		return []byte("none"), nil
	case s.Count == 0:
		return []byte("auto"), nil
	}
	return fmt.Appendf(nil, "%d-%d/%d", s.First, s.Last, s.Count), nil
}
