// Command nestor-admin holds the tools of an administrator; see package admin.
package main

import (
	"os"
	"path/filepath"

	"nestor/lib/admin"
	"nestor/lib/daemon"
)

func main() {
	v := daemon.VersionOf(daemon.Program{}, filepath.Base(os.Args[0]) == "kea-admin")
	os.Exit(admin.Main(os.Args, v.Short, os.Stdout, os.Stderr))
}
