// Package match finds the entries of a FAQ that answer a question, with the reason
// for every point.
//
// # How a question finds its answer
//
// A question is folded, cut into words and corrected by package text. The terms of
// the vocabulary are looked for in the words ([Hit], terms.go). A term found stands
// for its [Concept]: "my shoulder blade" for the place, "cramps" for the subject,
// "how come" for asking why. Of terms that overlap one is meant; complaints that are
// denied or somebody else's count for nothing; sentences that ask count whole, and
// those around them half ([Evidence]). At the same time the question is compared with
// the wordings of each entry ([Overlap], search.go). The result is a list of
// features (features.go): concepts, pairs of concepts, words, neighbouring words, how
// clearly the subject is named, whether it or something else is named last, how much
// nobody has ever said before. Every entry gets the sum of their points:
//
//	score = by how clearly the subject is named
//	      + what each feature says of the subject being meant at all   (shared by all)
//	      + what each feature says of this entry
//	      + how like one of its wordings the question is
//
// It is a sum: [Reading.Reasons] yields its parts, the score adds them, and an
// explanation prints them. A score is near the log of the odds that the entry is a
// right answer: one point more makes them 2.7 times better.
//
// The scores together say how sure one may be of the best entry ([Matcher.Sureness]): an
// entry that is nearly as likely makes it as doubtful as the chance that none is right.
// From [Thresholds].Answer on it is the answer; else, from a score of Offer on, the best
// are offered, one of those that are interchangeable; below that the bot says that it
// does not know. Strict and lenient servers move the thresholds. A question that asks two
// things in so many words is answered with one and told of the other ([Reading.Second]).
//
// # Where the points come from
//
// Nobody writes points. Package fit learns them from the labelled questions in
// faq/fit/questions and writes faq/content/points.txt: for each entry whether it is a
// right answer, for all together which comes first, with one content word in five
// hidden in copies, and with copies that name another part of the body or another
// illness and must be refused in the very same words. Where an entry and the section
// that it is a part of are both right, the part comes first. Words that a concept covers
// have no points for all entries: they would take back what the concept gave. Where
// the subject is not named, no entry is more likely before anything is read.
//
// # A ruler
//
// The file of points, rounded:
//
//	the subject is named                    -3.2    is named in part    -4.7    is not named    -6.4
//	a word that asks for one entry ("why")  +2 for it, -1 for others
//	a close wording                         +1 to +3
//	an entry's very own wording             as much as makes 12, whatever else is said;
//	                                        13 to 15 for a phrasing, a title, or a taught
//	                                        wording word for word, so that "C#" is not "C++"
//
// The pairs in faq/testdata/pairs.txt say which of two entries wins a question, or
// which of two questions an entry, and by how much; a test computes them. They show
// each preference: what is asked beats what is told, a longer term beats the shorter
// one inside it, another part of the body takes the subject away, what is denied
// counts for nothing.
//
// # Entries without points
//
// An entry of another FAQ, or a server's own, is known by its wordings alone. Words
// that few entries have weigh more (IDF), those that any question may hold weigh
// little, and everyday synonyms are one word. The score is how much question and
// closest wording agree (Dice), how much of the question the entry has anywhere
// (recall), and how like all its wordings together the question is spelled (cosine of
// trigrams, letters.go). What a server adds is a second index over the same lexicon,
// and both are searched.
package match
