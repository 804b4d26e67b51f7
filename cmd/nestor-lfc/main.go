// Command nestor-lfc cleans up lease files; the DHCP servers start it. See
// package lfc.
package main

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"nestor/lib/daemon"
	"nestor/lib/lease/lfc"
)

func main() {
	unix.Umask(0o027)
	v := daemon.VersionOf(daemon.Program{}, filepath.Base(os.Args[0]) == "kea-lfc")
	os.Exit(lfc.Main(os.Args, lfc.Texts{Version: v.Short, Extended: v.Extended, Report: daemon.BuildReport()}, os.Stdout, os.Stderr))
}
