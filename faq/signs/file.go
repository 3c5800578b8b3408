package signs

// File is the warning signs of a FAQ as its author writes them: signs.yaml of
// the built-in FAQ, or the key `signs` of an operator's.
type File struct {
	// Entry is the id of the entry that signs lead to.
	Entry string `yaml:"entry"`
	// Medicine lists the ids of entries that speak of medicine. They are not
	// shown beside a caution.
	Medicine []string `yaml:"medicine"`
	// Levels holds the texts, by the names of the levels.
	Levels map[string]Text `yaml:"levels"`
	// Languages holds the same in other languages, by their codes ("de"): levels,
	// parts, never and signs. Its texts stand above the English ones, its words have
	// the forms of that language ([text.Forms]), and its signs may use lists of the
	// English file that it has none of the same name for. Its complaints are added
	// to those in English.
	Languages map[string]*File `yaml:"languages"`
	// Parts are lists of words and phrases that the signs are built from. The one
	// named complaint says what is wrong with the body: beside one of them a joke
	// does not silence a sign.
	Parts map[string][]string `yaml:"parts"`
	// Small are words of another language that may stand between the words of a
	// phrase, as "the" and "my" in English.
	Small []string `yaml:"small"`
	// Most is how many milligrams of a medicine are too many for a day ([overDay]).
	Most map[string]float64 `yaml:"most"`
	// Never are phrases that hold words of a sign and mean something else, in
	// whichever row.
	Never []string `yaml:"never"`
	Signs []Row    `yaml:"signs"`
}

// Text is what a person is shown at a level.
type Text struct {
	Heading string `yaml:"heading"` // read first; empty below Emergency
	Text    string `yaml:"text"`
	// Denied is shown where a sign of the level is named and denied, instead of
	// the text of the level reminder; "-" is nothing. Without either, nothing is.
	Denied string `yaml:"denied"`
}

// Row is one warning sign: the ways in which people tell of it. [way] says how a
// way is written.
type Row struct {
	ID    string   `yaml:"id"`
	Level string   `yaml:"level"`
	About string   `yaml:"about"` // one line for the reader of the file
	Ways  []string `yaml:"ways"`
	// Never are more such phrases, for this row.
	Never []string `yaml:"never"`
	// Beside names parts of which one must stand somewhere in the text.
	Beside []string `yaml:"beside"`
	// Unless names parts of which none may stand anywhere in the text.
	Unless []string `yaml:"unless"`
	// Past says that what is long over counts as well: an injury, surgery.
	Past bool `yaml:"past"`
}
