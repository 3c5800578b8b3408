// Package match finds the entries of a FAQ that answer a question, with the reason
// for every point.
//
// # How a question finds its answer
//
// A question is folded, cut into words and corrected by package text. The terms of
// the FAQ file are looked for in the words ([Hit], terms.go). A term found stands
// for its [Concept]: "my shoulder blade" for the place, "cramps" for the subject,
// "how come" for asking why. Of terms that overlap one is meant; of the rest some
// are denied, some are asked and some only told ([Evidence]). At the same time the
// question is compared with the wordings of each entry ([Overlap], search.go).
// Then every entry gets a score:
//
//	score = base                            by how clearly the subject is named
//	      + how much each concept shows that the subject is meant
//	      - words that nothing explains      (shared by all entries so far)
//	      + how much each concept speaks for or against this entry
//	      + how often the entry is asked for
//	      + how like one of its wordings the question is
//
// It is a sum: [Reading.Reasons] yields its parts, the score adds them, and an
// explanation prints them. A score is the log of the odds that the entry is a right
// answer: one point more makes them 2.7 times better. From 0 on, when it is more
// likely right than not, the best entry is the answer; below, down to one in
// twelve, the best three are offered; below that the bot says that it does not
// know. Strict and lenient servers move both limits.
//
// # A ruler
//
// The worth of naming the subject, and the cost of an unknown word, by focus:
//
//	focus     example                 base    unknown word   one in the subject's place
//	None      "what causes it"        -7.7    -1.2           -0.5 more
//	Partial   "what causes cramps"    -4.7    -0.5           -0.5 more
//	Full      "upper back cramps"     -4.0    -0.1           -0.2 more
//
// So to name the subject is worth 3.7 points, more than any phrase but the plainest;
// a phrase that asks for one entry is worth 2 to 4; a close wording at most 0.7;
// an entry's very own wording is 12 whatever else is said.
//
// # Outcomes to expect
//
//	"why does my upper back cramp"      is answered: place and complaint are there
//	"ice or heat for this??"            is answered: nothing names the subject, but
//	                                    every word is explained, and the term is
//	                                    worth much alone
//	"what causes scoliosis"             is refused: an unknown word stands in the
//	                                    subject's place
//	"upper back spasm from grumbling"   is answered: where the subject is named, an
//	                                    unknown word hardly matters
//	"lower back pain relief"            is refused: "lower back" is another part, and
//	                                    overlaps the shorter "back pain"
//	"upper back tattoo"                 is refused: some words outweigh the subject
//	"no numbness, just a knot, massage?" is about massage: what is denied counts for
//	                                    nothing
//	a story with one question in it     is ranked by the question: what stands around
//	                                    it counts half, other subjects next to nothing
//	"ice or haet"                       a word that may be meant to be several counts
//	                                    as the one that completes a term
//	"Poor posture"                      the very words of a title or phrasing find
//	                                    their entry, whatever the rest says
//
// Two entries that answer each other's questions are interchangeable; the file says
// so. Of two that are and are nearly level, the one that stands first in the file
// goes first; two that are not are both offered.
//
// # Entries without a vocabulary
//
// An entry of a FAQ without a vocabulary, or a server's own, is known by its
// wordings alone. Words that few entries have weigh more (IDF), those that any
// question may hold weigh little, and everyday synonyms are one word. Nearly half
// of the score is how much question and wording agree (Dice), the rest how much of
// the question the entry has anywhere (recall). What a server adds is a second
// index over the same lexicon, and both are searched.
//
// # Where the numbers come from
//
// The points in the file and the numbers in score.go were fitted together: one
// logistic regression per entry over the concepts, all sharing what concepts say of
// the subject, drawn towards zero so that few points remain, on the labelled
// questions of faq/testdata. One content word in five was hidden at random in
// copies of each question, so that the numbers hold for wordings nobody has listed.
// They are rounded to a tenth. What a question costs that does not name the subject
// was raised by 1.1: far-off questions are more frequent in life than in the file.
package match
