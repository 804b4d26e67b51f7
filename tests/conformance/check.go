package main

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
)

// check joins all the ways in which lists and tests contradict each other.
func check(lists []*list, found names) error {
	var faults []error
	for _, l := range lists {
		for _, f := range l.facts {
			if _, ok := found[f.id]; f.state == shown && !ok {
				faults = append(faults, fmt.Errorf("%s:%d: %s is ticked, but no test names it", l.path, f.line+1, f.id))
			}
		}
	}
	return errors.Join(append(faults, unknown(lists, found)...)...)
}

// unknown reports ids that look like a list's but stand in none: a slip of the
// pen in a test, which would otherwise claim nothing.
func unknown(lists []*list, found names) []error {
	facts := map[string]bool{}
	numbering := map[string]bool{}
	for _, l := range lists {
		for _, f := range l.facts {
			facts[f.id] = true
			numbering[shape(f.id)] = true
		}
	}
	var faults []error
	for id, file := range found {
		if numbering[shape(id)] && !facts[id] {
			faults = append(faults, fmt.Errorf("%s: names %s, which no list has", file, id))
		}
	}
	sort.Slice(faults, func(i, j int) bool { return faults[i].Error() < faults[j].Error() })
	return faults
}

// shape is an id's letters and depth: D4.9.3 → D4/2. A test may speak of a
// section (D4.9), which has another depth and claims no fact.
func shape(id string) string {
	letters, rest, _ := strings.Cut(id, ".")
	if rest == "" {
		return id
	}
	return fmt.Sprintf("%s/%d", letters, strings.Count(rest, ".")+1)
}

// tick sets each line's state by what the tests name. Lines that are left out
// stay so.
func tick(lists []*list, found names) error {
	for _, l := range lists {
		for i, f := range l.facts {
			if f.state == leftOut {
				continue
			}
			if _, ok := found[f.id]; ok {
				l.set(i, shown)
			} else {
				l.set(i, open)
			}
		}
		if err := l.write(); err != nil {
			return err
		}
	}
	return nil
}

// printSummary prints a row for each section of each list.
func printSummary(out io.Writer, lists []*list) {
	var all, allShown int
	for _, l := range lists {
		fmt.Fprintf(out, "%s\n", l.path)
		title, at := "", 0
		var total, done, left int
		flush := func() {
			if total > 0 {
				fmt.Fprintf(out, "  %3d of %3d", done, total)
				if left > 0 {
					fmt.Fprintf(out, " (%d left out)", left)
				}
				fmt.Fprintf(out, "  %s\n", title)
			}
			all, allShown = all+total, allShown+done
			total, done, left = 0, 0, 0
		}
		for i, line := range l.lines {
			if heading, ok := strings.CutPrefix(line, "## "); ok {
				flush()
				title = heading
			}
			if at < len(l.facts) && l.facts[at].line == i {
				total++
				switch l.facts[at].state {
				case shown:
					done++
				case leftOut:
					left++
				}
				at++
			}
		}
		flush()
	}
	fmt.Fprintf(out, "%d of %d facts are shown by tests\n", allShown, all)
}

func printOpen(out io.Writer, lists []*list, section string) {
	for _, l := range lists {
		for _, f := range l.facts {
			if f.state == open && (f.id == section || strings.HasPrefix(f.id, section+".") || strings.HasPrefix(f.id, section+"-")) {
				fmt.Fprintln(out, f.id, f.text)
			}
		}
	}
}
