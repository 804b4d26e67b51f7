package manual_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// example is a piece of configuration as the manual prints it.
type example struct {
	id   string // section and number in it: 8.2.4#3
	text string
}

// printed reads the examples of a chapter from the text of the manual in dir.
func printed(t *testing.T, dir string, chapter int) []example {
	files, err := filepath.Glob(filepath.Join(dir, fmt.Sprintf("%02d-*.txt", chapter)))
	if err != nil || len(files) != 1 {
		t.Fatalf("NESTOR_ARM=%s has %d files %02d-*.txt, want one", dir, len(files), chapter)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	for _, e := range extract(string(text)) {
		if member.MatchString(e.text) {
			out = append(out, e)
		}
	}
	return out
}

var (
	heading = regexp.MustCompile(`^([0-9]+(\.[0-9]+)+) `)
	// member is a key with a value, without which nothing is configured.
	member = regexp.MustCompile(`"[^"\n]+"\s*:`)
)

// extract returns the blocks of code, those over a page break put together.
func extract(text string) []example {
	var out []example
	var block []string
	section, counts := "", make(map[string]int)
	inside, continued := false, false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \r\n")
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```") && !inside:
			inside = true
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			if continued && len(out) > 0 {
				out[len(out)-1].text += strings.Join(block, "\n") + "\n"
			} else {
				counts[section]++
				out = append(out, example{fmt.Sprintf("%s#%d", section, counts[section]), strings.Join(block, "\n") + "\n"})
			}
			block, inside, continued = nil, false, false
		case inside:
			block = append(block, line)
		case line == "(continues on next page)" || line == "(continued from previous page)":
			continued = true
		case line != "":
			continued = false
			if m := heading.FindStringSubmatch(line); m != nil {
				section = m[1]
			}
		}
	}
	return out
}
