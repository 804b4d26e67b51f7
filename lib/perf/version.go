package perf

import (
	"fmt"
	"io"
	"runtime/debug"
)

// version is that of the Kea whose perfdhcp this program takes the place of.
const version = "2.7.3"

func writeExtendedVersion(w io.Writer) {
	revision := "unknown revision"
	goVersion := "unknown Go"
	if info, ok := debug.ReadBuildInfo(); ok {
		goVersion = info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	fmt.Fprintf(w, "%s (Nestor, %s)\nbuilt with %s\n", version, revision, goVersion)
}
