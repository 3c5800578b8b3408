package signs

import "fmt"

// Level is how urgent a warning sign is.
type Level uint8

// The levels, in rising order.
const (
	None      Level = iota
	Reminder        // a sign was named and denied: "no numbness"
	Reason          // a reason to see a doctor that is no sign by itself: for weeks, cannot work
	Caution         // a dose, mixing medicines, medicine in pregnancy or for a child
	Sign            // see a professional: numbness, weakness, worse after a fall
	Emergency       // contact emergency services: trouble breathing, chest pain
	Poison          // too much of a medicine was taken
	Crisis          // somebody wants to die or hurts themselves

	levels
)

var levelNames = [levels]string{"none", "reminder", "reason", "caution", "sign", "emergency", "poison", "crisis"}

// String is the name of the level in signs.yaml and in the output of `bot ask --json`.
func (l Level) String() string {
	if l >= levels {
		return fmt.Sprintf("level %d", uint8(l))
	}
	return levelNames[l]
}

// ParseLevel finds a level by its name.
func ParseLevel(name string) (Level, bool) {
	for l, n := range levelNames {
		if n == name {
			return Level(l), true
		}
	}
	return None, false
}

// Own reports whether the level comes with the program: an operator's FAQ may
// replace what raises it, and not remove it.
func (l Level) Own() bool { return l >= Poison }
