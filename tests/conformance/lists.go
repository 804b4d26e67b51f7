package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// state is what stands between the brackets of a line: whether a test shows
// the fact.
type state byte

const (
	open    state = ' ' // no test shows it yet
	shown   state = 'x' // at least one test names it
	leftOut state = '-' // not wanted; the line ends with "left out: reason"
)

// fact is one line of a list: `- [x] D4.9.3 text`.
type fact struct {
	id    string
	state state
	text  string
	line  int // index into list.lines
}

// list is one file of docs/conformance. Everything that is not a fact
// (headings, tables, notes) is kept as it stands.
type list struct {
	path  string
	lines []string
	facts []fact
}

var factLine = regexp.MustCompile(`^- \[([ x-])\] ([A-Z][A-Z0-9]*[-.]?[0-9][0-9.]*) (.*)$`)

const reasonMark = "left out: "

// readLists reads every Markdown file of a directory that holds facts.
func readLists(dir string) ([]*list, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return nil, err
	}
	var lists []*list
	seen := map[string]string{}
	for _, path := range paths {
		l, err := readList(path)
		if err != nil {
			return nil, err
		}
		for _, f := range l.facts {
			if other, twice := seen[f.id]; twice {
				return nil, fmt.Errorf("%s:%d: %s stands in %s already", path, f.line+1, f.id, other)
			}
			seen[f.id] = path
		}
		if len(l.facts) > 0 {
			lists = append(lists, l)
		}
	}
	if len(lists) == 0 {
		return nil, fmt.Errorf("%s: no list of facts there (run this in the top directory of the checkout)", dir)
	}
	return lists, nil
}

func readList(path string) (*list, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	l := &list{path: path, lines: strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")}
	for i, line := range l.lines {
		m := factLine.FindStringSubmatch(line)
		if m == nil {
			if strings.HasPrefix(line, "- [") {
				return nil, fmt.Errorf("%s:%d: want `- [ ] ID text`, `- [x] ID text` or `- [-] ID text … %sreason`", path, i+1, reasonMark)
			}
			continue
		}
		f := fact{id: m[2], state: state(m[1][0]), text: m[3], line: i}
		if f.state == leftOut && !strings.Contains(f.text, reasonMark) {
			return nil, fmt.Errorf("%s:%d: %s is left out without a reason: end the line with %q", path, i+1, f.id, reasonMark+"…")
		}
		l.facts = append(l.facts, f)
	}
	return l, nil
}

// set changes the state of facts[i] in the text too.
func (l *list) set(i int, s state) {
	f := &l.facts[i]
	f.state = s
	l.lines[f.line] = fmt.Sprintf("- [%c] %s %s", s, f.id, f.text)
}

// write puts the list back into its file.
func (l *list) write() error {
	var out bytes.Buffer
	for _, line := range l.lines {
		out.WriteString(line)
		out.WriteByte('\n')
	}
	return os.WriteFile(l.path, out.Bytes(), 0o644)
}
