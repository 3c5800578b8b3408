package text

// Lookalikes are for tests that disguise questions.
var Lookalikes = lookalikes
