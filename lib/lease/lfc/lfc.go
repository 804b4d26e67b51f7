package lfc

import (
	"errors"
	"fmt"

	"nestor/lib/lease/leasefile"
	"nestor/lib/logging"
)

// Job is one clean-up.
type Job struct {
	Family leasefile.Family
	Files  leasefile.Names // all but Live and Rewrite
	FS     leasefile.FS
	Log    *logging.Logger
}

// ErrRunning says that another clean-up of the same files is at work.
var ErrRunning = errors.New("another clean-up is running")

// Run carries the job out and logs its steps: take the PID file; condense the
// files unless a finished output is there already; put the output in the place
// of the previous result; drop the PID file. The error is nil, ErrRunning, or says
// what step failed; it has been logged.
func (j *Job) Run() error {
	j.Log.Log(msgStart)
	if pid, alive := leasefile.Running(j.FS, j.Files.PID); alive {
		j.Log.Log(msgRunning)
		return fmt.Errorf("%w: process %d of %s", ErrRunning, pid, j.Files.PID)
	}
	if err := leasefile.WritePID(j.FS, j.Files.PID); err != nil {
		j.Log.Log(msgPIDCreate, err)
		return err
	}
	err := j.clean()
	if pidErr := j.FS.Remove(j.Files.PID); pidErr != nil {
		j.Log.Log(msgPIDDelete, pidErr)
		err = errors.Join(err, pidErr)
	}
	j.Log.Log(msgTerminate)
	return err
}

func (j *Job) clean() error {
	if !leasefile.Exists(j.FS, j.Files.Finish) {
		j.Log.Log(msgProcess, j.Files.Previous, j.Files.Copy)
		if err := j.condense(); err != nil {
			j.Log.Log(msgFail, err)
			return err
		}
	}
	j.Log.Log(msgRotate)
	if err := j.rotate(); err != nil {
		j.Log.Log(msgRotFail, err)
		return err
	}
	return nil
}

// condense writes the finish file.
func (j *Job) condense() error {
	var err error
	if j.Family == leasefile.V4 {
		err = condense(j, v4{})
	} else {
		err = condense(j, v6{})
	}
	if err != nil {
		return err
	}
	if err := j.FS.Rename(j.Files.Output, j.Files.Finish); err != nil {
		return fmt.Errorf("moving the output to its finish file: %w", err)
	}
	return j.FS.SyncDir(j.Files.Dir())
}

// rotate makes the finish file the previous one. At each moment either the finish
// file is there or all that it was made of.
func (j *Job) rotate() error {
	for _, path := range []string{j.Files.Previous, j.Files.Copy} {
		if err := leasefile.RemoveIfThere(j.FS, path); err != nil {
			return fmt.Errorf("removing what the finish file replaces: %w", err)
		}
	}
	if err := j.FS.Rename(j.Files.Finish, j.Files.Previous); err != nil {
		return fmt.Errorf("moving the finish file to the previous one: %w", err)
	}
	return j.FS.SyncDir(j.Files.Dir())
}
