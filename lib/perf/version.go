package perf

import (
	"fmt"
	"io"
)

// A Version is what -v and -V print.
type Version struct {
	Short    string
	Extended string // several lines
}

func (v Version) write(w io.Writer, what showing) {
	if what == showExtendedVersion {
		fmt.Fprintln(w, v.Extended)
		return
	}
	fmt.Fprintf(w, "VERSION: %s\n", v.Short)
}
