// Package admin is the program nestor-admin: tools that an administrator runs by
// hand, a command each. It reads the command line and leaves the work to others.
package admin

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// command is one tool of the program.
type command struct {
	name, summary string
	// run gets what stands behind the name and gives the exit status.
	run func(c call) int
}

// call is one call of a command.
type call struct {
	program        string // and the command's name: how it was called
	args           []string
	stdout, stderr io.Writer
}

// commands are in the order in which help lists them.
var commands []command

func init() { // the usage text of a command is found here
	memfileLeases := func(what string) func(*databaseCall) int {
		return func(c *databaseCall) int { c.logError("%s is not supported for memfile", what); return failure }
	}
	noStatistics := func(c *databaseCall) int { c.logInfo("memfile does not keep lease statistics"); return success }
	commands = []command{
		{"db-init", "make the tables of Kea's schema in an empty database", databaseCommand("db-init", notImplemented, dbInit)},
		{"db-version", "tell the version of a database's schema", databaseCommand("db-version", notImplemented, dbVersion)},
		{"db-upgrade", "bring a database with an older schema to the current one", databaseCommand("db-upgrade", notImplemented, dbUpgrade)},
		{"lease-dump", "write the leases of a database to a lease file", databaseCommand("lease-dump", memfileLeases("lease-dump"), leaseDump)},
		{"lease-upload", "add the leases of a lease file to a database", databaseCommand("lease-upload", memfileLeases("lease-upload"), leaseUpload)},
		{"stats-recount", "count the leases of a database anew", databaseCommand("stats-recount", noStatistics, statsRecount)},
		{"eval", "evaluate an expression of client classes on a message, step by step", evaluate},
	}
}

// The exit statuses.
const (
	success = 0
	failure = 1
)

// fail says what went wrong.
func (c call) fail(format string, args ...any) int {
	fmt.Fprintf(c.stderr, "%s: %s\n", c.program, fmt.Sprintf(format, args...))
	return failure
}

// Main is the program: args begin with its name. It gives the exit status: 0, or 1
// when something is wrong with the command line or what it names.
func Main(args []string, version string, stdout, stderr io.Writer) int {
	c := call{program: filepath.Base(args[0]), stdout: stdout, stderr: stderr}
	if len(args) < 2 {
		usage(stderr, c.program)
		return failure
	}
	switch args[1] {
	case "-h", "--help", "help":
		usage(stdout, c.program)
		return success
	case "-v", "--version":
		fmt.Fprintln(stdout, version)
		return success
	}
	for _, k := range commands {
		if k.name == args[1] {
			c.program, c.args = c.program+" "+k.name, args[2:]
			return k.run(c)
		}
	}
	return c.fail("there is no command %s, only %s; -h tells more", args[1], names())
}

func names() string {
	var all []string
	for _, k := range commands {
		all = append(all, k.name)
	}
	return strings.Join(all, ", ")
}

func usage(w io.Writer, program string) {
	fmt.Fprintf(w, "usage: %s COMMAND [ARGUMENTS]\n       %s -h | -v\n\ncommands (COMMAND -h tells of its arguments):\n", program, program)
	for _, k := range commands {
		fmt.Fprintf(w, "  %-14s %s\n", k.name, k.summary)
	}
}
