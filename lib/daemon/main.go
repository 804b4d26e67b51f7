package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"nestor/lib/control"
	"nestor/lib/logging"
	"nestor/lib/stats"
)

// Main runs a daemon until it ends and gives the exit status; it is all that a
// program's main function calls.
func Main(p Program, newApp func(*Env) App) int {
	restrictUmask()
	return Run(context.Background(), p, newApp, Invocation{Args: os.Args, Stdout: os.Stdout, Stderr: os.Stderr})
}

// restrictUmask takes write access from the group and all access from others,
// for every file that the daemon will make.
func restrictUmask() {
	old := unix.Umask(0o077)
	unix.Umask(old | 0o027)
}

// Run is Main with everything outside given, for tests. When ctx ends the daemon
// stops as on SIGTERM.
func Run(ctx context.Context, p Program, newApp func(*Env) App, inv Invocation) int {
	name := filepath.Base(inv.Args[0])
	kea := name == p.KeaName
	if !kea {
		name = p.Name
	}
	if t := p.tool(inv.Args[1:]); t != nil {
		return t.Run(name, inv.Args[2:], inv.Stdout, inv.Stderr)
	}
	version := VersionOf(p, kea)
	o, err := parseOptions(inv.Args[1:], p.DHCP)
	if err != nil {
		fmt.Fprintln(inv.Stderr, err)
		usage(inv.Stderr, p, name, version.Short)
		return 1
	}
	switch o.mode {
	case showVersion:
		fmt.Fprintln(inv.Stdout, version.Short)
		return 0
	case showExtended:
		fmt.Fprintln(inv.Stdout, version.Extended)
		return 0
	case showReport:
		fmt.Fprintln(inv.Stdout, BuildReport())
		return 0
	case showSchema:
		return printSchema(p, inv)
	}
	d := newDaemon(p, inv, o, name, kea)
	d.Version = version
	if o.mode != serve {
		return d.check(newApp, o.mode == checkDeep)
	}
	return d.run(ctx, newApp)
}

func printSchema(p Program, inv Invocation) int {
	if _, err := inv.Stdout.Write(p.Schema()); err != nil {
		fmt.Fprintln(inv.Stderr, err)
		return 1
	}
	return 0
}

// tool finds the tool that the arguments ask for, nil if none.
func (p *Program) tool(args []string) *Tool {
	for i := range p.Tools {
		if len(args) > 0 && args[0] == p.Tools[i].Name {
			return &p.Tools[i]
		}
	}
	return nil
}

func newDaemon(p Program, inv Invocation, o options, name string, kea bool) *Daemon {
	clock := inv.Clock
	if clock == nil {
		clock = time.Now
	}
	paths := inv.Paths
	if paths == nil {
		built := DefaultPaths(kea)
		paths = &built
	}
	logs := logging.New(p.KeaName)
	logs.SetConsole(inv.Stdout, inv.Stderr)
	d := &Daemon{
		Env: &Env{
			Program: p, Name: name, Kea: kea, Paths: *paths, ConfigFile: o.file,
			Verbose: o.verbose, ServerPort: o.serverPort, ClientPort: o.clientPort,
			Logging: logs, Stats: stats.New(clock),
			Commands: control.NewRegistry(logs.Logger("commands")), Clock: clock,
		},
		out: inv.Stdout, err: inv.Stderr, signals: inv.Signals,
		started: clock(), stop: make(chan int, 1),
	}
	d.shutdown = func(exit int) {
		select {
		case d.stop <- exit:
		default: // somebody asked before
		}
	}
	d.events = p.Events.of(d.Env)
	return d
}

// run is a normal start, service and end: early logging, STARTING, PID file,
// configuration, signals, STARTED, service.
func (d *Daemon) run(ctx context.Context, newApp func(*Env) App) (exit int) {
	d.Paths.makeDirectories(d.Kea)
	d.Logging.Early(d.Paths.Lock, d.Verbose)
	defer d.Logging.Close()
	d.events.starting()
	pid, err := createPIDFile(pidFilePath(d.Paths.PID, d.ConfigFile, d.Name))
	if err != nil {
		d.pidTrouble(directoryHint(err, d.Paths.PID, "KEA_PIDFILE_DIR"))
		return 1
	}
	defer pid.remove()
	d.app = newApp(d.Env)
	d.registerCommon()
	if err := d.load(ctx); err != nil {
		d.events.configFailed(d.ConfigFile, err)
		fmt.Fprintf(d.err, "%s: Fatal error during start up: %v\n", d.Name, err)
		return 1
	}
	if d.signals == nil {
		signals := make(chan os.Signal, 8)
		signal.Notify(signals, unix.SIGHUP, unix.SIGTERM, unix.SIGINT)
		defer signal.Stop(signals)
		d.signals = signals
	}
	d.events.started()
	exit = d.serve(ctx)
	d.events.stopped()
	return exit
}

func (d *Daemon) pidTrouble(err error) {
	if errors.Is(err, errRunning) {
		d.events.alreadyRunning(err)
		fmt.Fprintf(d.err, "%s already running? %v\n", d.Name, err)
		return
	}
	d.events.noPIDFile(err)
	fmt.Fprintf(d.err, "%s: Fatal error during start up: could not create a PID file: %v\n", d.Name, err)
}

// serve runs the app and reacts to signals until it is time to stop.
func (d *Daemon) serve(ctx context.Context) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- d.app.Run(ctx) }()
	d.notify.start(d.app)
	defer d.notify.stop()
	exit := 0
	for {
		select {
		case sig := <-d.signals:
			if sig == unix.SIGHUP {
				d.hangup(ctx)
				continue
			}
			d.events.stopping(sig)
		case exit = <-d.stop:
			d.events.stopping(nil)
		case <-ctx.Done():
			d.events.stopping(nil)
		case err := <-ended:
			return d.ended(err, exit)
		}
		d.notify.stopping()
		cancel()
		return d.ended(<-ended, exit)
	}
}

// ended gives the exit status after the app's Run returned.
func (d *Daemon) ended(err error, exit int) int {
	if err == nil || errors.Is(err, context.Canceled) {
		return exit
	}
	d.events.failed(err)
	fmt.Fprintf(d.err, "%s: %v\n", d.Name, err)
	return 1
}

func (d *Daemon) hangup(ctx context.Context) {
	if d.Program.IgnoreHangup {
		return
	}
	d.notify.reloading()
	d.reload(ctx, true) // what failed is logged
	d.notify.ready()
}
