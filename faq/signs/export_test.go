package signs

// Knows reports whether a folded spelling is a word of the set.
func (s *Set) Knows(spelling string) bool { return len(s.symbolsOf(spelling)) > 0 }
