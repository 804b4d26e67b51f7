package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"time"

	"nestor/lib/perf"
)

// A reading is one measurement of a server under load.
type reading struct {
	perf.Report
	cpu  time.Duration // of the server, over the whole run of the generator
	wall time.Duration // of that run
}

// perExchange returns the server's CPU time for one exchange.
func (r *reading) perExchange() time.Duration {
	if r.Completed == 0 {
		return 0
	}
	return r.cpu / time.Duration(r.Completed)
}

// generations keeps the clients of one run of the generator apart from those of
// the others.
var generations uint64

// load runs nestor-perf with more flags against a server and reads what both did.
func (b *bench) load(ctx context.Context, srv *server, raw bool, flags ...string) (*reading, error) {
	generations++
	mac := fmt.Sprintf("mac=0a:%02x:%02x:00:00:00", generations>>8&255, generations&255)
	args := append([]string{"--json", "-b", mac}, flags...)
	if raw {
		args = append(args, "--raw", clientIface)
	} else {
		args = append(args, "-l", clientAddr, serverAddr)
	}
	cmd := b.wire.client.Command(b.perf, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	before, err := srv.cpu()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	err = runUntil(ctx, cmd)
	r := &reading{wall: time.Since(begun)}
	after, cpuErr := srv.cpu()
	if cpuErr != nil {
		return nil, cpuErr
	}
	r.cpu = after - before
	// Lost exchanges are part of the measurement.
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == perf.ExitFailed) {
		return nil, fmt.Errorf("nestor-perf: %w: %s", err, stderr.Bytes())
	}
	if err := json.Unmarshal(stdout.Bytes(), &r.Report); err != nil {
		return nil, fmt.Errorf("nestor-perf: %w in %s", err, stdout.Bytes())
	}
	return r, nil
}

// runUntil runs a command and kills it when ctx is done.
func runUntil(ctx context.Context, cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	err := cmd.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// closedLoop warms a server up and measures it with so many clients in flight.
func (b *bench) closedLoop(ctx context.Context, srv *server, raw bool, inFlight int) (*reading, error) {
	level := strconv.Itoa(inFlight)
	if _, err := b.load(ctx, srv, raw, "--in-flight", level, "-p", "0.3"); err != nil {
		return nil, err
	}
	return b.load(ctx, srv, raw, "--in-flight", level, "-p", fmt.Sprintf("%.3f", b.window.Seconds()))
}
