package logging

import (
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// System is the tree of loggers of one daemon with their outputs. Several may
// live in one process. All methods may be called concurrently.
type System struct {
	root  string
	start time.Time
	now   func() time.Time

	stdout, stderr io.Writer
	syslogPath     string // of the local syslog socket

	gathering atomic.Int32 // packet loops that let lines wait
	held      atomic.Bool  // some line waits

	wantCaller atomic.Bool // some layout shows the place in the source

	// mu is held for reading while a line is written, so that an output is
	// never closed under a writer.
	mu      sync.RWMutex
	loggers map[string]*Logger // by full name
	rules   []rule             // in force
	outputs map[outputKey]output
	early   destination
	verbose bool
	lock    *lockFile
	// configured tells that there is a configuration to go back to.
	configured bool
}

// New makes the logging of a daemon whose root logger is root, such as
// "kea-dhcp4". Until Early or Configure says otherwise it writes messages of
// INFO and above to standard output.
func New(root string) *System {
	s := &System{
		root:       root,
		start:      time.Now(),
		now:        time.Now,
		stdout:     os.Stdout,
		stderr:     os.Stderr,
		syslogPath: "/dev/log",
		loggers:    map[string]*Logger{},
		outputs:    map[outputKey]output{},
		early:      destination{kind: toStdout},
	}
	s.applyLocked(nil, false) // console only: cannot fail
	return s
}

// Root is the name of the root logger.
func (s *System) Root() string { return s.root }

// SetConsole sends what would go to standard output and standard error to
// other writers. It must be called before anything is logged.
func (s *System) SetConsole(stdout, stderr io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stdout, s.stderr = stdout, stderr
	s.outputs = map[outputKey]output{}
	s.applyLocked(nil, false)
}

// Logger gives the logger root.suffix, or the root logger for "". A name that
// already carries the root is taken as it is. The same name always gives the
// same Logger, which stays valid over reconfigurations.
func (s *System) Logger(suffix string) *Logger {
	name := s.fullName(suffix)
	s.mu.RLock()
	l := s.loggers[name]
	s.mu.RUnlock()
	if l != nil {
		return l
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.loggers[name]; l != nil {
		return l
	}
	l = &Logger{sys: s, name: name}
	l.follow(s.ruleFor(name))
	s.loggers[name] = l
	return l
}

// fullName puts the root in front of a logger's own name (ARM 19.1.1.1). "*"
// stands for every logger, which is what the root is (ARM 5.1.1).
func (s *System) fullName(name string) string {
	if name == "" || name == "*" || name == s.root {
		return s.root
	}
	if strings.HasPrefix(name, s.root+".") {
		return name
	}
	return s.root + "." + name
}

// Reopen opens every log file anew by its name, as after a rename by logrotate.
func (s *System) Reopen() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.reopenLocked()
}

// Close writes out what is buffered and closes all outputs. Later messages go
// to standard error.
func (s *System) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closeLocked()
}
