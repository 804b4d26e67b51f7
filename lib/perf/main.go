package perf

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// Exit statuses of the program (ARM 25.10.11).
const (
	ExitSuccess = 0
	ExitError   = 1 // the local system or a file failed us
	ExitUsage   = 2 // wrong command line
	ExitFailed  = 3 // one or more exchanges were not successful
)

// Main runs the program: args without its name, the report to stdout, errors to
// stderr. It returns the exit status. When ctx is done the run ends early and
// reports what it has.
func Main(ctx context.Context, v Version, args []string, stdout, stderr io.Writer) int {
	o, err := Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "nestor-perf: %v\nnestor-perf -h lists the flags.\n", err)
		return ExitUsage
	}
	switch o.show {
	case showHelp:
		writeHelp(stdout)
		return ExitSuccess
	case showVersion, showExtendedVersion:
		v.write(stdout, o.show)
		return ExitSuccess
	}
	failed, err := run(ctx, o, args, stdout)
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "nestor-perf: %v\n", explain(err))
		return ExitError
	case failed:
		return ExitFailed
	}
	return ExitSuccess
}

// run does what the command line says and prints the report.
func run(ctx context.Context, o *Options, args []string, stdout io.Writer) (failed bool, err error) {
	if err := o.load(); err != nil {
		return false, err
	}
	if o.Separator == "" && !o.JSON {
		writePreamble(stdout, o, args)
	}
	e, err := o.open(stdout)
	if err != nil {
		return false, err
	}
	defer e.close()
	if err := callScript(ctx, o.Script, "start"); err != nil {
		return false, err
	}
	runErr := e.run(ctx)
	if err := callScript(context.WithoutCancel(ctx), o.Script, "stop"); runErr == nil {
		runErr = err
	}
	if runErr != nil {
		return false, runErr
	}
	if o.JSON {
		return e.failed(), writeJSON(stdout, e.report())
	}
	e.writeReport(stdout)
	return e.failed(), nil
}

// Run does one run for a program that embeds the generator, and returns its report.
func Run(ctx context.Context, o *Options) (*Report, error) {
	if err := o.load(); err != nil {
		return nil, err
	}
	e, err := o.open(io.Discard)
	if err != nil {
		return nil, err
	}
	defer e.close()
	if err := e.run(ctx); err != nil {
		return nil, err
	}
	return e.report(), nil
}

// A generator is an engine of either family.
type generator interface {
	run(ctx context.Context) error
	report() *Report
	writeReport(w io.Writer)
	failed() bool
	close() error
}

// open gets a run ready to begin; text is for interim reports.
func (o *Options) open(text io.Writer) (generator, error) {
	if o.V6 {
		w, link, err := open6(o)
		if err != nil {
			return nil, err
		}
		return newEngine(o, newFamily6(o, link), w, text), nil
	}
	open := openRelay
	if o.Raw != "" {
		open = openRaw
	} else if o.Packet != "" {
		open = openPacketRelay
	}
	w, err := open(o)
	if err != nil {
		return nil, err
	}
	return newEngine(o, newFamily4(o, w.relay()), wire[binding4](w), text), nil
}

// callScript runs -w's program with start or stop.
func callScript(ctx context.Context, script, when string) error {
	if script == "" {
		return nil
	}
	cmd := exec.CommandContext(ctx, script, when)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("-w %s %s: %w", script, when, err)
	}
	return nil
}
