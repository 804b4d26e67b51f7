package logging

import (
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// minRotationSize is the least maxsize at which a log file rotates
// (ARM 19.1.1.4.3).
const minRotationSize = 204800

// Default layouts (ARM 19.1.2).
const (
	filePattern   = "%D{%Y-%m-%d %H:%M:%S.%q} %-5p [%c/%i.%t] %m\n"
	syslogPattern = "%-5p [%c.%t] %m\n"
)

// output is where lines go. write is called concurrently, the others are not.
type output interface {
	write(now time.Time, sev Severity, line []byte)
	// release writes what was held back while lines were gathered.
	release(now time.Time)
	reopen() error
	close() error
}

type destinationKind uint8

const (
	toStdout destinationKind = iota
	toStderr
	toSyslog
	toFile
)

// destination says what to open. Two equal ones share an output.
type destination struct {
	kind     destinationKind
	facility int    // syslog
	path     string // file
	flush    bool
	maxSize  int64 // bytes, 0: no rotation
	maxVer   int
}

type outputKey destination

// parseDestination reads stdout, stderr, syslog, syslog:FACILITY or a file
// name. ok is false when the facility is unknown; local0 is taken then.
func parseDestination(text string) (d destination, ok bool) {
	name, facility, _ := strings.Cut(text, ":")
	switch {
	case text == "stdout" || text == "":
		return destination{kind: toStdout}, true
	case text == "stderr":
		return destination{kind: toStderr}, true
	case name == "syslog":
		code, ok := facilityCode(facility)
		return destination{kind: toSyslog, facility: code}, ok
	}
	return destination{kind: toFile, path: text, flush: true, maxVer: 1}, true
}

// String gives the destination for error messages.
func (d destination) String() string {
	switch d.kind {
	case toStdout:
		return "stdout"
	case toStderr:
		return "stderr"
	case toSyslog:
		return "syslog"
	}
	return d.path
}

func (d destination) defaultPattern() string {
	if d.kind == toSyslog {
		return syslogPattern
	}
	return filePattern
}

// openOutput opens a destination, or opens anew what already serves it. When
// the latter fails it gives the output as it was beside the error.
func (s *System) openOutput(d destination, old output) (output, error) {
	if old != nil {
		return old, old.reopen()
	}
	switch d.kind {
	case toStdout:
		return &consoleOutput{sys: s, w: s.stdout}, nil
	case toStderr:
		return &consoleOutput{sys: s, w: s.stderr}, nil
	case toSyslog:
		return newSyslogOutput(s, d), nil
	}
	f, err := openLogFile(s, d)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (s *System) reopenLocked() error {
	var errs []error
	for _, out := range s.outputs {
		errs = append(errs, out.reopen())
	}
	return errors.Join(errs...)
}

func (s *System) closeLocked() error {
	var errs []error
	for _, out := range s.outputs {
		errs = append(errs, out.close())
	}
	s.outputs = map[outputKey]output{}
	s.early = destination{kind: toStderr}
	s.applyLocked(nil, false)
	return errors.Join(append(errs, s.lock.close())...)
}

// consoleOutput is standard output or standard error.
type consoleOutput struct {
	sys  *System
	mu   sync.Mutex
	w    io.Writer
	held []byte // lines gathered so far
}

func (c *consoleOutput) write(_ time.Time, sev Severity, line []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if sev < Error && len(c.held) < gatherSize && c.sys.gather() {
		c.held = append(c.held, line...)
		return
	}
	c.put(line)
}

// put writes what is held and the line behind it.
func (c *consoleOutput) put(line []byte) {
	if len(c.held) > 0 {
		line = append(c.held, line...)
		c.held = line[:0]
	}
	c.w.Write(line) // nobody is left to tell when the console is gone
}

func (c *consoleOutput) release(time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.held) > 0 {
		c.put(nil)
	}
}

func (c *consoleOutput) reopen() error { return nil }
func (c *consoleOutput) close() error {
	c.release(time.Time{})
	return nil
}

func sortByLength(names []string) {
	slices.SortStableFunc(names, func(a, b string) int { return len(a) - len(b) })
}
