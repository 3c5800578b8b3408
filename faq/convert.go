package faq

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// source is one question and answer as another program keeps them.
type source struct {
	line      int // where it stands; 0 where that is not known
	id        string
	questions []string // the first is the title
	answer    string
}

// Names that other programs give the columns and keys, in the order of preference.
var (
	idNames       = []string{"id", "key", "slug", "tag", "name"}
	questionNames = []string{"question", "questions", "title", "q", "patterns", "prompt", "heading"}
	answerNames   = []string{"answer", "answers", "a", "responses", "response", "reply", "content", "text", "body"}
	moreNames     = []string{"phrasings", "aliases", "alternatives", "keywords", "variants", "synonyms"}
)

// Convert turns questions and answers of another kind into a FAQ file: the
// headings of a Markdown file and the text below each, the rows of a CSV file,
// or the objects of a JSON file. Where it was not sure the FAQ file has comments
// that begin with "# Check:"; it returns how many.
func Convert(name string, data []byte) (file []byte, entries, checks int, err error) {
	var wrong faults
	text, ok := plainText(data, &wrong)
	if !ok {
		return nil, 0, 0, wrong.err(name)
	}
	if strings.TrimSpace(text) == "" {
		return nil, 0, 0, fmt.Errorf("%s: the file is empty: name the file with the questions and answers", name)
	}
	var list []source
	switch kind := strings.ToLower(filepath.Ext(name)); {
	case kind == ".yaml" || kind == ".yml":
		return nil, 0, 0, fmt.Errorf("%s is YAML, as FAQ files are: try bot check --faq-file %s", name, name)
	case kind == ".csv" || kind == ".tsv":
		list, err = fromCSV(text)
	case kind == ".json" || kind == "" && strings.IndexAny(strings.TrimSpace(text), "[{") == 0:
		list, err = fromJSON([]byte(text))
	default:
		list = fromMarkdown(text)
	}
	if err != nil {
		return nil, 0, 0, fmt.Errorf("%s: %w", name, err)
	}
	if len(list) == 0 {
		return nil, 0, 0, fmt.Errorf("%s: no questions found: write each as a Markdown heading with its answer below, as a row of a CSV file with the columns question and answer, or as JSON objects with these keys", name)
	}
	d := draft{from: filepath.Base(name)}
	for _, s := range list {
		d.add(s)
	}
	return d.yaml(), len(d.entries), d.checks, nil
}

var (
	heading = regexp.MustCompile(`^(#{1,6})[ \t]+(.*?)[ \t]*#*$`)
	fence   = regexp.MustCompile("^ {0,3}(```|~~~)")
)

// fromMarkdown reads headings with text below them. A heading with nothing but
// headings below it is a section.
func fromMarkdown(text string) (list []source) {
	fenced := false
	for n, line := range strings.Split(text, "\n") {
		if fence.MatchString(line) {
			fenced = !fenced
		}
		if m := heading.FindStringSubmatch(line); m != nil && !fenced {
			list = append(list, source{line: n + 1, questions: []string{m[2]}})
		} else if len(list) > 0 {
			list[len(list)-1].answer += line + "\n"
		}
	}
	return slices.DeleteFunc(list, func(s source) bool {
		return strings.TrimSpace(s.answer) == "" && !strings.HasSuffix(s.questions[0], "?")
	})
}

// fromCSV reads rows of a question and an answer. The first row may name the
// columns; otherwise the first two are taken.
func fromCSV(text string) ([]source, error) {
	r := csv.NewReader(strings.NewReader(text))
	first, _, _ := strings.Cut(text, "\n")
	r.Comma = ','
	for _, comma := range ";\t" {
		if strings.Count(first, string(comma)) > strings.Count(first, string(r.Comma)) {
			r.Comma = comma
		}
	}
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	var list []source
	id, question, answer, more := -1, 0, 1, -1
	for row := 0; ; row++ {
		cells, err := r.Read()
		if len(cells) == 0 {
			break
		}
		if err != nil {
			return nil, errors.New("a row cannot be read: put texts with commas, quotation marks or several lines in double quotes")
		}
		if row == 0 {
			names := make([]string, len(cells))
			for i, cell := range cells {
				names[i] = strings.ToLower(strings.TrimSpace(cell))
			}
			if q, a := column(names, questionNames), column(names, answerNames); q >= 0 && a >= 0 {
				id, question, answer, more = column(names, idNames), q, a, column(names, moreNames)
				continue
			}
		}
		cell := func(n int) string {
			if n < 0 || n >= len(cells) {
				return ""
			}
			return cells[n]
		}
		line, _ := r.FieldPos(0)
		s := source{line: line, id: cell(id), questions: []string{cell(question)}, answer: cell(answer)}
		s.questions = append(s.questions, strings.FieldsFunc(cell(more), func(r rune) bool { return strings.ContainsRune(";|\n", r) })...)
		list = append(list, s)
	}
	return list, nil
}

// column finds the first of some names.
func column(cells, names []string) int {
	for _, name := range names {
		if n := slices.Index(cells, name); n >= 0 {
			return n
		}
	}
	return -1
}

// fromJSON reads a list of objects, alone or as a value of an object, or one
// object whose keys are questions and whose values are answers.
func fromJSON(data []byte) ([]source, error) {
	var list []map[string]any
	if json.Unmarshal(data, &list) == nil {
		return fromObjects(list), nil
	}
	var lists map[string]json.RawMessage
	if err := json.Unmarshal(data, &lists); err != nil {
		return nil, errors.New("this is not JSON, or no list of objects with question and answer: write [{\"question\": \"...\", \"answer\": \"...\"}, ...]")
	}
	for _, raw := range lists {
		if list = nil; json.Unmarshal(raw, &list) == nil && len(list) > 0 {
			if found := fromObjects(list); len(found) > 0 {
				return found, nil
			}
		}
	}
	// One object: its keys in their order.
	var found []source
	dec := json.NewDecoder(bytes.NewReader(data))
	_, _ = dec.Token() // {
	for dec.More() {
		key, _ := dec.Token()
		var answer any
		if dec.Decode(&answer) != nil {
			break
		}
		if text := texts(answer); len(text) == 1 {
			found = append(found, source{questions: []string{fmt.Sprint(key)}, answer: text[0]})
		}
	}
	return found, nil
}

func fromObjects(list []map[string]any) (found []source) {
	for _, object := range list {
		get := func(names []string) []string {
			for _, name := range names {
				for key, value := range object {
					if text := texts(value); strings.EqualFold(key, name) && len(text) > 0 {
						return text
					}
				}
			}
			return nil
		}
		questions, answers := get(questionNames), get(answerNames)
		if questions == nil && answers == nil {
			continue
		}
		s := source{questions: append(questions, get(moreNames)...), answer: strings.Join(answers, "\n\n")}
		if ids := get(idNames); len(ids) == 1 {
			s.id = ids[0]
		}
		found = append(found, s)
	}
	return found
}

// texts is a JSON value as texts; nil for one that holds none.
func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case float64:
		return []string{fmt.Sprint(v)}
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, texts(one)...)
		}
		return all
	}
	return nil
}
