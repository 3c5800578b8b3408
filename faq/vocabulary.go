package faq

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/goccy/go-yaml"

	"backfaq/faq/match"
)

//go:generate go run ./fit

// programVocabulary is the subject that the program knows how people speak of. A FAQ
// file that names it, such as a copy of the built-in one with other answers, is
// searched by that knowledge; any other by the wordings of its entries.
const programVocabulary = "upper-back-spasms"

//go:embed content/vocabulary.yaml
var vocabularyFile []byte

//go:embed content/points.txt
var pointsFile string

// vocabulary is what the program knows of programVocabulary.
var vocabulary = sync.OnceValues(func() (*match.Definition, *match.Points) {
	var d match.Definition
	if err := yaml.UnmarshalWithOptions(vocabularyFile, &d, yaml.Strict()); err != nil {
		panic(fmt.Errorf("the vocabulary of the program cannot be read: %w", err)) // every test loads it
	}
	p, err := match.ReadPoints(pointsFile)
	if err != nil {
		panic(err)
	}
	return &d, p
})
