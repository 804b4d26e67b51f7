// Command conformance compares the lists of docs/conformance with the tests.
// Each list holds testable facts, one a line, with a state:
//
//   - [x] D4.9.3 …            shown by a test
//   - [ ] D4.9.4 …            open
//   - [-] D4.9.5 … left out: reason
//
// A test shows a fact by naming its id in a subtest's name or in a comment
// beside the assertion. Run it in the top directory of the checkout:
//
//	go run ./tests/conformance               check; prints a row a section
//	go run ./tests/conformance -update       set [x] and [ ] by what the tests name
//	go run ./tests/conformance -open D4.9    the open facts of a section
//	go run ./tests/conformance -import DIR   take over lists from DIR, keeping states
//
// The check fails when a ticked line stands in no test, and when a test names a
// fact of a list's numbering that the list does not have.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	update := flag.Bool("update", false, "set the state of each line by what the tests name")
	section := flag.String("open", "", "print the open facts whose ids begin with `ID`")
	source := flag.String("import", "", "take over the lists of `DIR` whose names docs/conformance has, or those named as arguments")
	flag.Parse()
	if err := run(os.Stdout, ".", *update, *section, *source, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, root string, update bool, section, source string, files []string) error {
	dir := filepath.Join(root, "docs", "conformance")
	if source != "" {
		return importLists(dir, source, files)
	}
	lists, err := readLists(dir)
	if err != nil {
		return err
	}
	found, err := named(root)
	if err != nil {
		return err
	}
	switch {
	case section != "":
		printOpen(out, lists, section)
		return nil
	case update:
		return tick(lists, found)
	default:
		printSummary(out, lists)
		return check(lists, found)
	}
}
