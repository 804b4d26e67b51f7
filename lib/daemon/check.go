package daemon

import (
	"errors"
	"fmt"
	"strings"

	"nestor/lib/element"
)

// check is -t and -T: the outcome is the exit status, faults go to standard
// error, one a line, log lines to standard output. Neither a PID file nor a
// lock file is made.
func (d *Daemon) check(newApp func(*Env) App, deep bool) int {
	d.Logging.Early("none", d.Verbose)
	defer d.Logging.Close()
	cfg, err := d.parse()
	if err != nil {
		d.complain("Syntax check failed with: ", err)
		return 1
	}
	d.app = newApp(d.Env)
	if err := d.missingTop(cfg); err != nil {
		if d.Verbose {
			fmt.Fprintln(d.err, "Syntax check OK")
		}
		fmt.Fprintln(d.err, err)
		return 1
	}
	err = d.app.Test(cfg, deep)
	if isSyntax(err) {
		d.complain("Syntax check failed with: ", err)
		return 1
	}
	if d.Verbose {
		fmt.Fprintln(d.err, "Syntax check OK")
	}
	if err != nil {
		d.complain("Error encountered: ", err)
		return 1
	}
	return 0
}

// complain prints an error, each of its lines behind prefix.
func (d *Daemon) complain(prefix string, err error) {
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintln(d.err, prefix+strings.TrimSuffix(line, "\n"))
	}
}

// isSyntax reports whether the text of a configuration is at fault, as opposed
// to what it says.
func isSyntax(err error) bool {
	var grammar interface{ Syntax() bool }
	var syntax element.SyntaxErrors
	return errors.As(err, &syntax) || errors.As(err, &grammar) && grammar.Syntax()
}

func (d *Daemon) missingTop(cfg *element.Value) error {
	if cfg.Get(d.Program.TopLevel) == nil {
		return fmt.Errorf("Missing mandatory %s element", d.Program.TopLevel) //nolint:staticcheck // Kea's wording
	}
	return nil
}
