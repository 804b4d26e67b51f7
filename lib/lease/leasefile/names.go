package leasefile

import "path/filepath"

// Names are the files around one lease file, as Kea's servers and kea-lfc know
// them (ARM 14, ARM 8.2.2.2).
type Names struct {
	Live     string // appended to by the server
	Copy     string // live file set aside for a clean-up ("input")
	Previous string // result of the last clean-up
	Output   string // being written by a clean-up
	Finish   string // a clean-up's complete output
	PID      string // process id of a running clean-up
	Rewrite  string // ours: the live file being written anew after it failed to sync
	Lock     string // ours: held by the server that the files belong to
}

// NamesOf gives the names that belong to the lease file at path.
func NamesOf(path string) Names {
	return Names{
		Live:     path,
		Copy:     path + ".1",
		Previous: path + ".2",
		Output:   path + ".output",
		Finish:   path + ".completed",
		PID:      path + ".pid",
		Rewrite:  path + ".rewrite",
		Lock:     path + ".lock",
	}
}

// Dir is the directory of the files.
func (n Names) Dir() string { return filepath.Dir(n.Live) }

// Older gives the files to load before the live one, oldest first. A finished
// clean-up holds everything that the previous result and the copy held, so
// it stands for both.
func (n Names) Older(fs FS) []string {
	if Exists(fs, n.Finish) {
		return []string{n.Finish}
	}
	return []string{n.Previous, n.Copy}
}
