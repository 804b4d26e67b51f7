package lfc

import (
	"fmt"
	"io"
	"path/filepath"

	"nestor/lib/config"
	"nestor/lib/lease/leasefile"
	"nestor/lib/logging"
)

// Texts are what -v, -V and -W print.
type Texts struct{ Version, Extended, Report string }

// Main is the program: it reads the switches in args, which begin with the
// program's name, runs a clean-up and gives the exit status. That is 1 only for
// wrong switches: a clean-up that fails says so in the log, and the server
// starts another in time.
func Main(args []string, texts Texts, stdout, stderr io.Writer) int {
	program := filepath.Base(args[0])
	o, err := parse(args[1:])
	if err != nil {
		fmt.Fprintln(stderr, err)
		usage(stderr, program)
		return 1
	}
	switch o.show {
	case showVersion:
		fmt.Fprintln(stdout, texts.Version)
	case showExtended:
		fmt.Fprintln(stdout, texts.Extended)
	case showReport:
		fmt.Fprintln(stdout, texts.Report)
	case showHelp:
		usage(stdout, program)
	default:
		logs := startLog(o.debug, stdout, stderr)
		defer logs.Close()
		job := Job{Family: o.family, Files: o.files, FS: leasefile.OS, Log: logs.Logger("")}
		_ = job.Run() // has logged what went wrong
	}
	return 0
}

// root is the name of the program's logger, under which Kea's logs too.
const root = "DhcpLFC"

// startLog sends messages to syslog, with -d all of them to standard output.
func startLog(debug bool, stdout, stderr io.Writer) *logging.System {
	logs := logging.New(root)
	logs.SetConsole(stdout, stderr)
	output := config.LogOutput{Output: "syslog"}
	if debug {
		output.Output = "stdout"
	}
	if err := logs.Configure([]*config.Logger{{Name: root, Severity: "INFO", Outputs: []config.LogOutput{output}}}, debug); err != nil {
		fmt.Fprintln(stderr, err)
	}
	return logs
}
