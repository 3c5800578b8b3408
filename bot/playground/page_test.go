package playground

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var jsImport = regexp.MustCompile(`(?m)^import (?:.* from )?"\./([\w.]+)";`)

// No module of the page imports itself through others, every module is reached
// from app.js, and none imports what is not there.
func TestModulesHaveNoCircles(t *testing.T) {
	imports := map[string][]string{}
	names, err := fs.Glob(files, "page/*.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		source, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		imports[path.Base(name)] = nil
		for _, m := range jsImport.FindAllStringSubmatch(string(source), -1) {
			imports[path.Base(name)] = append(imports[path.Base(name)], m[1])
		}
	}
	seen := map[string]bool{"theme.js": true} // a script of its own
	var visit func(name string, trail []string)
	visit = func(name string, trail []string) {
		if at := slices.Index(trail, name); at >= 0 {
			t.Errorf("a circle: %s", strings.Join(append(trail[at:], name), " > "))
			return
		}
		if _, ok := imports[name]; !ok {
			t.Errorf("%s imports %s, which is not there", trail[len(trail)-1], name)
		}
		if seen[name] {
			return
		}
		for _, next := range imports[name] {
			visit(next, append(slices.Clone(trail), name))
		}
		seen[name] = true
	}
	visit("app.js", nil)
	for name := range imports {
		if !seen[name] {
			t.Errorf("nothing imports %s", name)
		}
	}
}
