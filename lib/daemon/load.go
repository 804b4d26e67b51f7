package daemon

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"nestor/lib/element"
)

// parse reads the configuration file and logs the warnings about it.
func (d *Daemon) parse() (*element.Value, error) {
	cfg, diagnostics, err := element.ParseFile(d.ConfigFile, element.FileOptions{})
	for _, remark := range diagnostics {
		if remark.Warning {
			d.events.syntaxWarning(remark.String())
		}
	}
	return cfg, err
}

// load puts the configuration file in force.
func (d *Daemon) load(ctx context.Context) error {
	defer spareCollector()()
	cfg, err := d.parse()
	if err != nil {
		return err
	}
	if err := d.missingTop(cfg); err != nil {
		return err
	}
	return d.configure(ctx, cfg)
}

// returnMemoryAfter is how long after a reload its garbage is given back to the
// system: not while its answer is made, nor while another may follow.
const returnMemoryAfter = 30 * time.Second

// spareCollector lets garbage pile up until the function that it returns is
// called: a large configuration is read much faster without collections of what
// is all still in use.
func spareCollector() (restore func()) {
	percent := debug.SetGCPercent(400)
	return func() {
		debug.SetGCPercent(percent)
		time.AfterFunc(returnMemoryAfter, debug.FreeOSMemory)
	}
}

// configure puts a configuration in force; when it is refused the one before
// stays.
func (d *Daemon) configure(ctx context.Context, cfg *element.Value) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.app.Configure(ctx, cfg); err != nil {
		return err
	}
	d.times.Lock()
	d.configured = d.Clock()
	d.times.Unlock()
	return nil
}

// reload is what SIGHUP and config-reload do. Log files are opened anew even if
// the configuration is refused, so that a logrotate run is never in vain.
func (d *Daemon) reload(ctx context.Context, bySignal bool) error {
	d.events.reloading(d.ConfigFile, bySignal)
	if err := d.load(ctx); err != nil {
		if logErr := d.Logging.Reopen(); logErr != nil {
			fmt.Fprintln(d.err, logErr)
		}
		d.events.reloadFailed(d.ConfigFile, err)
		return err
	}
	d.events.reloaded(d.ConfigFile)
	return nil
}

// oneLine is an error as a log line has it: all faults of a configuration behind
// one another.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// answerText is an error as an answer to a command has it.
func answerText(err error) string {
	var a interface{ Answer() string }
	if errors.As(err, &a) {
		return a.Answer()
	}
	return err.Error()
}
