// Command nestor-perf generates DHCP load; see package perf for what it does and
// nestor-perf -h for its flags.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"nestor/lib/perf"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := perf.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
