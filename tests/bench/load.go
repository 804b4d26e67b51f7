package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"nestor/lib/perf"
)

// A reading is one measurement of a server under load.
type reading struct {
	perf.Report
	cpu     time.Duration // of the server, over the whole run of the generator
	wall    time.Duration // of that run
	foreign float64       // part of all cores that neither of them had, but others
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
func (b *bench) load(ctx context.Context, srv *server, w way, flags ...string) (*reading, error) {
	generations++
	mac := fmt.Sprintf("mac=0a:%02x:%02x:00:00:00", generations>>8&255, generations&255)
	args := append([]string{"--json", "-b", mac}, flags...)
	switch w {
	case relayed6:
		args = append(args, "-6", "-A", "1", "-l", clientIface)
	case direct:
		args = append(args, "--raw", clientIface)
	case relayed: // a UDP relay would cost the server's core more than its queries do
		args = append(args, "--packet", clientIface, "-l", clientAddr, serverAddr)
	default:
		args = append(args, "-l", clientAddr, serverAddr)
	}
	cmd := b.wire.client.Command(b.perf, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	before, err := readUsage(srv)
	if err != nil {
		return nil, err
	}
	err = runUntil(ctx, cmd)
	after, usageErr := readUsage(srv)
	if usageErr != nil {
		return nil, usageErr
	}
	r := &reading{wall: after.at.Sub(before.at), cpu: after.server - before.server}
	r.foreign = after.foreignSince(before, cmd.ProcessState)
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

// A usage is what was used of the machine up to a moment.
type usage struct {
	at      time.Time
	server  time.Duration
	machine time.Duration // by everybody, on all cores
}

func readUsage(srv *server) (u usage, err error) {
	u.at = time.Now()
	if u.server, err = srv.cpu(); err != nil {
		return u, err
	}
	u.machine, err = machineCPU()
	return u, err
}

// foreignSince returns the part of the machine that was used neither by the
// server nor by the generator, which has ended.
func (u usage) foreignSince(before usage, generator *os.ProcessState) float64 {
	ours := u.server - before.server + generator.UserTime() + generator.SystemTime()
	all := u.at.Sub(before.at) * time.Duration(runtime.NumCPU())
	return max(0, float64(u.machine-before.machine-ours)/float64(all))
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
// More flags go to the load generator.
func (b *bench) closedLoop(ctx context.Context, srv *server, w way, inFlight int, flags ...string) (*reading, error) {
	flags = append([]string{"--in-flight", strconv.Itoa(inFlight)}, flags...)
	if _, err := b.load(ctx, srv, w, append(flags, "-p", "0.3")...); err != nil {
		return nil, err
	}
	return b.load(ctx, srv, w, append(flags, "-p", fmt.Sprintf("%.3f", b.window.Seconds()))...)
}
