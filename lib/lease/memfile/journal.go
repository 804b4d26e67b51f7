package memfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"nestor/lib/lease/leasefile"
)

// journal is the live lease file, to which rows are appended.
type journal struct {
	fs     leasefile.FS
	names  leasefile.Names
	family leasefile.Family
	file   leasefile.File
	size   int64 // what is in the file for good: whole rows of committed transactions
	sync   bool  // each append waits until the disk has it

	torn     bool      // there may be something behind size
	unsynced bool      // a sync failed: what the disk has is unknown
	retry    time.Time // when to write the file anew, at the earliest
	stranded bool      // the file goes by the name of the copy, there is no live one
}

// append writes rows to the end of the file with one write. After an error the
// file has none of them, or will have none before the next are written.
func (j *journal) append(rows []byte) error {
	if err := j.trim(); err != nil {
		return err
	}
	n, err := j.file.Write(rows)
	if err == nil && n < len(rows) {
		err = io.ErrShortWrite
	}
	if err != nil {
		j.torn = true
		return errors.Join(fmt.Errorf("writing %d bytes to the lease file %s: %w", len(rows), j.names.Live, err), j.trim())
	}
	if j.sync {
		if err := j.file.Sync(); err != nil {
			j.unsynced, j.torn = true, true
			_ = j.trim() // best effort: the file is written anew before it is used again
			return fmt.Errorf("syncing the lease file %s: %w", j.names.Live, err)
		}
	}
	j.size += int64(n)
	return nil
}

// trim cuts off what a failed write has left.
func (j *journal) trim() error {
	if !j.torn {
		return nil
	}
	if err := j.file.Truncate(j.size); err != nil {
		return fmt.Errorf("cutting the lease file %s back to its last whole row: %w", j.names.Live, err)
	}
	j.torn = false
	return nil
}

// create makes a lease file with nothing but its header, ready for appending.
func create(fs leasefile.FS, path string, family leasefile.Family, sync bool) (leasefile.File, int64, error) {
	f, err := fs.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND)
	if err != nil {
		return nil, 0, err
	}
	header := []byte(leasefile.Header(family) + "\n")
	_, err = f.Write(header)
	if err == nil && sync {
		err = f.Sync()
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, int64(len(header)), nil
}

// adopt puts a file that was written anew in the place of the live one.
func (j *journal) adopt(f leasefile.File, size int64) error {
	err := j.fs.Rename(j.names.Rewrite, j.names.Live)
	if err == nil {
		err = j.fs.SyncDir(j.names.Dir())
	}
	if err != nil {
		return err
	}
	old := j.file
	j.file, j.size, j.torn, j.unsynced, j.stranded = f, size, false, false, false
	_ = old.Close() // its content is of no more use
	return nil
}

func (j *journal) close() error { return j.file.Close() }
