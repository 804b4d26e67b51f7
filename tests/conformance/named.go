package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// names says where each id was found: id → first file that names it.
type names map[string]string

var idPattern = regexp.MustCompile(`\b[A-Z][A-Z0-9]*(?:-[0-9]+|[0-9]+(?:\.[0-9]+)*|\.[0-9]+(?:\.[0-9]+)*)\b`)

// named collects the ids that the tests below root name: _test.go files
// anywhere, everything under tests/, and test scripts under testdata/.
func named(root string) (names, error) {
	found := names{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if skipDir(rel, entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() || !isTest(rel) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, id := range idPattern.FindAllString(string(text), -1) {
			if _, known := found[id]; !known {
				found[id] = rel
			}
		}
		return nil
	})
	return found, err
}

// skipDir leaves out hidden directories, build results, fuzz corpora (bytes,
// not claims) and this program's own tests, whose ids are made up.
func skipDir(rel, name string) bool {
	if rel == "." {
		return false
	}
	return strings.HasPrefix(name, ".") || rel == "bin" || name == "fuzz" || rel == filepath.Join("tests", "conformance")
}

func isTest(rel string) bool {
	slashed := filepath.ToSlash(rel)
	switch {
	case strings.HasSuffix(slashed, "_test.go"):
		return true
	case strings.HasPrefix(slashed, "tests/"):
		return strings.HasSuffix(slashed, ".go") || isScript(slashed)
	case strings.Contains(slashed, "/testdata/"):
		return isScript(slashed)
	}
	return false
}

// isScript tells test scripts from captured data.
func isScript(path string) bool {
	switch filepath.Ext(path) {
	case ".txtar", ".txt", ".sh", ".bats":
		return true
	}
	return false
}
