package ddns

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"nestor/lib/ncr"
)

// A journal knows the requests that are not done, and keeps them in a file if it is
// given one. A request is written there before anything is done about it, so that it
// outlives the process, however that ends; the file is synced once a second, so that
// a power cut may take what came in the last second.
//
// The file has a line for each request and one for each that is done, with a number
// that both have in common and a checksum:
//
//   - 17 8f01c2ab {"change-type":0,…}
//   - 17 03bd5e11
//
// Its methods may be called concurrently.
type journal struct {
	failed func(error) // is told what went wrong with the file

	mu   sync.Mutex
	live map[uint64]*ncr.Request
	next uint64
	path string
	file *os.File // nil: memory only
	size int64
	// kept is the size of the lines of live requests.
	kept  int64
	dirty bool
	line  []byte
}

func newJournal(failed func(error)) *journal {
	return &journal{failed: failed, live: make(map[uint64]*ncr.Request), next: 1}
}

// An entry is a request in the journal.
type entry struct {
	number uint64
	req    *ncr.Request
}

// compactAbove is from what size on the file is written anew when less than half of
// it is about requests that are not done.
const compactAbove = 1 << 20

// add takes a request and gives it its number.
func (j *journal) add(r *ncr.Request) uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := j.next
	j.next++
	j.live[n] = r
	if j.file != nil {
		j.line = appendAdd(j.line[:0], n, r)
		j.kept += int64(len(j.line))
		j.append()
	}
	return n
}

// done forgets a request.
func (j *journal) done(n uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	r := j.live[n]
	if r == nil {
		return
	}
	delete(j.live, n)
	if j.file == nil {
		return
	}
	j.kept -= int64(len(appendAdd(j.line[:0], n, r)))
	j.line = appendDone(j.line[:0], n)
	j.append()
	if j.size > compactAbove && j.size > 2*j.kept {
		if err := j.compact(); err != nil {
			j.failed(err)
		}
	}
}

// append writes the line. What a failed write leaves behind is cut off, so that it
// spoils no later line.
func (j *journal) append() {
	n, err := j.file.Write(j.line)
	if err != nil {
		if n > 0 {
			err = errors.Join(err, j.file.Truncate(j.size))
		}
		j.failed(err)
		return
	}
	j.size += int64(n)
	j.dirty = true
}

// use changes to another file, "" for none. The requests that are not done go there,
// and what is pending there already is returned, with numbers of now. After an error
// all is as it was before.
func (j *journal) use(path string, remark func(string)) (pending []entry, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if path == j.path {
		return nil, nil
	}
	old := struct {
		path       string
		file       *os.File
		size, kept int64
	}{j.path, j.file, j.size, j.kept}
	j.path, j.file = path, nil
	if path != "" {
		requests, err := readJournal(path, remark)
		if err != nil {
			j.path, j.file = old.path, old.file
			return nil, err
		}
		for _, r := range requests {
			pending = append(pending, entry{j.next, r})
			j.live[j.next] = r
			j.next++
		}
		if err := j.compact(); err != nil {
			for _, e := range pending {
				delete(j.live, e.number)
			}
			j.path, j.file, j.size, j.kept = old.path, old.file, old.size, old.kept
			return nil, err
		}
	}
	if old.file != nil {
		// What was in it is in the new one, or given up on purpose.
		old.file.Close()
		os.Remove(old.path)
	}
	return pending, nil
}

// compact writes the file anew with what is not done, and puts it into place.
func (j *journal) compact() error {
	var b []byte
	for _, n := range slices.SortedFunc(maps.Keys(j.live), cmp.Compare[uint64]) {
		b = appendAdd(b, n, j.live[n])
	}
	f, err := replace(j.path, b)
	if err != nil {
		return fmt.Errorf("ncr-journal: %w", err)
	}
	if j.file != nil {
		j.file.Close()
	}
	j.file, j.size, j.kept, j.dirty = f, int64(len(b)), int64(len(b)), false
	return nil
}

