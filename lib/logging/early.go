package logging

import (
	"fmt"
	"os"
)

// Early puts the settings in force that hold before a configuration is read,
// and for the whole run when it has no loggers (ARM 19.1.3): the destination of
// KEA_LOGGER_DESTINATION, and the lock file in KEA_LOCKFILE_DIR or else in
// lockDir ("" or "none": no lock file). verbose is the -d switch. Trouble with
// either is reported on standard error and does not keep the daemon from
// starting.
func (s *System) Early(lockDir string, verbose bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verbose = verbose
	if dest := os.Getenv("KEA_LOGGER_DESTINATION"); dest != "" {
		d, ok := parseDestination(dest)
		if !ok {
			fmt.Fprintf(s.stderr, "KEA_LOGGER_DESTINATION: unknown syslog facility in %q, using local0\n", dest)
		}
		s.early = d
	}
	if dir, set := os.LookupEnv("KEA_LOCKFILE_DIR"); set {
		lockDir = dir
	}
	lock, err := openLockFile(lockDir)
	if err != nil {
		fmt.Fprintf(s.stderr, "cannot create the logger lock file, going on without: %v\n", err)
	}
	s.lock.close()
	s.lock = lock
	if _, err := s.applyLocked(nil, false); err != nil {
		fmt.Fprintln(s.stderr, err)
	}
}
