package memfile

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"nestor/lib/lease/leasefile"
)

// SpawnLFC starts the clean-up of the store's files in a process of its own and
// does not wait for it. program is its path; "" stands for LFCProgram.
func (s *store[R, P, L, K]) SpawnLFC(program string) error {
	args := LFCCommand(program, s.options.Path, s.family.file())
	cmd := exec.Command(args[0], args[1:]...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the lease file clean-up %s: %w", strings.Join(args, " "), err)
	}
	go func() { _ = cmd.Wait() }() // it logs its own troubles; this only takes its exit status
	return nil
}

// LFCCommand is the command line of a clean-up of the lease file at path, as
// kea-lfc and nestor-lfc understand it.
func LFCCommand(program, path string, f leasefile.Family) []string {
	n := leasefile.NamesOf(path)
	return []string{
		cmp.Or(program, LFCProgram()), fmt.Sprintf("-%d", f), "-x", n.Previous, "-i", n.Copy,
		"-o", n.Output, "-f", n.Finish, "-p", n.PID, "-c", "ignored-path",
	}
}

// LFCProgram is the clean-up program: that of KEA_LFC_EXECUTABLE, or the one that
// lies beside this program, under the family of names that this program was
// started by.
func LFCProgram() string {
	if path := os.Getenv("KEA_LFC_EXECUTABLE"); path != "" {
		return path
	}
	names := []string{"nestor-lfc", "kea-lfc"}
	if strings.HasPrefix(filepath.Base(os.Args[0]), "kea-") {
		names = []string{"kea-lfc", "nestor-lfc"}
	}
	self, err := os.Executable()
	if err != nil {
		return names[0]
	}
	for _, name := range names {
		path := filepath.Join(filepath.Dir(self), name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return filepath.Join(filepath.Dir(self), names[0])
}
