package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// A bench is one run of the benchmark: the wire, the servers that there are, and
// what was found so far.
type bench struct {
	*settings
	wire      *wire
	dir       string     // of configurations, lease files and logs
	perf      string     // nestor-perf
	subjects  []*subject // of DHCPv4
	subjects6 []*subject
	found     results
	goals     []goal
	begun6    bool // subjects6 are ready
	servers   int  // started so far; each has a directory of its own
}

func newBench(s *settings) (*bench, error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("this needs root, for network namespaces and packet sockets")
	}
	dir, err := os.MkdirTemp("", "nestor-bench-")
	if err != nil {
		return nil, err
	}
	b := &bench{settings: s, dir: dir, perf: filepath.Join(s.bin, "nestor-perf"), found: results{}}
	if b.subjects, b.subjects6, err = findSubjects(s, dir); err == nil {
		b.wire, err = newWire()
	}
	if err != nil {
		b.close()
		return nil, err
	}
	b.header()
	return b, nil
}

func (b *bench) close() {
	if b.wire != nil {
		b.wire.close()
	}
	if b.keep {
		fmt.Println("kept:", b.dir)
		return
	}
	os.RemoveAll(b.dir)
}

func (b *bench) header() {
	fmt.Printf("%s, %d cores, Go %s, %s\n", time.Now().Format("2006-01-02 15:04"), runtime.NumCPU(), runtime.Version(), kernel())
	for _, s := range slices.Concat(b.subjects, b.subjects6) {
		fmt.Printf("  %-14s %s\n", s.name, s.about)
	}
}

func kernel() string {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "unknown kernel"
	}
	return "Linux " + string(text[:len(text)-1])
}

func (b *bench) title(text string) { fmt.Printf("\n== %s\n", text) }

// subject returns the server of that name, nil when it is not there.
func (b *bench) subject(name string) *subject {
	for _, s := range slices.Concat(b.subjects, b.subjects6) {
		if s.name == name {
			return s
		}
	}
	return nil
}

// with starts a server, waits for its first answer, and hands it to f. The time
// to the first answer is in the server's ready field.
func (b *bench) with(ctx context.Context, s *subject, p plan, f func(*server) error) error {
	srv, err := b.start(ctx, s, p)
	if err != nil {
		return err
	}
	defer srv.stop()
	if err := f(srv); err != nil {
		return fmt.Errorf("%s: %w%s", s.name, err, srv.lastWords())
	}
	return nil
}
