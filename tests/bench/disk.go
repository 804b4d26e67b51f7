package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"nestor/lib/perf"
)

// printDisk measures what one fdatasync after a short append costs where the
// lease files are: no server that waits for the disk can answer faster.
func (b *bench) printDisk() {
	h, err := syncLatency(filepath.Join(b.dir, "disk"), 200)
	if err != nil {
		fmt.Printf("fdatasync could not be measured: %v\n", err)
		return
	}
	fmt.Printf("fdatasync of the disk below %s: p50 %v, p90 %v, p99 %v\n",
		b.dir, h.Quantile(0.5).Round(time.Microsecond), h.Quantile(0.9).Round(time.Microsecond), h.Quantile(0.99).Round(time.Microsecond))
}

// syncLatency appends a lease row's worth n times and syncs each.
func syncLatency(name string, n int) (*perf.Histogram, error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	defer os.Remove(name)
	defer f.Close()
	row := make([]byte, 120)
	var h perf.Histogram
	for range n {
		if _, err := f.Write(row); err != nil {
			return nil, err
		}
		begun := time.Now()
		if err := unix.Fdatasync(int(f.Fd())); err != nil {
			return nil, err
		}
		h.Record(time.Since(begun))
	}
	return &h, nil
}