// replace puts a file with the contents in the place of path, on disk, and returns
// it open and locked.
func replace(path string, contents []byte) (*os.File, error) {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_RDWR|os.O_APPEND, 0o640)
	if err != nil {
		return nil, err
	}
	err = lock(f)
	if err == nil {
		_, err = f.Write(contents)
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err == nil {
		err = syncDirectory(path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func syncDirectory(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// lock keeps other daemons from the file.
func lock(f *os.File) error {
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return fmt.Errorf("%s is in use by another daemon: %w", f.Name(), err)
	}
	return nil
}

// sync brings to disk what was written.
func (j *journal) sync() {
	j.mu.Lock()
	f, dirty := j.file, j.dirty
	j.dirty = false
	j.mu.Unlock()
	if f == nil || !dirty {
		return
	}
	// The file may have been replaced, and be closed, in the meantime: the new one
	// was synced.
	if err := unix.Fdatasync(int(f.Fd())); err != nil && !errors.Is(err, os.ErrClosed) && !errors.Is(err, unix.EBADF) {
		j.failed(fmt.Errorf("ncr-journal: syncing %s: %w", f.Name(), err))
	}
}

// close lets go of the file. What is not done stays in it.
func (j *journal) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file != nil {
		j.file.Close()
		j.file, j.path = nil, ""
	}
}

// syncEvery syncs the file in this period until stop is closed, and once more then.
func (j *journal) syncEvery(period time.Duration, stop <-chan struct{}) {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			j.sync()
		case <-stop:
			j.sync()
			return
		}
	}
}

func appendAdd(b []byte, n uint64, r *ncr.Request) []byte {
	return appendLine(b, '+', n, r.AppendTo(nil)[2:])
}

func appendDone(b []byte, n uint64) []byte { return appendLine(b, '-', n, nil) }

func appendLine(b []byte, mark byte, n uint64, body []byte) []byte {
	b = append(b, mark, ' ')
	b = strconv.AppendUint(b, n, 10)
	b = fmt.Appendf(b, " %08x", checksum(mark, n, body))
	if body != nil {
		b = append(append(b, ' '), body...)
	}
	return append(b, '\n')
}

func checksum(mark byte, n uint64, body []byte) uint32 {
	sum := crc32.NewIEEE()
	fmt.Fprintf(sum, "%c %d ", mark, n)
	sum.Write(body)
	return sum.Sum32()
}

// readJournal reads the requests of a file that are not done, in order. A line that
// cannot be read is remarked upon and left out; so is a last line without end, which
// was being written when the daemon ended.
func readJournal(path string, remark func(string)) ([]*ncr.Request, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("ncr-journal: %w", err)
	}
	defer f.Close()
	if err := lock(f); err != nil {
		return nil, fmt.Errorf("ncr-journal: %w", err)
	}
	live, err := readLines(f, func(line int, what string) { remark(fmt.Sprintf("%s:%d: %s", path, line, what)) })
	if err != nil {
		return nil, fmt.Errorf("ncr-journal: %w", err)
	}
	var requests []*ncr.Request
	for _, n := range slices.SortedFunc(maps.Keys(live), cmp.Compare[uint64]) {
		requests = append(requests, live[n])
	}
	return requests, nil
}

// readLines reads the lines of a journal and returns the requests that are not done,
// by number.
func readLines(r io.Reader, remark func(line int, what string)) (map[uint64]*ncr.Request, error) {
	live := make(map[uint64]*ncr.Request)
	in := bufio.NewReader(r)
	for number := 1; ; number++ {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			if len(line) > 0 {
				remark(number, "the last line is not complete, it has been cut off")
			}
			return live, nil
		}
		if err != nil {
			return nil, err
		}
		if err := readLine(bytes.TrimSuffix(line, []byte("\n")), live); err != nil {
			remark(number, err.Error()+"; the line has been left out")
		}
	}
}

func readLine(line []byte, live map[uint64]*ncr.Request) error {
	fields := bytes.SplitN(line, []byte(" "), 4)
	if len(fields) < 3 || len(fields[0]) != 1 {
		return errors.New("this is no line of a journal")
	}
	mark := fields[0][0]
	n, err := strconv.ParseUint(string(fields[1]), 10, 64)
	if err != nil {
		return fmt.Errorf("%q is no number of a request", fields[1])
	}
	var body []byte
	if len(fields) == 4 {
		body = fields[3]
	}
	if want := fmt.Sprintf("%08x", checksum(mark, n, body)); want != string(fields[2]) {
		return fmt.Errorf("the checksum is %s, not %s", want, fields[2])
	}
	switch {
	case mark == '-' && body == nil:
		delete(live, n)
		return nil
	case mark != '+' || body == nil:
		return fmt.Errorf("%q begins no line of a journal", mark)
	}
	r, err := ncr.ParseJSON(body)
	if err != nil {
		return err
	}
	live[n] = r
	return nil
}
