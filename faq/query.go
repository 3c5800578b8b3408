package faq

import (
	"sync"

	"backfaq/faq/text"
)

// query is a question being read. It holds all that a reading needs to write
// to, and is used again for the next question.
type query struct {
	words []text.Word

	search   search
	spotter  spotter
	findings findings
	scores   []scored
}

var queries = sync.Pool{New: func() any { return new(query) }}
