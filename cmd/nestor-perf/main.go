// Command nestor-perf generates DHCP load; see package perf for what it does and
// nestor-perf -h for its flags.
package main

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"nestor/lib/daemon"
	"nestor/lib/perf"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	v := daemon.VersionOf(daemon.Program{}, filepath.Base(os.Args[0]) == "perfdhcp")
	status := perf.Main(ctx, perf.Version{Short: v.Short, Extended: v.Extended}, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
